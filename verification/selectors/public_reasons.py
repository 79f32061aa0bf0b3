"""Reasons that people of the desk gave and that readers see, unless they name who or what is not.

What was public when a reason was written may have been withdrawn since, so it is looked at when it
is shown. Reasons are append-only: one that may not be shown stays whole at the desk.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from claims.selectors.private import is_named, names_of_private_claims
from sources.models import Source, SourceAddress
from sources.vocabulary import Safety

KEPT_BACK = "The reason is on record at the desk; it names a source that we protect."
NOT_PUBLIC = "The reason is on record at the desk; it names a claim that is not public."
_JOINING = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")


def for_readers(reasons: Iterable[str]) -> Mapping[str, str]:
    """What readers see in the place of each reason: itself, or why not. At most four queries."""
    written = list(reasons)
    return {reason: reason for reason in written} | why_kept_back(written)


def why_kept_back(reasons: Iterable[str]) -> dict[str, str]:
    """Why a reason is not shown, by reason; only those that name what is not public."""
    written = [reason for reason in reasons if reason]
    if not written:
        return {}
    claims = names_of_private_claims(written)
    protected = _protected_in(written)
    notes = {reason: NOT_PUBLIC for reason in written if is_named(reason, claims)}
    for reason in written:
        if any(_says(reason, name) for name in protected):
            notes[reason] = KEPT_BACK
    return notes


def _says(text: str, name: str) -> bool:
    """Whether TEXT holds NAME as words of its own: "Ali" is not named by "journalist".

    Arabic and Hebrew write particles and names in one word, so there the letters are enough.
    """
    said, name = text.casefold(), name.casefold()
    if _JOINING.search(name):
        return name in said
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", said) is not None


def _protected_in(reasons: Sequence[str]) -> tuple[str, ...]:
    """Names and addresses of withheld sources that these reasons may hold. Two queries."""
    said = "\n".join(reasons).casefold()
    names = (name.strip() for name in _withheld())
    return tuple(name for name in names if name and name.casefold() in said)


def _withheld() -> Iterator[str]:
    sources = Source.objects.filter(safety=Safety.WITHHELD).order_by()
    for name, others, aliases in sources.values_list("name", "names", "aliases").iterator():
        yield from (name, *others.values(), *aliases)
    addresses = SourceAddress.objects.filter(source__safety=Safety.WITHHELD)
    yield from addresses.values_list("value", flat=True).iterator()

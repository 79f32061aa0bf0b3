"""Reasons that people of the desk gave and that readers see, unless they name who or what is not.

What was public when a reason was written may have been withdrawn since, so it is looked at when it
is shown. Reasons are append-only: one that may not be shown stays whole at the desk.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from claims.selectors.private import is_named, names_of_private_claims
from sources.models import Source, SourceAddress
from sources.vocabulary import Safety

KEPT_BACK = "The reason is on record at the desk; it names a source that we protect."
NOT_PUBLIC = "The reason is on record at the desk; it names a claim that is not public."
NAMES_SOMEBODY = "It names a source that we protect: readers would see it. Leave the name out."
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
    notes = {reason: NOT_PUBLIC for reason in written if is_named(reason, claims)}
    return notes | dict.fromkeys(naming_protected(written), KEPT_BACK)


def naming_protected(texts: Collection[str]) -> frozenset[str]:
    """Those of TEXTS that name a source which is withheld. Two queries."""
    names = _protected_in(texts)
    return frozenset(text for text in texts if any(_says(text, name) for name in names))


def _says(text: str, name: str) -> bool:
    """Whether TEXT holds NAME as words of its own: "Ali" is not named by "journalist".

    Arabic and Hebrew write particles and names in one word, so there the letters are enough.
    """
    said, name = text.casefold(), name.casefold()
    if _JOINING.search(name):
        return name in said
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", said) is not None


def _protected_in(texts: Collection[str]) -> tuple[str, ...]:
    """Names and addresses of withheld sources that these texts may hold."""
    said = "\n".join(texts).casefold()
    names = (name.strip() for name in _withheld())
    return tuple(name for name in names if name and name.casefold() in said)


def _withheld() -> Iterator[str]:
    sources = Source.objects.filter(safety=Safety.WITHHELD).order_by()
    for name, others, aliases in sources.values_list("name", "names", "aliases").iterator():
        yield from (name, *others.values(), *aliases)
    addresses = SourceAddress.objects.filter(source__safety=Safety.WITHHELD)
    yield from addresses.values_list("value", flat=True).iterator()

"""Who may own a source, found by the name that somebody writes."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast

from core.bidi import with_turns_shown
from sources.models import Source

MOST_NUMBER = 2**31 - 1
MOST_OFFERED = 60
MOST_ALIKE = 5
NOBODY = "Nobody"
_NUMBERED = re.compile(r"(?:(?P<name>.+), source )?(?P<number>[0-9]{1,10})", re.DOTALL)


def owner_in_words(owner: Source) -> str:
    """What finds OWNER again, whoever else has its name: `Lantern House, source 12`."""
    return f"{with_turns_shown(owner.name)}, source {owner.number}"


def owners_offered(source: Source) -> list[str]:
    """For SOURCE: nobody, then those that own one already, then others, by name. One query."""
    owning = Exists(Source.objects.filter(owner=OuterRef("pk")))
    likely = Source.objects.exclude(pk=source.pk).order_by(owning.desc(), "name", "number")
    return [NOBODY, *map(owner_in_words, likely.only("number", "name")[:MOST_OFFERED])]


def owners_written(text: str) -> list[Source]:
    """Sources that TEXT means: by its number, else all that have exactly this name. One query.

    TEXT has single spaces; a name before the number has to be that source's. One more than
    MOST_ALIKE at most.
    """
    written = _NUMBERED.fullmatch(text)
    if written is None:
        return _by_name(Source.objects.filter(Q(name__iexact=text) | Q(aliases__contains=[text])))
    number, name = int(written["number"]), written["name"]
    found = list(Source.objects.filter(number=number)) if number <= MOST_NUMBER else []
    return [one for one in found if not name or text == " ".join(owner_in_words(one).split())]


def owners_like(text: str, source: Source) -> list[Source]:
    """Those besides SOURCE of whose names, in any language, one holds TEXT. One query."""
    said = Source.objects.exclude(pk=source.pk).annotate(
        others=Cast("names", TextField()), aliased=Cast("aliases", TextField())
    )
    holds = Q(name__icontains=text) | Q(others__icontains=text) | Q(aliased__icontains=text)
    return _by_name(said.filter(holds))


def listed(owners: Iterable[Source]) -> str:
    """In words, with the number of each, to be written instead."""
    found = list(owners)
    words = "; ".join(owner_in_words(one) for one in found[:MOST_ALIKE])
    return f"{words}; and more" if len(found) > MOST_ALIKE else words


def _by_name(found: QuerySet[Source]) -> list[Source]:
    return list(found.order_by("name", "number")[: MOST_ALIKE + 1])

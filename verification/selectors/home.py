"""The public front page, the search, and the page of an event."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.search import SearchQuery
from django.db import models
from django.db.models import Count, Q, TextField
from django.db.models.functions import Cast

from claims.models import Claim, Event, Place, claim_words
from claims.selectors.claims import published_claims
from claims.vocabulary import Publication, Status
from core.bidi import without_turns
from core.errors import Missing
from sources.models import Source
from sources.vocabulary import Safety
from verification.addresses import claim_path, event_path
from verification.models import Correction
from verification.selectors.claim_page import Link
from verification.selectors.claim_rows import ClaimList, ClaimRow, recent_first, rows_of
from verification.selectors.phrases import time_span
from verification.selectors.redaction import source_href, source_name
from verification.selectors.source_page import public_sources

RECENT, CONTESTED, CORRECTIONS = 6, 5, 3
MOST_WORDS = 8
MOST_SOURCES = 5
MOST_PLACES = 200
FEW = 5_000
_WORD = re.compile(r"[^\W_][\w’'-]*")
_NUMBER = re.compile(r"(?:claim\s+)?#?(\d{1,12})", re.IGNORECASE)


@dataclass(frozen=True)
class CorrectionRow:
    href: str
    sentence: str
    language: str
    said: str
    now: str
    at: datetime


@dataclass(frozen=True)
class Home:
    recent: tuple[ClaimRow, ...]
    contested: tuple[ClaimRow, ...]
    contested_count: int
    corrections: tuple[CorrectionRow, ...]


def home() -> Home:
    disputed = published_claims().filter(status=Status.CONTESTED)
    newest = list(published_claims().order_by("-changed_at", "-number")[:RECENT])
    open_ones = list(disputed.order_by("-changed_at", "-number")[:CONTESTED])
    rows = rows_of([*newest, *open_ones])
    return Home(
        recent=tuple(rows[: len(newest)]),
        contested=tuple(rows[len(newest) :]),
        contested_count=disputed.count(),
        corrections=_corrections(),
    )


def _corrections() -> tuple[CorrectionRow, ...]:
    found = (
        Correction.objects.filter(claim__publication=Publication.PUBLISHED)
        .select_related("claim")
        .order_by("-at")[:CORRECTIONS]
    )
    return tuple(
        CorrectionRow(
            href=claim_path(row.claim.number, row.claim.sentence),
            sentence=without_turns(row.claim.sentence),
            language=row.claim.language,
            said=row.said,
            now=row.now,
            at=row.at,
        )
        for row in found
    )


@dataclass(frozen=True)
class SourceHit:
    href: str
    name: str
    kind: str


@dataclass(frozen=True)
class Results:
    claims: ClaimList
    sources: tuple[SourceHit, ...]


def search(*, text: str, status: str, before: str) -> Results:
    """Public claims whose sentence, finding or place matches TEXT, last changed first.

    A claim matches if it holds every word, as the beginning of a word or in another form of it; a
    number alone also finds the claim of that number.
    """
    claims = published_claims()
    if status:
        claims = claims.filter(status=status)
    if text:
        claims = _few_by_key(_matching(claims, text))
    sources = _sources(text) if text and not before else ()
    return Results(recent_first(claims, before), sources)


def _matching(claims: models.QuerySet[Claim], text: str) -> models.QuerySet[Claim]:
    words = _WORD.findall(text)[:MOST_WORDS]
    found = Q(words=SearchQuery(text, config="english", search_type="websearch"))
    if words:
        found |= _holds_all(words)
    number = _NUMBER.fullmatch(text.strip())
    if number:
        found |= Q(number=int(number[1]))
    return claims.annotate(words=claim_words()).filter(found)


def _few_by_key(claims: models.QuerySet[Claim]) -> models.QuerySet[Claim]:
    """The same claims, named by their keys where they are few.

    They are shown last changed first. Where many match, the server soon has a page of them if it
    goes by that order; where few do, it would read every claim, and it cannot tell which is so.
    """
    keys = list(claims.order_by().values_list("pk", flat=True)[: FEW + 1])
    return claims if len(keys) > FEW else Claim.objects.filter(pk__in=keys)


def _holds_all(words: Sequence[str]) -> Q:
    """Each condition is one that an index answers: no claim is read that does not match."""
    places = _places_named(words)
    found = Q()
    for word in words:
        found &= Q(words=_begins_with(word) | _forms_of(word)) | Q(place__in=places[word])
    return found


def _begins_with(word: str) -> SearchQuery:
    quoted = word.replace("'", "''")
    return SearchQuery(f"'{quoted}':*", config="simple", search_type="raw")


def _forms_of(word: str) -> SearchQuery:
    return SearchQuery(word, config="english") | SearchQuery(word, config="arabic")


def _places_named(words: Sequence[str]) -> Mapping[str, list[int]]:
    """Primary keys of the places with a name that holds the word, by word. One query."""
    named = Q()
    for word in words:
        named |= Q(name__icontains=word) | Q(in_all_languages__icontains=word)
    places = Place.objects.annotate(in_all_languages=Cast("names", TextField())).filter(named)
    names = {
        place.pk: " ".join([place.name, *map(str, place.names.values())]).casefold()
        for place in places.order_by("pk")[:MOST_PLACES]
    }
    return {word: [pk for pk, name in names.items() if word.casefold() in name] for word in words}


def _sources(text: str) -> tuple[SourceHit, ...]:
    found = public_sources().filter(safety=Safety.PUBLIC, name__icontains=text)
    return tuple(_hit(source) for source in found.order_by("name", "number")[:MOST_SOURCES])


def _hit(source: Source) -> SourceHit:
    return SourceHit(source_href(source), source_name(source), str(source.get_kind_display()))


@dataclass(frozen=True)
class Tally:
    status: str
    number: int


@dataclass(frozen=True)
class EventPage:
    breadcrumb: tuple[Link, ...]
    href: str
    slug: str
    title: str
    period: str
    parties: tuple[str, ...]
    tallies: tuple[Tally, ...]
    claims: ClaimList


def event_page(number: int, before: str = "") -> EventPage:
    """An event with public claims. Missing: there is none, or nothing of it is public."""
    event = Event.objects.filter(number=number).first()
    counted = _tallies(event) if event else ()
    if event is None or not counted:
        raise Missing(f"There is no event {number}.")
    return EventPage(
        breadcrumb=(Link("Claims", "/"),),
        href=event_path(event.number, event.slug),
        slug=event.slug,
        title=event.title,
        period=_period(event),
        parties=tuple(event.parties.order_by("name").values_list("name", flat=True)),
        tallies=counted,
        claims=recent_first(published_claims().filter(event=event), before),
    )


def _tallies(event: Event) -> tuple[Tally, ...]:
    found = published_claims().filter(event=event).values("status").annotate(number=Count("pk"))
    numbers = {row["status"]: row["number"] for row in found}
    return tuple(Tally(status, numbers[status]) for status in Status if status in numbers)


def _period(event: Event) -> str:
    def start_of(day: object) -> datetime | None:
        return datetime.fromisoformat(f"{day}T00:00:00+00:00") if day else None

    return time_span(start_of(event.from_date), start_of(event.to_date), "day")

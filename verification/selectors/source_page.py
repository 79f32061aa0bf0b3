"""The public list of sources and the page of one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q, prefetch_related_objects

from claims.models import Claim, Evidence
from claims.vocabulary import Publication
from core.bidi import with_turns_shown, without_turns
from core.errors import Missing
from sources.models import Affiliation, ExternalRating, Source, SourceGrade
from sources.vocabulary import Degree, Grade, Safety
from verification.addresses import claim_path, slug_of, source_path
from verification.selectors.brief import Fact
from verification.selectors.phrases import language_name
from verification.selectors.public_reasons import for_readers
from verification.selectors.redaction import document_title, source_href, source_name
from verification.selectors.track_record import Record, public_records

SIZE = 25
UNALIGNED = "Not aligned"


def public_sources() -> models.QuerySet[Source]:
    """Sources that a published claim cites or names; the others are work in progress.

    Asked of one source at a time, by a union: of two questions joined by OR the server makes lists
    of all sources that any claim cites.
    """
    cited = Evidence.objects.filter(
        document__source=OuterRef("pk"), claim__publication=Publication.PUBLISHED
    )
    named = Claim.objects.filter(claimant=OuterRef("pk"), publication=Publication.PUBLISHED)
    either = cited.order_by().values("pk").union(named.order_by().values("pk"), all=True)
    return Source.objects.filter(Exists(either))


@dataclass(frozen=True)
class SourceRow:
    href: str
    name: str
    kind: str
    side: str


@dataclass(frozen=True)
class SourceList:
    """`after`: the key to go on from, empty on the last page."""

    rows: tuple[SourceRow, ...]
    after: str


def source_list(after: str = "") -> SourceList:
    """Sources by name, those after the key AFTER. Two queries."""
    sources = public_sources().filter(safety=Safety.PUBLIC)
    if after:
        number, _, name = after.partition("-")
        sources = sources.filter(Q(name__gt=name) | Q(name=name, number__gt=_as_number(number)))
    found = list(
        sources.prefetch_related("affiliations__party").order_by("name", "number")[: SIZE + 1]
    )
    shown = found[:SIZE]
    key = f"{shown[-1].number}-{shown[-1].name}" if len(found) > SIZE else ""
    return SourceList(tuple(_source_row(source) for source in shown), key)


def _as_number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0  # noqa: PLR2004  # 64 bits


def _source_row(source: Source) -> SourceRow:
    current = [row for row in source.affiliations.all() if row.to_date is None]
    return SourceRow(
        href=source_href(source),
        name=source_name(source),
        kind=str(source.get_kind_display()),
        side=", ".join(sorted(row.party.name for row in current)) or UNALIGNED,
    )


@dataclass(frozen=True)
class Side:
    """A source's place in the dispute, and the reason for it, which can be disputed.

    `ended`: why it is there no longer; empty while it is, or if no reason is public.
    """

    party: str
    degree: str
    span: str
    reason: str
    ended: str


@dataclass(frozen=True)
class Judgement:
    """What a person of the desk thought of the source on a day, in words."""

    at: datetime
    by: str
    words: str
    reason: str


@dataclass(frozen=True)
class Opinion:
    """What somebody else thinks of the source."""

    key: int
    rater: str
    value: str
    scale: str
    on: str
    link: str


@dataclass(frozen=True)
class Report:
    """What the source said about one claim."""

    claim_href: str
    sentence: str
    language: str
    status: str
    stance: str
    number: int
    title: str
    title_language: str
    published_at: datetime | None
    withdrawn: bool


@dataclass(frozen=True, kw_only=True)
class SourcePage:
    """`record`: None where the name is withheld."""

    number: int
    href: str
    name: str
    withheld: bool
    kind: str
    description: str
    facts: tuple[Fact, ...]
    sides: tuple[Side, ...]
    judgements: tuple[Judgement, ...]
    opinions: tuple[Opinion, ...]
    record: Record | None
    reports: tuple[Report, ...]
    older: str


def public_source(number: int) -> Source:
    """Source NUMBER. Missing: no published claim cites it, or names it."""
    source = public_sources().select_related("owner").filter(number=number).first()
    if source is None:
        raise Missing(f"There is no source {number}.")
    return source


def source_slug(source: Source) -> str:
    return slug_of(source.public_name, "source")


def source_page(source: Source, before: UUID | None = None) -> SourcePage:
    """What readers see of SOURCE, which `public_source` gave, in at most 13 more queries."""
    prefetch_related_objects(
        [source], "affiliations__party", "grades__graded_by", "ratings", "addresses"
    )
    withheld = source.safety == Safety.WITHHELD
    reports, older = _reports(source, before)
    reasons = reasons_for_readers([source])
    return SourcePage(
        number=source.number,
        href=source_path(source.number, source.public_name),
        name=source_name(source),
        withheld=withheld,
        kind=str(source.get_kind_display()),
        sides=tuple(
            side_of_source(
                row, why=reasons.get(row.rationale, ""), ended=reasons.get(row.end_reason, "")
            )
            for row in source.affiliations.all()
        ),
        record=public_records([source]).get(source.pk),
        reports=reports,
        older=older,
        **(_NOTHING_PERSONAL if withheld else _particulars(source, reasons)),
    )


_NOTHING_PERSONAL: dict[str, Any] = {
    "description": "",
    "facts": (),
    "judgements": (),
    "opinions": (),
}


def reasons_for_readers(sources: Iterable[Source]) -> Mapping[str, str]:
    """What readers see of the reasons why these stand where they do and are graded as they are.

    Nothing of a withheld source, whose reasons tell who it is. At most four queries, if sides and
    grades are fetched.
    """
    shown = [source for source in sources if source.safety != Safety.WITHHELD]
    sides = [row for source in shown for row in source.affiliations.all()]
    return for_readers(
        [
            *(row.rationale for row in sides),
            *(row.end_reason for row in sides),
            *(row.rationale for source in shown for row in source.grades.all()),
        ]
    )


def _particulars(source: Source, reasons: Mapping[str, str]) -> dict[str, Any]:
    """What would name a person, and is left out where the name is withheld."""
    return {
        "description": source.description,
        "facts": tuple(fact for fact in _facts(source) if fact.text),
        "judgements": tuple(_judgement(row, reasons) for row in source.grades.all()),
        "opinions": tuple(opinion_of(row) for row in source.ratings.all()),
    }


def _facts(source: Source) -> tuple[Fact, ...]:
    names = source.names.values() if isinstance(source.names, dict) else []
    others = [with_turns_shown(str(name)) for name in (*names, *source.aliases)]
    return (
        Fact("Also called", ", ".join(others)),
        Fact("Kind", str(source.get_kind_display())),
        Fact("Languages", ", ".join(language_name(code) for code in source.languages)),
        Fact("Country", source.country),
        Fact("Owner", source_name(source.owner), source_href(source.owner)),
        Fact("Publishes at", ", ".join(row.value for row in source.addresses.all())),
    )


def side_of_source(row: Affiliation, *, why: str, ended: str) -> Side:
    """WHY it stands or stood there, and why it no longer does, as far as it is shown."""
    start = f"from {row.from_date:%-d %b %Y}" if row.from_date else ""
    end = f"until {row.to_date:%-d %b %Y}" if row.to_date else ""
    span = " ".join(part for part in (start, end) if part)
    return Side(row.party.name, Degree(row.degree).label, span, why, ended)


def _judgement(row: SourceGrade, reasons: Mapping[str, str]) -> Judgement:
    label = row.graded_by.role_label.lower() if row.graded_by else "the desk"
    return Judgement(row.graded_at, label, Grade(row.grade).label, reasons[row.rationale])


def opinion_of(row: ExternalRating) -> Opinion:
    on = f"{row.rated_on:%-d %b %Y}" if row.rated_on else ""
    rater, value, scale = map(with_turns_shown, (row.rater, row.value, row.scale))
    return Opinion(row.pk, rater, value, scale, on, row.link)


def _reports(source: Source, before: UUID | None) -> tuple[tuple[Report, ...], str]:
    """What the source said in published claims, last filed first: keys sort by time."""
    found = Evidence.objects.filter(
        document__source=source, claim__publication=Publication.PUBLISHED
    )
    if before is not None:
        found = found.filter(key__lt=before)
    rows = list(found.select_related("claim", "document__source").order_by("-key")[: SIZE + 1])
    shown = rows[:SIZE]
    older = str(shown[-1].key) if len(rows) > SIZE else ""
    return tuple(_report(row) for row in shown), older


def _report(row: Evidence) -> Report:
    claim = row.claim
    withheld = row.document.source is None or row.document.source.safety == Safety.WITHHELD
    return Report(
        claim_href=f"{claim_path(claim.number, claim.sentence)}#e{row.position}",
        sentence=without_turns(claim.sentence),
        language=claim.language,
        status=claim.status,
        stance=row.stance,
        number=row.position,
        title=document_title(row.document),
        title_language="" if withheld else row.document.language,
        published_at=row.document.published_at,
        withdrawn=row.withdrawn_at is not None,
    )

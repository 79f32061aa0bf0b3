"""A source as the desk sees it: what readers see, and names, drafts and weights besides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from claims.models import Claim, Evidence
from claims.vocabulary import Alignment, Directness, Stance
from core.bidi import with_turns_shown, without_turns
from core.charts import Said
from core.errors import Missing
from sources.models import Source, SourceGrade
from sources.selectors.ratings import newest_ratings
from sources.vocabulary import Grade, Safety
from verification.desk_addresses import desk_source_path, item_path
from verification.learning.calibration import Calibration
from verification.scoring import Interest, Parameters, Report, TrackRecord, interest_of
from verification.scoring.evidence import weigh
from verification.selectors.brief import Fact
from verification.selectors.calibration import NEEDED, bins_of, judged_of, measured
from verification.selectors.dependence_page import errs_with
from verification.selectors.editor_rows import document_name
from verification.selectors.phrases import language_name
from verification.selectors.records import active_model, parameters_of, records_of
from verification.selectors.source_page import Opinion, Side, opinion_of, side_of_source
from verification.selectors.track_record import Record, records

SIZE = 25
MOST_OWNED = 12


@dataclass(frozen=True)
class Judgement:
    """A grade that a person gave on a day; `letter` A to F."""

    letter: str
    words: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Weight:
    """What one more report of the source counts, in log-odds, by whom it would serve."""

    label: str
    supports: float
    denies: float


@dataclass(frozen=True, kw_only=True)
class Judged:
    """Our scores before the decision, of settled claims that it reported on. Not weighted."""

    n: int
    needed: int
    said: float
    happened: int
    brier: float
    bins: tuple[Said, ...]


@dataclass(frozen=True, kw_only=True)
class Reported:
    """What the source says of one claim. No `low`: the claim has no score."""

    number: int
    href: str
    sentence: str
    language: str
    status: str
    publication: str
    stance: str
    title: str
    published_at: datetime | None
    withdrawn: bool
    estimate: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, kw_only=True)
class DeskSource:
    """`withheld`: why readers do not see the name; `older`: key to go on from, or empty.

    `grades`: newest first.
    """

    number: int
    name: str
    withheld: str
    kind: str
    description: str
    facts: tuple[Fact, ...]
    grades: tuple[Judgement, ...]
    sides: tuple[Side, ...]
    opinions: tuple[Opinion, ...]
    record: Record
    judged: Judged
    weights: tuple[Weight, ...]
    model: str
    reports: tuple[Reported, ...]
    older: str


def desk_source(source: Source, before: UUID | None = None) -> DeskSource:
    """SOURCE is what `known_source` gave. A fixed number of queries, however much it reported."""
    grades = tuple(_judgement(row) for row in source.grades.all())
    model = active_model()
    reports, older = _reports(source, before)
    return DeskSource(
        number=source.number,
        name=with_turns_shown(source.name),
        withheld=source.safety_reason if source.safety == Safety.WITHHELD else "",
        kind=str(source.get_kind_display()),
        description=source.description,
        facts=tuple(fact for fact in _facts(source) if fact.text),
        grades=grades,
        sides=tuple(
            side_of_source(row, why=row.rationale, ended=row.end_reason)
            for row in source.affiliations.all()
        ),
        opinions=tuple(opinion_of(row) for row in source.ratings.all()),
        record=records([source.pk], only_published=False)[source.pk],
        judged=_judged(source),
        weights=_weights(source, grades[0].letter if grades else None, parameters_of(model)),
        model=f"model {model.number}" if model else "the defaults",
        reports=reports,
        older=older,
    )


def known_source(number: int) -> Source:
    """The source with what its page shows. Missing: there is none."""
    known: QuerySet[Source] = Source.objects.select_related("owner").prefetch_related(
        "affiliations__party", "grades__graded_by", "ratings", "addresses"
    )
    source = known.filter(number=number).first()
    if source is None:
        raise Missing(f"There is no source {number}.")
    return source


def _judgement(row: SourceGrade) -> Judgement:
    by = f"{row.graded_by.name}, {row.graded_by.role_label.lower()}" if row.graded_by else ""
    return Judgement(row.grade, Grade(row.grade).label, row.rationale, by, row.graded_at)


def _facts(source: Source) -> tuple[Fact, ...]:
    names = source.names.values() if isinstance(source.names, dict) else []
    others = [with_turns_shown(str(name)) for name in (*names, *source.aliases)]
    owner = source.owner
    return (
        Fact("Also called", ", ".join(others)),
        Fact("Kind", str(source.get_kind_display())),
        Fact("Languages", ", ".join(language_name(code) for code in source.languages)),
        Fact("Country", source.country),
        Fact("Owner", with_turns_shown(owner.name), desk_source_path(owner.number))
        if owner
        else Fact("Owner", ""),
        Fact("Owns", _owned(source)),
        Fact("Errs together with", *errs_with(source)),
        Fact("Publishes at", ", ".join(row.value for row in source.addresses.all())),
    )


def _owned(source: Source) -> str:
    names = list(source.owned.order_by("number").values_list("name", flat=True)[: MOST_OWNED + 1])
    listed = ", ".join(with_turns_shown(name) for name in names[:MOST_OWNED])
    return f"{listed} and more" if len(names) > MOST_OWNED else listed


def _judged(source: Source) -> Judged:
    rows = judged_of(source)
    numbers: Calibration | None = measured(rows, weighted=False)
    return Judged(
        n=len(rows),
        needed=NEEDED,
        said=sum(row.said for row in rows) / len(rows) if rows else 0.0,
        happened=sum(row.proved_true for row in rows),
        brier=numbers.brier if numbers else 0.0,
        bins=bins_of(rows, weighted=False),
    )


# --- What one more report counts

_SERVES = {
    Alignment.NEUTRAL: "For no side",
    Alignment.SELF_SERVING: "For its own side",
    Alignment.AGAINST_INTEREST: "Against its own side",
}


def _weights(source: Source, grade: str | None, parameters: Parameters) -> tuple[Weight, ...]:
    """Of an ordinary report whose information nobody judged, before any discount."""
    name = f"source-{source.number}"
    found, rated = records_of(name), newest_ratings([source.pk]).get(source.pk)

    def evidence(stance: Stance, alignment: Alignment) -> float:
        return weigh(
            Report(
                key="",
                source=name,
                stance=stance,
                directness=Directness.REPORTING,
                alignment=alignment,
                grade=grade,
                source_kind=source.kind,
                rated=rated,
                record=found.get(interest_of(stance, alignment), TrackRecord()),
                neutral_record=found.get(Interest.NONE, TrackRecord()),
            ),
            parameters,
        ).evidence

    return tuple(
        Weight(label, evidence(Stance.SUPPORTS, side), evidence(Stance.CONTRADICTS, side))
        for side, label in _SERVES.items()
    )


# --- What it reported


def _reports(source: Source, before: UUID | None) -> tuple[tuple[Reported, ...], str]:
    """On all claims, also those that are not published; last filed first: keys sort by time."""
    found = Evidence.objects.filter(document__source=source)
    if before is not None:
        found = found.filter(key__lt=before)
    rows = list(found.select_related("claim", "document").order_by("-key")[: SIZE + 1])
    shown = rows[:SIZE]
    older = str(shown[-1].key) if len(rows) > SIZE else ""
    return tuple(_reported(row, row.claim) for row in shown), older


def _reported(row: Evidence, claim: Claim) -> Reported:
    return Reported(
        number=claim.number,
        href=item_path(claim.number, row.position),
        sentence=without_turns(claim.sentence),
        language=claim.language,
        status=claim.status,
        publication=claim.publication,
        stance=row.stance,
        title=document_name(row.document, row.footnote),
        published_at=row.document.published_at,
        withdrawn=row.withdrawn_at is not None,
        estimate=claim.confidence,
        low=claim.confidence_low,
        high=claim.confidence_high,
    )

"""The public record of a source: of the settled claims it spoke on, how often it was right."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.db.models import Count, F, Q

from claims.models import Evidence
from claims.vocabulary import Alignment, ClaimKind, Publication, Stance, Status
from sources.models import Source
from sources.vocabulary import Safety
from verification.learning.tally import ENOUGH, Rate, Tally
from verification.models import SettledReport

SETTLED = (Status.CONFIRMED, Status.REFUTED, Status.SUPERSEDED)
_STANCES = (Stance.SUPPORTS, Stance.CONTRADICTS)
_SIDES: Mapping[str, str] = {
    Alignment.SELF_SERVING: "Speaking for its own side",
    Alignment.AGAINST_INTEREST: "Speaking against its own side",
    Alignment.NEUTRAL: "Speaking for no side",
}


@dataclass(frozen=True, kw_only=True)
class Part:
    """The reports that are counted together: of one kind of claim, or of one interest."""

    value: str
    label: str
    tally: Tally

    @property
    def right(self) -> int:
        return self.tally.right

    @property
    def wrong(self) -> int:
        return self.tally.wrong

    @property
    def rate(self) -> float | None:
        return self.tally.rate.share if self.tally.rate else None

    @property
    def low(self) -> float | None:
        return self.tally.rate.low if self.tally.rate else None

    @property
    def high(self) -> float | None:
        return self.tally.rate.high if self.tally.rate else None

    @property
    def words(self) -> str:
        return in_words(self.tally.rate)


@dataclass(frozen=True, kw_only=True)
class Record(Part):
    """The whole record. `open`: published claims it spoke on that are not settled yet.

    A source that first said one thing and then the opposite counts once for each.
    """

    value: str = ""
    label: str = "All"
    tally: Tally = field(default_factory=Tally)
    open: int = 0
    needed: int = ENOUGH
    by_kind: tuple[Part, ...] = ()
    by_side: tuple[Part, ...] = ()

    @property
    def settled(self) -> int:
        return self.tally.settled

    @property
    def parts(self) -> tuple[Part, ...]:
        return (self, *self.by_kind, *self.by_side)


def in_words(rate: Rate | None) -> str:
    """As a page says it: 89 in 100, range 79 to 95."""
    if rate is None:
        return "Too few to say"
    share, low, high = (round(100 * value) for value in (rate.share, rate.low, rate.high))
    return f"{share} in 100, range {low} to {high}"


@dataclass
class _Counts:
    kinds: dict[str, Tally] = field(default_factory=dict)
    sides: dict[str, Tally] = field(default_factory=dict)

    def add(self, kind: str, alignment: str, tally: Tally) -> None:
        for place, key in ((self.kinds, kind), (self.sides, alignment)):
            place[key] = place.get(key, Tally()) + tally

    def record(self, still_open: int) -> Record:
        return Record(
            tally=sum(self.kinds.values(), Tally()),
            open=still_open,
            by_kind=_parts(self.kinds, {kind: str(kind.label) for kind in ClaimKind}),
            by_side=_parts(self.sides, _SIDES),
        )


def _parts(tallies: Mapping[str, Tally], labels: Mapping[str, str]) -> tuple[Part, ...]:
    return tuple(
        Part(value=str(key), label=label, tally=tallies[key])
        for key, label in labels.items()
        if key in tallies
    )


def public_records(sources: Collection[Source]) -> Mapping[int, Record]:
    """By primary key, from published claims alone. Two queries, however many sources.

    A source whose name is withheld has none: what it was right about could tell who it is.
    """
    shown = [source.pk for source in sources if source.safety == Safety.PUBLIC]
    return records(shown, only_published=True) if shown else {}


def records(sources: Collection[int], *, only_published: bool) -> Mapping[int, Record]:
    """The same by primary key; at the desk also from claims that are not published."""
    published = Q(claim__publication=Publication.PUBLISHED) if only_published else Q()
    counts = _counts(sources, published)
    still_open = _still_open(sources, published)
    return {pk: counts.get(pk, _Counts()).record(still_open.get(pk, 0)) for pk in sources}


def _counts(sources: Collection[int], published: Q) -> Mapping[int, _Counts]:
    rows = (
        SettledReport.objects.filter(published, source__in=sources, reopened_at=None)
        .order_by()
        .values("source_id", "claim_kind", "alignment")
        .annotate(right=Count("pk", filter=Q(supports=F("proved_true"))), of=Count("pk"))
        .values_list("source_id", "claim_kind", "alignment", "right", "of")
    )
    found: dict[int, _Counts] = {}
    for source, kind, alignment, right, of in rows:
        found.setdefault(source, _Counts()).add(kind, alignment, Tally(right, of - right))
    return found


def _still_open(sources: Collection[int], published: Q) -> Mapping[int, int]:
    spoken = (
        Evidence.objects.filter(published, document__source__in=sources, stance__in=_STANCES)
        .filter(withdrawn_at=None, claim__merged_into=None, document__address__isnull=False)
        .exclude(claim__status__in=SETTLED)
    )
    return dict(
        spoken.order_by()
        .values("document__source")
        .annotate(claims=Count("claim", distinct=True))
        .values_list("document__source", "claims")
    )

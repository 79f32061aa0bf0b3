"""What open claims would score if a source were judged otherwise. Nothing is written.

The numbers are those that the same change would leave behind, bit for bit: never settled claims are
scored in columns, as `assess_many` does it; those that were settled once are scored alone, without
what their own outcome taught, as `assess_claim` does it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from django.db.models import QuerySet

from claims.alignment import derived_alignment
from claims.models import Claim, Evidence
from claims.selectors.evidence import evidence_of_all
from claims.vocabulary import Alignment, AlignmentBasis, Stance
from sources.models import Party, Source
from sources.vocabulary import Grade
from verification.bulk import Scores
from verification.bulk.columns import Ints
from verification.bulk.voices import ALIGNMENTS
from verification.scoring import Score, assess
from verification.selectors.desk_scores import Desk
from verification.selectors.flattened import Flat, flattened, sources
from verification.selectors.records import ever_settled, scorings_of
from verification.selectors.track_record import SETTLED
from verification.selectors.waiting import live_claims

Items = Mapping[int, Sequence[Evidence]]

MOST_CLAIMS = 50_000
"""Newest claims that are scored for one look; a source that touches more is told so."""


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What is tried on a source, each of them or all together.

    Another grade; one more side, `party`; a side that has ended, `ended`; another owner, or none.
    """

    source: Source
    grade: Grade | None = None
    party: Party | None = None
    ended: Party | None = None
    owner: Source | None = None
    unowned: bool = False

    @property
    def is_something(self) -> bool:
        return self.moves_owner or self.moves_side or self.grade is not None

    @property
    def moves_side(self) -> bool:
        return self.party is not None or self.ended is not None

    @property
    def moves_owner(self) -> bool:
        return self.owner is not None or self.unowned


@dataclass(frozen=True, slots=True)
class Seen:
    estimate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Move:
    """What becomes of the score of one claim, by its primary key."""

    claim: int
    before: Seen
    after: Seen

    @property
    def size(self) -> float:
        return abs(self.after.estimate - self.before.estimate)


def open_claims_of(source: Source) -> QuerySet[Claim]:
    """Claims that are not settled and on which SOURCE says something that was not withdrawn."""
    spoken = Evidence.objects.filter(
        document__source=source,
        stance__in=[Stance.SUPPORTS, Stance.CONTRADICTS],
        withdrawn_at=None,
    )
    return live_claims().exclude(status__in=SETTLED).filter(pk__in=spoken.values("claim"))


def own_parties(source: Source) -> Mapping[str, int]:
    """Primary keys of the sides that SOURCE is on now, by their names in addresses."""
    standing = source.affiliations.filter(to_date__isnull=True)
    return dict(standing.values_list("party__slug", "party_id"))


def moves(tried: Tried) -> Iterator[Move]:
    """Every open claim of the source that has a score. A fixed number of queries."""
    newest = open_claims_of(tried.source).order_by("-pk").values_list("pk", flat=True)
    ids = np.fromiter(newest[:MOST_CLAIMS], np.int64)
    if len(ids):
        alone = ever_settled(ids)
        yield from _together(ids[~np.isin(ids, list(alone))], tried)
        yield from _alone(alone, tried)


# --- In columns


def _together(ids: Ints, tried: Tried) -> Iterator[Move]:
    desk = Desk.opened()
    flat = flattened(ids, desk.known)
    other = desk.with_grade(tried.source.number, tried.grade) if tried.grade else desk
    tried_flat = _resided(flat, tried)
    if tried.moves_owner:
        other = other.with_owner(tried.source.pk, tried.owner.pk if tried.owner else None)
        tried_flat = replace(tried_flat, source=other.known[flat.speaker])
    before, after = desk.scores(flat), other.scores(tried_flat)
    for place in np.flatnonzero(before.counted & after.counted).tolist():
        yield Move(int(flat.claims["id"][place]), _row(before, place), _row(after, place))


def _row(scores: Scores, place: int) -> Seen:
    return Seen(
        float(scores.estimate[place]),
        float(scores.low[place]),
        float(scores.high[place]),
    )


def _resided(flat: Flat, tried: Tried) -> Flat:
    """With the alignments that would be derived if the source were on the sides that are tried."""
    if not tried.moves_side:
        return flat
    derived, evidence = _derived(tried, flat.claims["id"].tolist()), flat.evidence.copy()
    for row in np.flatnonzero(flat.source["number"] == tried.source.number).tolist():
        key = int(evidence["claim"][row]), int(evidence["position"][row])
        if key in derived:
            evidence["alignment"][row] = ALIGNMENTS.index(derived[key])
    return replace(flat, evidence=evidence)


def _derived(tried: Tried, claims: Sequence[int]) -> dict[tuple[int, int], Alignment]:
    """By claim and position, of the items of CLAIMS whose alignment no person has set."""
    parties = _parties(tried)
    items = Evidence.objects.filter(
        document__source=tried.source,
        alignment_basis=AlignmentBasis.DERIVED,
        claim__in=claims,
    )
    rows = items.order_by().values_list("claim_id", "position", "stance", "claim__favours_id")
    return {
        (claim, position): derived_alignment(stance=stance, source_parties=parties, favours=favours)
        for claim, position, stance, favours in rows
    }


def _parties(tried: Tried) -> frozenset[int]:
    parties = set(own_parties(tried.source).values())
    if tried.party:
        parties.add(tried.party.pk)
    if tried.ended:
        parties.discard(tried.ended.pk)
    return frozenset(parties)


# --- One by one


def _alone(ids: Collection[int], tried: Tried) -> Iterator[Move]:
    claims = list(Claim.objects.filter(pk__in=ids))
    items = evidence_of_all(claims)
    before = _assessed(claims, items)
    _judge_otherwise(claims, items, tried)
    for pk, after in _assessed(claims, items).items():
        if before[pk].contributions and after.contributions:
            yield Move(pk, _seen(before[pk]), _seen(after))


def _assessed(claims: Sequence[Claim], items: Items) -> Mapping[int, Score]:
    found = scorings_of(claims, items)
    return {pk: assess(one.told, one.parameters) for pk, one in found.items()}


def _judge_otherwise(claims: Sequence[Claim], items: Items, tried: Tried) -> None:
    """Changes the rows in memory, as the change would change them in the database."""
    parties, bloc = _parties(tried), _bloc_of(tried) if tried.moves_owner else None
    for claim in claims:
        for item in items[claim.pk]:
            source = item.document.source
            if source is None or source.pk != tried.source.pk:
                continue
            annotated: Any = item  # by claims.selectors.evidence
            if tried.grade:
                annotated.grade = tried.grade
            if tried.moves_owner:
                source.owner, annotated.bloc = tried.owner, bloc
            if tried.moves_side and item.alignment_basis == AlignmentBasis.DERIVED:
                item.alignment = derived_alignment(
                    stance=item.stance, source_parties=parties, favours=claim.favours_id
                )


def _bloc_of(tried: Tried) -> int | None:
    """Number of the group that errs together with the source under its tried owner."""
    known = sources((tried.source.pk, tried.owner.pk if tried.owner else None))
    (bloc,) = known["bloc"][known["id"] == tried.source.pk].tolist()
    return bloc or None


def _seen(score: Score) -> Seen:
    return Seen(score.estimate, score.low, score.high)

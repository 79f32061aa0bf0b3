"""A claim among those that cannot hold together with it, and how what is likely is shared out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from django.db.models import Q

from claims.models import Claim, ClaimRelation
from claims.selectors.relations import rivals_of, times_overlap
from claims.vocabulary import Publication, RelationKind
from core.bidi import without_turns
from core.chances import in_hundred_each
from verification.addresses import claim_path
from verification.scoring import shares
from verification.selectors.known import FEWEST_FOR_A_POINT

MOST_RIVALS = 12


@dataclass(frozen=True, slots=True)
class Rival:
    """`share`: probability beside all the others; None where none is worked out.

    `in_hundred`: the same as pages say it; with `none_in_hundred` they add to 100.
    """

    number: int
    href: str
    sentence: str
    language: str
    status: str
    is_here: bool
    share: float | None
    in_hundred: int | None


@dataclass(frozen=True, slots=True)
class Exclusive:
    """This claim first, then its rivals by number; `none`: share of "none of these".

    `why_not`: why nothing is shared out, in words; empty where it is.
    """

    rows: tuple[Rival, ...]
    none: float | None
    none_in_hundred: int | None
    why_not: str


@dataclass(frozen=True, slots=True)
class _Share:
    exact: float | None = None
    in_hundred: int | None = None


def exclusive_of(claim: Claim) -> Exclusive | None:
    """What stands beside CLAIM as it is now; None if it has no rival that readers may see."""
    rivals = public_rivals(claim)
    if not rivals:
        return None
    estimates = [_point_of(each) for each in (claim, *rivals)]
    why_not = _why_not(estimates, rivals)
    *each, none = [_Share()] * (len(estimates) + 1) if why_not else _shared(estimates)
    rows = [
        _row(row, share, is_here=row is claim)
        for row, share in zip((claim, *rivals), each, strict=True)
    ]
    return Exclusive(tuple(rows), none.exact, none.in_hundred, why_not)


def _shared(estimates: Sequence[float | None]) -> list[_Share]:
    """Of each claim in turn, and at last of none of them."""
    found = shares([each for each in estimates if each is not None])
    parts = (*found.of_each, found.of_none)
    return [_Share(*pair) for pair in zip(parts, in_hundred_each(parts), strict=True)]


def public_rivals(claim: Claim) -> list[Claim]:
    """Published claims that cannot hold together with CLAIM at the same time. One query."""
    rivals = rivals_of(claim).filter(publication=Publication.PUBLISHED, merged_into=None)
    found = [rival for rival in rivals.order_by("number") if times_overlap(claim, rival)]
    return found[:MOST_RIVALS]


def _why_not(estimates: Sequence[float | None], rivals: Sequence[Claim]) -> str:
    if None in estimates:
        return (
            f"One of them has fewer than {FEWEST_FOR_A_POINT} independent sources, so we do not "
            "say how likely each is beside the others."
        )
    if not _exclude_each_other(rivals):
        return "Some of the others could be true together, so what is likely is not shared out."
    return ""


def _point_of(claim: Claim) -> float | None:
    """The score where a page would show it, and not its range alone."""
    enough = claim.origins_for + claim.origins_against >= FEWEST_FOR_A_POINT
    return claim.confidence if enough else None


def _exclude_each_other(rivals: Sequence[Claim]) -> bool:
    """Whether of RIVALS, too, at most one can hold. One query, and none for a single rival."""
    pairs = {frozenset((one.pk, other.pk)) for one, other in combinations(rivals, 2)}
    if not pairs:
        return True
    keys = [rival.pk for rival in rivals]
    relations = ClaimRelation.objects.filter(
        Q(from_claim__in=keys) & Q(to_claim__in=keys), kind=RelationKind.CONTRADICTS
    ).values_list("from_claim", "to_claim")
    named = {frozenset(pair) for pair in relations}
    return pairs <= named and all(times_overlap(*pair) for pair in combinations(rivals, 2))


def _row(claim: Claim, share: _Share, *, is_here: bool) -> Rival:
    return Rival(
        number=claim.number,
        href=claim_path(claim.number, claim.sentence),
        sentence=without_turns(claim.sentence),
        language=claim.language,
        status=claim.status,
        is_here=is_here,
        share=share.exact,
        in_hundred=share.in_hundred,
    )

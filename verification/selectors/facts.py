"""From rows to the frozen inputs of the pure rules. Whoever decides locks the claim first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Q

from claims.models import Claim, ClaimRelation, Evidence
from claims.selectors.evidence import MOVED
from claims.selectors.relations import rivals_of, times_overlap
from claims.vocabulary import Alignment, Directness, RelationKind, Resolution, Stance, Status
from sources.models import Derivation
from sources.outcomes import holds_the_document
from sources.selectors.custody import is_taken_down
from sources.vocabulary import CaptureState, DerivationState
from verification.conditions import ClaimFacts, EvidenceFact
from verification.scoring import ClaimInput, Exclusion, Report, origin_groups


def derivation_of(evidence: Evidence) -> Derivation | None:
    """What the document was found to repeat, unless a person said that it does not."""
    try:
        derivation = evidence.document.derivation
    except ObjectDoesNotExist:
        return None
    return None if derivation.state == DerivationState.REJECTED else derivation


def origin_key(evidence: Evidence) -> str:
    """Name of the independence group: the origin that it repeats or begins, or itself alone."""
    derivation = derivation_of(evidence)
    if derivation is not None:
        return f"origin-{derivation.origin_id}"
    try:
        return f"origin-{evidence.document.begins_origin.pk}"
    except ObjectDoesNotExist:
        return f"document-{evidence.document_id}"


def is_archived(evidence: Evidence) -> bool:
    snapshot = evidence.snapshot
    return (
        snapshot is not None
        and snapshot.state == CaptureState.SEALED
        and holds_the_document(snapshot.outcome)
        and not is_taken_down(snapshot)
    )


def side_of(evidence: Evidence) -> str | None:
    """Party that the source belongs to; the first by name when it has several."""
    source = evidence.document.source
    if source is None:
        return None
    names = sorted(affiliation.party.slug for affiliation in source.affiliations.all())
    return names[0] if names else None


def evidence_fact(evidence: Evidence, group: str, damaged: Collection[str]) -> EvidenceFact:
    """An item as the conditions see it.

    GROUP is its independence group, as the scorer forms it. A footnote whose document nobody has
    found yet says nothing so far, whatever stance its article gives it.
    """
    found = evidence.document.address is not None
    return EvidenceFact(
        key=str(evidence.key),
        label=evidence.label,
        stance=Stance(evidence.stance) if found else Stance.CONTEXT,
        directness=Directness(evidence.directness),
        alignment=Alignment(evidence.alignment),
        grade=_grade(evidence),
        origin=group,
        copied=derivation_of(evidence) is not None,
        archived=is_archived(evidence),
        intact=is_archived(evidence) and not _files_of(evidence) & set(damaged),
        visual_checked=evidence.visual_checked_at is not None,
        withdrawn=evidence.withdrawn_at is not None,
        resolution=Resolution(evidence.resolution) if evidence.resolution else None,
        added_at=evidence.added_at,
        source_side=side_of(evidence),
        quote_moved=evidence.quote_state in {str(state) for state in MOVED},
    )


def _files_of(evidence: Evidence) -> frozenset[str]:
    """Hashes of the file of the cited copy, and of the earlier one that holds the same page."""
    copies = (evidence.snapshot, evidence.snapshot.revisits) if evidence.snapshot else ()
    return frozenset(copy.warc.sha256 for copy in copies if copy is not None and copy.warc)


def cited_objects(items: Iterable[Evidence]) -> frozenset[str]:
    """Hashes of the archived files that the items rest on."""
    return frozenset().union(*(_files_of(item) for item in items if is_archived(item)))


def _grade(evidence: Any) -> str | None:
    grade: str | None = evidence.grade  # annotated by claims.selectors.evidence.evidence_of
    return grade


def _rated(evidence: Any) -> str | None:
    rated: str | None = evidence.rated  # annotated as the grade is
    return rated


def _bloc(evidence: Any) -> str | None:
    number: int | None = evidence.bloc  # annotated as the grade is
    return None if number is None else f"group-{number}"


def claim_facts(
    claim: Claim,
    items: Iterable[Evidence],
    *,
    excluded_by: tuple[int, ...] | None = None,
    damaged: Collection[str] = frozenset(),
    **written: Any,
) -> ClaimFacts:
    """Facts of a claim with what a person has WRITTEN for a change (reason, finding, …).

    DAMAGED: hashes of archived copies that failed their check; whoever decides has checked.
    EXCLUDED_BY: its confirmed rivals, for who has read those of many claims at once.
    """
    rows = list(items)
    groups = origin_groups(score_input(claim, rows).reports)
    evidence = tuple(evidence_fact(item, groups[str(item.position)], damaged) for item in rows)
    return ClaimFacts(
        status=Status(claim.status),
        evidence=evidence,
        decided_at=claim.status_since,
        has_document_or_claimant=bool(evidence) or claim.claimant_id is not None,
        excluded_by=confirmed_rivals(claim) if excluded_by is None else excluded_by,
        **written,
    )


def confirmed_rivals(claim: Claim) -> tuple[int, ...]:
    """Numbers of confirmed claims that cannot hold together with this one at the same time."""
    rivals = rivals_of(claim).filter(status=Status.CONFIRMED)
    return tuple(sorted(rival.number for rival in rivals if times_overlap(claim, rival)))


def confirmed_rivals_of_all(claims: Collection[Claim]) -> Mapping[int, tuple[int, ...]]:
    """The same of several claims, by primary key, in one query."""
    known = {claim.pk: claim for claim in claims}
    found: dict[int, set[int]] = {key: set() for key in known}
    relations = ClaimRelation.objects.filter(
        Q(from_claim__in=known) | Q(to_claim__in=known), kind=RelationKind.CONTRADICTS
    ).select_related("from_claim", "to_claim")
    for relation in relations:
        pair = (relation.from_claim, relation.to_claim)
        for claim, rival in (pair, pair[::-1]):
            excludes = rival.status == Status.CONFIRMED and times_overlap(claim, rival)
            if claim.pk in known and excludes:
                found[claim.pk].add(rival.number)
    return {key: tuple(sorted(numbers)) for key, numbers in found.items()}


def score_input(claim: Claim, items: Sequence[Evidence]) -> ClaimInput:
    """Reports in the order in which they were published, whatever the order of filing."""
    by_time = sorted(items, key=lambda item: (_spoken_at(item), item.position))
    reports = tuple(report(item, order) for order, item in enumerate(by_time, start=1))
    return ClaimInput(reports=reports, kind=claim.kind)


def _spoken_at(evidence: Evidence) -> datetime:
    return evidence.document.published_at or evidence.added_at


def report(evidence: Evidence, order: int) -> Report:
    source = evidence.document.source
    return Report(
        key=str(evidence.position),
        source=f"source-{source.number}" if source else f"document-{evidence.document_id}",
        stance=Stance(evidence.stance),
        directness=Directness(evidence.directness),
        order=order,
        credibility=evidence.credibility,
        alignment=Alignment(evidence.alignment),
        grade=_grade(evidence),
        source_kind=source.kind if source else None,
        rated=_rated(evidence),
        checked_visual=evidence.visual_checked_at is not None
        and evidence.directness == Directness.FIRST_HAND_VISUAL,
        origin=origin_key(evidence),
        owner=f"source-{source.owner.number}" if source and source.owner else None,
        bloc=_bloc(evidence),
        side=side_of(evidence),
        excluded=_exclusion(evidence),
    )


def _exclusion(evidence: Evidence) -> str | None:
    if evidence.withdrawn_at is not None:
        return Exclusion.WITHDRAWN
    if evidence.resolution == Resolution.MISTAKEN:
        return Exclusion.MISTAKEN
    if evidence.resolution == Resolution.DIFFERENT_EVENT:
        return Exclusion.DIFFERENT_EVENT
    if not is_archived(evidence):
        return Exclusion.NOT_ARCHIVED
    return None

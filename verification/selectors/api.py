"""What the API reads: public rows only, with what their representation needs loaded."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils import timezone

from accounts.models import User
from claims.models import Claim, Evidence
from claims.selectors.claims import claims_for
from claims.selectors.evidence import evidence_of
from claims.vocabulary import Publication
from core.errors import Missing
from sources.models import Artifact, Snapshot, Source
from sources.vocabulary import ArtifactKind
from verification.learning.joint import METHOD as JOINT
from verification.models import Assessment, StatusEvent
from verification.scoring import assess
from verification.selectors.joint import joint_assessment
from verification.selectors.public_copies import public_copies
from verification.selectors.records import named_model, recorded_input
from verification.selectors.source_page import public_sources
from verification.selectors.steps import with_steps

Actor = User | AnonymousUser


def claims(actor: Actor) -> models.QuerySet[Claim]:
    return claims_for(actor).select_related(
        "event", "place", "claimant", "favours", "superseded_by", "merged_into"
    )


def evidence(claim: Claim) -> models.QuerySet[Evidence]:
    return evidence_of(claim)


def status_events(claim: Claim) -> models.QuerySet[StatusEvent]:
    return claim.status_events.select_related("proposer", "approver", "claim").order_by("-id")


def all_status_events() -> models.QuerySet[StatusEvent]:
    """Every public change of status, newest first: what a follower of the desk reads."""
    return (
        StatusEvent.objects.filter(claim__publication=Publication.PUBLISHED)
        .select_related("proposer", "approver", "claim")
        .order_by("-id")
    )


def assessments(claim: Claim) -> models.QuerySet[Assessment]:
    return claim.assessments.select_related("claim").order_by("-id")


def newest_assessment(claim: Claim) -> Assessment:
    newest = assessments(claim).first()
    if newest is None:
        raise Missing(
            f"Claim {claim.number} has no score yet. A score appears after the first archived "
            "source."
        )
    with_steps(newest, claim, lambda: list(evidence_of(claim)))
    return newest


def assessment_under(claim: Claim, method: str) -> Assessment:
    """What the claim would be scored under another stored model: worked out, kept nowhere."""
    if method == JOINT:
        return joint_assessment(claim, list(evidence_of(claim)))
    model, parameters = named_model(method)
    score = assess(recorded_input(claim, list(evidence_of(claim))), parameters)
    return Assessment(
        claim=claim,
        method=score.method,
        scoring_model=model,
        inputs_digest=score.inputs_digest,
        estimate=score.estimate,
        low=score.low,
        high=score.high,
        log_odds=score.log_odds,
        origins_for=score.origins_supporting,
        origins_against=score.origins_contradicting,
        explanation=score.as_dict(),
        cause=f"asked for {score.snapshot}; this is not the official score",
        at=timezone.now(),
    )


def _cited() -> models.QuerySet[Evidence]:
    return Evidence.objects.filter(claim__publication=Publication.PUBLISHED)


def sources() -> models.QuerySet[Source]:
    """Sources that a public claim cites or names."""
    found = public_sources().select_related("owner")
    return found.prefetch_related("affiliations__party", "grades", "ratings")


def snapshots() -> models.QuerySet[Snapshot]:
    """Captures that the public may see, with the newest extracted text.

    A copy would name a withheld person as surely as the name.
    """
    newest = Artifact.objects.filter(kind=ArtifactKind.TEXT).order_by("-pk")
    texts = [
        models.Prefetch(name, queryset=newest, to_attr="texts")
        for name in ("artifacts", "revisits__artifacts")
    ]
    return (
        public_copies()
        .select_related("document__source", "warc", "takedown", "revisits__takedown")
        .prefetch_related(*texts, "hops")
    )

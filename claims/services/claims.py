"""Claims themselves: adding, wording, working stage, publication."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import User
from accounts.policies import require
from accounts.roles import Permission
from audit.services.record import record_event, recording
from claims.models import Claim, Event, Place
from claims.services.locks import lock_claim, touch_claim
from claims.vocabulary import ClaimKind, Publication, Stage, Status
from core.errors import Conflict, Invalid

EDITABLE = frozenset(
    {
        "sentence",
        "language",
        "kind",
        "claimant",
        "favours",
        "place",
        "event",
        "time_from",
        "time_to",
        "time_precision",
        "time_inferred",
        "sensitivity",
        "stage",
        "owner",
        "would_change_it",
        "unknowns",
        "finding",
        "review_due_at",
    }
)

# What two people agreed on when they settled a claim, as readers see it.
AGREED = frozenset(
    {
        "sentence",
        "language",
        "kind",
        "claimant",
        "favours",
        "place",
        "time_from",
        "time_to",
        "time_precision",
        "finding",
        "would_change_it",
        "unknowns",
    }
)
SETTLED = frozenset({Status.CONFIRMED, Status.REFUTED, Status.UNVERIFIABLE, Status.SUPERSEDED})


@recording()
def add_claim(
    *, actor: User, sentence: str, kind: str = ClaimKind.OTHER, language: str = "en", **fields: Any
) -> Claim:
    """A new claim, unverified and not yet public."""
    require(actor, Permission.EDIT)
    claim = Claim(
        sentence=" ".join(sentence.split()),
        kind=kind,
        language=language,
        status_since=timezone.now(),
        stage=Stage.OPEN,
    )
    _assign(claim, fields)
    _clean(claim)
    claim.save()
    record_event(
        actor=actor, tag="claims:claim:added", subject=claim, after={"sentence": claim.sentence}
    )
    touch_claim(claim, now=timezone.now(), cause="claim added")
    return claim


@recording()
def edit_claim(*, actor: User, claim: Claim, expected_version: int, **changes: Any) -> Claim:
    """Change wording, place, time or work of a claim; never its status, see verification.

    Raises Conflict for a change of what two people agreed on: nobody alone rewords a settled claim.
    """
    require(actor, Permission.EDIT)
    claim = lock_claim(claim, expected_version=expected_version)
    before = {name: _plain(getattr(claim, name)) for name in changes if hasattr(claim, name)}
    _assign(claim, changes)
    changed = {name for name in before if _plain(getattr(claim, name)) != before[name]}
    if claim.status in SETTLED and changed & AGREED:
        raise Conflict(
            f"Two people agreed that this is {Status(claim.status).label.lower()}, in these words. "
            "Reopen the claim to change them.",
            code="settled",
        )
    _clean(claim)
    claim.save()
    record_event(
        actor=actor,
        tag="claims:claim:edited",
        subject=claim,
        before=before,
        after={name: _plain(getattr(claim, name)) for name in changes},
    )
    touch_claim(claim, now=timezone.now(), cause="claim edited")
    return claim


def _assign(claim: Claim, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        if name not in EDITABLE:
            raise Invalid(f"{name} cannot be set this way.")
        setattr(claim, name, value)


def _plain(value: Any) -> Any:
    return value.pk if hasattr(value, "pk") else value


def _clean(claim: Claim) -> None:
    try:
        claim.full_clean(exclude=["number"])
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), fields=error.message_dict) from error


@recording()
def publish_claim(*, actor: User, claim: Claim) -> Claim:
    """Make a claim public."""
    require(actor, Permission.PUBLISH)
    claim = lock_claim(claim)
    if claim.publication == Publication.PUBLISHED:
        return claim
    return _set_publication(actor, claim, Publication.PUBLISHED, "")


@recording()
def withdraw_claim(*, actor: User, claim: Claim, reason: str) -> Claim:
    """Take a claim off the public pages; its address answers 410 with the reason."""
    require(actor, Permission.PUBLISH)
    claim = lock_claim(claim)
    if claim.publication != Publication.PUBLISHED:
        raise Conflict("Only a published claim can be withdrawn.")
    if len(reason.strip()) < 20:  # noqa: PLR2004  # a sentence
        raise Invalid("Say in a sentence why it is withdrawn: readers will see it.")
    return _set_publication(actor, claim, Publication.WITHDRAWN, reason.strip())


def _set_publication(actor: User, claim: Claim, to: Publication, reason: str) -> Claim:
    before = claim.publication
    claim.publication = to
    claim.version += 1
    claim.save(update_fields=["publication", "version", "changed_at"])
    record_event(
        actor=actor,
        tag=f"claims:claim:{to}",
        subject=claim,
        before={"publication": str(before)},
        after={"publication": str(to)},
        reason=reason,
    )
    return claim


@recording()
def add_event(*, actor: User, title: str, slug: str, **fields: Any) -> Event:
    require(actor, Permission.EDIT)
    event = Event(title=title, slug=slug, **fields)
    event.full_clean(exclude=["number"])
    event.save()
    record_event(actor=actor, tag="claims:event:added", subject=event, after={"title": title})
    return event


@recording()
def add_place(*, actor: User, name: str, names: dict[str, str] | None = None) -> Place:
    require(actor, Permission.EDIT)
    place = Place(name=name, names=names or {})
    place.full_clean(exclude=["number"])
    place.save()
    record_event(actor=actor, tag="claims:place:added", subject=place, after={"name": name})
    return place

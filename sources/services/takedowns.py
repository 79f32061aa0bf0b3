"""Legal holds and takedowns. Both are decided by an administrator and stand on the record."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from accounts.models import User
from accounts.policies import require
from accounts.roles import Permission
from audit.services.record import record_event, recording
from core.errors import Conflict, Invalid
from core.jobs import enqueue
from sources.models import Artifact, ArtifactJob, LegalHold, Snapshot, Takedown
from sources.selectors.custody import is_taken_down, revisiting, standing_hold
from sources.vocabulary import CaptureState, JobState, TakedownBasis

MIN_WORDS, MOST_WORDS = 20, 400
MOST_NAMED = 50


@recording()
def place_hold(*, actor: User, snapshot: Snapshot, reason: str) -> LegalHold:
    """From now on nothing of SNAPSHOT may be removed. Conflict: it is held, or taken down."""
    require(actor, Permission.ADMINISTER)
    reason = _written(reason, "Say why it is held")
    snapshot = _locked(snapshot)
    if standing_hold(snapshot):
        raise Conflict(f"Archived copy {snapshot.number} is held already.", code="held")
    hold = LegalHold.objects.create(
        snapshot=snapshot, reason=reason, placed_by=actor, placed_at=timezone.now()
    )
    record_event(
        actor=actor, tag="sources:snapshot:held", subject=snapshot, after={"reason": reason}
    )
    return hold


@recording()
def lift_hold(*, actor: User, snapshot: Snapshot) -> LegalHold:
    """The standing hold ends. Conflict: there is none."""
    require(actor, Permission.ADMINISTER)
    snapshot = _locked(snapshot)
    hold = standing_hold(snapshot)
    if hold is None:
        raise Conflict(f"Archived copy {snapshot.number} is not held.", code="not_held")
    hold.lifted_by, hold.lifted_at = actor, timezone.now()
    hold.save(update_fields=["lifted_by", "lifted_at"])
    record_event(
        actor=actor,
        tag="sources:snapshot:released",
        subject=snapshot,
        before={"reason": hold.reason},
    )
    return hold


@recording()
def take_down(
    *, actor: User, snapshot: Snapshot, basis: TakedownBasis, words: str, with_same: bool = False
) -> Takedown:
    """Show SNAPSHOT no more, for good: its text goes now, its bytes as soon as no other needs them.

    WORDS are public. Hashes, this row and the lines of the record stay. Later copies of the same
    page show the bytes of this one, so they go by the same decision; WITH_SAME says that it is
    about them too. Conflict, with nothing done: it is not said, a hold stands, nothing is
    archived, or it was taken down before.
    """
    require(actor, Permission.ADMINISTER)
    words = _written(words, "Say why, for the public")
    snapshot = _locked(snapshot)
    later = [_locked(row) for row in revisiting(snapshot)]
    if later and not with_same:
        raise Conflict(_same_page(snapshot, later), code="shown_by_others")
    for row in (snapshot, *later):
        if hold := standing_hold(row):
            raise Conflict(
                f"Archived copy {row.number} is under a legal hold ({hold.reason}). "
                "Lift the hold first.",
                code="held",
            )
    for row in later:
        _take_down(actor, row, basis, words, ())
    return _take_down(actor, snapshot, basis, words, later)


def _same_page(snapshot: Snapshot, later: Sequence[Snapshot]) -> str:
    numbers = ", ".join(str(row.number) for row in later[:MOST_NAMED])
    more = f" and {len(later) - MOST_NAMED} more" if len(later) > MOST_NAMED else ""
    return (
        f"The page was the same again in copies {numbers}{more}, which show the file of copy "
        f"{snapshot.number}. Nothing was taken down. Say that they are to be taken down too."
    )


def _take_down(
    actor: User, snapshot: Snapshot, basis: TakedownBasis, words: str, later: Sequence[Snapshot]
) -> Takedown:
    takedown = Takedown.objects.create(
        snapshot=snapshot, basis=basis, words=words, decided_by=actor, decided_at=timezone.now()
    )
    record_event(
        actor=actor,
        tag="sources:snapshot:taken_down",
        subject=snapshot,
        after={
            "basis": str(basis),
            "warc_sha256": snapshot.warc.sha256 if snapshot.warc else "",
            "with": [row.number for row in later[:MOST_NAMED]],
        },
        reason=words,
    )
    _remove_text(snapshot)
    enqueue("sources.remove_taken_down")
    enqueue("verification.snapshot_taken_down", snapshot_id=snapshot.pk)
    return takedown


def _locked(snapshot: Snapshot) -> Snapshot:
    """The row, locked, so that a hold and a takedown cannot pass each other."""
    found = Snapshot.objects.select_for_update(of=("self",)).select_related("warc", "takedown")
    row = found.get(pk=snapshot.pk)
    if row.state != CaptureState.SEALED:
        raise Conflict(f"Nothing is archived under {row.number}.", code="not_sealed")
    if is_taken_down(row):
        raise Conflict(f"Archived copy {row.number} was taken down already.", code="taken_down")
    return row


def _remove_text(snapshot: Snapshot) -> None:
    """Blank what was read out of the copy, and let nothing more be read out of it.

    The trigger on the table lets this change pass, and only this one, once the takedown is there.
    """
    Artifact.objects.filter(snapshot=snapshot).update(content="", facts={})
    ArtifactJob.objects.filter(
        snapshot=snapshot, state__in=[JobState.PENDING, JobState.RUNNING]
    ).update(
        state=JobState.SKIPPED, lease_until=None, next_attempt_at=None, reason="It was taken down."
    )


def _written(text: str, ask: str) -> str:
    text = " ".join(text.split())
    if not MIN_WORDS <= len(text) <= MOST_WORDS:
        raise Invalid(f"{ask}, in {MIN_WORDS} to {MOST_WORDS} characters; now {len(text)}.")
    return text

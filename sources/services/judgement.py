"""A source judged otherwise: its grade, its sides, its owner, for one stated reason."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from accounts.models import User
from accounts.policies import require
from accounts.roles import Permission
from audit.services.record import record_event, recording
from core.errors import Conflict, Invalid
from core.jobs import enqueue
from sources.models import Affiliation, GroupMember, GroupState, Party, Source
from sources.services.catalogue import affiliate_source, grade_source
from sources.vocabulary import NOTED, Degree

LEAST_REASON = 10
LONGEST_REASON = 400
LONGEST_NOTE = 1000
MOST_OWNERS = 50
"""Owners of owners that are looked at; a longer chain than any that people keep."""


@recording()
def judge_source(
    *,
    actor: User,
    source: Source,
    rationale: str,
    grade: str | None = None,
    party: Party | None = None,
    degree: str = Degree.MEMBER,
    ended: Party | None = None,
    until: date | None = None,
    owner: Source | None = None,
    unowned: bool = False,
) -> Source:
    """Give SOURCE another grade, one more side, the end of a side, another owner, or several.

    `until`: the last day on the side that ENDED, today if none is said; `unowned`: nobody owns it.
    """
    require(actor, Permission.EDIT)
    if not (grade or party or ended or owner or unowned):
        raise Invalid("Choose a grade, a side or an owner.")
    source = Source.objects.select_for_update().get(pk=source.pk)
    newest = source.grades.first()
    if grade is not None and newest is not None and newest.grade == grade:
        raise Conflict(f"Its grade is {grade} already. Look at the page again.")
    if grade is not None:
        grade_source(actor=actor, source=source, grade=grade, rationale=rationale)
    if ended is not None:
        end_side(actor=actor, source=source, party=ended, rationale=rationale, until=until)
    if party is not None:
        affiliate_source(
            actor=actor, source=source, party=party, degree=degree, rationale=rationale
        )
    if owner is not None or unowned:
        change_owner(actor=actor, source=source, owner=owner, rationale=rationale)
    return source


@recording()
def end_side(
    *, actor: User, source: Source, party: Party, rationale: str, until: date | None = None
) -> Affiliation:
    """SOURCE is on the side of PARTY no longer; readers see that it was, and why it ended."""
    require(actor, Permission.EDIT)
    _reason_given(rationale)
    standing = source.affiliations.select_for_update().filter(party=party, to_date=None).first()
    if standing is None:
        raise Conflict(f"It is not on the side of {party.name}. Look at the page again.")
    today = timezone.localdate()
    until = until or today
    if until > today:
        raise Invalid("It cannot have left a side on a day that has not come.")
    if standing.from_date is not None and until < standing.from_date:
        raise Invalid(f"It is on this side since {standing.from_date:%-d %b %Y}: say a later day.")
    standing.to_date = until
    standing.end_reason = rationale.strip()
    standing.save(update_fields=["to_date", "end_reason"])
    record_event(
        actor=actor,
        tag="sources:source:side_ended",
        subject=source,
        before={"party": party.name},
        after={"until": f"{until:%Y-%m-%d}"},
        reason=rationale,
    )
    enqueue("verification.side_changed", source_id=source.pk, actor_id=actor.pk)
    return standing


@recording()
def change_owner(*, actor: User, source: Source, owner: Source | None, rationale: str) -> Source:
    """OWNER owns SOURCE, or nobody does: reports of one owner are no independent voices."""
    require(actor, Permission.EDIT)
    _reason_given(rationale)
    if source.owner_id == (owner.pk if owner else None):
        raise Conflict("This is its owner already. Look at the page again.")
    if owner is not None and _is_owned_by(owner, source):
        raise Conflict("It would own itself by this. Change the other source’s owner first.")
    if counts_in_a_bloc(source):
        raise Conflict(
            "It counts as one voice with sources that err together, by a decision on their owners. "
            "End that group first, under “Sources that err together”."
        )
    before = source.owner
    source.owner = owner
    source.save(update_fields=["owner"])
    record_event(
        actor=actor,
        tag="sources:source:owner_changed",
        subject=source,
        before={"owner": before.number if before else None},
        after={"owner": owner.number if owner else None},
        reason=rationale,
    )
    enqueue("verification.source_graded", source_id=source.pk)
    return source


@recording()
def note_source(*, actor: User, source: Source, text: str) -> None:
    """Write down something about SOURCE for the desk: a line of its history, never public."""
    require(actor, Permission.EDIT)
    text = text.strip()
    if not text or len(text) > LONGEST_NOTE:
        raise Invalid(f"Write a note of at most {LONGEST_NOTE} characters.")
    record_event(actor=actor, tag=NOTED, subject=source, reason=text)


def counts_in_a_bloc(source: Source) -> bool:
    """Whether SOURCE itself is in a group of sources that err together and that counts."""
    members = GroupMember.objects.filter(source=source, group__state=GroupState.ACCEPTED)
    return members.exists()


def _is_owned_by(owner: Source, source: Source) -> bool:
    """Whether SOURCE owns OWNER, itself or through others."""
    above: Source | None = owner
    for _ in range(MOST_OWNERS):
        if above is None:
            return False
        if above.pk == source.pk:
            return True
        above = above.owner
    return True


def _reason_given(rationale: str) -> None:
    if len(rationale.strip()) < LEAST_REASON:
        raise Invalid("Say why, in a sentence.")
    if len(rationale.strip()) > LONGEST_REASON:
        raise Invalid(f"Say it in at most {LONGEST_REASON} characters.")

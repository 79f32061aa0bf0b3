"""Sources that err together: found at night, decided by a person, and what follows for the scores.

Nothing is grouped silently (scoring.md 1.6 and 4.4): what is found waits. An accepted group has
its sources discounted as one house would be, and open claims are scored again, no others.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from django.db.models import Max, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from accounts.policies import require
from accounts.roles import Permission, Role
from audit.services.record import record_event, recording
from claims.models import Claim
from core.errors import Conflict, Invalid, Missing
from core.jobs import enqueue
from sources.models import GroupMember, GroupState, Source, SourceGroup
from verification.desk_addresses import dependence_path
from verification.learning import counts
from verification.learning.correlation import COMMON, CorrelatedGroup, correlated_groups
from verification.models import Notification, NotificationKind, SettledReport
from verification.scoring import Interest
from verification.services.models import LEAST_REASON
from verification.services.moves import CLOSED
from verification.services.outcomes import score_again, touched_by

SEND_AGAIN_AFTER = timedelta(seconds=60)
_DECIDED = (GroupState.REJECTED, GroupState.ENDED)


def propose_groups() -> list[SourceGroup]:
    """File each group of sources that err together and that nobody decided on; the new ones.

    Runs any number of times. A proposal that waits and is no longer found is set aside. What was
    refused or ended is proposed again only when each of its pairs that was decided on has COMMON
    further claims settled since.
    """
    return _file_all({frozenset(_numbers(one)): one for one in correlated_groups(_rows())})


@recording()
def _file_all(found: dict[frozenset[int], CorrelatedGroup]) -> list[SourceGroup]:
    for group in _groups(GroupState.PROPOSED):
        members = frozenset(source.number for source in group.sources.all())
        if members not in found:
            _set_aside(group)
        found.pop(members, None)
    decided = _groups(GroupState.ACCEPTED, *_DECIDED)
    return [_file(one) for members, one in found.items() if _is_news(members, decided)]


def _rows() -> list[counts.SettledReport]:
    """Reports on settled claims; checked visuals speak for nobody."""
    settled = SettledReport.objects.filter(reopened_at=None, source__isnull=False)
    columns = ("claim_id", "record", "supports", "proved_true")
    return [
        counts.SettledReport(
            claim=str(claim), kind="", source=record, group="", interest=Interest.NONE,
            supports=supports, proved_true=true,
        )
        for claim, record, supports, true in settled.order_by("pk").values_list(*columns)
    ]  # fmt: skip


def _numbers(found: CorrelatedGroup) -> list[int]:
    return [int(name.removeprefix("source-")) for name in found.sources]


def _groups(*states: GroupState) -> list[SourceGroup]:
    found = SourceGroup.objects.filter(state__in=states).order_by("number")
    return list(found.prefetch_related("sources__owner"))


def _is_news(members: Collection[int], decided: Sequence[SourceGroup]) -> bool:
    """Whether it says of at least one pair what no decision covers, and not of one house alone."""
    houses = _houses(members)
    known: set[frozenset[int]] = set()
    for group in decided:
        inside = sorted(source.number for source in group.sources.all() if source.number in members)
        pairs = {frozenset((a, b)) for a in inside for b in inside if a < b}
        known |= {pair for pair in pairs if not _grew(pair, group)}
    pairs = {frozenset((a, b)) for a in members for b in members if houses[a] != houses[b]}
    return bool(pairs - known)


def _houses(numbers: Collection[int]) -> dict[int, int]:
    """The owner of each source, or the source itself."""
    found = Source.objects.filter(number__in=numbers)
    return dict(found.values_list("number", Coalesce("owner_id", "pk")))


def _grew(pair: frozenset[int], group: SourceGroup) -> bool:
    """Whether enough was settled since the decision to ask again."""
    since = group.ended_at or group.decided_at
    if group.state == GroupState.ACCEPTED or since is None:
        return False
    one, other = pair
    fresh = SettledReport.objects.filter(reopened_at=None, settled_at__gt=since)
    claims = fresh.filter(source__number=one).values("claim")
    common = fresh.filter(source__number=other, claim__in=claims)
    return common.values("claim").distinct().count() >= COMMON


def _set_aside(group: SourceGroup) -> None:
    group.state = GroupState.REPLACED
    group.save(update_fields=["state"])
    _record(None, group, "set_aside", "It is no longer found.")


def _file(found: CorrelatedGroup) -> SourceGroup:
    newest = SourceGroup.objects.aggregate(number=Max("number"))["number"] or 0
    group = SourceGroup.objects.create(
        number=newest + 1,
        figures=[{**asdict(pair), "sources": list(pair.sources)} for pair in found.pairs],
        made_at=timezone.now(),
        state=GroupState.PROPOSED,
    )
    sources = Source.objects.filter(number__in=_numbers(found)).order_by("number")
    GroupMember.objects.bulk_create(GroupMember(group=group, source=one) for one in sources)
    _record(None, group, "proposed", "")
    _tell(group)
    return group


def _record(actor: User | None, group: SourceGroup, what: str, reason: str) -> None:
    sources = sorted(group.sources.values_list("number", flat=True))
    after = {"state": str(group.state), "sources": sources, "figures": group.figures}
    record_event(
        actor=actor, tag=f"verification:group:{what}", subject=group, after=after, reason=reason
    )


def _tell(group: SourceGroup) -> None:
    number = group.sources.count()
    people = User.objects.filter(is_active=True, role__in=[Role.EDITOR, Role.ADMIN])
    rows = [
        Notification(
            recipient=person,
            kind=NotificationKind.GROUP_WAITING,
            words=f"{number} sources err together. Decide whether they count as one.",
            href=dependence_path(group.number),
            cause=f"group:{group.number}",
            at=timezone.now(),
        )
        for person in people.order_by("pk")
    ]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)


# --- Decisions


@recording()
def decide_group(*, actor: User, number: int, accept: bool, reason: str) -> SourceGroup:
    """Accept or reject a proposal. Raises NotAllowed, Missing, Conflict or Invalid."""
    group, reason = _for_decision(actor, number, GroupState.PROPOSED, reason)
    if accept:
        _refuse_a_second_bloc(group)
    group.state = GroupState.ACCEPTED if accept else GroupState.REJECTED
    group.decided_by, group.decided_at, group.reason = actor, timezone.now(), reason
    group.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    _record(actor, group, str(group.state), reason)
    if accept:
        enqueue("verification.group_changed", group_id=group.pk)
    return group


@recording()
def end_group(*, actor: User, number: int, reason: str) -> SourceGroup:
    """Its sources count each by itself again. Raises NotAllowed, Missing, Conflict or Invalid."""
    group, reason = _for_decision(actor, number, GroupState.ACCEPTED, reason)
    group.state, group.spread_at = GroupState.ENDED, None
    group.ended_by, group.ended_at, group.end_reason = actor, timezone.now(), reason
    group.save(update_fields=["state", "spread_at", "ended_by", "ended_at", "end_reason"])
    _record(actor, group, "ended", reason)
    enqueue("verification.group_changed", group_id=group.pk)
    return group


def _for_decision(
    actor: User, number: int, state: GroupState, reason: str
) -> tuple[SourceGroup, str]:
    require(actor, Permission.APPROVE)
    group = SourceGroup.objects.select_for_update(of=("self",)).filter(number=number).first()
    if group is None:
        raise Missing("There is no such group.")
    if group.state != state:
        now = group.get_state_display().lower()
        raise Conflict(f"Somebody was faster: group {number} is now “{now}”. Look at it again.")
    reason = reason.strip()
    if len(reason) < LEAST_REASON:
        raise Invalid(f"Say why, in {LEAST_REASON} characters or more.")
    return group, reason


_HOUSE = Coalesce("source__owner_id", "source_id")


def _refuse_a_second_bloc(group: SourceGroup) -> None:
    """An owner is in one bloc at most; joining through common members merges nearly everybody."""
    others = SourceGroup.objects.filter(
        state=GroupState.ACCEPTED,
        members__in=GroupMember.objects.alias(house=_HOUSE).filter(house__in=_houses_of(group)),
    )
    other = others.order_by("number").first()
    if other is not None:
        raise Conflict(
            f"A source of it, or its owner, is in group {other.number} already. End that one first."
        )


def _houses_of(group: SourceGroup) -> list[int]:
    return list(group.members.annotate(house=_HOUSE).values_list("house", flat=True))


# --- Scoring again


def spread_group(*, group_id: int) -> int:
    """Have every open claim scored again on which the sources of a group, or their owners', speak.

    How many there are. Runs any number of times. Settled claims keep the groups of their time.
    """
    group = SourceGroup.objects.filter(
        pk=group_id, state__in=[GroupState.ACCEPTED, GroupState.ENDED], spread_at=None
    ).first()
    if group is None:
        return 0
    count = score_again(claims_of(group), cause=_in_words(group))
    SourceGroup.objects.filter(pk=group_id, state=group.state, spread_at=None).update(
        spread_at=timezone.now()
    )
    return count


def claims_of(group: SourceGroup) -> QuerySet[Claim]:
    """Open claims that a decision on the group touches."""
    houses = _houses_of(group)
    speakers = Source.objects.filter(Q(pk__in=houses) | Q(owner__in=houses))
    records = [f"source-{number}" for number in speakers.values_list("number", flat=True)]
    return touched_by(records).filter(merged_into=None).exclude(status__in=CLOSED)


def _in_words(group: SourceGroup) -> str:
    if group.state == GroupState.ENDED:
        return f"group {group.number} of sources that err together was ended"
    return f"group {group.number} of sources that err together was accepted"


def sweep_groups(*, now: datetime | None = None) -> int:
    """Send again the decisions whose message was lost; how many."""
    before = (now or timezone.now()) - SEND_AGAIN_AFTER
    due = SourceGroup.objects.filter(spread_at=None).filter(
        Q(state=GroupState.ACCEPTED, decided_at__lt=before)
        | Q(state=GroupState.ENDED, ended_at__lt=before)
    )
    keys = list(due.order_by("pk").values_list("pk", flat=True))
    for key in keys:
        enqueue("verification.group_changed", group_id=key)
    return len(keys)

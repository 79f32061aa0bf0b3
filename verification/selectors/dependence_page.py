"""The desk's page of sources that err together: what waits, what is in use, and what was decided.

Names are those that the desk sees, withheld ones among them; no public page reads this.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from accounts.models import User
from core.bidi import with_turns_shown
from sources.models import GroupMember, GroupState, Source, SourceGroup
from verification.conditions.phrases import count
from verification.desk_addresses import dependence_path, desk_claim_path, desk_source_path
from verification.models import SettledReport
from verification.selectors.phrases import listed

SHOWN_CLAIMS = 12
SHOWN_GROUPS = 25
_STANDING = (GroupState.PROPOSED, GroupState.ACCEPTED)


@dataclass(frozen=True, slots=True)
class Member:
    name: str
    href: str


@dataclass(frozen=True, slots=True)
class PairRow:
    """Two members: claims both spoke on, both wrong, by chance; correlation at least (95 %)."""

    names: str
    common: int
    wrong_together: int
    expected: str
    at_least: str


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """A settled claim on which at least two members were wrong, and who."""

    href: str
    sentence: str
    language: str
    status: str
    wrong: str


@dataclass(frozen=True, kw_only=True)
class GroupRow:
    """`found`: the evidence in a sentence; `decision`, `reason`, `ended`: what people did."""

    number: int
    heading: str
    members: tuple[Member, ...]
    found: str
    pairs: tuple[PairRow, ...]
    errors: tuple[ErrorRow, ...]
    more: int
    made_at: datetime
    state: str
    decision: str
    reason: str
    ended: str
    end_reason: str


@dataclass(frozen=True, kw_only=True)
class DependencePage:
    waiting: tuple[GroupRow, ...]
    in_use: tuple[GroupRow, ...]
    done: tuple[GroupRow, ...]


def dependence_page() -> DependencePage:
    """Every group that waits or counts, and the last ones that do no longer. Four queries."""
    groups = SourceGroup.objects.select_related("decided_by", "ended_by").prefetch_related(
        "sources"
    )
    standing = list(groups.filter(state__in=_STANDING).order_by("-number"))
    errors = _errors(standing)
    rows = [(group, _row(group, errors)) for group in standing]
    done = groups.exclude(state__in=_STANDING).order_by("-number")[:SHOWN_GROUPS]
    return DependencePage(
        waiting=tuple(row for group, row in rows if group.state == GroupState.PROPOSED),
        in_use=tuple(row for group, row in rows if group.state == GroupState.ACCEPTED),
        done=tuple(_row(group, {}) for group in done),
    )


def errs_with(source: Source) -> tuple[str, str]:
    """Names of those that a source counts with in one bloc, and where that was decided."""
    house = Coalesce("source__owner_id", "source_id")
    members = GroupMember.objects.alias(house=house).filter(house=source.owner_id or source.pk)
    groups = SourceGroup.objects.filter(state=GroupState.ACCEPTED, members__in=members)
    group = groups.prefetch_related("sources").order_by("number").first()
    if group is None:
        return "", ""
    names = [_name(one) for one in group.sources.all() if one.pk != source.pk]
    return listed(names), dependence_path(group.number)


def _errors(groups: Sequence[SourceGroup]) -> Mapping[int, Sequence[SettledReport]]:
    """What members said that proved wrong, by primary key of the source, newest first."""
    sources = {source.pk for group in groups for source in group.sources.all()}
    found: defaultdict[int, list[SettledReport]] = defaultdict(list)
    for report in _wrong(sources):
        if report.source_id is not None:
            found[report.source_id].append(report)
    return found


def _wrong(sources: set[int]) -> QuerySet[SettledReport]:
    reports = SettledReport.objects.filter(source__in=sources, reopened_at=None)
    return (
        reports.exclude(supports=F("proved_true")).select_related("claim").order_by("-settled_at")
    )


def _row(group: SourceGroup, errors: Mapping[int, Sequence[SettledReport]]) -> GroupRow:
    sources = sorted(group.sources.all(), key=lambda source: source.number)
    names = {f"source-{source.number}": _name(source) for source in sources}
    shared = _shared(group, sources, errors)
    return GroupRow(
        number=group.number,
        heading=listed(list(names.values())),
        members=tuple(Member(_name(source), desk_source_path(source.number)) for source in sources),
        found=in_words(group.figures),
        pairs=tuple(_pair(row, names) for row in group.figures),
        errors=tuple(shared[:SHOWN_CLAIMS]),
        more=max(0, len(shared) - SHOWN_CLAIMS),
        made_at=group.made_at,
        state=group.get_state_display(),
        decision=_by(group.decided_by, group.decided_at),
        reason=group.reason,
        ended=_by(group.ended_by, group.ended_at),
        end_reason=group.end_reason,
    )


def _name(source: Source) -> str:
    return with_turns_shown(source.name)


def _by(person: User | None, at: datetime | None) -> str:
    return f"{person.name}, {at:%-d %b %Y}" if person and at else ""


def in_words(figures: Sequence[Mapping[str, Any]]) -> str:
    """Of the pair that is least alike, so that it holds of every pair."""
    if not figures:
        return ""
    weakest = figures[0]
    words = (
        f"wrong together on {weakest['wrong_together']} of {count(weakest['common'], 'claim')}; "
        f"{weakest['expected']:.1f} expected by chance"
    )
    if len(figures) == 1:
        return f"{words[0].upper()}{words[1:]}."
    return f"The two that are least alike were {words}."


def _pair(row: Mapping[str, Any], names: Mapping[str, str]) -> PairRow:
    return PairRow(
        names=listed([names.get(name, name) for name in row["sources"]]),
        common=row["common"],
        wrong_together=row["wrong_together"],
        expected=f"{row['expected']:.1f}",
        at_least=f"{row['at_least']:.2f}",
    )


def _shared(
    group: SourceGroup, sources: Sequence[Source], errors: Mapping[int, Sequence[SettledReport]]
) -> list[ErrorRow]:
    """Claims on which two or more members were wrong, as far as was known when it was found."""
    claims: dict[int, tuple[SettledReport, list[str]]] = {}
    for source in sources:
        for report in errors.get(source.pk, ()):
            if report.settled_at <= group.made_at:
                names = claims.setdefault(report.claim_id, (report, []))[1]
                names.extend(name for name in [_name(source)] if name not in names)
    both = [(report, names) for report, names in claims.values() if len(names) > 1]
    both.sort(key=lambda pair: (pair[0].settled_at, pair[0].pk), reverse=True)
    return [_error(report, names, len(sources)) for report, names in both]


def _error(report: SettledReport, names: Sequence[str], members: int) -> ErrorRow:
    claim = report.claim
    return ErrorRow(
        href=desk_claim_path(claim.number),
        sentence=claim.sentence,
        language=claim.language,
        status=claim.status,
        wrong="all of them" if len(names) == members else listed(list(names)),
    )

"""More of a source at the desk: who copies whom, captures that failed, notes and changes.

Names are those that the desk sees; no public page reads this. A fixed number of queries, and none
reads more than the newest copies and captures that it says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet

from audit.models import AuditEvent
from audit.selectors import history
from claims.models import Evidence
from core.bidi import with_turns_shown
from sources.capture.outcomes import Outcome
from sources.failures import Came, result_in_words
from sources.models import Derivation, Snapshot, Source
from sources.outcomes import HOLDS_THE_DOCUMENT
from sources.selectors.captures import came_of
from sources.vocabulary import NOTED, CaptureState, DerivationState
from verification.desk_addresses import desk_source_path, item_path

MOST_PARTNERS = 12
MOST_COPIES = 2000
MOST_PROBLEMS = 8
LAST_PROBLEMS = 5
MOST_CHANGES = 25
CAPTURES_OF = timedelta(days=90)
_ENDED = (CaptureState.FAILED, CaptureState.REFUSED)


@dataclass(frozen=True, kw_only=True)
class Partner:
    """Another source: how often this one copied it, it copied this one, both copied a third."""

    name: str
    href: str
    from_it: int
    by_it: int
    beside_it: int
    last: datetime | None

    @property
    def times(self) -> int:
        return self.from_it + self.by_it + self.beside_it


@dataclass(frozen=True)
class Problem:
    """How many captures came to one thing, in words."""

    words: str
    n: int


@dataclass(frozen=True)
class Failed:
    """One capture; `href`: an evidence item that waits for it, or nothing."""

    title: str
    words: str
    at: datetime | None
    href: str


@dataclass(frozen=True)
class Change:
    """A line of the record in words; `is_note`: nothing changed, somebody wrote something down."""

    words: str
    reason: str
    by: str
    at: datetime
    is_note: bool


@dataclass(frozen=True, kw_only=True)
class SourceLife:
    """`more_partners`: how many are not shown; `tried`: captures that ended in the time looked at.

    `older`, `newer`: keys of the pages of changes before and after this one, or nothing; 0 is the
    key of the newest page.
    """

    partners: tuple[Partner, ...]
    more_partners: int
    looked_at: int
    tried: int
    failed: int
    problems: tuple[Problem, ...]
    last: tuple[Failed, ...]
    days: int
    changes: tuple[Change, ...]
    older: int | None
    newer: int | None


def source_life(source: Source, *, now: datetime, before: int | None = None) -> SourceLife:
    """Changes before the key BEFORE, or the newest. Eleven queries, however much it reported."""
    partners = _partners(source)
    captures = _captures(source, now)
    failures = captures.filter(_FAILED)
    codes = list(
        failures.order_by().values("outcome", "error", "http_status").annotate(n=Count("pk"))
    )
    lines = list(_lines(source, before)[: MOST_CHANGES + 1])
    return SourceLife(
        partners=partners[:MOST_PARTNERS],
        more_partners=max(0, len(partners) - MOST_PARTNERS),
        looked_at=MOST_COPIES,
        tried=captures.count(),
        failed=sum(row["n"] for row in codes),
        problems=_problems(codes),
        last=_last(failures),
        days=CAPTURES_OF.days,
        changes=_changes(lines[:MOST_CHANGES]),
        older=lines[MOST_CHANGES - 1].seq if len(lines) > MOST_CHANGES else None,
        newer=None if before is None else _newer(source, before),
    )


# --- Who copies whom


def _partners(source: Source) -> tuple[Partner, ...]:
    """Those with whom it shares a first report, most often first; of the newest copies only."""
    standing = Derivation.objects.exclude(state=DerivationState.REJECTED).order_by("-pk")
    own = standing.filter(document__source=source)[:MOST_COPIES].values("pk")
    theirs = standing.filter(origin__first_document__source=source)[:MOST_COPIES].values("pk")
    shared = standing.filter(pk__in=own).values("origin")
    first, other = "origin__first_document__source", "document__source"
    beside = standing.filter(origin__in=shared).exclude(
        origin__first_document__source=F("document__source")
    )[:MOST_COPIES]
    counts = {
        "from_it": _counted(Derivation.objects.filter(pk__in=own), first, source),
        "by_it": _counted(Derivation.objects.filter(pk__in=theirs), other, source),
        "beside_it": _counted(Derivation.objects.filter(pk__in=beside.values("pk")), other, source),
    }
    known = Source.objects.in_bulk({pk for rows in counts.values() for pk in rows})
    found = (_partner(one, counts) for one in known.values())
    return tuple(sorted(found, key=lambda one: (-one.times, one.name)))


Counts = Mapping[int, tuple[int, datetime | None]]


def _counted(rows: QuerySet[Derivation], by: str, source: Source) -> Counts:
    """How many first reports, and when the last copy came out, by primary key of the other."""
    others = rows.exclude(**{by: None}).exclude(**{by: source.pk}).order_by()
    found = others.values_list(by).annotate(
        Count("origin" if by == "document__source" else "pk", distinct=True),
        Max("document__published_at"),
    )
    return {pk: (n, last) for pk, n, last in found}


def _partner(other: Source, counts: Mapping[str, Counts]) -> Partner:
    found = {name: rows.get(other.pk, (0, None)) for name, rows in counts.items()}
    dates = [last for _, last in found.values() if last is not None]
    return Partner(
        name=with_turns_shown(other.name),
        href=desk_source_path(other.number),
        last=max(dates, default=None),
        **{name: n for name, (n, _) in found.items()},
    )


# --- Captures that failed

_FAILED = Q(state__in=_ENDED) | Q(state=CaptureState.SEALED) & ~Q(outcome__in=HOLDS_THE_DOCUMENT)


def _captures(source: Source, now: datetime) -> QuerySet[Snapshot]:
    return Snapshot.objects.filter(
        document__source=source,
        capture_finished_at__gte=now - CAPTURES_OF,
        state__in=[*_ENDED, CaptureState.SEALED],
    )


def _problems(rows: Iterable[Mapping[str, Any]]) -> tuple[Problem, ...]:
    """Rows that are said in the same words are one; the most frequent first."""
    found: dict[str, int] = {}
    for row in rows:
        outcome = "" if row["outcome"] == Outcome.UNREACHABLE else row["outcome"]
        came = Came(outcome=outcome, error=row["error"], status=row["http_status"])
        words = result_in_words(came) or "It came to nothing, and no reason is on record."
        found[words] = found.get(words, 0) + row["n"]
    ranked = sorted(found.items(), key=lambda entry: (-entry[1], entry[0]))
    return tuple(Problem(words, n) for words, n in ranked[:MOST_PROBLEMS])


def _last(failures: QuerySet[Snapshot]) -> tuple[Failed, ...]:
    newest = failures.select_related("document").order_by("-capture_finished_at", "-number")
    rows = list(newest[:LAST_PROBLEMS])
    items = (
        Evidence.objects.filter(document__in=[row.document_id for row in rows])
        .select_related("claim")
        .order_by("document_id", "-key")
        .distinct("document_id")
    )
    hrefs = {item.document_id: item_path(item.claim.number, item.position) for item in items}
    return tuple(
        Failed(
            title=with_turns_shown(row.document.title or row.document.address or "No address"),
            words=result_in_words(came_of(row)),
            at=row.capture_finished_at,
            href=hrefs.get(row.document_id, ""),
        )
        for row in rows
    )


# --- Notes and changes


def _lines(source: Source, before: int | None) -> QuerySet[AuditEvent]:
    lines = history("sources.source", source.number)
    return lines if before is None else lines.filter(seq__lt=before)


def _newer(source: Source, before: int) -> int:
    """The key of the page whose last change is the first one from BEFORE on; 0: the newest page."""
    following = _lines(source, None).filter(seq__gte=before).order_by("seq")
    keys = following.values_list("seq", flat=True)[MOST_CHANGES : MOST_CHANGES + 1]
    return next(iter(keys), 0)


def _changes(lines: list[AuditEvent]) -> tuple[Change, ...]:
    owners = _owners(lines)
    return tuple(
        Change(_in_words(line, owners), line.reason, line.actor_name, line.at, line.tag == NOTED)
        for line in lines
    )


def _owners(lines: Iterable[AuditEvent]) -> Mapping[int, str]:
    numbers = {side.get("owner") for line in lines for side in (line.before, line.after)}
    named = Source.objects.filter(number__in=numbers - {None}).values_list("number", "name")
    return {number: with_turns_shown(name) for number, name in named}


def _in_words(line: AuditEvent, owners: Mapping[int, str]) -> str:
    """What happened; an event that has no words of its own is said by its tag."""
    before, after = line.before, line.after
    words = {
        NOTED: "Note",
        "sources:source:added": "Filed as a source",
        "sources:source:graded": f"Graded {after.get('grade')}",
        "sources:source:rated": f"{after.get('rater')} calls it “{after.get('value')}”",
        "sources:source:rating_taken_back": f"Taken back: {before.get('rater')} calls it "
        f"“{before.get('value')}”",
        "sources:source:affiliated": f"On the side of {after.get('party')}",
        "sources:source:side_ended": f"On the side of {before.get('party')} "
        f"until {after.get('until')}, and no longer",
        "sources:source:owner_changed": f"Owned by {_owner(after, owners)}; "
        f"before, by {_owner(before, owners)}",
    }
    return words.get(line.tag) or line.tag.rpartition(":")[2].replace("_", " ").capitalize()


def _owner(said: Mapping[str, Any], owners: Mapping[int, str]) -> str:
    number = said.get("owner")
    return owners.get(number, f"source {number}") if number else "nobody"

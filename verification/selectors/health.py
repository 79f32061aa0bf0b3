"""The health page: what `sources.selectors.health` counts, in plain sentences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.template.defaultfilters import filesizeformat
from django.urls import reverse

from sources.selectors.alarms import Alarm
from sources.selectors.health import Captures, Health, health
from sources.selectors.room import Room
from verification.conditions.phrases import count
from verification.desk_addresses import models_path
from verification.selectors.ages import short_age
from verification.selectors.brief import Fact
from verification.selectors.phrases import moment
from verification.selectors.score_health import DRIFTED, WAITS, ScoreHealth, score_health

PARTS = {
    "captures": "what captures came to",
    "waiting": "what waits",
    "jobs": "what is made of copies",
    "disks": "the disks",
    "stamps": "the time stamps",
    "fixity": "the archived bytes",
}


@dataclass(frozen=True)
class RedLine:
    """What needs a person; `href` leads to the part of the page where it is mended."""

    text: str
    href: str
    action: str


@dataclass(frozen=True)
class Cause:
    words: str
    hour: int
    day: int


@dataclass(frozen=True, kw_only=True)
class HealthPage:
    summary: str
    red: tuple[RedLine, ...]
    captures: tuple[Fact, ...]
    causes: tuple[Cause, ...]
    retry: str  # what the button says, or nothing
    waiting: tuple[Fact, ...]
    jobs: tuple[Fact, ...]
    disks: tuple[Fact, ...]
    stamps: tuple[Fact, ...]
    fixity: tuple[Fact, ...]
    scores: tuple[Fact, ...]


def health_page(*, now: datetime, may_retry: bool) -> HealthPage:
    found, scores = health(now=now), score_health(now=now)
    red = (*(_red(alarm) for alarm in found.alarms), *_of_scores(scores))
    causes = (Cause(one.words, one.hour, one.day) for one in found.captures.other)
    return HealthPage(
        summary=_summary(len(red), found.at),
        red=red,
        captures=_captures(found.captures),
        causes=tuple(causes),
        retry=_retry(found) if may_retry else "",
        waiting=_waiting(found.captures, now),
        jobs=_jobs(found),
        disks=tuple(_disk(room) for room in found.rooms),
        stamps=_stamps(found),
        fixity=_fixity(found),
        scores=scores.facts,
    )


def _summary(number: int, at: datetime) -> str:
    if not number:
        return f"Nothing needs a person. Counted at {moment(at)}."
    needs = "needs" if number == 1 else "need"
    return f"{count(number, 'thing')} {needs} a person. Counted at {moment(at)}."


def _of_scores(scores: ScoreHealth) -> tuple[RedLine, ...]:
    mended = {
        DRIFTED: (reverse("desk_calibration"), "See the calibration"),
        WAITS: (models_path(), "Look at what it would move"),
    }
    return tuple(RedLine(words, *mended[code]) for code, words in scores.alarms)


def _red(alarm: Alarm) -> RedLine:
    return RedLine(alarm.words, f"#{alarm.about}", f"See {PARTS[alarm.about]}")


def _captures(captures: Captures) -> tuple[Fact, ...]:
    return (
        Fact("Last hour", _ended(captures.ended_hour, captures.copies_hour)),
        Fact("Last day", _ended(captures.ended_day, captures.copies_day)),
    )


def _ended(ended: int, copies: int) -> str:
    if not ended:
        return "No capture ended."
    other = ended - copies
    rest = f", {other} came to something else" if other else ""
    return f"{_copies(copies)} sealed{rest}."


def _copies(number: int) -> str:
    return "1 copy of a page" if number == 1 else f"{number} copies of pages"


def _retry(found: Health) -> str:
    captures, jobs = found.captures.retriable, found.jobs.failed
    parts = [count(captures, "capture")] if captures else []
    parts += ["1 text or picture" if jobs == 1 else f"{jobs} texts and pictures"] if jobs else []
    return f"Try {' and '.join(parts)} again" if parts else ""


def _waiting(captures: Captures, now: datetime) -> tuple[Fact, ...]:
    oldest, retry = captures.oldest_queued_at, captures.next_retry_at
    age = f", the oldest for {short_age(oldest, now)}" if oldest else ""
    following = f", the next at {moment(retry)}" if retry else ""
    facts = (
        Fact("In the queue", f"{captures.queued}{age}"),
        Fact("To be tried again", f"{captures.retrying}{following}"),
        Fact("Under way", str(captures.running)),
        Fact("Taken back from workers that stopped", str(captures.taken_back or "")),
    )
    return tuple(fact for fact in facts if fact.text)


def _jobs(found: Health) -> tuple[Fact, ...]:
    jobs = found.jobs
    return (
        Fact("Waiting", str(jobs.pending)),
        Fact("Under way", str(jobs.running)),
        Fact("Failed", str(jobs.failed)),
    )


def _disk(room: Room) -> Fact:
    free, total = filesizeformat(room.free_bytes), filesizeformat(room.total_bytes)
    words = f"{free} free of {total} ({room.free_share:.0%})"
    text = f"{words}. Captures wait." if room.is_low else words
    return Fact("Disk", text, note=str(room.folder))


def _stamps(found: Health) -> tuple[Fact, ...]:
    stamps = found.stamps
    newest = stamps.newest
    return (
        Fact(
            "Newest checkpoint",
            f"{newest.number}, {moment(newest.made_at)}" if newest else "None yet",
        ),
        Fact("Last token", moment(stamps.granted_at) if stamps.granted_at else "None yet"),
        Fact("Tokens that authorities owe", str(stamps.waiting)),
    )


def _fixity(found: Health) -> tuple[Fact, ...]:
    fixity = found.fixity
    at = fixity.last_checked_at
    return (
        Fact("Last read back", moment(at) if at else "None yet"),
        Fact("Damaged", str(fixity.damaged)),
        Fact("Not read for 90 days", str(fixity.overdue)),
    )

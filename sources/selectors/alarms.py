"""When archiving needs a person, and what that person does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sources.selectors.room import Room

if TYPE_CHECKING:
    from sources.selectors.health import Captures, Jobs

LONGEST_WAIT = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Alarm:
    """`words`: what is wrong and what to do; `about`: the part of the health page it is about."""

    code: str
    words: str
    about: str


def alarms_of(
    *,
    now: datetime,
    captures: Captures,
    jobs: Jobs,
    rooms: tuple[Room, ...],
) -> tuple[Alarm, ...]:
    return (
        *_of_captures(captures, now),
        *_of_rooms(rooms),
        *_of_jobs(jobs),
    )


def _of_captures(captures: Captures, now: datetime) -> Iterator[Alarm]:
    oldest = captures.oldest_queued_at
    if captures.ended_hour and not captures.answered_hour:
        yield Alarm(
            "nothing_archived",
            "Captures were asked for, and none succeeded in the last hour. See below what they "
            "came to; check that the workers reach the internet and can write to the store.",
            "captures",
        )
    if oldest is not None and now - oldest > LONGEST_WAIT:
        yield Alarm(
            "waiting_too_long",
            "A capture has waited for more than ten minutes. Check that a worker and the scheduler "
            "run, and that the disks have room.",
            "waiting",
        )
    if captures.silent:
        yield Alarm(
            "worker_silent",
            "A worker stopped in the middle of its work, and no scheduler takes it back. Check "
            "that the scheduler runs.",
            "waiting",
        )


def _of_rooms(rooms: tuple[Room, ...]) -> Iterator[Alarm]:
    if any(room.is_low for room in rooms):
        yield Alarm(
            "disk_low",
            "A disk is almost full, so no capture begins. Make room, or move the archive to a "
            "larger disk; captures go on by themselves.",
            "disks",
        )


def _of_jobs(jobs: Jobs) -> Iterator[Alarm]:
    if jobs.failed:
        yield Alarm(
            "jobs_failed",
            "The text or picture of some copies could not be made. The log of the workers says "
            "why; then try them again.",
            "jobs",
        )

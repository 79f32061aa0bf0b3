"""manage.py health: whether archiving works and scores hold, for people and for monitors."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from sources.selectors.health import Health, health
from verification.selectors.score_health import ScoreHealth, score_health

_ALARM = 1


class Command(BaseCommand):
    help = (
        "Say whether archiving works and scores hold: what ended in the last hour and day, what "
        "waits, room on the disks, time stamps, the model in use, whether the newest scores are "
        "worse than earlier ones. Exit code 0: nothing needs a person, 1: something does."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print everything as JSON")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        now = timezone.now()
        found, scores = health(now=now), score_health(now=now)
        alarms = [(alarm.code, alarm.words) for alarm in found.alarms] + list(scores.alarms)
        if options["json"]:
            report = {
                "at": found.at.isoformat(),
                "alarms": [{"code": code, "words": words} for code, words in alarms],
                **_report(found),
                "scores": _scores(scores),
            }
            self.stdout.write(json.dumps(report, indent=2, ensure_ascii=False))
        else:
            lines = [*_lines(found), *_score_lines(scores)]
            lines += [f"ALARM     {words}" for _, words in alarms]
            self.stdout.write("\n".join(lines))
        if alarms:
            sys.exit(_ALARM)


def _report(found: Health) -> dict[str, Any]:
    """Times are ISO 8601 in UTC, sizes bytes; names are stable."""
    captures, stamps = found.captures, found.stamps
    return {
        "captures": {
            "ended": {"hour": captures.ended_hour, "day": captures.ended_day},
            "copies": {"hour": captures.copies_hour, "day": captures.copies_day},
            "other": {one.code: {"hour": one.hour, "day": one.day} for one in captures.other},
            "queued": captures.queued,
            "running": captures.running,
            "retrying": captures.retrying,
            "oldest_queued_at": _moment(captures.oldest_queued_at),
            "next_retry_at": _moment(captures.next_retry_at),
            "taken_back": captures.taken_back,
            "silent": captures.silent,
        },
        "jobs": {name: getattr(found.jobs, name) for name in ("pending", "running", "failed")},
        "disks": [
            {"folder": str(room.folder), "free_bytes": room.free_bytes, "is_low": room.is_low}
            for room in found.rooms
        ],
        "stamps": {
            "checkpoint": stamps.newest.number if stamps.newest else None,
            "granted_at": _moment(stamps.granted_at),
            "waiting": stamps.waiting,
        },
        "fixity": {
            "checked_at": _moment(found.fixity.last_checked_at),
            "damaged": found.fixity.damaged,
            "overdue": found.fixity.overdue,
        },
    }


def _scores(scores: ScoreHealth) -> dict[str, Any]:
    """`drift`: too_few, steady, worse or better; parts are null while it is too few."""
    drift = scores.drift
    parts = {"recent": drift.recent, "earlier": drift.earlier}
    return {
        "model": scores.model,
        "model_waiting": scores.waiting,
        "due": scores.due,
        "drift": str(drift.course),
        "p": drift.p,
        **{name: asdict(part) if part else None for name, part in parts.items()},
    }


def _score_lines(scores: ScoreHealth) -> Iterator[str]:
    model = "the defaults" if scores.model is None else f"model {scores.model}"
    yield f"Scores    {model} in use, {scores.due} claims due to be scored again"
    yield f"Drift     {scores.drift_words}"


def _moment(at: Any) -> str | None:
    return at.isoformat() if at else None


def _lines(found: Health) -> Iterator[str]:
    captures, jobs = found.captures, found.jobs
    yield (
        f"Captures  last hour {captures.ended_hour} ended, {captures.copies_hour} copies; "
        f"last day {captures.ended_day} ended, {captures.copies_day} copies"
    )
    for one in captures.other:
        yield f"          {one.hour} / {one.day}  {one.code}: {one.words}"
    yield (
        f"Waiting   {captures.queued} queued, {captures.retrying} to be tried again, "
        f"{captures.running} under way, {captures.taken_back} taken back from stopped workers"
    )
    yield f"Copies    {jobs.pending} jobs waiting, {jobs.running} under way, {jobs.failed} failed"
    for room in found.rooms:
        yield f"Disk      {room.folder}: {room.free_share:.0%} free"
    stamps = found.stamps
    newest = f"checkpoint {stamps.newest.number}" if stamps.newest else "no checkpoint yet"
    yield f"Stamps    {newest}, {stamps.waiting} waiting"
    fixity = found.fixity
    yield f"Fixity    {fixity.damaged} objects damaged, {fixity.overdue} not checked for 90 days"

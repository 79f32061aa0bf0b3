"""The reports of the Aleppo story as the scorer is told them: a fixed copy, without a database.

A test plays the story through the real services and compares what comes out with this copy.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from verification.scoring import ClaimInput, Report, TrackRecord

FILE = Path(__file__).resolve().parent / "worked_example.json"
STATES = ("contested", "confirmed")


@dataclass(frozen=True, slots=True)
class Example:
    """One state of the story; `names` says by the key of each report who says it."""

    told: ClaimInput
    names: Mapping[str, str]


@cache
def example(state: str) -> Example:
    """The story at STATE, one of STATES."""
    row = json.loads(FILE.read_text(encoding="utf-8"))[state]
    reports = tuple(_report(each) for each in row["told"]["reports"])
    return Example(ClaimInput(reports, kind=row["told"]["kind"]), row["names"])


def _report(row: Mapping[str, Any]) -> Report:
    records = {name: TrackRecord(**row[name]) for name in ("record", "neutral_record")}
    return Report(**{**row, **records})


def as_text(examples: Mapping[str, Example]) -> str:
    """What FILE holds for these states."""
    rows = {
        state: {"told": with_plain_ids(each.told).as_dict(), "names": dict(each.names)}
        for state, each in examples.items()
    }
    return json.dumps(rows, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def with_plain_ids(told: ClaimInput) -> ClaimInput:
    """TOLD with sources and origins numbered as they come: those of a database differ each time."""
    reports = sorted(told.reports, key=lambda report: int(report.key))
    sources = _numbered("source", (who for r in reports for who in (r.source, r.owner)))
    origins = _numbered("origin", (report.origin for report in reports))
    renamed = tuple(
        replace(
            report,
            source=sources[report.source],
            owner=sources.get(report.owner),
            origin=origins.get(report.origin),
        )
        for report in reports
    )
    return replace(told, reports=renamed)


def _numbered(kind: str, ids: Iterable[str | None]) -> dict[str | None, Any]:
    known = [one for one in dict.fromkeys(ids) if one is not None]
    return {one: f"{kind}-{place}" for place, one in enumerate(known, start=1)}

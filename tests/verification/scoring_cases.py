"""Reports for the scorer's tests, by hand and by Hypothesis.

A random report is decoded from three numbers of at most 24 bits, so that one draw costs little,
every combination is equally likely and a failure shrinks to the plainest report.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from verification.scoring import (
    Alignment,
    ClaimInput,
    Directness,
    Report,
    Stance,
    TrackRecord,
)

PROPERTY = settings(
    max_examples=300,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)

WHO = {
    "source": ["s0", "s1", "s2", "s3", "s4", "s5"],
    "owner": [None, None, "w0", "s0"],
    "side": [None, "government", "opposition"],
    "origin": [None, None, None, "o0", "o1"],
    "order": [0, 1, 2, 3],
}
WHAT = {
    "stance": [Stance.SUPPORTS, Stance.CONTRADICTS, Stance.SUPPORTS, Stance.CONTEXT],
    "directness": list(Directness),
    "credibility": [None, 1, 2, 3, 4, 5, 6],
    "alignment": list(Alignment),
    "checked_visual": [False, False, False, True],
    "excluded": [None] * 6 + ["withdrawn", "mistaken"],
}
STANDING = {
    "grade": [None, "A", "B", "C", "D", "E", "F"],
    "record": [
        TrackRecord(),
        TrackRecord(3, 3, 2, 0),
        TrackRecord(10, 4, 10, 6),
        TrackRecord(60, 60, 40, 0),
        TrackRecord(0, 0, 12, 12),
    ],
    "neutral_record": [TrackRecord(), TrackRecord(5, 1, 5, 4), TrackRecord(30, 28, 30, 3)],
}


def report(key: str = "e1", **changes: Any) -> Report:
    """A neutral, well-placed, ungraded report of a source of its own, unless changed."""
    plain: dict[str, Any] = {
        "source": f"source of {key}",
        "stance": Stance.SUPPORTS,
        "directness": Directness.FIRST_HAND_WITNESS,
        "credibility": 1,
    }
    return Report(key=key, **{**plain, **changes})


def claim(*reports: Report) -> ClaimInput:
    return ClaimInput(tuple(reports))


def extended(base: ClaimInput, *added: Report) -> ClaimInput:
    return replace(base, reports=(*base.reports, *added))


def _combinations(table: dict[str, list[Any]]) -> int:
    total = 1
    for options in table.values():
        total *= len(options)
    return total


def _decode(table: dict[str, list[Any]], code: int) -> dict[str, Any]:
    chosen = {}
    for name, options in table.items():
        code, place = divmod(code, len(options))
        chosen[name] = options[place]
    return chosen


_TABLES = (WHO, WHAT, STANDING)
_CODES = st.tuples(*(st.integers(0, _combinations(table) - 1) for table in _TABLES))


def _report_of(key: str, codes: tuple[int, ...]) -> Report:
    fields: dict[str, Any] = {}
    for table, code in zip(_TABLES, codes, strict=True):
        fields |= _decode(table, code)
    return Report(key=key, **fields)


def reports(key: str = "added") -> st.SearchStrategy[Report]:
    return _CODES.map(lambda codes: _report_of(key, codes))


def claims(min_size: int = 0, max_size: int = 9) -> st.SearchStrategy[ClaimInput]:
    rows = st.lists(_CODES, min_size=min_size, max_size=max_size)
    return rows.map(
        lambda drawn: ClaimInput(tuple(_report_of(f"e{n}", row) for n, row in enumerate(drawn)))
    )

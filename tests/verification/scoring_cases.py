"""Reports for the scorer's tests, by hand and by Hypothesis.

A random report is decoded from five bytes, so that a draw costs little, all combinations are about
equally likely and a failure shrinks to the plainest report. Examples are the same in every run;
EXAMPLES says how many of them a law must hold for, and CI asks for more than a person waits for.
"""

from __future__ import annotations

import os
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
    max_examples=int(os.environ.get("EXAMPLES", "150")),
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)

CHOICES: dict[str, list[Any]] = {
    "stance": [Stance.SUPPORTS, Stance.CONTRADICTS, Stance.SUPPORTS, Stance.CONTEXT],
    "source": ["s0", "s1", "s2", "s3", "s4", "s5"],
    "owner": [None, None, "w0", "s0"],
    "origin": [None, None, None, "o0", "o1"],
    "order": [0, 1, 2, 3],
    "side": [None, "government", "opposition"],
    "directness": list(Directness),
    "credibility": [None, 1, 2, 3, 4, 5, 6],
    "alignment": list(Alignment),
    "checked_visual": [False, False, False, True],
    "excluded": [*[None] * 6, "withdrawn", "mistaken"],
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
"""About two thousand million combinations: 31 bits."""


def report(key: str = "e1", **changes: Any) -> Report:
    """A neutral, well-placed, ungraded report of a source of its own, unless changed."""
    plain: dict[str, Any] = {
        "source": f"source of {key}",
        "stance": Stance.SUPPORTS,
        "directness": Directness.FIRST_HAND_WITNESS,
        "credibility": 1,
    }
    return Report(key=key, **{**plain, **changes})


BLOCS = {"s1": "b0", "s2": "b0", "s3": "t1", "w0": "t1"}
"""Blocs that owners belong to in every claim of these tests; one name sorts before all owners."""


def claim(*reports: Report) -> ClaimInput:
    return ClaimInput(tuple(replace(r, bloc=BLOCS.get(r.owner or r.source)) for r in reports))


def extended(base: ClaimInput, *added: Report) -> ClaimInput:
    return replace(base, reports=claim(*base.reports, *added).reports)


def _decode(key: str, code: bytes) -> Report:
    rest = int.from_bytes(code, "big")
    fields = {}
    for name, options in CHOICES.items():
        rest, place = divmod(rest, len(options))
        fields[name] = options[place]
    return Report(key=key, **fields)


_CODES = st.binary(min_size=5, max_size=5)


def reports(key: str = "added") -> st.SearchStrategy[Report]:
    return _CODES.map(lambda code: _decode(key, code))


def claims(min_size: int = 0, max_size: int = 8) -> st.SearchStrategy[ClaimInput]:
    return st.lists(_CODES, min_size=min_size, max_size=max_size).map(
        lambda codes: claim(*(_decode(f"e{n}", code) for n, code in enumerate(codes)))
    )

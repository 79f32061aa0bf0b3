"""Columns say what the scorer says, and soft learning is what it claims to be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.verification.learning.settled_cases import PROPERTY, settled, tables
from verification.learning.columns import shares
from verification.learning.counts import INTERESTS, SettledReport, settled_columns, tally
from verification.learning.fit import fit
from verification.learning.joint import METHOD, OpenReport, assisted
from verification.scoring import (
    DEFAULT_PARAMETERS,
    Alignment,
    ClaimInput,
    Directness,
    Interest,
    Report,
    Stance,
    TrackRecord,
    assess,
)

ALIGNMENTS = {
    (Interest.NONE, True): Alignment.NEUTRAL,
    (Interest.NONE, False): Alignment.NEUTRAL,
    (Interest.FAVOURS, True): Alignment.SELF_SERVING,
    (Interest.FAVOURS, False): Alignment.AGAINST_INTEREST,
    (Interest.HARMS, True): Alignment.AGAINST_INTEREST,
    (Interest.HARMS, False): Alignment.SELF_SERVING,
}


def open_reports(size: int = 5) -> st.SearchStrategy[list[OpenReport]]:
    """Reports of different sources on one claim."""
    code = st.tuples(st.sampled_from(INTERESTS), st.booleans())
    return st.lists(code, max_size=size).map(
        lambda codes: [
            OpenReport("open", "other", f"s{n}", "AC"[n % 2], *said) for n, said in enumerate(codes)
        ]
    )


def record(rows: list[SettledReport], source: str, interest: Interest) -> TrackRecord:
    table = settled_columns(rows)
    if source not in table.reports.sources:
        return TrackRecord()
    cell = tally(table)[list(table.reports.sources).index(source), INTERESTS.index(interest)]
    return TrackRecord(int(cell[1].sum()), int(cell[1, 1]), int(cell[0].sum()), int(cell[0, 1]))


@PROPERTY
@given(tables(min_size=12), open_reports())
def test_without_soft_counts_columns_say_what_the_scorer_says(
    rows: list[SettledReport], said: list[OpenReport]
) -> None:
    snapshot = replace(fit(rows, DEFAULT_PARAMETERS, "2").parameters, crowding=0.0)
    reports = tuple(
        Report(
            key=row.source,
            source=row.source,
            stance=Stance.SUPPORTS if row.supports else Stance.CONTRADICTS,
            directness=Directness.FIRST_HAND_WITNESS,
            credibility=1,
            alignment=ALIGNMENTS[row.interest, row.supports],
            grade=row.group,
            record=record(rows, row.source, row.interest),
            neutral_record=record(rows, row.source, Interest.NONE),
        )
        for row in said
    )
    score = assess(ClaimInput(reports, "other"), snapshot)
    found = assisted(rows, said, snapshot, share=0.0)
    assert found == ({"open": pytest.approx(score.estimate, abs=1e-12)} if said else {})


@PROPERTY
@given(tables(min_size=12), open_reports(), st.randoms(use_true_random=False))
def test_the_assisted_view_is_free_of_order(rows, said, shuffler) -> None:  # noqa: ANN001
    shuffled = shuffler.sample(rows, len(rows)), shuffler.sample(said, len(said))
    assert assisted(rows, said, DEFAULT_PARAMETERS) == assisted(*shuffled, DEFAULT_PARAMETERS)


def test_an_open_claim_never_lends_to_itself() -> None:
    said = [OpenReport("open", "other", "s", "C", Interest.NONE, supports=True)]
    alone = assisted([], said, DEFAULT_PARAMETERS)
    assert alone == assisted([], said, DEFAULT_PARAMETERS, share=0.0)
    other = replace(said[0], claim="other")
    assert assisted([], [*said, other], DEFAULT_PARAMETERS)["open"] != alone["open"]


def test_the_soft_method_has_a_name_of_its_own() -> None:
    assert METHOD == "cred-a/1"


def test_a_source_that_only_copies_learns_no_effect() -> None:
    rows = [
        settled(f"c{n}", source, supports=n % 2 == 0, proved_true=n % 2 == 0, share=share)
        for n in range(30)
        for source, share in (("first", 1.0), ("copier", 0.0))
    ]
    learnt = fit(rows, DEFAULT_PARAMETERS, "2").parameters
    assert learnt.effects["copier"] == pytest.approx(learnt.effect, abs=1e-4)
    without = fit([row for row in rows if row.share], DEFAULT_PARAMETERS, "2").parameters
    assert learnt.effects["first"] <= without.effects["first"] + 1e-3


def test_members_of_one_owner_count_for_little_more_than_one() -> None:
    rows = [settled("c", f"s{n}") for n in range(4)]
    reports = settled_columns(rows).reports
    size, owner = np.ones(4), np.array([0, 0, 0, 1])
    found = shares(reports, size, DEFAULT_PARAMETERS, owner)
    assert found.tolist() == pytest.approx([1.0, 0.2, 0.04, 0.95])
    alone = shares(reports, size, DEFAULT_PARAMETERS)
    assert sorted(alone, reverse=True) == pytest.approx([1.0, 0.95, 0.95**2, 0.95**3])

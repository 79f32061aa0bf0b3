"""A record is earned by what others than its source decided, once, and by nothing that repeats."""

from __future__ import annotations

from dataclasses import replace

import pytest

from claims.vocabulary import Alignment, Stance, Status
from tests.verification.scoring_cases import claim, report
from verification.learning.credibility import credible
from verification.learning.settling import Earned, earned, truth_after
from verification.scoring import (
    DEFAULT_PARAMETERS,
    ClaimInput,
    Exclusion,
    Interest,
    Report,
    TrackRecord,
)
from verification.scoring.groups import CHECKED_VISUAL

OTHER = report("other", source="other")


def found(
    told: ClaimInput,
    *,
    picked: tuple[str, ...] = (),
    copied: tuple[str, ...] = (),
    true: bool = True,
) -> dict[str, Earned]:
    rows = earned(told, DEFAULT_PARAMETERS, picked=picked, copied=copied, proved_true=true)
    return {row.key: row for row in rows}


def test_a_decision_that_rests_on_one_origin_earns_that_origin_nothing() -> None:
    """Otherwise a source would make its own record: believed, confirmed, believed more."""
    mine = report("mine", source="mine")
    assert set(found(claim(mine))) == set()
    assert set(found(claim(mine, OTHER), picked=("mine",))) == {"other"}
    assert set(found(claim(mine, OTHER), picked=("mine", "other"))) == {"mine", "other"}


def test_an_owner_s_other_outlet_is_no_other_origin() -> None:
    mine = report("mine", source="mine", owner="house")
    sister = report("sister", source="sister", owner="house")
    assert set(found(claim(mine, sister))) == set()


def test_copying_earns_no_record() -> None:
    first = report("first", source="first", origin="o", order=1)
    copy = report("copy", source="copy", origin="o", order=2)
    assert set(found(claim(first, copy, OTHER))) == {"first", "other"}
    alone = report("copy", source="copy", origin="o", order=2)
    assert set(found(claim(alone, OTHER), copied=("copy",))) == {"other"}
    assert set(found(claim(alone, OTHER))) == {"copy", "other"}


def test_what_was_called_mistaken_counts_as_the_error_it_was() -> None:
    """Such reports score nothing any more; leaving them out would leave every record clean."""
    wrong = report("wrong", stance=Stance.CONTRADICTS, excluded=Exclusion.MISTAKEN)
    row = found(claim(wrong, OTHER))["wrong"]
    assert (row.supports, row.weight, row.share) == (False, 1.0, 1.0)


@pytest.mark.parametrize(
    "why", [Exclusion.WITHDRAWN, Exclusion.DIFFERENT_EVENT, Exclusion.NOT_ARCHIVED]
)
def test_what_says_nothing_of_the_claim_counts_for_nobody(why: Exclusion) -> None:
    assert set(found(claim(report("x", excluded=why), OTHER, report("y")))) == {"other", "y"}


def test_a_source_counts_once_for_each_interest_with_its_newest_stance() -> None:
    def said(key: str, order: int, **more: object) -> Report:
        return report(key, source="s", order=order, **more)

    told = claim(
        said("old", 1, stance=Stance.CONTRADICTS),
        said("plain", 2, credibility=4),
        said("again", 3, credibility=6),
        said("serving", 4, alignment=Alignment.SELF_SERVING),
        OTHER,
    )
    rows = found(told)
    assert set(rows) == {"again", "serving", "other"}
    assert rows["again"].interest is Interest.NONE
    assert rows["serving"].interest is Interest.FAVOURS
    assert rows["serving"].supports is True


def test_checked_visuals_have_one_record_of_their_own() -> None:
    seen = [report(f"p{n}", source=f"s{n}", checked_visual=True, order=n) for n in range(3)]
    rows = found(claim(*seen))
    assert {row.record for row in rows.values()} == {CHECKED_VISUAL}
    assert set(rows) == {"p0", "p1", "p2"}


def test_where_nobody_picked_only_what_says_the_outcome_decided() -> None:
    """The lone source that was right does not count: nothing but itself decided."""
    right = report("right", stance=Stance.CONTRADICTS)
    wrong = report("wrong")
    assert set(found(claim(right, wrong), true=False)) == {"wrong"}


def test_a_source_s_share_is_what_independence_left_of_it() -> None:
    rows = found(claim(*(report(f"r{n}", grade="B", order=n) for n in range(3))))
    assert sorted(row.share for row in rows.values()) == [0.95**2, 0.95, 1.0]


def test_no_record_enters_what_is_earned() -> None:
    """Whom a report counts for depends on what was said, not on what is thought of the source."""
    told = claim(report("a"), report("b"))
    known = replace(told.reports[0], record=TrackRecord(90, 1, 90, 89))
    assert set(found(claim(known, told.reports[1]))) == {"a", "b"}


@pytest.mark.parametrize(
    ("truth", "status", "after"),
    [
        (None, Status.CONFIRMED, True),
        (None, Status.REFUTED, False),
        (True, Status.SUPERSEDED, True),
        (None, Status.SUPERSEDED, None),
        (True, Status.CONTESTED, None),
        (True, Status.CONFIRMED, True),
        (True, Status.REFUTED, False),
        (False, Status.UNVERIFIABLE, None),
    ],
)
def test_truth_after_a_status(truth: bool | None, status: Status, after: bool | None) -> None:
    assert truth_after(status, truth=truth) is after


def test_credibility_is_the_mean_of_two_coins_and_narrows_with_the_record() -> None:
    group = DEFAULT_PARAMETERS.groups["B"]
    before = credible(TrackRecord(), group)
    after = credible(TrackRecord(90, 81, 90, 11), group)
    assert before.estimate == pytest.approx((0.90 + 1 - 0.12) / 2)
    assert before.low < before.estimate < before.high
    assert after.high - after.low < (before.high - before.low) / 2


def test_a_long_perfect_record_stays_in_range() -> None:
    found = credible(TrackRecord(10**6, 10**6, 10**6, 0), DEFAULT_PARAMETERS.groups["A"])
    assert 0 <= found.low <= found.estimate <= found.high <= 1

"""A source's record as counted, and when it is too small to say anything."""

from __future__ import annotations

import pytest

from verification.learning.tally import Rate, Tally
from verification.selectors.track_record import in_words


def test_under_ten_settled_reports_there_is_no_rate() -> None:
    assert Tally(9, 0).rate is None
    assert in_words(Tally(9, 0).rate) == "Too few to say"
    assert Tally(9, 1).rate is not None


def test_a_rate_is_said_with_its_range() -> None:
    assert in_words(Tally(41, 5).rate) == "89 in 100, range 79 to 95"
    assert in_words(Tally(10, 0).rate) == "100 in 100, range 79 to 100"


@pytest.mark.parametrize("right", range(11))
def test_the_range_holds_the_rate_and_stays_between_0_and_1(right: int) -> None:
    rate = Tally(right, 10 - right).rate
    assert isinstance(rate, Rate)
    assert 0 <= rate.low <= rate.share <= rate.high <= 1

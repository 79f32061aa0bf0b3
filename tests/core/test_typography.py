from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from core import chances
from core.templatetags import typography

DIGEST = "9f2c41d07b6e5a883c1d9e0f4b7a2c65d8e3f1097a6b5c4d3e2f10a9b8c7b1b1"


@pytest.mark.parametrize(
    ("probability", "shown"),
    [(0.0001, 1), (0.004, 1), (0.115, 12), (0.5, 50), (0.965, 97), (0.996, 99), (0.99999, 99)],
)
def test_nothing_is_certain(probability: float, shown: int) -> None:
    assert chances.in_hundred(probability) == shown


@pytest.mark.parametrize(
    ("shares", "shown"),
    [
        ([0.594, 0.174, 0.171, 0.061], [60, 17, 17, 6]),  # each by itself they would add to 99
        ([1 / 3, 1 / 3, 1 / 3], [34, 33, 33]),
        ([0.998, 0.001, 0.001], [98, 1, 1]),
        ([0.57, 0.43], [57, 43]),
    ],
)
def test_shares_of_one_whole_add_to_a_hundred(shares: list[float], shown: list[int]) -> None:
    assert chances.in_hundred_each(shares) == shown


@given(st.lists(st.floats(1e-9, 1), min_size=1, max_size=14))
def test_no_share_is_far_from_what_it_is_and_none_is_nothing(parts: list[float]) -> None:
    whole = math.fsum(parts)
    shares = [part / whole for part in parts]
    shown = chances.in_hundred_each(shares)
    assert sum(shown) == 100
    assert min(shown) >= 1
    assert all(one <= share * 100 + 1 + 1e-9 for one, share in zip(shown, shares, strict=True))


@pytest.mark.parametrize(
    ("probability", "word"),
    [
        (0.99, "almost certain"),
        (0.945, "almost certain"),  # shown as 95
        (0.944, "very likely"),
        (0.8, "very likely"),
        (0.6, "likely"),
        (0.5, "about even"),
        (0.4, "about even"),
        (0.39, "unlikely"),
        (0.12, "very unlikely"),
        (0.044, "remote"),
    ],
)
def test_the_word_fits_the_number_beside_it(probability: float, word: str) -> None:
    assert chances.ladder(probability) == word


def test_log_odds_and_back() -> None:
    for probability in (1e-9, 0.2, 0.5, 0.96):
        assert chances.sigmoid(chances.logit(probability)) == pytest.approx(probability)
    assert chances.sigmoid(-800) == pytest.approx(0)
    assert chances.sigmoid(800) == 1


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (1.6, 2, "+1.60"),
        (-0.45, 2, "−0.45"),
        (0.0, 2, "±0.00"),
        (-0.001, 2, "±0.00"),
        (30, 0, "+30"),
    ],
)
def test_signs_are_typographic(value: float, places: int, text: str) -> None:
    assert typography.signed(value, places) == text


@pytest.mark.parametrize(
    ("value", "word"),
    [(1.0, "strong"), (-2.0, "strong"), (0.4, "moderate"), (0.1, "weak"), (0.001, "no effect")],
)
def test_strength(value: float, word: str) -> None:
    assert typography.strength(value) == word


def test_hash_shows_its_ends_and_keeps_the_whole() -> None:
    shown = typography.short_hash(DIGEST)
    assert ">9f2c…b1b1<" in shown
    assert DIGEST in shown
    assert typography.short_hash("<b>") == "<bdi>&lt;b&gt;</bdi>"


def test_range_is_kept_in_order() -> None:
    assert typography.chance_range(0.9, 0.985) == "<bdi>90–99</bdi>"


def test_times_are_utc_whatever_they_were() -> None:
    there = datetime(2016, 11, 12, 18, 5, 9, tzinfo=timezone(timedelta(hours=2)))
    assert typography.utc_time(there) == (
        '<time datetime="2016-11-12T16:05:09Z">12 Nov 2016, 16:05 UTC</time>'
    )
    assert ">12 Nov, 16:05<" in typography.utc_time(there, "short")
    assert ">16:05<" in typography.utc_time(there, "clock")
    assert typography.utc_time(None) == ""


def test_months_follow_the_language() -> None:
    with translation.override("ar"):
        assert "نوفمبر" in typography.utc_time(datetime(2016, 11, 12, tzinfo=UTC), "day")
        assert 'datetime="2016-11-12"' in typography.day(date(2016, 11, 12))
    assert typography.day(None) == ""


@pytest.mark.parametrize(
    ("value", "expected"), [(0, True), (0.0, True), ("", False), (None, False)]
)
def test_an_undefined_variable_is_no_number(value: object, expected: bool) -> None:
    assert typography.is_number(value) is expected


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [(0.5, 4, "0.5"), (1.25, 2, "1.25"), (8.0, 1, "8"), (120, 4, "120"), (0.00004, 4, "0")],
)
def test_short_numbers_have_no_zeros_at_the_end(value: float, places: int, text: str) -> None:
    assert typography.short(value, places) == text

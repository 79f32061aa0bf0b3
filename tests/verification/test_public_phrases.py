from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from verification.selectors.phrases import (
    language_name,
    lasting,
    listed,
    moment,
    published,
    time_span,
)

DAY = datetime(2016, 11, 11, 18, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("end", "precision", "words"),
    [
        (DAY, "minute", "11 Nov 2016, 18:22 UTC"),
        (DAY + timedelta(hours=2), "hour", "11 Nov 2016, 18:22 UTC to 11 Nov 2016, 20:22 UTC"),
        (DAY, "day", "11 November 2016"),
        (DAY + timedelta(days=1), "day", "11 to 12 November 2016"),
        (DAY + timedelta(days=30), "day", "11 November to 11 December 2016"),
        (DAY + timedelta(days=90), "day", "11 November 2016 to 9 February 2017"),
        (DAY, "month", "November 2016"),
        (DAY + timedelta(days=90), "month", "November 2016 to February 2017"),
        (DAY, "year", "2016"),
        (None, "day", "11 November 2016"),
        (DAY, "vague", "around 11 November 2016"),
    ],
)
def test_a_time_is_said_no_more_exactly_than_it_is_known(
    end: datetime | None, precision: str, words: str
) -> None:
    assert time_span(DAY, end, precision) == words


def test_an_unknown_time_says_nothing() -> None:
    assert time_span(None, None, "day") == ""


def test_every_time_is_in_universal_time() -> None:
    aleppo = timezone(timedelta(hours=2))
    assert moment(datetime(2016, 11, 12, 1, 0, tzinfo=aleppo)) == "11 Nov 2016, 23:00 UTC"


@pytest.mark.parametrize(
    ("precision", "words"),
    [("minute", "11 Nov 2016, 18:22 UTC"), ("day", "11 Nov 2016"), ("month", "November 2016")],
)
def test_a_publication_is_dated_as_exactly_as_the_page_does(precision: str, words: str) -> None:
    assert published(DAY, precision) == words


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "1 minute"), (43, "43 minutes"), (60, "1 hour"), (1080, "18 hours"), (4320, "3 days")],
)
def test_a_length_of_time_has_one_unit(minutes: int, words: str) -> None:
    assert lasting(timedelta(minutes=minutes)) == words


def test_a_list_ends_in_and() -> None:
    assert [listed([]), listed(["a"]), listed(["a", "b", "c"])] == ["", "a", "a, b and c"]


def test_a_language_without_a_name_keeps_its_code() -> None:
    assert [language_name("ar"), language_name("xx")] == ["Arabic", "xx"]

"""What counts as which change, by rule."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.cadence import DELAYS, delay_of, next_step
from sources.changes import Answer, Text, by_answer, by_text, heaviest, is_good, is_noise
from sources.plain import plain, squeezed
from sources.vocabulary import Change

HERE = "https://outlet.example.org/2016/the-night"
BEFORE = Answer("ok", HERE, "a" * 64, 200)
PARAGRAPHS = [f"Paragraph {at} says what was seen in street {at} that night." for at in range(5)]
ARTICLE = "\n".join(PARAGRAPHS)


def text(article: str = ARTICLE, *, visible: str | None = None, **fields: object) -> Text:
    shown = article if visible is None else visible
    return Text(visible=shown, article=article, second=article, **fields)


def answer(**fields: object) -> Answer:
    return Answer(**{"outcome": "ok", "final_url": HERE, "payload_sha256": "b" * 64, **fields})


@pytest.mark.parametrize(
    ("given_answer", "change"),
    [
        (answer(payload_sha256="a" * 64), Change.UNCHANGED),
        (answer(outcome="gone", status=404), Change.GONE),
        (answer(outcome="gone", status=410), Change.GONE),
        (answer(outcome="botwall_suspected"), Change.BOT_WALL),
        (answer(flags=("login_wall",)), Change.BOT_WALL),
        (answer(flags=("consent_wall",)), Change.BOT_WALL),
        (answer(flags=("paywall",)), Change.BOT_WALL),
        *((answer(outcome="http_error", status=code), Change.BOT_WALL) for code in (401, 403, 451)),
        (answer(outcome="http_error", status=503), Change.UNREACHABLE),
        (answer(outcome="http_error", status=999), Change.UNREACHABLE),
        (answer(outcome="unreachable"), Change.UNREACHABLE),
        (answer(outcome="protocol_error"), Change.UNREACHABLE),
        (answer(outcome="redirect_loop"), Change.UNREACHABLE),
        (answer(outcome="not_modified_error", status=304), Change.UNREACHABLE),
        (answer(outcome="empty"), Change.SOFT_404),
    ],
)
def test_an_answer_that_is_not_the_page_needs_no_reading(
    given_answer: Answer, change: Change
) -> None:
    found = by_answer(BEFORE, given_answer)
    assert found is not None
    assert found.changes == (change,)
    assert found.holds == (change == Change.UNCHANGED)


@pytest.mark.parametrize("outcome", ["truncated", "too_large"])
def test_of_a_copy_that_was_cut_short_nothing_is_said(outcome: str) -> None:
    found = by_answer(BEFORE, answer(outcome=outcome))
    assert found is not None
    assert (found.changes, found.holds) == ((), False)


def test_other_bytes_must_be_read() -> None:
    assert by_answer(BEFORE, answer()) is None


def test_a_site_that_marks_everything_as_not_free_can_be_watched() -> None:
    marked = answer(flags=("paywall",))
    assert is_good("ok", marked.flags)
    assert by_answer(marked, answer(flags=("paywall",), payload_sha256="c" * 64)) is None
    wall = by_text(marked, marked, text(), text("Subscribe."))
    assert wall.changes == (Change.BOT_WALL,)


@pytest.mark.parametrize("flag", ["bot_wall", "login_wall", "consent_wall", "soft_404"])
def test_what_stands_before_a_page_is_no_copy_to_compare_with(flag: str) -> None:
    assert not is_good("ok", [flag])


def test_a_paragraph_that_the_page_still_shows_was_not_taken_out() -> None:
    """Programs that read pages select, and not always the same."""
    shorter = text("\n".join(PARAGRAPHS[:3]), visible=ARTICLE)
    assert by_text(BEFORE, answer(), text(), shorter).changes == (Change.BOILERPLATE,)


def test_without_the_page_s_own_text_it_would_have_been() -> None:
    shorter = text("\n".join(PARAGRAPHS[:3]))
    assert by_text(BEFORE, answer(), text(), shorter).changes == (Change.EDITED,)


def test_a_paragraph_that_one_program_alone_took_for_the_article_is_no_edit() -> None:
    advertisement = "Buy a boat from the yard by the river while they last this week."
    both = Text(visible=f"{ARTICLE}\n{advertisement}", article=f"{ARTICLE}\n{advertisement}",
                second=ARTICLE)  # fmt: skip
    assert by_text(BEFORE, answer(), text(), both).changes == (Change.BOILERPLATE,)


@pytest.mark.fault(55)
def test_numbers_in_sentences_are_edits_and_counters_are_not() -> None:
    dead = text(ARTICLE.replace("street 4", "street 9"))
    assert Change.EDITED in by_text(BEFORE, answer(), text(), dead).changes
    counted, later = text(f"{ARTICLE}\n1,204 views"), text(f"{ARTICLE}\n1,377 views")
    assert by_text(BEFORE, answer(), counted, later).changes == (Change.BOILERPLATE,)


@pytest.mark.parametrize(
    "line", ["1,204 views", "Updated 3 minutes ago", "١٢ مشاهدة", "12 comments"]
)
def test_lines_that_count_are_noise(line: str) -> None:
    assert is_noise(line)


@pytest.mark.parametrize("line", ["Death toll: 12", "Casualties 14", "On 12 November they left."])
def test_lines_that_tell_are_not(line: str) -> None:
    assert not is_noise(line)


def test_another_site_with_nothing_of_the_page_is_a_suspicion() -> None:
    parked = answer(outcome="redirected_offsite", final_url="https://parking.example.net/")
    found = by_text(BEFORE, parked, text(), text("Buy this domain."))
    assert found.changes == (Change.SOFT_404, Change.REDIRECTED)
    assert not found.holds


def test_another_site_with_the_page_is_a_redirect() -> None:
    moved = answer(outcome="redirected_offsite", final_url="https://new.example.net/the-night")
    found = by_text(BEFORE, moved, text(), text())
    assert found.changes == (Change.REDIRECTED,)
    assert found.details["to"] == "https://new.example.net/the-night"


def test_a_secure_address_is_the_same_place() -> None:
    plain_http = answer(final_url=f"http://www.{HERE.removeprefix('https://')}/")
    assert by_text(BEFORE, plain_http, text(), text()).changes == (Change.BOILERPLATE,)


def test_a_page_rewritten_from_top_to_bottom_is_an_edit() -> None:
    assert by_text(BEFORE, answer(), text(), text("All of it was written anew.")).changes == (
        Change.EDITED,
    )


def test_other_authors_are_an_edit() -> None:
    found = by_text(BEFORE, answer(), text(authors=("A",)), text(authors=("B",)))
    assert found.changes == (Change.EDITED,)
    assert found.details["authors"] == [["A"], ["B"]]


def test_of_a_page_that_could_not_be_read_nothing_is_said() -> None:
    unread = text(visible="")
    for old, new in ((text(), unread), (unread, text("All of it was written anew."))):
        assert by_text(BEFORE, answer(), old, new).changes == ()


def test_the_heaviest_change_speaks_for_a_look() -> None:
    assert heaviest([Change.REDIRECTED, Change.EDITED, Change.TITLE]) == Change.EDITED
    assert heaviest([]) == Change.UNCHANGED


def test_plain_text_loses_what_no_reader_would_call_a_change() -> None:
    assert (
        plain("\u201cthe\u00a0 subu\u00adrb\u201d \u2013 it\u2019s\n held")
        == '"the suburb" - it\'s held'
    )
    assert plain("خَرَجَ المقاتلـــون\u200f") == "خرج المقاتلون"
    assert squeezed("a b\u200b c") == "abc"
    assert plain("12 dead") != plain("13 dead")


@given(st.integers(-3, 99), st.floats(-1, 1))
def test_every_wait_is_near_a_wait_of_the_cadence(step: int, jitter: float) -> None:
    wait = delay_of(step, jitter=jitter)
    assert any(abs(wait - delay) <= 0.11 * delay for delay in DELAYS)


def test_the_cadence_slows_down_and_begins_anew_after_a_change() -> None:
    steps = [0]
    for _ in range(7):
        steps.append(next_step(steps[-1], restart=False))
    assert [delay_of(step, jitter=0) for step in steps] == [*DELAYS, DELAYS[-1], DELAYS[-1]]
    assert next_step(5, restart=True) == 0
    assert delay_of(0, jitter=0) == timedelta(hours=1)
    with pytest.raises(ValueError, match="no jitter"):
        delay_of(0, jitter=2)

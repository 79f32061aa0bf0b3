"""What becomes of one quote: every state, each by a page that really changed."""

from __future__ import annotations

import pytest
from django.test import Client

from audit.models import AuditEvent
from claims.models import Evidence
from claims.services import quotes as quotes_service
from claims.services.evidence import edit_evidence
from claims.vocabulary import QuoteState
from tests.conftest import signed_in
from tests.watch.conftest import (
    LINES,
    NOT_FOUND,
    QUOTE,
    REPOSITIONED,
    SOFT_404,
    UNTOUCHED,
    WALL,
    WITHOUT_THE_QUOTE,
    Watched,
    article,
    edited,
)
from verification.models import Assessment, Notification


def state(watched: Watched) -> str:
    return watched.item.quote_state


def test_nobody_looked_before_the_second_capture(watched: Watched) -> None:
    assert state(watched) == QuoteState.UNCHECKED


def test_words_that_stand_are_unchanged_and_no_news(watched: Watched) -> None:
    look = watched.look()
    assert (state(watched), watched.item.quote_snapshot) == (QuoteState.UNCHANGED, look)
    assert not AuditEvent.objects.filter(tag="claims:evidence:quote_moved").exists()
    assert not Notification.objects.exists()


def test_an_edit_elsewhere_is_told_apart(watched: Watched) -> None:
    watched.look(edited("eleven hours", "nine hours"))
    assert state(watched) == QuoteState.CHANGED_ELSEWHERE
    assert not Notification.objects.exists()


def test_marks_and_spaces_are_not_words(watched: Watched) -> None:
    marked = [line.replace("“", "&laquo;&nbsp;").replace("from", "&shy;from") for line in LINES]
    watched.look(article(*marked))
    assert state(watched) in {QuoteState.UNCHANGED, QuoteState.CHANGED_ELSEWHERE}


def test_one_changed_word_of_the_quote_is_seen_at_once(watched: Watched) -> None:
    look = watched.look(REPOSITIONED)
    item = watched.item
    assert (state(watched), item.quote_snapshot) == (QuoteState.QUOTE_CHANGED, look)
    assert item.quote_now == QUOTE.replace("retreated", "repositioned")
    assert item.quote_state_since == look.sealed_at
    event = AuditEvent.objects.get(tag="claims:evidence:quote_moved")
    assert (event.before["quote_state"], event.after["quote_state"]) == (
        "unchecked", "quote_changed",
    )  # fmt: skip
    assert event.after["snapshot"] == look.number
    watched.look()
    assert state(watched) == QuoteState.QUOTE_CHANGED
    assert AuditEvent.objects.filter(tag="claims:evidence:quote_moved").count() == 1


def test_a_changed_quote_changes_no_score_and_no_status(watched: Watched) -> None:
    before = list(Assessment.objects.values("estimate", "low", "high", "inputs_digest"))
    status, version = watched.claim.status, watched.claim.version
    watched.claim.refresh_from_db()
    version = watched.claim.version
    watched.look(REPOSITIONED)
    watched.claim.refresh_from_db()
    assert list(Assessment.objects.values("estimate", "low", "high", "inputs_digest")) == before
    assert (watched.claim.status, watched.claim.version) == (status, version)


def test_a_quote_is_gone_when_two_captures_a_day_apart_agree(watched: Watched) -> None:
    watched.look(WITHOUT_THE_QUOTE)
    assert state(watched) == QuoteState.UNCHECKED
    watched.look(after=6)
    assert state(watched) == QuoteState.UNCHECKED
    watched.look(after=19)
    assert state(watched) == QuoteState.QUOTE_GONE


def test_without_the_second_capture_one_look_would_lose_the_quote(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quotes_service, "_agrees_that_gone", lambda *_: True)
    watched.look(WITHOUT_THE_QUOTE)
    assert state(watched) == QuoteState.QUOTE_GONE


def test_a_quote_that_comes_back_between_two_looks_was_never_gone(watched: Watched) -> None:
    watched.look(WITHOUT_THE_QUOTE)
    watched.look(UNTOUCHED, after=6)
    watched.look(WITHOUT_THE_QUOTE, after=20)
    assert state(watched) == QuoteState.CHANGED_ELSEWHERE


@pytest.mark.parametrize(
    ("answer", "expected"), [(NOT_FOUND, QuoteState.GONE), (SOFT_404, QuoteState.SOFT_404)]
)
def test_a_page_that_is_gone_for_a_day_takes_its_quotes_along(
    watched: Watched, answer: bytes, expected: QuoteState
) -> None:
    watched.look(answer)
    assert state(watched) == QuoteState.UNCHECKED
    watched.look(after=25)
    assert state(watched) == expected


def test_a_wall_hides_a_quote_and_says_so(watched: Watched) -> None:
    watched.look(WALL)
    assert state(watched) == QuoteState.BOT_WALL
    watched.look(UNTOUCHED)
    assert state(watched) == QuoteState.UNCHANGED
    assert not Notification.objects.exists()


def test_without_the_guard_a_wall_would_be_a_lost_quote(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quotes_service, "BLOCKED", frozenset())
    monkeypatch.setattr(quotes_service, "_agrees_that_gone", lambda *_: True)
    watched.look(WALL)
    assert state(watched) == QuoteState.QUOTE_GONE


def test_a_wall_does_not_make_up_for_a_changed_quote(watched: Watched) -> None:
    watched.look(REPOSITIONED)
    watched.look(WALL)
    assert state(watched) == QuoteState.QUOTE_CHANGED


def test_a_site_that_is_down_is_unreachable(watched: Watched) -> None:
    watched.origin.answers["/"] = lambda connection: connection.close()
    watched.look()
    assert state(watched) == QuoteState.UNREACHABLE


def test_words_that_come_back_are_restored_and_told(watched: Watched) -> None:
    watched.look(REPOSITIONED)
    watched.look(UNTOUCHED)
    assert state(watched) == QuoteState.RESTORED
    assert Notification.objects.count() == 2
    watched.look()
    assert state(watched) == QuoteState.RESTORED


def test_a_quote_that_the_cited_copy_never_held_cannot_go(watched: Watched) -> None:
    Evidence.objects.update(quote="Words that somebody translated from another language")
    watched.look(REPOSITIONED)
    watched.look(NOT_FOUND, after=3)
    assert state(watched) == QuoteState.UNCHECKED


def test_a_new_quote_is_looked_at_anew(watched: Watched) -> None:
    watched.look(REPOSITIONED)
    edit_evidence(
        actor=watched.claim.owner, claim=watched.claim, position=1, quote="the bakery road was open"
    )
    watched.item.refresh_from_db()
    assert (state(watched), watched.item.quote_now) == (QuoteState.UNCHECKED, "")


def test_the_owner_is_told_once_and_the_pages_say_it(watched: Watched) -> None:
    look = watched.look(REPOSITIONED)
    told = Notification.objects.get()
    assert told.recipient == watched.claim.owner
    assert "[1] The quoted words were changed" in told.words
    owner = signed_in(watched.claim.owner)
    pages = {
        path: owner.get(path).content.decode()
        for path in (
            "/desk/", "/desk/notifications", f"/desk/c/{watched.claim.number}",
        )
    }  # fmt: skip
    assert "Changed snapshots" in pages["/desk/"]
    assert "The quoted words were changed" in pages["/desk/notifications"]
    assert "repositioned" in pages[f"/desk/c/{watched.claim.number}"]
    reader = Client()
    claim = reader.get(f"/c/{watched.claim.number}", follow=True).content.decode()
    diff = f"/snap/{watched.item.snapshot.number}/diff/{look.number}"
    assert "The quoted words were changed after we archived them." in claim
    assert "a person decides what this means" in claim
    assert diff in claim
    shown = reader.get(diff).content.decode()
    assert "<del>retreated</del>" in shown
    assert "<ins>repositioned</ins>" in shown
    assert f"claim {watched.claim.number}" in shown
    first = reader.get(f"/snap/{watched.item.snapshot.number}").content.decode()
    assert "The text changed" in first
    assert diff in first


def test_a_longer_article_with_the_same_words_is_no_change_of_the_quote(watched: Watched) -> None:
    watched.look(article("A new first paragraph that the editors added at noon.", *LINES))
    assert state(watched) == QuoteState.CHANGED_ELSEWHERE

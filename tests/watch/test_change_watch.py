"""Every word of the change watch, each by a page that really changed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from audit.models import AuditEvent
from sources.models import ChangeEvent, ChangeWatch, Snapshot
from sources.services import watch as watch_service
from sources.services.watch import recheck_due
from sources.vocabulary import ArtifactKind, CaptureReason, CaptureState, Change
from tests.sources.origin import page, redirect
from tests.watch.conftest import (
    LINES,
    NOT_FOUND,
    REPOSITIONED,
    SOFT_404,
    START,
    UNTOUCHED,
    WALL,
    Watched,
    article,
    edited,
)

PAID = article(
    LINES[0],
    "Subscribe to continue reading this report and many others.",
    head="<meta name='article:content_tier' content='locked'>",
)


def test_a_cited_page_is_watched_from_its_first_good_copy(watched: Watched) -> None:
    watch = watched.watch
    assert watch.baseline == watched.item.snapshot
    assert watch.state == Change.UNCHANGED
    assert timedelta(minutes=54) <= watch.next_check_at - START <= timedelta(minutes=67)
    assert AuditEvent.objects.filter(tag="sources:document:watched").count() == 1


def test_the_same_page_again_is_unchanged_and_nobody_reads_it(watched: Watched) -> None:
    again = watched.look()
    assert watched.seen(again) == set()
    assert (watched.watch.baseline, watched.watch.step) == (again, 1)
    first = watched.item.snapshot
    assert not first.artifacts.filter(kind=ArtifactKind.VISIBLE).exists()


@pytest.mark.fault(55)
def test_what_every_request_brings_is_no_edit(watched: Watched) -> None:
    watched.show(article(*LINES, around="1,204 views · <b>nonce 81a</b> · Updated 3 minutes ago"))
    look = watched.look()
    assert watched.seen(look) == {Change.BOILERPLATE}
    noisy = article(
        *LINES,
        around="1,377 views · <b>nonce 99f</b> · Updated 9 minutes ago<p>Buy a boat today, "
        "while they float and last</p><input type=hidden name=csrf value=123>",
    )
    assert watched.seen(watched.look(noisy)) == {Change.BOILERPLATE}
    assert watched.watch.step == 2


def test_an_edit_is_told_with_its_paragraphs_and_the_cadence_begins_anew(watched: Watched) -> None:
    watched.look()
    look = watched.look(edited("eleven hours", "nine hours"))
    event = ChangeEvent.objects.get(after=look)
    assert event.kind == Change.EDITED
    assert (event.details["removed"], event.details["added"]) == (1, 1)
    assert (watched.watch.state, watched.watch.step) == (Change.EDITED, 0)
    assert watched.watch.baseline == look


def test_a_new_title_and_a_new_date_are_told(watched: Watched) -> None:
    renamed = article(*LINES, title="A quiet night in the west").replace(b"T08:30", b"T09:30")
    assert {Change.TITLE, Change.DATE} <= watched.seen(watched.look(renamed))


def test_an_address_that_leads_elsewhere_in_the_site_is_told(watched: Watched) -> None:
    watched.origin.answers["/moved"] = UNTOUCHED
    look = watched.look(redirect("/moved"))
    assert watched.seen(look) == {Change.REDIRECTED}
    assert watched.watch.state == Change.REDIRECTED


def test_one_404_is_a_suspicion_and_two_a_day_apart_are_a_removal(watched: Watched) -> None:
    first = watched.look(NOT_FOUND)
    assert watched.seen(first) == {Change.GONE}
    assert (watched.watch.state, watched.watch.step) == (Change.UNCHANGED, 0)
    watched.look(after=6)
    assert watched.watch.state == Change.UNCHANGED
    agreeing = watched.look(after=19)
    assert watched.watch.state == Change.GONE
    assert ChangeEvent.objects.get(after=first).confirmed_by == agreeing
    assert watched.watch.baseline == watched.item.snapshot


def test_without_the_second_capture_one_hiccup_would_be_a_removal(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_service, "counts_as_removed", lambda *_: True)
    watched.look(NOT_FOUND)
    assert watched.watch.state == Change.GONE


def test_two_404s_with_the_page_between_them_are_no_removal(watched: Watched) -> None:
    watched.look(NOT_FOUND)
    back = watched.look(UNTOUCHED, after=2)
    assert watched.seen(back) == {Change.RESTORED}
    assert watched.watch.state == Change.UNCHANGED
    watched.look(NOT_FOUND, after=30)
    assert watched.watch.state == Change.UNCHANGED


def test_a_page_that_comes_back_after_its_removal_is_restored(watched: Watched) -> None:
    watched.look(NOT_FOUND)
    watched.look(after=25)
    watched.look(UNTOUCHED, after=24)
    assert watched.watch.state == Change.RESTORED


def test_an_error_page_that_says_200_is_a_suspicion_and_no_edit(watched: Watched) -> None:
    assert watched.seen(watched.look(SOFT_404)) == {Change.SOFT_404}
    assert watched.watch.state == Change.UNCHANGED
    watched.look(after=25)
    assert watched.watch.state == Change.SOFT_404


def test_an_empty_answer_is_no_edit(watched: Watched) -> None:
    assert watched.seen(watched.look(page(b""))) == {Change.SOFT_404}


def test_a_wall_is_never_an_edit(watched: Watched) -> None:
    assert watched.seen(watched.look(WALL)) == {Change.BOT_WALL}
    assert watched.watch.state == Change.BOT_WALL
    assert watched.watch.baseline == watched.item.snapshot


def test_a_request_to_pay_is_never_an_edit(watched: Watched) -> None:
    assert watched.seen(watched.look(PAID)) == {Change.BOT_WALL}


def test_without_the_guard_a_request_to_pay_would_be_an_edit(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sources.changes._is_walled", lambda *_: False)
    monkeypatch.setattr("sources.changes.STILL_THERE", 0)
    assert Change.EDITED in watched.seen(watched.look(PAID))


def test_a_site_that_is_down_is_unreachable_and_then_as_it_was(watched: Watched) -> None:
    watched.origin.answers["/"] = lambda connection: connection.close()
    assert watched.seen(watched.look()) == {Change.UNREACHABLE}
    assert watched.watch.state == Change.UNREACHABLE
    watched.look(UNTOUCHED)
    assert watched.watch.state == Change.UNCHANGED


def test_a_capture_is_compared_once(watched: Watched) -> None:
    look = watched.look(REPOSITIONED)
    before = list(ChangeEvent.objects.values_list("pk", flat=True))
    assert watch_service.compare_sealed(snapshot=look) is None
    assert list(ChangeEvent.objects.values_list("pk", flat=True)) == before


def test_what_a_person_brought_is_not_the_page_of_today(watched: Watched) -> None:
    look = watched.look()
    brought = Snapshot(
        document=look.document, reason=CaptureReason.PROVIDED, outcome="ok", sealed_at=None
    )
    assert watch_service.start_watch(snapshot=brought) is None
    assert watch_service.compare_sealed(snapshot=brought) is None


def test_due_pages_are_asked_for_once_and_behind_people(watched: Watched) -> None:
    watched.hours = 2
    with watched.now(), watched.commits() as messages:
        assert recheck_due() == 1
        assert recheck_due() == 0
    asked = watched.document.snapshots.order_by("-number").first()
    assert (asked.reason, asked.state) == (CaptureReason.SCHEDULE, CaptureState.QUEUED)
    assert len(messages) == 1
    assert watched.watch.next_check_at > START + timedelta(hours=2)


def test_one_run_asks_for_no_more_than_its_share(watched: Watched) -> None:
    watched.hours = 2
    with watched.now():
        assert recheck_due(most=0) == 0
    assert watched.document.snapshots.count() == 1


def test_what_nothing_cites_any_more_is_left_alone(watched: Watched) -> None:
    watched.item.withdrawn_at, watched.item.withdrawn_reason = START, "Another event."
    watched.item.save()
    watched.look()
    assert ChangeWatch.objects.get().next_check_at is None
    assert AuditEvent.objects.filter(tag="sources:document:unwatched").count() == 1


def test_a_lost_message_is_sent_again(watched: Watched) -> None:
    ChangeWatch.objects.update(checked_at=START - timedelta(hours=1), next_check_at=None)
    watched.hours = 1
    with watched.now(), watched.commits() as messages:
        recheck_due()
    assert len(messages) == 1

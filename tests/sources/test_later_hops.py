"""Where a page redirects to is asked as gently as where it was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from audit.models import AuditEvent
from sources.models import HostPolicy, Snapshot
from sources.services import capture, hosts
from sources.vocabulary import CaptureReason, CaptureState, RobotsVerdict
from tests.sources.conftest import ARTICLE, Queue
from tests.sources.origin import Origin, page, redirect

pytestmark = pytest.mark.usefixtures("announced")

KEEP_OUT = page(b"User-agent: *\nDisallow: /private\n", kind="text/plain")


@pytest.fixture
def there(open_origin: Origin, settings: object) -> Iterator[Origin]:
    """Another host, to which `/` of the first redirects."""
    with Origin() as other:
        settings.CAPTURE_LOOPBACK_PORTS = [open_origin.port, other.port]
        other.answers["/private/1"] = page(ARTICLE)
        open_origin.answers["/"] = redirect(other.url("/private/1"))
        yield other


def captured(snapshot: Snapshot) -> Snapshot:
    capture.run_capture(snapshot_id=snapshot.pk)
    snapshot.refresh_from_db()
    return snapshot


def policy_of(origin: Origin, **columns: object) -> None:
    HostPolicy.objects.update_or_create(host=f"127.0.0.1:{origin.port}", defaults=columns)


def test_a_schedule_does_not_follow_to_where_robots_may_not_go(
    queued: Queue, there: Origin, open_origin: Origin
) -> None:
    there.answers["/robots.txt"] = KEEP_OUT
    snapshot = captured(queued(reason=CaptureReason.SCHEDULE))
    assert (snapshot.state, snapshot.error) == (CaptureState.CANCELLED, "robots_disallowed")
    assert snapshot.robots == RobotsVerdict.DISALLOWED
    assert "redirects to 127.0.0.1, whose robots.txt" in snapshot.error_detail
    assert (len(open_origin.requests), there.requests) == (1, [])
    assert [hop.error for hop in snapshot.hops.order_by("position")] == ["", "robots_disallowed"]
    assert snapshot.warc is None
    event = AuditEvent.objects.get(tag="sources:snapshot:cancelled")
    assert event.after["error"] == "robots_disallowed"


def test_without_asking_the_schedule_would_take_the_page(
    queued: Queue, there: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    there.answers["/robots.txt"] = KEEP_OUT
    monkeypatch.setattr(capture, "gated", lambda camera, _lease, _snapshot: camera)
    assert captured(queued(reason=CaptureReason.SCHEDULE)).state == CaptureState.SEALED
    assert len(there.requests) == 1


def test_a_person_s_capture_follows_and_says_what_robots_were_asked(
    queued: Queue, there: Origin
) -> None:
    there.answers["/robots.txt"] = KEEP_OUT
    snapshot = captured(queued())
    assert (snapshot.state, snapshot.robots) == (CaptureState.SEALED, RobotsVerdict.DISALLOWED)
    assert '"robots":"disallowed"' in snapshot.manifest


def test_a_schedule_follows_where_it_may(queued: Queue, there: Origin) -> None:
    snapshot = captured(queued(reason=CaptureReason.SCHEDULE))
    assert (snapshot.state, snapshot.robots) == (CaptureState.SEALED, RobotsVerdict.ALLOWED)


def test_the_gravest_verdict_on_the_way_is_the_verdict(
    queued: Queue, there: Origin, open_origin: Origin
) -> None:
    open_origin.answers["/robots.txt"] = page(b"User-agent: *\nDisallow: /\n", kind="text/plain")
    assert captured(queued()).robots == RobotsVerdict.DISALLOWED


def test_a_robots_txt_that_redirects_in_a_circle_ends(
    queued: Queue, there: Origin, open_origin: Origin
) -> None:
    there.answers["/robots.txt"] = redirect(open_origin.url("/robots.txt"))
    open_origin.answers["/robots.txt"] = redirect(there.url("/robots.txt"))
    assert captured(queued()).state == CaptureState.SEALED


def test_a_host_that_is_paused_is_not_asked_by_way_of_another(
    queued: Queue, there: Origin, open_origin: Origin
) -> None:
    policy_of(there, backoff_until=Now() + timedelta(minutes=10))
    snapshot = captured(queued())
    assert (snapshot.state, snapshot.error) == (CaptureState.RETRY_WAIT, "host_paused")
    assert snapshot.attempt == 0, "waiting for a host is no attempt"
    assert 590 < (snapshot.next_attempt_at - timezone.now()).total_seconds() <= 600
    assert (len(open_origin.requests), there.requests) == (1, [])
    policy_of(there, backoff_until=None)
    Snapshot.objects.update(state=CaptureState.QUEUED)
    assert captured(snapshot).state == CaptureState.SEALED
    assert snapshot.hops.count() == 4, "of both times; each has its fence"


def test_without_asking_a_paused_host_would_be_asked(
    queued: Queue, there: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy_of(there, backoff_until=Now() + timedelta(minutes=10))
    monkeypatch.setattr(capture, "gated", lambda camera, _lease, _snapshot: camera)
    assert captured(queued()).state == CaptureState.SEALED
    assert len(there.requests) == 1


def test_a_short_interval_is_waited_out_and_the_next_one_waits_in_turn(
    queued: Queue, there: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy_of(
        there,
        min_interval=timedelta(seconds=20),
        next_allowed_at=Now() + timedelta(seconds=3),
    )
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        policy_of(there, next_allowed_at=Now())

    monkeypatch.setattr(hosts.time, "sleep", sleep)
    assert captured(queued()).state == CaptureState.SEALED
    assert 2 < slept[0] <= 3
    allowed = HostPolicy.objects.get(host=f"127.0.0.1:{there.port}").next_allowed_at
    assert allowed > timezone.now() + timedelta(seconds=10), "its appointment was kept"


def test_a_long_interval_is_not_waited_out_by_a_worker(queued: Queue, there: Origin) -> None:
    policy_of(there, next_allowed_at=Now() + timedelta(minutes=5))
    snapshot = captured(queued())
    assert (snapshot.state, snapshot.error) == (CaptureState.RETRY_WAIT, "host_busy")
    assert there.requests == []

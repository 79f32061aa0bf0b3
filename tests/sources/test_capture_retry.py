from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.capture.hop import Hop
from sources.capture.http1 import parse_head
from sources.capture.outcomes import ErrorCode, Outcome
from sources.capture.pipeline import CaptureResult
from sources.capture.retry import DELAYS, asked_delay, delay_before_next, is_passing
from sources.vocabulary import CaptureState

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def _result(
    status: int = 0, error: ErrorCode | None = None, outcome: Outcome | None = None, wait: str = ""
) -> CaptureResult:
    hop = Hop(0, "http://example.org/", NOW)
    if status:
        field = f"Retry-After: {wait}\r\n" if wait else ""
        hop.head = parse_head(f"HTTP/1.1 {status} X\r\n{field}\r\n".encode())
    state = CaptureState.FAILED if error else CaptureState.SEALED
    return CaptureResult(
        state, "http://example.org/", NOW, NOW, outcome=outcome, error=error, hops=(hop,)
    )


@pytest.mark.parametrize(
    ("result", "passing"),
    [
        (_result(200, outcome=Outcome.OK), False),
        (_result(404, outcome=Outcome.GONE), False),
        (_result(403, outcome=Outcome.HTTP_ERROR), False),
        (_result(451, outcome=Outcome.HTTP_ERROR), False),
        (_result(429, outcome=Outcome.HTTP_ERROR), True),
        (_result(503, outcome=Outcome.HTTP_ERROR), True),
        (_result(200, outcome=Outcome.TRUNCATED), True),
        (_result(200, outcome=Outcome.TOO_LARGE), False),
        (_result(error=ErrorCode.CONNECT_TIMEOUT), True),
        (_result(error=ErrorCode.DNS_FAILED), True),
        (_result(error=ErrorCode.STORE_FAILED), True),
        (_result(error=ErrorCode.DNS_NOT_FOUND), False),
        (_result(error=ErrorCode.PROTOCOL_ERROR), False),
        (_result(error=ErrorCode.REDIRECT_LOOP), False),
    ],
)
def test_only_passing_trouble_is_tried_again(result: CaptureResult, passing: bool) -> None:
    assert is_passing(result) is passing


@pytest.mark.parametrize(
    ("value", "delay"),
    [
        ("30", timedelta(seconds=30)),
        ("0", timedelta(seconds=1)),
        ("86400", timedelta(hours=24)),
        ("1000000000000", timedelta(hours=24)),
        ("Thu, 01 Jan 2026 12:05:00 GMT", timedelta(minutes=5)),
        ("Thu, 01 Jan 1970 00:00:00 GMT", timedelta(seconds=1)),
        ("Thu, 01 Jan 2099 00:00:00 GMT", timedelta(hours=24)),
        ("-1", DELAYS[0]),
        ("soon", DELAYS[0]),
        ("", DELAYS[0]),
    ],
)
@pytest.mark.fault(61)
def test_what_the_server_asks_for_is_honoured_within_bounds(value: str, delay: timedelta) -> None:
    assert delay_before_next(1, _result(503, wait=value), NOW, jitter=0) == delay


def test_delays_grow_and_end() -> None:
    waits = [delay_before_next(attempt, None, NOW, jitter=0) for attempt in range(8)]
    assert waits == sorted(waits)
    assert (waits[1], waits[-1]) == (DELAYS[0], DELAYS[-1])
    assert delay_before_next(1, None, NOW, jitter=-0.2) == DELAYS[0] * 0.8


@given(st.text(max_size=40))
def test_any_value_is_read_or_ignored(value: str) -> None:
    delay = asked_delay(value, NOW)
    assert delay is None or isinstance(delay, timedelta)

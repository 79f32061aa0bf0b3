"""Reading one connection under its clocks: first byte, header, least rate, and the whole."""

from __future__ import annotations

import socket
import time
from collections import deque

from sources.capture.http1 import PREFIX, READ_SIZE, Head, Incomplete, ProtocolProblem, parse_head
from sources.capture.limits import Limits
from sources.capture.outcomes import ErrorCode, FetchFailed

_END = b"\r\n\r\n"


class TooSlow(Exception):
    """The body came slower than the least rate, or its time was over."""


class Wire:
    """A connected socket whose every read ends by a stated moment of the monotonic clock."""

    def __init__(self, connection: socket.socket, limits: Limits, end: float) -> None:
        self._connection = connection
        self._limits = limits
        self._end = end
        self._recent: deque[tuple[float, int]] = deque()
        self._body_began = 0.0
        self.received = bytearray()  # what came before the body

    def send(self, data: bytes) -> None:
        """Send the request; raises FetchFailed."""
        try:
            self._connection.settimeout(self._remaining(self._limits.first_byte_seconds))
            self._connection.sendall(data)
        except TimeoutError as problem:
            raise FetchFailed(
                ErrorCode.FIRST_BYTE_TIMEOUT, "The server did not take the request in time."
            ) from problem
        except OSError as problem:
            raise _broken(problem) from problem

    def read_head(self) -> Head:
        """Read one response head, interim or final, out of `received`; raises FetchFailed."""
        self._wait_for_first_byte()
        end = time.monotonic() + self._limits.header_seconds
        while not (found := self._head_length()):
            self._receive(end, ErrorCode.HEADER_TIMEOUT, "The headers came too slowly.")
        raw = bytes(self.received[:found])
        try:
            head = parse_head(raw)
        except ProtocolProblem as problem:
            raise FetchFailed(ErrorCode.PROTOCOL_ERROR, str(problem)) from problem
        del self.received[:found]
        return head

    def drain(self, seconds: float = 2.0) -> None:
        """Take a little more of an answer that cannot be read, so that it can be looked at."""
        end = time.monotonic() + seconds
        try:
            while len(self.received) < self._limits.header_bytes:
                piece = self._recv(end)
                if not piece:
                    return
                self.received += piece
        except OSError:
            return  # what was received is what there is

    def read_body(self, size: int) -> bytes:
        """Return the next bytes of the body; raises TooSlow or Incomplete."""
        self._body_began = self._body_began or time.monotonic()
        while True:
            tick = time.monotonic() + self._limits.rate_seconds / 5
            try:
                piece = self._recv(tick, size)
            except TimeoutError:
                self._refuse_slowness(0)
                continue
            except OSError as problem:
                raise Incomplete from problem
            if piece:
                self._refuse_slowness(len(piece))
            return piece

    def _wait_for_first_byte(self) -> None:
        end = time.monotonic() + self._limits.first_byte_seconds
        while not self.received:
            self._receive(end, ErrorCode.FIRST_BYTE_TIMEOUT, "The server did not answer in time.")

    def _receive(self, end: float, late: ErrorCode, words: str) -> None:
        try:
            room = self._limits.header_bytes + 1 - len(self.received)
            piece = self._recv(end, min(room, READ_SIZE))
        except TimeoutError as problem:
            code = ErrorCode.TOTAL_TIMEOUT if self._end <= time.monotonic() else late
            raise FetchFailed(code, words) from problem
        except OSError as problem:
            raise _broken(problem) from problem
        if not piece:
            raise FetchFailed(ErrorCode.CONNECTION_CLOSED, "The server closed without an answer.")
        self.received += piece

    def _recv(self, end: float, size: int = READ_SIZE) -> bytes:
        self._connection.settimeout(self._remaining(end - time.monotonic()))
        return self._connection.recv(size)

    def _remaining(self, seconds: float) -> float:
        remaining = min(seconds, self._end - time.monotonic())
        if remaining <= 0:
            raise TimeoutError
        return remaining

    def _head_length(self) -> int:
        """Return the length of the whole head in `received`, or 0 while it is not whole."""
        end = self.received.find(_END) + len(_END)
        is_whole = end >= len(_END)
        seen = self.received[:end] if is_whole else self.received
        if not PREFIX.startswith(seen[: len(PREFIX)]):
            raise FetchFailed(ErrorCode.PROTOCOL_ERROR, "The answer is not HTTP/1.")
        lines = seen.count(b"\n")
        if lines != seen.count(b"\r\n"):
            raise FetchFailed(ErrorCode.PROTOCOL_ERROR, "A header line ends without CR LF.")
        if len(seen) > self._limits.header_bytes or lines > self._limits.header_lines:
            raise FetchFailed(ErrorCode.HEADERS_TOO_LARGE, "The headers are too large.")
        return end if is_whole else 0

    def _refuse_slowness(self, size: int) -> None:
        now = time.monotonic()
        self._recent.append((now, size))
        window = self._limits.rate_seconds
        while self._recent[0][0] < now - window:
            self._recent.popleft()
        is_judged = now - self._body_began >= window
        total = sum(count for _, count in self._recent)
        if now >= self._end or (is_judged and total < self._limits.min_rate * window):
            raise TooSlow


def _broken(problem: OSError) -> FetchFailed:
    return FetchFailed(ErrorCode.CONNECTION_RESET, f"The connection broke: {problem.strerror}.")

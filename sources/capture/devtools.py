"""Speaking to a browser over its debugging pipe: JSON messages that end with a zero byte.

https://chromedevtools.github.io/devtools-protocol/ describes the commands and events.
"""

from __future__ import annotations

import json
import os
import select
import time
from collections.abc import Callable
from typing import Any

_STEP = 1024 * 1024
_MOST_BUFFERED = 256 * 1024 * 1024

Event = dict[str, Any]


class BrowserGone(Exception):
    """The browser closed its pipe, or says what nobody can read."""


class BrowserBusy(Exception):
    """The browser did not answer in time."""


class CommandRefused(Exception):
    """The browser answered a command with an error; the argument is its message."""


class Devtools:
    """Commands to the browser and its events; one thread, every wait with an end."""

    def __init__(
        self, reading: int, writing: int, hear: Callable[[Event], None], tick: Callable[[], None]
    ) -> None:
        self._reading, self._writing = reading, writing
        self._hear, self._tick = hear, tick
        self._buffer = bytearray()
        self._last = 0
        self._answers: dict[int, Event] = {}

    def call(self, method: str, *, session: str = "", until: float, **parameters: Any) -> Event:
        """Send a command and return its result; UNTIL is a moment of the monotonic clock."""
        number = self.send(method, session=session, **parameters)
        self.wait(lambda: number in self._answers, until)
        answer = self._answers.pop(number, None)
        if answer is None:
            raise BrowserBusy(method)
        if "error" in answer:
            raise CommandRefused(str(answer["error"].get("message", "")))
        return dict(answer.get("result", {}))

    def send(self, method: str, *, session: str = "", **parameters: Any) -> int:
        """Send a command whose answer nobody needs to wait for; return its number."""
        self._last += 1
        message = {"id": self._last, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        try:
            os.write(self._writing, json.dumps(message).encode() + b"\0")
        except OSError as problem:
            raise BrowserGone(method) from problem
        return self._last

    def wait(self, is_enough: Callable[[], bool], until: float) -> bool:
        """Hear events until IS_ENOUGH, which is returned, or until the moment UNTIL."""
        while not is_enough():
            left = until - time.monotonic()
            if left <= 0:
                return False
            self._tick()
            ready, _, _ = select.select([self._reading], [], [], min(left, 0.25))
            if ready:
                self._receive()
        return True

    def _receive(self) -> None:
        piece = os.read(self._reading, _STEP)
        self._buffer += piece
        if not piece or len(self._buffer) > _MOST_BUFFERED:
            raise BrowserGone("The browser ended.")
        if b"\0" not in piece:
            return
        *messages, rest = self._buffer.split(b"\0")
        self._buffer = bytearray(rest)
        for message in messages:
            self._take(json.loads(message))

    def _take(self, message: Event) -> None:
        if "id" in message:
            self._answers[message["id"]] = message
        else:
            self._hear(message)

"""A real Chromium in front of a hostile site on loopback, and a door inside that nobody allowed."""

from __future__ import annotations

import os
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from sources.capture.limits import PictureLimits
from sources.capture.picture import Picture, take_picture
from tests.sources.origin import Origin, page

CHROMIUM = shutil.which("chromium") or ""
PATIENT = PictureLimits(total_seconds=90, load_seconds=20)
SHORT = PictureLimits(total_seconds=90, load_seconds=3)

Take = Callable[..., Picture]


class Door:
    """A port inside that nobody allowed: TCP and UDP, whoever knocks is counted."""

    def __init__(self) -> None:
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.tcp.getsockname()[1]
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", self.port))
        self.udp.settimeout(0)
        self.tcp.settimeout(0)

    def knocks(self) -> int:
        return self._is_knocked(self._take) + self._is_knocked(lambda: self.udp.recv(10))

    def _take(self) -> None:
        self.tcp.accept()[0].close()

    @staticmethod
    def _is_knocked(answer: Callable[[], object]) -> bool:
        try:
            answer()
        except BlockingIOError:
            return False
        return True


@pytest.fixture
def door() -> Iterator[Door]:
    inside = Door()
    with inside.tcp, inside.udp:
        yield inside


@pytest.fixture
def take(origin: Origin) -> Iterator[Take]:
    """Take the picture of a body that the origin serves; afterwards no browser is left."""

    def run(body: str, limits: PictureLimits = PATIENT) -> Picture:
        origin.answers.setdefault("/", page(body.encode(), kind="text/html; charset=utf-8"))
        return take_picture(origin.url(), chromium=CHROMIUM, policy=origin.policy, limits=limits)

    yield run
    wait_until_no_browser_is_left()


def browsers() -> list[str]:
    """Browsers that take pictures, by the folder that their command names; not another worker's."""
    others = psutil.Process().parent().children()
    elsewhere = {one.pid for one in others if one.pid != os.getpid()}
    found = []
    for folder in Path("/proc").iterdir():
        try:
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        is_browser = b"--user-data-dir" in command and b"/picture-" in command
        if is_browser and not elsewhere & ancestors(int(folder.name)):
            found.append(folder.name)
    return found


def ancestors(pid: int) -> set[int]:
    try:
        return {one.pid for one in psutil.Process(pid).parents()}
    except psutil.NoSuchProcess:
        return set()


def wait_until_no_browser_is_left() -> None:
    for _ in range(200):
        if not browsers():
            return
        time.sleep(0.05)
    pytest.fail(f"Browsers were left behind: {browsers()}")

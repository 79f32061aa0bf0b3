"""A real Chromium in front of a hostile site on loopback, and a door inside that nobody allowed."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Iterator

import psutil
import pytest

from sources.capture.limits import PictureLimits
from sources.capture.picture import Picture, take_picture
from tests.chromium import CHROMIUM
from tests.sources.origin import Origin, page

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

    def run(body: str, limits: PictureLimits = PATIENT, chromium: str = CHROMIUM) -> Picture:
        origin.answers.setdefault("/", page(body.encode(), kind="text/html; charset=utf-8"))
        return take_picture(origin.url(), chromium=chromium, policy=origin.policy, limits=limits)

    yield run
    wait_until_no_browser_is_left()


def browsers() -> list[str]:
    """Processes of browsers that take pictures; not another worker's. Orphans count for all."""
    others = psutil.Process().parent().children()
    elsewhere = {one.pid for one in others if one.pid != os.getpid()}
    return [
        str(one.pid)
        for one in psutil.process_iter()
        if (chain := _commands(one)) and not elsewhere & chain.keys() and _takes_pictures(chain)
    ]


def _commands(process: psutil.Process) -> dict[int, str]:
    """What PROCESS and those above it were started with, itself first; empty if it just ended."""
    try:
        if "chrom" not in "".join(process.cmdline()[:1]):
            return {}
        return {one.pid: " ".join(one.cmdline()) for one in [process, *process.parents()]}
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return {}


def _takes_pictures(chain: dict[int, str]) -> bool:
    """Its browser has a folder of ours; a part whose browser is gone was left behind."""
    own, *above = chain.values()
    is_part = "--type=" in own
    is_left = is_part and all("--type=" in one for one in above if "chrom" in one.split(" ")[0])
    return is_left or any("--user-data-dir" in one and "/picture-" in one for one in chain.values())


def wait_until_no_browser_is_left() -> None:
    for _ in range(200):
        if not browsers():
            return
        time.sleep(0.05)
    pytest.fail(f"Browsers were left behind: {browsers()}")

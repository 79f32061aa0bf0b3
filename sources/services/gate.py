"""What is asked before a capture turns to a host: robots.txt, its appointment, a free connection.

The address that was asked for has its robots.txt read and its appointment kept before the capture
begins; here the same is done for each address that it redirects to, and connections are counted
for all of them. A short wait is waited out; after a longer one the capture comes back later.
"""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass, replace

from django.utils import timezone

from sources.capture.guard import Address
from sources.capture.hosts import host_key, network_of
from sources.capture.outcomes import ErrorCode, FetchFailed, NotNow
from sources.capture.pipeline import Capturer
from sources.models import Snapshot
from sources.services.connections import Place, take_connection
from sources.services.hosts import is_paused, wait_briefly
from sources.services.leases import Lease
from sources.services.robots import robots_of, stops, verdict_on
from sources.vocabulary import RobotsVerdict

BUSY_SECONDS = 5.0
_LOOK_AGAIN_SECONDS = 0.25
# The gravest of what the robots.txt on the way say is the verdict on a capture.
_GRAVITY = (
    RobotsVerdict.NOT_ASKED,
    RobotsVerdict.ALLOWED,
    RobotsVerdict.UNAVAILABLE,
    RobotsVerdict.DISALLOWED,
)


def gated(camera: Capturer, lease: Lease, snapshot: Snapshot) -> Capturer:
    """CAMERA for the capture of SNAPSHOT alone, which asks the gate before each request."""
    gate = _Gate(camera, lease, snapshot)
    network = replace(camera.network, dial=gate.dial)
    return replace(camera, network=network, before=gate.before)


@dataclass(slots=True)
class _Gate:
    camera: Capturer
    lease: Lease
    snapshot: Snapshot
    host: str = ""
    place: Place | None = None
    position: int = 0

    def before(self, address: Address, position: int) -> None:
        """Say that ADDRESS is next; raises FetchFailed if it is not to be asked, or not now."""
        self.host, self.position = host_key(address), position
        if position:
            self._heed_robots(address)
            self._keep_appointment(address)

    def dial(self, ip: str, port: int, timeout: float) -> socket.socket:
        """Connect once there is a connection to be had; raises NotNow if there is none."""
        network = network_of(ip)
        place = Place(self.host, network)
        if network and place != self.place:
            self._take(place)
        return self.camera.network.dial(ip, port, timeout)

    def _heed_robots(self, address: Address) -> None:
        robots = robots_of(address, self.camera)
        verdict = verdict_on(address, robots)
        known = RobotsVerdict(self.snapshot.robots or RobotsVerdict.NOT_ASKED)
        if _GRAVITY.index(verdict) > _GRAVITY.index(known):
            self.snapshot.robots = verdict
        code = stops(self.snapshot.reason, verdict, robots)
        if code is not None:
            raise FetchFailed(code, _words(code, address))

    def _keep_appointment(self, address: Address) -> None:
        again = wait_briefly(address)
        if again is None:
            return
        code = ErrorCode.HOST_PAUSED if is_paused(host_key(address)) else ErrorCode.HOST_BUSY
        seconds = max((again - timezone.now()).total_seconds(), BUSY_SECONDS)
        raise NotNow(code, f"The page redirects to {address.host}, which is to be left alone now.",
                     seconds=seconds)  # fmt: skip

    def _take(self, place: Place) -> None:
        """A first request comes back later; a redirect is waited for a little."""
        end = time.monotonic() + (BUSY_SECONDS if self.position else 0)
        while not take_connection(self.lease, place):
            if time.monotonic() >= end:
                raise NotNow(
                    ErrorCode.HOST_BUSY,
                    f"There are as many connections to {place.host} or its network as may be.",
                    seconds=BUSY_SECONDS,
                )
            time.sleep(_LOOK_AGAIN_SECONDS)
        self.place = place


def _words(code: ErrorCode, address: Address) -> str:
    if code == ErrorCode.ROBOTS_DISALLOWED:
        return (
            f"The page redirects to {address.host}, whose robots.txt asks robots to stay away from "
            "there, and schedules obey it. A person can still ask for a copy."
        )
    return (
        f"The page redirects to {address.host}, which could not say in robots.txt what robots may "
        "read, so the schedule waits."
    )

"""What robots.txt says of a page that we are about to capture, read once a day for each host.

Everybody's verdict is written down. A person's capture of one page goes on whatever it is; a
scheduled one obeys it. A network failure stops neither: the capture itself then records it.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from django.db.models import Q
from django.db.models.functions import Now

from sources.capture.guard import Address, Refused, parse_address
from sources.capture.hosts import host_key
from sources.capture.outcomes import ErrorCode
from sources.capture.pipeline import Capturer, CaptureResult
from sources.capture.robots import RobotsFile, fetch_robots, is_allowed
from sources.models import HostPolicy, Snapshot
from sources.vocabulary import CaptureReason, CaptureState, RobotsVerdict

logger = logging.getLogger(__name__)

GOOD_FOR = timedelta(hours=24)
# What could not be read is asked for again sooner.
BAD_FOR = timedelta(minutes=10)
_FIELDS = ("robots", "robots_status", "robots_error")


def heed_robots(*, snapshot: Snapshot, camera: Capturer) -> CaptureResult | None:
    """Set the verdict on SNAPSHOT's page; return what the capture comes to if that ends it.

    Call it outside of transactions: it may ask the network.
    """
    text = snapshot.via or snapshot.document.address or ""
    try:
        address = parse_address(text, camera.policy)
    except Refused:
        return None  # the capture itself says so
    robots = robots_of(address, camera)
    snapshot.robots = verdict_on(address, robots)
    code = stops(snapshot.reason, snapshot.robots, robots)
    return _cancelled(text, code, camera) if code else None


def verdicts_known(
    addresses: Mapping[int, Address],
) -> dict[int, tuple[RobotsVerdict, RobotsFile]]:
    """The verdicts on ADDRESSES, by their keys, as far as robots.txt was read lately."""
    hosts = {host_key(address) for address in addresses.values()}
    rows = HostPolicy.objects.filter(_fresh(), host__in=hosts).values_list("host", *_FIELDS)
    known = {host: RobotsFile(*fields) for host, *fields in rows}
    return {
        key: (verdict_on(address, robots), robots)
        for key, address in addresses.items()
        if (robots := known.get(host_key(address)))
    }


def _cancelled(text: str, code: ErrorCode, camera: Capturer) -> CaptureResult:
    now = camera.network.now()
    words = (
        "robots.txt of the site asks robots to stay away from this page, and schedules obey it. "
        "A person can still ask for a copy."
        if code == ErrorCode.ROBOTS_DISALLOWED
        else "The site could not say in robots.txt what robots may read, so the schedule waits."
    )
    return CaptureResult(CaptureState.CANCELLED, text, now, now, error=code, error_detail=words)


def robots_of(address: Address, camera: Capturer) -> RobotsFile:
    """robots.txt of the host of ADDRESS: as read lately, or read now; never raises."""
    known = _read_lately(host_key(address))
    return known if known is not None else _read_now(address, camera)


def verdict_on(address: Address, robots: RobotsFile) -> RobotsVerdict:
    if not robots.says_something:
        return RobotsVerdict.UNAVAILABLE
    is_free = is_allowed(robots.text, address.target)
    return RobotsVerdict.ALLOWED if is_free else RobotsVerdict.DISALLOWED


def stops(reason: str, verdict: RobotsVerdict, robots: RobotsFile) -> ErrorCode | None:
    """Why a capture for REASON must not go on, if so.

    RFC 9309, 2.3.1.4: a server that fails to say what it allows is taken to allow nothing.
    """
    if reason != CaptureReason.SCHEDULE or verdict == RobotsVerdict.ALLOWED:
        return None
    if verdict == RobotsVerdict.DISALLOWED:
        return ErrorCode.ROBOTS_DISALLOWED
    is_failing = not robots.says_something and robots.status is not None
    return ErrorCode.ROBOTS_UNAVAILABLE if is_failing else None


def _read_lately(host: str) -> RobotsFile | None:
    row = HostPolicy.objects.filter(_fresh(), host=host).values_list(*_FIELDS).first()
    return RobotsFile(*row) if row else None


def _fresh() -> Q:
    return Q(robots_error="", robots_fetched_at__gt=Now() - GOOD_FOR) | Q(
        ~Q(robots_error=""), robots_fetched_at__gt=Now() - BAD_FOR
    )


def _read_now(address: Address, camera: Capturer) -> RobotsFile:
    camera.staging_dir.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix="robots-", dir=camera.staging_dir) as folder:
            read = fetch_robots(camera.fetcher(Path(folder)), address)
    except OSError as problem:
        logger.warning("robots.txt of %s could not be kept: %s", address.host, problem)
        return RobotsFile(error=str(ErrorCode.STORE_FAILED))
    return _kept(host_key(address), read)


def _kept(host: str, read: RobotsFile) -> RobotsFile:
    """Write down what was READ; what was read before stays in force if this one says nothing."""
    row, _ = HostPolicy.objects.get_or_create(host=host)
    before = RobotsFile(row.robots, row.robots_status)
    kept = replace(before, error=read.error) if read.error and before.says_something else read
    HostPolicy.objects.filter(host=host).update(
        robots=kept.text,
        robots_status=kept.status,
        robots_error=kept.error,
        robots_fetched_at=Now(),
    )
    return kept

"""What the settings of this installation mean for captures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from sources.capture.guard import LOOPBACK, Policy
from sources.capture.pipeline import Capturer
from sources.capture.store import FileStore, ObjectStore


def capture_policy(loopback_ports: Iterable[int] = ()) -> Policy:
    """Say what captures may reach: not ourselves, and loopback only on ports that somebody named.

    An archive that captured its own pages would archive its own words about other pages.
    """
    own = [_split(settings.PUBLIC_URL), _split(settings.SNAPSHOT_HOST)]
    return Policy(
        allow_loopback_ports=frozenset({*settings.CAPTURE_LOOPBACK_PORTS, *loopback_ports})
        - {parts.port for parts in own if parts.port and parts.hostname in {LOOPBACK, "localhost"}},
        denied_hosts=frozenset(parts.hostname for parts in own if parts.hostname),
    )


def service_policy() -> Policy:
    """Say what authorities and calendars may be reached: as captures, and OWN_SERVICES."""
    return replace(capture_policy(), own_services=frozenset(settings.OWN_SERVICES))


def _split(address: str) -> SplitResult:
    """Read the address of one of our hosts, with a scheme or without."""
    return urlsplit(address if "//" in address else f"//{address}")


def object_store() -> ObjectStore:
    """Return the store that STORAGE_URL names."""
    return _store(settings.STORAGE_URL, "STORAGE_URL")


def second_store() -> ObjectStore | None:
    """Return the store that SECOND_STORAGE_URL names, if any: another place, never the same."""
    url = settings.SECOND_STORAGE_URL
    if not url:
        return None
    if url == settings.STORAGE_URL:
        raise ImproperlyConfigured("SECOND_STORAGE_URL is STORAGE_URL. Name another place.")
    return _store(url, "SECOND_STORAGE_URL")


def _store(url: str, name: str) -> ObjectStore:
    parts = urlsplit(url)
    if parts.scheme == "s3":
        return _bucket(url, name)
    if parts.scheme == "file" and parts.path:
        return FileStore(Path(unquote(parts.path)))
    raise ImproperlyConfigured(
        f"{name}={url!r} is no address of a store. Use file:///folder or s3://bucket/prefix."
    )


@cache
def _bucket(url: str, name: str) -> ObjectStore:
    """Kept, because its client holds the connections; threads may share it.

    Its library takes a tenth of a second to load, so only installations with a bucket load it.
    """
    from sources.capture.s3 import S3Store, read_location  # noqa: PLC0415

    try:
        return S3Store(read_location(url))
    except ValueError as problem:
        raise ImproperlyConfigured(f"{name}: {problem}") from problem


def capturer(policy: Policy | None = None) -> Capturer:
    return Capturer(
        policy=policy or capture_policy(),
        store=object_store(),
        staging_dir=Path(settings.STAGING_DIR),
        operator=settings.CAPTURE_OPERATOR,
    )

"""What the settings of this installation mean for captures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from sources.capture.guard import Policy
from sources.capture.pipeline import Capturer
from sources.capture.store import FileStore, ObjectStore


def capture_policy(loopback_ports: Iterable[int] = ()) -> Policy:
    """Say what captures may reach; loopback only on ports that somebody named."""
    own = urlsplit(settings.PUBLIC_URL).hostname
    return Policy(
        allow_loopback_ports=frozenset({*settings.CAPTURE_LOOPBACK_PORTS, *loopback_ports}),
        denied_hosts=frozenset({own} if own else ()),
    )


def service_policy() -> Policy:
    """Say what authorities and calendars may be reached: as captures, and OWN_SERVICES."""
    return replace(capture_policy(), own_services=frozenset(settings.OWN_SERVICES))


def object_store() -> ObjectStore:
    """Return the store that STORAGE_URL names."""
    parts = urlsplit(settings.STORAGE_URL)
    if parts.scheme != "file" or not parts.path:
        raise ImproperlyConfigured(
            f"STORAGE_URL={settings.STORAGE_URL!r} is not a file address. Use file:///folder."
        )
    return FileStore(Path(unquote(parts.path)))


def capturer(policy: Policy | None = None) -> Capturer:
    return Capturer(
        policy=policy or capture_policy(),
        store=object_store(),
        staging_dir=Path(settings.STAGING_DIR),
        operator=settings.CAPTURE_OPERATOR,
    )

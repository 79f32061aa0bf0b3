"""Checks of the settings, which `manage.py check --deploy` and every other command run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.core import checks

A_NAME = "Give it a name of its own, such as https://snap.example.net, or leave it empty."
_PORTS = {"http": 80, "https": 443}


@checks.register(checks.Tags.security)
def replay_host_is_another(**_options: Any) -> list[checks.CheckMessage]:
    """Whatever is archived would be of the site's own origin otherwise, with all its rights."""
    site, replay = _hosts()
    if not replay.hostname or _origin(site) != _origin(replay):
        return []
    return [
        checks.Error(
            "SNAPSHOT_HOST is the address of the site itself (PUBLIC_URL). Archived pages would "
            "be shown with the site's own rights.",
            hint=A_NAME,
            id="corroborate.E001",
        )
    ]


@checks.register(checks.Tags.security, deploy=True)
def replay_host_is_apart(**_options: Any) -> list[checks.CheckMessage]:
    """What servers need beyond another port."""
    site, replay = _hosts()
    return list(_faults(site, replay)) if replay.hostname else []


def _faults(site: SplitResult, replay: SplitResult) -> Iterator[checks.CheckMessage]:
    if replay.hostname == site.hostname and _origin(site) != _origin(replay):
        yield checks.Error(
            "SNAPSHOT_HOST has the same name as PUBLIC_URL and differs by its port only. Browsers "
            "send cookies to every port of a name.",
            hint=A_NAME,
            id="corroborate.E002",
        )
    elif replay.hostname in settings.ALLOWED_HOSTS:
        yield checks.Error(
            "The name of SNAPSHOT_HOST is in ALLOWED_HOSTS, so the site would answer to it too.",
            hint=f"Take {replay.hostname} out of ALLOWED_HOSTS.",
            id="corroborate.E003",
        )
    if site.scheme == "https" and replay.scheme != "https":
        yield checks.Error(
            "SNAPSHOT_HOST is http:// and PUBLIC_URL https://. Browsers show no such frame.",
            hint="Serve SNAPSHOT_HOST with a certificate, and write it with https://.",
            id="corroborate.E004",
        )


def _hosts() -> tuple[SplitResult, SplitResult]:
    return urlsplit(settings.PUBLIC_URL), urlsplit(settings.SNAPSHOT_HOST)


def _origin(parts: SplitResult) -> tuple[str | None, int | None]:
    return parts.hostname, parts.port or _PORTS.get(parts.scheme)

"""The entry point of SNAPSHOT_HOST, the host that replays archived pages and does nothing else.

An application of its own instead of a branch in the main one: what is not loaded here cannot be
reached from here by a mistake in a branch. Run it as `gunicorn config.replay:application`.
"""

from __future__ import annotations

import os
from typing import Any, cast

import django
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler

from core.collector import leave_what_is_loaded
from core.replay_gate import GetResponse, ReplayGate
from verification.replay_addresses import main_origins

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


class ReplayHandler(WSGIHandler):
    """Django's handler with the gate as its only middleware, and addresses of its own."""

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - Django's signature
        # None of these are here; Django's handler looks for the lists.
        self._view_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        get_response = self._get_response  # type: ignore[attr-defined]  # missing in the stubs
        inner = cast("GetResponse", convert_exception_to_response(get_response))
        gate = ReplayGate(inner, urlconf="config.replay_urls", policy=policy)
        self._middleware_chain = convert_exception_to_response(gate)


def policy() -> str:
    """What a replayed page may do in a browser: be looked at, inside a page of the main host."""
    return (
        "sandbox; default-src 'none'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
        "font-src 'self' data:; media-src 'self'; form-action 'none'; base-uri 'none'; "
        f"frame-ancestors {main_origins()}"
    )


django.setup(set_prefix=False)
application = ReplayHandler()
leave_what_is_loaded()

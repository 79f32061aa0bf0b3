"""Where an action came from: a web request, the API, a background job or a command."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Origin:
    kind: str  # "web", "api" or "system"
    request_id: uuid.UUID | None


_SYSTEM = Origin("system", None)
_current: ContextVar[Origin] = ContextVar("origin", default=_SYSTEM)


def current() -> Origin:
    return _current.get()


@contextmanager
def of(kind: str, request_id: uuid.UUID) -> Iterator[None]:
    token = _current.set(Origin(kind, request_id))
    try:
        yield
    finally:
        _current.reset(token)

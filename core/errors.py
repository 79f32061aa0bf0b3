"""What a service may raise. The message is shown to people: what happened and what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class DomainError(Exception):
    """Base of every refusal. `code` is stable for programs, `details` holds plain JSON values."""

    status = 400
    code = "refused"

    def __init__(self, message: str, *, code: str = "", **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.details: Mapping[str, Any] = details


class Invalid(DomainError):
    """The input has the right shape and the wrong meaning."""

    status = 422
    code = "invalid"


class NotAllowed(DomainError):
    """This person may not do this."""

    status = 403
    code = "not_allowed"


class Missing(DomainError):
    """There is no such thing, or not for this person; strangers cannot tell which."""

    status = 404
    code = "missing"


class Conflict(DomainError):
    """The state does not permit it, or somebody else was faster."""

    status = 409
    code = "conflict"


class TooMany(DomainError):
    """More was asked for than this installation does for one person; `wait` is in seconds."""

    status = 429
    code = "too_many"
    wait = 60


class Upstream(DomainError):
    """Another system did not do its part."""

    status = 502
    code = "upstream"

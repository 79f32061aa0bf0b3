from __future__ import annotations

from audit.models.checkpoint import Checkpoint, TimestampToken, TokenKind, TokenState
from audit.models.event import CHAIN_LOCK, AuditEvent

__all__ = [
    "CHAIN_LOCK",
    "AuditEvent",
    "Checkpoint",
    "TimestampToken",
    "TokenKind",
    "TokenState",
]

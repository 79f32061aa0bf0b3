from __future__ import annotations

from verification.models.assessment import Assessment
from verification.models.calibration import (
    AuditClosing,
    AuditEntry,
    AuditRound,
    Forecast,
    ForecastBasis,
)
from verification.models.guard import GuardedClaim
from verification.models.notification import Notification, NotificationKind
from verification.models.status import Correction, StatusEvent, StatusProposal

__all__ = [
    "Assessment",
    "AuditClosing",
    "AuditEntry",
    "AuditRound",
    "Correction",
    "Forecast",
    "ForecastBasis",
    "GuardedClaim",
    "Notification",
    "NotificationKind",
    "StatusEvent",
    "StatusProposal",
]

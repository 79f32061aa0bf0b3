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
from verification.models.joint_fit import JointFit
from verification.models.learning import (
    Credibility,
    RecordChange,
    SettledReport,
    Slice,
)
from verification.models.notification import Notification, NotificationKind
from verification.models.scoring_model import ModelState, ScoringModel
from verification.models.status import Correction, StatusEvent, StatusProposal

__all__ = [
    "Assessment",
    "AuditClosing",
    "AuditEntry",
    "AuditRound",
    "Correction",
    "Credibility",
    "Forecast",
    "ForecastBasis",
    "GuardedClaim",
    "JointFit",
    "ModelState",
    "Notification",
    "NotificationKind",
    "RecordChange",
    "ScoringModel",
    "SettledReport",
    "Slice",
    "StatusEvent",
    "StatusProposal",
]

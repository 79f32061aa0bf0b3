"""Names of the vocabularies in the API's document."""

from __future__ import annotations

from claims.vocabulary import ClaimKind, Status
from core.columns import choices

STATUSES = choices(Status)
KINDS = choices(ClaimKind)

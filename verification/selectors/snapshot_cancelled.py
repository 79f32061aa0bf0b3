"""Why a capture was cancelled, by whom and when, for everybody who looks for the copy."""

from __future__ import annotations

from django.utils.formats import date_format

from audit.selectors import history
from sources.capture.outcomes import BARRED
from sources.explanations import error_in_words
from sources.models import Snapshot

TAG = "sources:snapshot:cancelled"


def cancelled_in_words(snapshot: Snapshot) -> str:
    """Reason, author and time; what the record does not say is left out. One query."""
    line = history("sources.snapshot", snapshot.number).filter(tag=TAG).first()
    reason = (line.reason if line else "") or _reason(snapshot)
    words = ["The capture was cancelled.", reason]
    if line is not None:
        who = "the software itself" if line.actor_id is None else "a person at the desk"
        words.append(f"Cancelled by {who} on {date_format(line.at, 'j M Y, H:i')} UTC.")
    return " ".join(word for word in words if word)


def _reason(snapshot: Snapshot) -> str:
    """The words about robots.txt are our own and name the host; others are for the log."""
    if snapshot.error in BARRED and snapshot.error_detail:
        return snapshot.error_detail
    return error_in_words(snapshot.error) if snapshot.error else ""

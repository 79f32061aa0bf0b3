"""What an editor says when a proposal goes back to its proposer. Pure."""

from __future__ import annotations

from core.terms import Term

MIN_NOTE = 20


class SendBackCode(Term):
    ANOTHER_SOURCE = "another_source", "Needs another source"
    OTHER_SIDE = "other_side", "Needs a source from the other side"
    ARCHIVE_MISSING = "archive_missing", "An archived copy is missing"
    WORDING = "wording", "Wording"
    FINDING = "finding", "The finding does not follow"
    OTHER = "other", "Other"

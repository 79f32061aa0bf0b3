"""Conditions on what a person must write or set before a status changes."""

from __future__ import annotations

from datetime import datetime

from verification.conditions.facts import Check, ClaimFacts, Condition, ReasonCode
from verification.conditions.phrases import absent, present

MIN_REASON = 20
MIN_OVERRIDE_REASON = 80
MAX_FINDING = 240


def written_length(text: str) -> int:
    """Count characters; a run of white space counts as one, at the ends as none."""
    return len(" ".join(text.split()))


def document_or_claimant(facts: ClaimFacts) -> Check:
    return present(
        "document_or_claimant",
        "A document or a claimant",
        found="there is one" if facts.has_document_or_claimant else "",
        needs="add a document, or say who claims it",
    )


def reason_written(facts: ClaimFacts) -> Check:
    return _long_enough("reason_written", facts.reason, MIN_REASON)


def override_reason_written(facts: ClaimFacts) -> Check:
    return _long_enough("override_reason_written", facts.reason, MIN_OVERRIDE_REASON)


def _long_enough(code: str, reason: str, least: int) -> Check:
    length = written_length(reason)
    return present(
        code,
        f"A reason of {least} characters or more",
        found=f"{length} characters" if length >= least else "",
        needs=f"say in a sentence what changed: {least} characters or more, now {length}",
    )


def reason_code_among(codes: frozenset[ReasonCode]) -> Condition:
    """Make the condition that the reason is one of CODES."""
    choices = "; ".join(code.label for code in ReasonCode if code in codes)

    def reason_code_fits(facts: ClaimFacts) -> Check:
        given = facts.reason_code
        return present(
            "reason_code_fits",
            "A kind of reason that fits this change",
            found=given.label if given in codes else "",
            needs=f"choose one of: {choices}",
        )

    return reason_code_fits


def finding_written(facts: ClaimFacts) -> Check:
    length = written_length(facts.finding)
    blocking = "" if length else "write the finding in one sentence"
    if length > MAX_FINDING:
        blocking = f"the finding is {length - MAX_FINDING} characters too long"
    label = f"A finding of at most {MAX_FINDING} characters"
    return absent("finding_written", label, blocking=blocking, otherwise="written")


def would_change_it_written(facts: ClaimFacts) -> Check:
    return present(
        "would_change_it_written",
        "What would change this finding",
        found="written" if written_length(facts.would_change_it) else "",
        needs="write what would change this finding",
    )


def tried_written(facts: ClaimFacts) -> Check:
    return present(
        "tried_written",
        "What was tried",
        found="written" if written_length(facts.tried) else "",
        needs="write what was tried",
    )


def review_date_set(facts: ClaimFacts) -> Check:
    return present(
        "review_date_set",
        "A date to look at it again",
        found=_day(facts.review_due_at),
        needs="set a date to look at it again",
    )


def end_set(facts: ClaimFacts) -> Check:
    return present(
        "end_set",
        "The time when it ended",
        found=_day(facts.time_to),
        needs="set the time when it ended",
    )


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else ""

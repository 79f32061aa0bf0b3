"""What a sealed snapshot is good for. Pure."""

from __future__ import annotations

from sources.capture.outcomes import Outcome

# A sealed error page is a true record of an error; it is no copy of the cited document.
HOLDS_THE_DOCUMENT = frozenset(
    {Outcome.OK, Outcome.TRUNCATED, Outcome.REDIRECTED_OFFSITE, Outcome.TLS_UNTRUSTED}
)


def holds_the_document(outcome: str) -> bool:
    return outcome in {str(known) for known in HOLDS_THE_DOCUMENT}

"""What a capture came to, said from its facts: who answered what, when, at how many attempts. Pure.

The words are for readers and say nothing of our network. `explanations` has the words of codes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sources.capture.outcomes import Outcome
from sources.explanations import error_in_words, outcome_in_words
from sources.flags import Flag

_BY_STATUS: Mapping[int, str] = {
    401: "The page asks for a login.",
    402: "The page asks for payment.",
    403: "The site refuses us (403).",
    407: "The page asks for a login.",
    408: "The site says that we were too slow (408).",
    429: "The site says that we ask too often (429).",
    451: "The page is blocked for legal reasons where we are (451).",
}
_OWN_TROUBLE = range(500, 600)
_INVENTED = 600
_FLAGS: Mapping[Flag, str] = {
    Flag.BOT_WALL: "The site seems to have shown a check for robots, not the page.",
    Flag.LOGIN_WALL: "The address leads to a login; this is what is shown without one.",
    Flag.CONSENT_WALL: "The site seems to have asked for consent instead of showing the page.",
    Flag.PAYWALL: "The page is for subscribers; a part of it may be missing.",
    Flag.SOFT_404: "This looks like a page that says “not found”, though the site calls it a page.",
    Flag.REDIRECTED: "The address now leads to another site; this is what it shows.",
    Flag.TLS_UNTRUSTED: "The site’s certificate could not be trusted when this was captured.",
    Flag.DECODE_ERROR: "A part of the page was packed so that it cannot be read.",
    Flag.TYPE_MISMATCH: "The site says that this is another kind of file than it is.",
    Flag.POLYGLOT: "The file is two kinds of file at once. It is offered as a download only.",
    Flag.DIGEST_MISMATCH: "The file that this comes from states another hash for it: it was "
    "changed or damaged before we got it.",
    Flag.CLOCK_SKEW: "The clock of the machine that captured this was wrong. "
    "The times here are those of the database.",
    Flag.NOARCHIVE: "The page asks robots to show no copies of it.",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """The facts of a capture that has ended; `since`: when the same answer was first recorded."""

    outcome: str = ""
    error: str = ""
    status: int | None = None
    attempts: int = 1
    since: datetime | None = None
    flags: tuple[str, ...] = ()


def result_in_words(came: Came) -> str:
    """Sentences on what came, or nothing for a page that came whole and plainly."""
    said = [_said(came), *flags_in_words(came.flags)]
    return " ".join(dict.fromkeys(words for words in said if words))


def flags_in_words(flags: Iterable[str]) -> list[str]:
    """A sentence for each flag that has one, in the order of the vocabulary."""
    known = set(flags)
    return [words for flag, words in _FLAGS.items() if flag in known]


def _said(came: Came) -> str:
    if came.outcome == Outcome.GONE:
        return f"The page is gone: the site answers {came.status or 404}{_since(came)}."
    if came.outcome == Outcome.HTTP_ERROR and came.status:
        return _by_status(came.status)
    if came.outcome == Outcome.UNREACHABLE:
        return _unreachable(came)
    if came.outcome:
        return outcome_in_words(came.outcome)
    return error_in_words(came.error) if came.error else ""


def _since(came: Came) -> str:
    if came.since is None:
        return ""
    at = came.since.astimezone(UTC)
    return f" since {at.day} {at:%b %Y}"


def _by_status(status: int) -> str:
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if status in _OWN_TROUBLE:
        return f"The site has trouble of its own ({status}); this is a copy of its error page."
    if status >= _INVENTED:
        return f"The site refuses us ({status})."
    return f"The site answered with an error page ({status}); this is a copy of that page."


def _unreachable(came: Came) -> str:
    times = "1 attempt" if came.attempts == 1 else f"{came.attempts} attempts"
    return f"Unreachable at {times}. {error_in_words(came.error)}"

"""What came of a capture, in words for readers. Pure; says nothing of our network."""

from __future__ import annotations

from collections.abc import Mapping

from sources.capture.outcomes import ErrorCode, Outcome

OUTCOMES: Mapping[Outcome, str] = {
    Outcome.OK: "",
    Outcome.HTTP_ERROR: "The site answered with an error page; this is a copy of that page.",
    Outcome.GONE: "The site said that the page is gone; this is a copy of that answer.",
    Outcome.TRUNCATED: "The page did not arrive whole; its end is missing.",
    Outcome.TOO_LARGE: "The page was too large to keep; only its head is here.",
    Outcome.REDIRECTED_OFFSITE: "The address now leads to another site; this is what it shows.",
    Outcome.BOTWALL_SUSPECTED: "The site seems to have shown a check for robots, not the page.",
    Outcome.EMPTY: "The site answered with an empty page.",
    Outcome.TLS_UNTRUSTED: "The site’s certificate could not be trusted when this was captured.",
    Outcome.NOT_MODIFIED_ERROR: "The site sent no page, only word that it had not changed.",
    Outcome.UNREACHABLE: "The site could not be reached; this records that we tried.",
    Outcome.PROTOCOL_ERROR: "The site’s answer could not be understood; this records what came.",
    Outcome.REDIRECT_LOOP: "The address leads on without end; this records where it led.",
}

ERRORS: Mapping[ErrorCode, str] = {
    ErrorCode.REFUSED_BY_POLICY: "We don’t fetch addresses of this kind.",
    ErrorCode.DNS_NOT_FOUND: "There is no site of this name.",
    ErrorCode.DNS_FAILED: "The name of the site could not be looked up.",
    ErrorCode.DNS_TIMEOUT: "The name of the site could not be looked up in time.",
    ErrorCode.CONNECT_REFUSED: "The site did not accept a connection.",
    ErrorCode.CONNECT_TIMEOUT: "The site did not answer in time.",
    ErrorCode.CONNECT_FAILED: "The site could not be reached.",
    ErrorCode.CONNECTION_RESET: "The site broke off the connection.",
    ErrorCode.CONNECTION_CLOSED: "The site closed the connection before the page was whole.",
    ErrorCode.TLS_FAILED: "No secure connection to the site could be made.",
    ErrorCode.TLS_TIMEOUT: "No secure connection to the site could be made in time.",
    ErrorCode.FIRST_BYTE_TIMEOUT: "The site accepted the request and sent nothing.",
    ErrorCode.HEADER_TIMEOUT: "The site took too long to begin its answer.",
    ErrorCode.HEADERS_TOO_LARGE: "The site’s answer began with more than we accept.",
    ErrorCode.TOTAL_TIMEOUT: "The page took too long to arrive.",
    ErrorCode.PROTOCOL_ERROR: "The site’s answer could not be understood.",
    ErrorCode.REDIRECT_LOOP: "The address leads in a circle.",
    ErrorCode.TOO_MANY_REDIRECTS: "The address leads on too many times.",
    ErrorCode.ROBOTS_DISALLOWED: "The site asks robots to leave this page alone.",
    ErrorCode.ROBOTS_UNAVAILABLE: "The site could not say what robots may read.",
    ErrorCode.HOST_PAUSED: "The site asked for a pause, or did not answer lately.",
    ErrorCode.HOST_BUSY: "As many captures of this site as may run at once are running.",
    ErrorCode.STORE_FAILED: "The copy could not be stored.",
    ErrorCode.LEASE_LOST: "The capture was interrupted.",
    ErrorCode.INTERNAL: "Something went wrong on our side.",
}

STEPS: Mapping[str, str] = {
    "fetching": "fetching the page",
    "staged": "reading what came",
    "sealing": "sealing the copy",
}


def outcome_in_words(outcome: str) -> str:
    return next((words for known, words in OUTCOMES.items() if known == outcome), "")


def error_in_words(error: str) -> str:
    found = (words for known, words in ERRORS.items() if known == error)
    return next(found, "The page could not be captured.")


def step_in_words(step: str) -> str:
    return STEPS.get(step, "capturing the page")

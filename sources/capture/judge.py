"""What a trail came to, decided from the trail alone."""

from __future__ import annotations

import re

from sources.capture.fetch import Trail
from sources.capture.hop import Hop
from sources.capture.http1 import Head
from sources.capture.outcomes import ErrorCode, Outcome, Truncation
from sources.urlnorm import registrable_domain

_GONE = frozenset({404, 410})
_NOT_MODIFIED = 304
_PARTIAL = 206
_REFUSING = frozenset({401, 403, 429, 503})
_FIRST_ERROR = 400
_WALL_TITLE = re.compile(
    rb"<title[^>]*>\s*(?:just a moment|attention required|access (?:to this page has been )?denied"
    rb"|verify(?:ing)? (?:that )?you are (?:a )?human|are you a robot|robot check"
    rb"|checking your browser|pardon our interruption|security check)",
    re.IGNORECASE,
)
_WALL_MARK = re.compile(rb"captcha|cf-chl-|challenge-platform|datadome|px-block", re.IGNORECASE)
_NOT_UNDERSTOOD = frozenset({ErrorCode.PROTOCOL_ERROR, ErrorCode.HEADERS_TOO_LARGE})
_ASTRAY = frozenset({ErrorCode.REDIRECT_LOOP, ErrorCode.TOO_MANY_REDIRECTS})


def outcome_of(trail: Trail) -> Outcome:
    """Name what a trail came to; that nothing came is an outcome too."""
    if trail.error in _NOT_UNDERSTOOD:
        return Outcome.PROTOCOL_ERROR
    if trail.error in _ASTRAY:
        return Outcome.REDIRECT_LOOP
    return Outcome.UNREACHABLE if trail.error else _of_response(trail)


def _of_response(trail: Trail) -> Outcome:
    """Judge a trail that ended in a response; what the server says comes first."""
    hop = trail.final
    if hop.head is None:
        raise ValueError("The trail has no final response.")
    return _by_status(hop, hop.head) or _by_body(hop) or _by_way(trail)


def _by_status(hop: Hop, head: Head) -> Outcome | None:
    if head.status in _GONE:
        return Outcome.GONE
    if head.status == _NOT_MODIFIED:
        return Outcome.NOT_MODIFIED_ERROR
    if is_wall(head, hop.opening):
        return Outcome.BOTWALL_SUSPECTED
    is_success = 200 <= head.status < 300  # noqa: PLR2004 - the class of status codes
    return None if is_success else Outcome.HTTP_ERROR


def _by_body(hop: Hop) -> Outcome | None:
    if not hop.payload_bytes:
        return Outcome.EMPTY
    if hop.truncated == Truncation.LENGTH or hop.decode_error == "decoded_too_large":
        return Outcome.TOO_LARGE
    is_part = hop.truncated is not None or hop.status == _PARTIAL
    return Outcome.TRUNCATED if is_part else None


def _by_way(trail: Trail) -> Outcome:
    if any(hop.tls and not hop.tls.is_trusted for hop in trail.hops):
        return Outcome.TLS_UNTRUSTED
    asked, came = registrable_domain(trail.requested.host), registrable_domain(trail.final.host)
    return Outcome.OK if asked == came else Outcome.REDIRECTED_OFFSITE


def is_wall(head: Head, opening: bytes) -> bool:
    """Say whether this looks like a page that keeps robots out instead of the page itself."""
    if head.value("cf-mitigated") == "challenge":
        return True
    if head.status in _REFUSING:
        return bool(_WALL_TITLE.search(opening) or _WALL_MARK.search(opening))
    return head.status < _FIRST_ERROR and bool(_WALL_TITLE.search(opening))

"""The closed vocabulary of what a capture can come to, and which failures pass by themselves."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """What a sealed snapshot shows. A sealed error page is a successful capture of a failure."""

    OK = "ok"
    HTTP_ERROR = "http_error"
    GONE = "gone"
    TRUNCATED = "truncated"
    TOO_LARGE = "too_large"
    REDIRECTED_OFFSITE = "redirected_offsite"
    BOTWALL_SUSPECTED = "botwall_suspected"
    EMPTY = "empty"
    TLS_UNTRUSTED = "tls_untrusted"
    NOT_MODIFIED_ERROR = "not_modified_error"
    UNREACHABLE = "unreachable"
    PROTOCOL_ERROR = "protocol_error"
    REDIRECT_LOOP = "redirect_loop"


class ErrorCode(StrEnum):
    """Why nothing could be sealed, or what was wrong with one hop."""

    REFUSED_BY_POLICY = "refused_by_policy"
    DNS_NOT_FOUND = "dns_not_found"
    DNS_FAILED = "dns_failed"
    DNS_TIMEOUT = "dns_timeout"
    CONNECT_REFUSED = "connect_refused"
    CONNECT_TIMEOUT = "connect_timeout"
    CONNECT_FAILED = "connect_failed"
    CONNECTION_RESET = "connection_reset"
    CONNECTION_CLOSED = "connection_closed"
    TLS_FAILED = "tls_failed"
    TLS_TIMEOUT = "tls_timeout"
    FIRST_BYTE_TIMEOUT = "first_byte_timeout"
    HEADER_TIMEOUT = "header_timeout"
    HEADERS_TOO_LARGE = "headers_too_large"
    TOTAL_TIMEOUT = "total_timeout"
    PROTOCOL_ERROR = "protocol_error"
    REDIRECT_LOOP = "redirect_loop"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    ROBOTS_DISALLOWED = "robots_disallowed"
    ROBOTS_UNAVAILABLE = "robots_unavailable"
    HOST_PAUSED = "host_paused"
    HOST_BUSY = "host_busy"
    STORE_FAILED = "store_failed"
    LEASE_LOST = "lease_lost"
    INTERNAL = "internal_error"


TRANSIENT = frozenset(
    {
        ErrorCode.DNS_FAILED,
        ErrorCode.DNS_TIMEOUT,
        ErrorCode.CONNECT_REFUSED,
        ErrorCode.CONNECT_TIMEOUT,
        ErrorCode.CONNECT_FAILED,
        ErrorCode.CONNECTION_RESET,
        ErrorCode.CONNECTION_CLOSED,
        ErrorCode.TLS_TIMEOUT,
        ErrorCode.FIRST_BYTE_TIMEOUT,
        ErrorCode.HEADER_TIMEOUT,
        ErrorCode.TOTAL_TIMEOUT,
        ErrorCode.STORE_FAILED,
        ErrorCode.INTERNAL,
    }
)
# Not to be followed, whatever comes.
BARRED = frozenset({ErrorCode.ROBOTS_DISALLOWED, ErrorCode.ROBOTS_UNAVAILABLE})
TRANSIENT_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})


class Truncation(StrEnum):
    """Why a body is not whole, in the words of WARC-Truncated."""

    LENGTH = "length"
    TIME = "time"
    DISCONNECT = "disconnect"
    UNSPECIFIED = "unspecified"


class FetchFailed(Exception):
    """One hop came to nothing: a stable code and words for the log and the reader."""

    def __init__(self, code: ErrorCode, words: str) -> None:
        super().__init__(words)
        self.code = code
        self.words = words


class NotNow(FetchFailed):
    """The host may not be asked yet; nothing was. Ask again after so many SECONDS."""

    def __init__(self, code: ErrorCode, words: str, *, seconds: float) -> None:
        super().__init__(code, words)
        self.seconds = seconds

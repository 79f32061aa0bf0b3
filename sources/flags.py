"""What a reader should know of a copy beside its outcome: short codes. Pure.

A flag accuses nobody: `soft_404` says that a page answered "200 OK" and looks like an error page.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Flag(StrEnum):
    """Codes of Snapshot.flags that are decided from the capture itself."""

    BOT_WALL = "bot_wall"
    LOGIN_WALL = "login_wall"
    CONSENT_WALL = "consent_wall"
    PAYWALL = "paywall"
    SOFT_404 = "soft_404"
    REDIRECTED = "redirected"
    TLS_UNTRUSTED = "tls_untrusted"
    DECODE_ERROR = "decode_error"
    TYPE_MISMATCH = "type_mismatch"
    POLYGLOT = "polyglot"
    CLOCK_SKEW = "clock_skew"
    NOARCHIVE = "noarchive"
    DIGEST_MISMATCH = "digest_mismatch"  # of a file that somebody gave us


# With one of these, what is there instead of the page says nothing of the page.
INSTEAD_OF_THE_PAGE = frozenset(
    {Flag.BOT_WALL, Flag.LOGIN_WALL, Flag.CONSENT_WALL, Flag.PAYWALL, Flag.SOFT_404}
)


def stands_for_the_page(flags: Iterable[str]) -> bool:
    """Whether a copy with FLAGS may be compared with others: no wall and no soft 404 is one."""
    return not {str(flag) for flag in INSTEAD_OF_THE_PAGE} & set(flags)

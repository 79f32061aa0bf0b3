"""How gently a host is asked: by which name it is known, and when it wants to be left alone. Pure.

A host is known by what stands in the Host header: its name, with the port unless that is the
usual one of the scheme.
"""

from __future__ import annotations

import ipaddress
from datetime import datetime, timedelta
from functools import lru_cache

from sources.capture.guard import Address, Refused, read_address
from sources.capture.hop import Hop
from sources.capture.outcomes import ErrorCode
from sources.capture.retry import LONGEST, SHORTEST, asked_delay
from sources.urlnorm import registrable_domain

MOST_CHARACTERS = 255
_TOO_MANY, _AWAY = 429, 503
_PATIENCE = 3
_FIRST_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(hours=1)
_SILENT = frozenset(
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
    }
)


def host_key(address: Address) -> str:
    """The name under which the host of ADDRESS is known; the last characters, if it is too long."""
    return address.authority[-MOST_CHARACTERS:]


def host_of(text: str) -> str:
    """The name of the host of an address as text; empty for what cannot be read."""
    try:
        return host_key(read_address(text))
    except Refused:
        return ""


@lru_cache(maxsize=1024)  # many captures of one host, one after the other
def network_of(ip: str) -> str:
    """The network that an address is counted with; empty for this machine's own loopback."""
    address = ipaddress.ip_address(ip)
    address = getattr(address, "ipv4_mapped", None) or address
    if address.is_loopback:
        return ""
    width = 24 if address.version == 4 else 56  # noqa: PLR2004 - IP version
    return str(ipaddress.ip_network((address, width), strict=False))


def hosts_meant(asked: Address, hop: Hop) -> set[str]:
    """Whom the answer of HOP is about: who gave it, and who was ASKED if that is the same site.

    A redirect must not let one site stop the captures of another.
    """
    if not hop.host:
        return set()
    is_one_site = registrable_domain(asked.host) == registrable_domain(hop.host)
    return {host_of(hop.url), host_key(asked)} if is_one_site else {host_of(hop.url)}


def pause_asked(hop: Hop, now: datetime) -> timedelta | None:
    """How long a busy host asks to be left alone: Retry-After, between a second and a day."""
    if hop.head is None or hop.head.status not in {_TOO_MANY, _AWAY}:
        return None
    asked = asked_delay(hop.head.value("retry-after"), now)
    return None if asked is None else min(max(asked, SHORTEST), LONGEST)


def is_silent(hop: Hop) -> bool:
    """Say whether the host did not answer at all."""
    return hop.error in _SILENT


def pause_after_silence(streak: int) -> timedelta:
    """How long to leave a host alone that did not answer STREAK times in a row.

    Nothing for the first two, so that one page's trouble stops no other; then 30 s, twice as long
    with each further time, at most an hour.
    """
    if streak < _PATIENCE:
        return timedelta(0)
    doublings = min(streak - _PATIENCE, 16)
    return min(_FIRST_PAUSE * (1 << doublings), _LONGEST_PAUSE)

"""robots.txt as RFC 9309 has it: what a site asks robots to leave alone. Pure, but for the fetch.

Python's own urllib.robotparser knows neither the wildcards nor the longest match of the standard,
and stops on some hostile lines, so the few rules are read here. Whatever a site sends is read as
text of at most 512 KiB; what is no rule says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import quote

from sources.capture.archived import pieces_of
from sources.capture.fetch import Fetcher, Trail
from sources.capture.guard import Address
from sources.capture.hop import Hop
from sources.capture.http1 import Feed
from sources.capture.limits import KIB, MIB, Limits
from sources.capture.outcomes import ErrorCode, Truncation
from sources.capture.spool import opened

PRODUCT = "corroborate"
PATH = "/robots.txt"
MOST_BYTES = 512 * KIB
ROBOTS_LIMITS = Limits(
    connect_seconds=5.0,
    tls_seconds=5.0,
    first_byte_seconds=5.0,
    header_seconds=5.0,
    hop_seconds=8.0,
    total_seconds=12.0,
    redirects=5,
    body_bytes=MOST_BYTES,
    media_bytes=MOST_BYTES,
    decoded_bytes=MIB,
)
_TOO_MANY = 429
_ANY = "*"
_LINE_END = re.compile(r"\r\n|\r|\n")
_TOKEN = re.compile(r"[a-z_-]+|\*")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
_ASCII = "".join(chr(code) for code in range(0x21, 0x7F))


@dataclass(frozen=True, slots=True)
class RobotsFile:
    """robots.txt as it was answered; `error` is a code that says why it could not be read."""

    text: str = ""
    status: int | None = None
    error: str = ""

    @property
    def says_something(self) -> bool:
        """Whether its silence on a page means that the page is allowed."""
        status = self.status or 0
        return 200 <= status < 300 or (400 <= status < 500 and status != _TOO_MANY)  # noqa: PLR2004 - classes of status codes


@dataclass(frozen=True, slots=True)
class Rule:
    pattern: str
    is_allowing: bool


def fetch_robots(fetcher: Fetcher, address: Address) -> RobotsFile:
    """Ask the site of ADDRESS for its robots.txt, through the guard; never raises for the answer.

    FETCHER brings policy and staging folder. An answer in the 400s says that there is no such
    file, so everything is allowed; 429 and the 500s say nothing, and are errors here.
    """
    quick = replace(fetcher, limits=ROBOTS_LIMITS)
    trail = quick.fetch(Address(address.scheme, address.host, address.port, PATH))
    error = _error(trail, trail.final)
    if error:
        return RobotsFile(error=error)
    answer = RobotsFile(_text(trail.final), trail.final.status)
    return answer if answer.says_something else replace(answer, error=f"http_{answer.status}")


def _error(trail: Trail, hop: Hop) -> str:
    if trail.error or hop.status is None:
        return str(trail.error or ErrorCode.PROTOCOL_ERROR)
    is_cut = hop.truncated is not None and hop.truncated != Truncation.LENGTH
    return str(ErrorCode.CONNECTION_CLOSED) if is_cut else ""


def _text(hop: Hop) -> str:
    """The file as text: what is not UTF-8 is left out, and so is a line that was cut."""
    if not hop.head or hop.body is None or hop.head.status >= 300:  # noqa: PLR2004 - first of redirects
        return ""
    with opened(hop.body) as file:
        data = bytearray()
        for piece in pieces_of(Feed(file.read), hop.head, ROBOTS_LIMITS):
            data += piece
            if len(data) >= MOST_BYTES:
                break
    data = data[:MOST_BYTES]
    if len(data) == MOST_BYTES:
        data = data[: max(data.rfind(b"\n"), data.rfind(b"\r")) + 1]
    return data.decode("utf-8", "ignore").replace("\x00", "")


def is_allowed(text: str, target: str) -> bool:
    """Say whether robots.txt TEXT lets us ask for TARGET: path and query, beginning with a slash.

    The longest matching pattern decides; of two equally long ones, the one that allows.
    """
    path = _normal(target)
    longest, answer = -1, True
    for rule in rules_for_us(text):
        length = len(rule.pattern)
        is_stronger = length > longest or (length == longest and rule.is_allowing)
        if is_stronger and _matches(rule.pattern, path):
            longest, answer = length, rule.is_allowing
    return answer or path == PATH


@lru_cache(maxsize=64)
def rules_for_us(text: str) -> tuple[Rule, ...]:
    """The rules of the groups that name our product, or else of those for everybody."""
    named: dict[str, list[Rule]] = {}
    for agents, rules in _groups(text):
        for agent in agents & {PRODUCT, _ANY}:
            named.setdefault(agent, []).extend(rules)
    return tuple(named.get(PRODUCT, named.get(_ANY, [])))


def _groups(text: str) -> Iterator[tuple[set[str], list[Rule]]]:
    agents: set[str] = set()
    rules: list[Rule] = []
    is_open = False  # whether the group takes more agents: until its first rule
    for name, value in _fields(text):
        if name == "user-agent":
            if not is_open:
                yield agents, rules
                agents, rules, is_open = set(), [], True
            agents |= {match[0] for match in [_TOKEN.match(value.lower())] if match}
        elif name in {"allow", "disallow"}:
            is_open = False
            if value:
                rules.append(Rule(_normal(value), name == "allow"))
    yield agents, rules


def _fields(text: str) -> Iterator[tuple[str, str]]:
    for line in _LINE_END.split(text.removeprefix("\ufeff")):
        name, colon, value = line.partition("#")[0].partition(":")
        if colon:
            yield name.strip().lower(), value.strip()


def _normal(path: str) -> str:
    """One spelling for comparison: octets outside ASCII escaped, letters and digits plain."""
    return _ESCAPE.sub(_plain, quote(path, safe=_ASCII, errors="replace"))


def _plain(escape: re.Match[str]) -> str:
    character = chr(int(escape[1], 16))
    return character if character in _UNRESERVED else escape[0].upper()


def _matches(pattern: str, path: str) -> bool:
    """Match with * and a final $, by looking for the pieces in turn, so that none takes long."""
    is_anchored = pattern.endswith("$")
    first, *others = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    if is_anchored and not others:
        return path == first
    at = len(first)
    for piece in others[:-1] if is_anchored else others:
        found = path.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return not is_anchored or path[at:].endswith(others[-1])

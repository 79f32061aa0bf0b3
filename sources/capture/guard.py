"""The address guard: what may be captured, decided before any socket is opened.

An address is parsed once, strictly, by `parse_address`; resolved once, by `resolve_once`, which
refuses the whole name if any answer is denied; connected to the pinned answer only; and the peer
is compared by `check_peer`. Redirects go through `follow` and from there through all of it again.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from urllib.parse import quote, urljoin

import idna

from sources.capture.addresses import denial

MAX_ADDRESS_BYTES = 8192
LOOPBACK = "127.0.0.1"
DEFAULT_PORTS = {"http": 80, "https": 443}
_RESERVED_SUFFIXES = (
    "corp", "home", "home.arpa", "internal", "intranet", "invalid", "lan", "local",
    "localdomain", "localhost", "onion", "private",
)  # fmt: skip
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_LOCALHOST_LABEL = re.compile(r"localhost\d*")
_NUMERIC_LABEL = re.compile(r"\d+|0x[0-9a-f]*")
_PORT = re.compile(r"[1-9][0-9]{0,4}")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_PLAIN = re.compile(r"[!-~]*")  # nothing hidden is among these
_KEPT_IN_TARGET = "%/?:@!$&'()*+,;=~-._[]|^`{}"

Resolver = Callable[[str, float], tuple[str, ...]]


class Refusal(StrEnum):
    TOO_LONG = "address_too_long"
    HIDDEN_CHARACTER = "hidden_character"
    BACKSLASH = "backslash"
    SCHEME = "scheme_not_allowed"
    USERINFO = "userinfo"
    PORT = "port_not_allowed"
    HOST_MALFORMED = "host_malformed"
    HOST_DISGUISED = "host_disguised"
    HOST_LOCAL = "host_local"
    HOST_OWN = "host_own"
    IPV4_SPELLING = "ipv4_not_dotted_quad"
    NETWORK = "network_denied"
    PEER = "peer_differs"


class Refused(Exception):
    """An address that may not be captured: a stable code, and words on what to do next."""

    def __init__(self, code: Refusal, words: str) -> None:
        super().__init__(words)
        self.code = code
        self.words = words


@dataclass(frozen=True, slots=True)
class Policy:
    """What this installation lets captures reach, beyond what is always denied."""

    allowed_ports: frozenset[int] = frozenset({80, 443, 8080, 8443})
    allow_loopback_ports: frozenset[int] = frozenset()
    denied_hosts: frozenset[str] = frozenset()
    denied_addresses: frozenset[str] = frozenset()
    # host:port of services in the operator's own network; captures never have any
    own_services: frozenset[str] = frozenset()

    def is_loopback_allowed(self, host: str, port: int) -> bool:
        return host in {LOOPBACK, "localhost"} and port in self.allow_loopback_ports

    def is_own_service(self, host: str, port: int) -> bool:
        return f"{host}:{port}" in self.own_services


@dataclass(frozen=True, slots=True)
class Address:
    """A parsed address; `url` is its one normal spelling, without a fragment."""

    scheme: str
    host: str
    port: int
    target: str
    url: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "url", f"{self.scheme}://{self.authority}{self.target}")

    @property
    def authority(self) -> str:
        """The value of the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Target:
    """An address with the network addresses that were checked for it, in the order to try."""

    address: Address
    ips: tuple[str, ...]


@lru_cache(maxsize=1024)  # the same one is read when it is claimed, fetched and settled
def read_address(text: str) -> Address:
    """Read one absolute http(s) address strictly, or raise Refused; nothing is repaired.

    This is about spelling only. Whether it may be captured is for `parse_address` to say.
    """
    _refuse_hidden(text)
    scheme, rest = _split_scheme(text)
    authority, target = _split_authority(rest)
    host, port = _split_port(authority, scheme)
    return Address(scheme, _host(host), port, target)


def parse_address(text: str, policy: Policy) -> Address:
    """Read an address that may be captured under POLICY, or raise Refused."""
    address = read_address(text)
    _refuse_host(address, policy)
    _refuse_port(address, policy)
    return address


def follow(base: Address, location: bytes, policy: Policy) -> Address:
    """Resolve a Location header against the address that sent it, and guard the result."""
    text = _decoded(location).strip(" \t")
    _refuse_hidden(text.replace(" ", ""))
    try:
        joined = urljoin(base.url, text.replace(" ", "%20"))
    except ValueError as problem:
        raise Refused(Refusal.HOST_MALFORMED, "The redirect's address cannot be read.") from problem
    return parse_address(joined, policy)


def resolve_once(address: Address, policy: Policy, resolver: Resolver, *, timeout: float) -> Target:
    """Resolve the host once; one denied answer refuses the whole name.

    Raises Refused; lets the resolver's own errors pass.
    """
    if policy.is_loopback_allowed(address.host, address.port):
        return Target(address, (LOOPBACK,))
    literal = _literal(address.host)
    ips = (literal,) if literal else resolver(address.host, timeout)
    if policy.is_own_service(address.host, address.port):
        return Target(address, ips)
    for ip in ips:
        _refuse_ip(ip, address, policy)
    return Target(address, ips)


def check_peer(target: Target, pinned: str, peer: str, policy: Policy) -> None:
    """Raise Refused unless the connected peer is the pinned address."""
    if peer != pinned and ipaddress.ip_address(peer) != ipaddress.ip_address(pinned):
        raise Refused(Refusal.PEER, "The connection reached another machine than the one checked.")
    host, port = target.address.host, target.address.port
    if not (policy.is_loopback_allowed(host, port) or policy.is_own_service(host, port)):
        _refuse_ip(peer, target.address, policy)


def _refuse_hidden(text: str) -> None:
    if len(text.encode("utf-8", "surrogatepass")) > MAX_ADDRESS_BYTES:
        raise Refused(Refusal.TOO_LONG, "The address is longer than 8 kB. Use a shorter one.")
    if "\\" in text:
        raise Refused(Refusal.BACKSLASH, "The address holds a backslash. Write / instead.")
    if not _PLAIN.fullmatch(text) and any(map(_is_hidden, text)):
        raise Refused(
            Refusal.HIDDEN_CHARACTER,
            "The address holds a space or an invisible character. Type it anew.",
        )


def _is_hidden(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}


def _split_scheme(text: str) -> tuple[str, str]:
    match = _SCHEME.match(text)
    scheme = match[1].lower() if match else ""
    rest = text[match.end() :] if match else text
    if scheme not in DEFAULT_PORTS or not rest.startswith("//") or rest.startswith("///"):
        raise Refused(Refusal.SCHEME, "Only addresses with http:// or https:// are kept.")
    return scheme, rest[2:]


def _split_authority(rest: str) -> tuple[str, str]:
    without_fragment = rest.split("#", 1)[0]
    authority = re.split(r"[/?]", without_fragment, maxsplit=1)[0]
    target = quote(without_fragment[len(authority) :], safe=_KEPT_IN_TARGET)
    if "@" in authority:
        raise Refused(Refusal.USERINFO, "The address holds a name or password. Remove it.")
    return authority, target if target.startswith("/") else f"/{target}"


def _split_port(authority: str, scheme: str) -> tuple[str, int]:
    host, colon, port = authority.rpartition(":")
    if not colon or authority.endswith("]"):
        return authority, DEFAULT_PORTS[scheme]
    if not _PORT.fullmatch(port) or int(port) > 65535:  # noqa: PLR2004 - the last port there is
        raise Refused(Refusal.PORT, "The port after the colon is not a plain number.")
    return host, int(port)


def _host(text: str) -> str:
    if text.startswith("[") and text.endswith("]"):
        return _ipv6(text[1:-1])
    if not text.isascii():
        text = _punycode(text)
    host = text.lower()
    if _NUMERIC_LABEL.fullmatch(host.rpartition(".")[2]):
        return _ipv4(host)
    _refuse_malformed(host)
    return host


def _ipv6(text: str) -> str:
    try:
        return str(ipaddress.IPv6Address("%" if "%" in text else text))
    except ValueError as problem:
        raise Refused(Refusal.HOST_MALFORMED, "The IPv6 address cannot be read.") from problem


def _ipv4(host: str) -> str:
    try:
        return str(ipaddress.IPv4Address(host))
    except ValueError as problem:
        raise Refused(
            Refusal.IPV4_SPELLING, "Write the IPv4 address as four decimal numbers, or a name."
        ) from problem


def _punycode(text: str) -> str:
    for label in text.split("."):
        if not label.isascii() and _mapped(label).isascii():
            raise Refused(
                Refusal.HOST_DISGUISED,
                "The host is spelled with characters that only look like plain letters or dots.",
            )
    return ".".join(label if label.isascii() else _encoded(label) for label in text.split("."))


def _mapped(label: str) -> str:
    try:
        return idna.uts46_remap(label, std3_rules=True, transitional=False)
    except (idna.IDNAError, ValueError) as problem:
        raise _malformed() from problem


def _encoded(label: str) -> str:
    mapped = _mapped(label)
    if "." in mapped:
        raise Refused(Refusal.HOST_DISGUISED, "The host hides a dot in a look-alike character.")
    try:
        return idna.encode(mapped, std3_rules=True).decode("ascii")
    except (idna.IDNAError, ValueError) as problem:
        raise _malformed() from problem


def _refuse_malformed(host: str) -> None:
    labels = host.split(".")
    if len(host) > 253 or not all(map(_LABEL.fullmatch, labels)):  # noqa: PLR2004 - RFC 1035
        raise _malformed()
    for label in labels:
        if label.startswith("xn--"):
            _refuse_false_punycode(label)


def _refuse_false_punycode(label: str) -> None:
    try:
        idna.decode(label)
    except (idna.IDNAError, ValueError) as problem:
        raise _malformed() from problem


def _malformed() -> Refused:
    return Refused(Refusal.HOST_MALFORMED, "The host name cannot be read. Check its spelling.")


def _refuse_host(address: Address, policy: Policy) -> None:
    host, port = address.host, address.port
    if policy.is_loopback_allowed(host, port) or policy.is_own_service(host, port):
        return
    if _literal(host):
        _refuse_ip(host, address, policy)
    elif _is_local_name(host):
        raise Refused(Refusal.HOST_LOCAL, "The host is a name inside a local network, not public.")
    elif any(host == own or host.endswith(f".{own}") for own in policy.denied_hosts):
        raise Refused(Refusal.HOST_OWN, "This is one of our own pages. Cite its source instead.")


def _is_local_name(host: str) -> bool:
    labels = host.split(".")
    return (
        len(labels) == 1
        or any(map(_LOCALHOST_LABEL.fullmatch, labels))
        or host.endswith(tuple(f".{suffix}" for suffix in _RESERVED_SUFFIXES))
    )


def _refuse_port(address: Address, policy: Policy) -> None:
    host, port = address.host, address.port
    if port in policy.allowed_ports or policy.is_own_service(host, port):
        return
    if not policy.is_loopback_allowed(host, port):
        raise Refused(Refusal.PORT, f"Port {port} is not one of the web's. Pages are not there.")


def _refuse_ip(ip: str, address: Address, policy: Policy) -> None:
    words = denial(ip) or ("our own address" if ip in policy.denied_addresses else None)
    if words:
        raise Refused(
            Refusal.NETWORK, f"{address.host} leads to an address that is not public ({words})."
        )


def _literal(host: str) -> str | None:
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return None


def _decoded(location: bytes) -> str:
    try:
        return location.decode("utf-8")
    except UnicodeDecodeError:
        return location.decode("latin-1")

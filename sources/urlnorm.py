"""Addresses as identities: one spelling per document, look-up keys, accounts, domains. Pure."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote_to_bytes

import tldextract

from sources.capture.guard import DEFAULT_PORTS, Address, Refused, read_address

_TRACKING = re.compile(
    r"utm_.*|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|twclid|ttclid|igshid|igsh"
    r"|mc_cid|mc_eid|mkt_tok|_hsenc|_hsmi|vero_id|oly_enc_id|oly_anon_id|ref_src|ref_url|_ga|_gl"
)
_TRACKING_BY_DOMAIN = {
    "twitter.com": frozenset({"s", "t"}),
    "x.com": frozenset({"s", "t"}),
    "youtube.com": frozenset({"si", "feature", "pp"}),
    "youtu.be": frozenset({"si", "feature"}),
    "t.me": frozenset({"single"}),
}
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ARCHIVED = {
    "web.archive.org": re.compile(r"/(?:web/(?:[0-9]+[a-z_]*|\*)|web|save(?:/_embed)?)/(.+)"),
    **dict.fromkeys(
        (f"archive.{ending}" for ending in ("fo", "is", "li", "md", "ph", "today", "vn")),
        re.compile(r"/(?:newest|oldest|o/[A-Za-z0-9]+|[0-9][0-9.-]+)/(.+)"),
    ),
}
_WRAPPED_SCHEME = re.compile(r"(https?):/+", re.IGNORECASE)
_MOST_WRAPPINGS = 5
_split_domain = tldextract.TLDExtract(
    cache_dir=None, suffix_list_urls=(), include_psl_private_domains=True
)


class InvalidAddress(ValueError):
    """The text is no http(s) address; the message says what to enter instead."""


@dataclass(frozen=True, slots=True)
class PlatformAccount:
    """An account on a platform, which is a source of its own."""

    platform: str
    account: str


def canonical_address(text: str) -> str:
    """Return the one spelling under which a document is kept; raises InvalidAddress.

    Scheme and host are lower-cased, the host is IDNA, archives are unwrapped, and default port,
    fragment and tracking parameters are removed. The order of the other parameters is kept.
    """
    address = _read(unwrap_archive(text))
    path, _, query = address.target.partition("?")
    kept = _without_tracking(query, registrable_domain(address.host))
    target = _normal_path(path) + (f"?{kept}" if kept else "")
    return Address(address.scheme, address.host, address.port, target).url


def unwrap_archive(text: str) -> str:
    """Return the address that a web archive's address is a copy of, or TEXT itself."""
    for _ in range(_MOST_WRAPPINGS):
        inner = _unwrapped_once(text)
        if inner is None:
            return text
        text = inner
    raise InvalidAddress("The address wraps too many archives. Enter the page's own address.")


def lookup_key(text: str) -> str:
    """Return a SURT key: host reversed, no scheme, no `www`, query sorted, all lower-case.

    Spellings that very probably mean one page share a key; it finds, it does not identify.
    """
    address = _read(canonical_address(text))
    host = re.sub(r"^www\d*\.", "", address.host)
    labels = [host] if _is_literal(host) else host.split(".")[::-1]
    path, _, query = address.target.lower().partition("?")
    parameters = "&".join(sorted(query.split("&"))) if query else ""
    port = "" if address.port == DEFAULT_PORTS[address.scheme] else f":{address.port}"
    return f"{','.join(labels)}{port}){path.rstrip('/') or '/'}" + (
        f"?{parameters}" if parameters else ""
    )


def registrable_domain(host: str) -> str:
    """Return the domain that somebody registered, by the bundled public suffix list alone."""
    if _is_literal(host):
        return host
    return _split_domain(host).top_domain_under_public_suffix or host


def platform_account(text: str) -> PlatformAccount | None:
    """Return the account that an address on a known platform belongs to."""
    address = _read(canonical_address(text))
    host = re.sub(r"^(?:www|m|mobile|web)\.", "", address.host)
    platform, find = _PLATFORMS.get(host, ("", None))
    if find is None:
        return None
    path, _, query = address.target.partition("?")
    account = find([part for part in path.split("/") if part], dict(parse_qsl(query)))
    return PlatformAccount(platform, account) if account else None


def _read(text: str) -> Address:
    try:
        return read_address(text)
    except Refused as refused:
        raise InvalidAddress(refused.words) from refused


def _unwrapped_once(text: str) -> str | None:
    address = _read(text)
    pattern = _ARCHIVED.get(address.host)
    match = pattern.fullmatch(address.target) if pattern else None
    if not match:
        return None
    inner = match[1]
    scheme = _WRAPPED_SCHEME.match(inner)
    if scheme:
        return f"{scheme[1].lower()}://{inner[scheme.end() :]}"
    return f"http://{inner}" if "." in inner.partition("/")[0] else None


def _without_tracking(query: str, domain: str) -> str:
    extra = _TRACKING_BY_DOMAIN.get(domain, frozenset())
    return "&".join(
        parameter
        for parameter in query.split("&")
        if parameter and not _is_tracking(parameter.partition("=")[0].lower(), extra)
    )


def _is_tracking(name: str, extra: frozenset[str]) -> bool:
    return name in extra or _TRACKING.fullmatch(name) is not None


def _normal_path(path: str) -> str:
    """Undo needless escapes and dot segments, as RFC 3986 section 6.2.2 allows."""
    escaped = re.sub(r"%[0-9A-Fa-f]{2}", _normal_escape, path)
    if not re.search(r"/\.{1,2}(?:/|$)", escaped):
        return escaped
    is_folder = escaped.endswith(("/", "/.", "/.."))
    normal = "/" + posixpath.normpath(escaped).lstrip("/")
    return f"{normal}/" if is_folder and normal != "/" else normal


def _normal_escape(match: re.Match[str]) -> str:
    (byte,) = unquote_to_bytes(match[0])
    return chr(byte) if byte in _UNRESERVED else match[0].upper()


def _is_literal(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdigit()


def _telegram(parts: list[str], _query: dict[str, str]) -> str:
    names = parts[1:] if parts[:1] == ["s"] else parts
    name = names[0] if names else ""
    reserved = {"c", "joinchat", "addstickers", "share", "proxy", "iv"}
    return name.lower() if re.fullmatch(r"\w{4,32}", name) and name not in reserved else ""


def _x(parts: list[str], _query: dict[str, str]) -> str:
    name = parts[0].lower().lstrip("@") if parts else ""
    reserved = {"explore", "hashtag", "home", "i", "intent", "search", "settings", "share", "login"}
    return name if re.fullmatch(r"\w{1,15}", name) and name not in reserved else ""


def _facebook(parts: list[str], query: dict[str, str]) -> str:
    name = parts[0].lower() if parts else ""
    if name in {"profile.php", "permalink.php", "story.php"}:
        return query.get("id", "")
    if name in {"pages", "people", "p"}:
        return parts[-1].rpartition("-")[2] if parts[1:] else ""
    reserved = {"events", "groups", "hashtag", "login", "marketplace", "photo", "reel", "share",
                "sharer", "watch"}  # fmt: skip
    return "" if name.removesuffix(".php") in reserved else name


def _youtube(parts: list[str], _query: dict[str, str]) -> str:
    name = parts[0] if parts else ""
    if name.startswith("@"):
        return name.lower()
    if name in {"channel", "c", "user"} and parts[1:]:
        return parts[1] if name == "channel" else parts[1].lower()
    return ""


_PLATFORMS: dict[str, tuple[str, Callable[[list[str], dict[str, str]], str]]] = {
    "t.me": ("telegram", _telegram),
    "telegram.me": ("telegram", _telegram),
    "x.com": ("x", _x),
    "twitter.com": ("x", _x),
    "facebook.com": ("facebook", _facebook),
    "youtube.com": ("youtube", _youtube),
}

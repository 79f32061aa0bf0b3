"""Flags of a trail, decided from the trail alone. Pure; suspicions, never verdicts.

Only the first decoded bytes of the page are looked at (hop.OPENING_BYTES).
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from sources.capture.hop import Hop
from sources.capture.judge import is_wall
from sources.capture.noarchive import asks_not_to_archive
from sources.capture.sniff import HTML, sniffed_type
from sources.flags import Flag
from sources.urlnorm import registrable_domain

_TITLE = re.compile(rb"<(?:title|h1)\b[^>]{0,500}>([^<]{1,300})<", re.IGNORECASE)
_MOST_TITLES = 4
_MISSING = re.compile(
    r"^(?:error\W{0,3})?404\b|\b404\W{0,5}(?:error|not found)|\berror\W{0,3}404\b"
    r"|^(?:file |page |content )?not found\b|\bpage (?:was |could )?not (?:be )?found"
    r"|\bpage (?:you (?:requested|are looking for) )?(?:no longer exists|does ?n.t exist"
    r"|is(?:n.t| no longer| not) available)"
    r"|seite (?:wurde )?nicht gefunden|page (?:introuvable|non trouv)"
    r"|p[aá]gina no encontrada|страница не найдена|sayfa bulunamad"
    r"|الصفحة (?:غير موجودة|المطلوبة غير)|لم يتم العثور على الصفحة"
    r"|ページが見つかりません|페이지를 찾을 수 없",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"^(?:before you continue|bevor .{1,4} (?:zu|fortfahren)|avant d.acc[eé]der)"
    r"|^(?:your|we value your|manage your) privacy(?: choices| settings)?$|^cookie consent$",
    re.IGNORECASE,
)
# Each with letters that few pages have: to look for those first, in lower case, costs a hundredth
# of the pattern, which otherwise would cost more than the rest of a capture.
_PAID = (
    (
        b"isaccessibleforfree",
        rb"[\"']isaccessibleforfree[\"']\s*:\s*[\"']?(?:false|https?://schema\.org/false)",
    ),
    (
        b"article:content_tier",
        rb"[\"']article:content_tier[\"'][^>]{0,40}content=[\"'](?:locked|metered)",
    ),
    (b" reading", rb">\s*(?:subscribe|sign up|log in) to (?:continue|keep) reading"),
    (b"subscribers only", rb"subscribers only\s*<"),
)
_LOGIN_PATH = re.compile(
    r"/(?:log-?in|sign-?in|accounts?/login|i/flow/login|checkpoint)\b", re.IGNORECASE
)
_ACTIVE_MARKUP = re.compile(rb"<(?:html|script|body)[\s>]", re.IGNORECASE)
_SHOWN = ("image/", "video/", "audio/", "application/pdf", "application/zip", HTML)
_ARCHIVE_END = b"PK\x05\x06"
_FIRST_ERROR = 400


def flags_of(hops: tuple[Hop, ...]) -> tuple[Flag, ...]:
    """Return the flags of a trail in the order of the vocabulary; none without a response."""
    final = hops[-1] if hops else None
    if final is None or final.head is None or final.error:
        return ()
    found = _of_the_way(hops) | _of_the_bytes(final)
    if final.head.status < _FIRST_ERROR:
        found |= _of_what_it_says(hops[0], final)
    if is_wall(final.head, final.opening):
        found = (found | {Flag.BOT_WALL}) - {Flag.SOFT_404}
    return tuple(flag for flag in Flag if flag in found)


def _of_the_way(hops: tuple[Hop, ...]) -> set[Flag]:
    asked, came = registrable_domain(hops[0].host), registrable_domain(hops[-1].host)
    untrusted = any(hop.tls and not hop.tls.is_trusted for hop in hops)
    found = {Flag.TLS_UNTRUSTED} if untrusted else set()
    return found | ({Flag.REDIRECTED} if asked != came else set())


def _of_the_bytes(final: Hop) -> set[Flag]:
    declared = final.head.media_type if final.head else ""
    shown = sniffed_type(final.opening, declared) if final.opening else declared
    found = {Flag.DECODE_ERROR} if final.decode_error else set()
    if asks_not_to_archive(final):
        found.add(Flag.NOARCHIVE)
    if shown != declared and shown.startswith(_SHOWN) and _is_shown_otherwise(declared, shown):
        found.add(Flag.TYPE_MISMATCH)
    return found | ({Flag.POLYGLOT} if _is_two_things(final.opening, shown) else set())


def _is_shown_otherwise(declared: str, shown: str) -> bool:
    """An office file is a zip and an XHTML page is HTML; a picture is neither."""
    if shown == "application/zip":
        return declared.startswith(("image/", "text/", "video/", "audio/"))
    is_html = declared in {HTML, "application/xhtml+xml", "application/xml", "text/xml", ""}
    if shown == HTML:
        return not is_html
    is_media = declared.startswith(("image/", "video/", "audio/"))
    same_kind = declared.partition("/")[0] == shown.partition("/")[0] == "image"
    return declared != shown and (is_html or is_media) and bool(declared) and not same_kind


def _is_two_things(opening: bytes, shown: str) -> bool:
    if shown == "application/pdf" or (shown.startswith("image/") and shown != "image/svg+xml"):
        return bool(_ACTIVE_MARKUP.search(opening)) or _ARCHIVE_END in opening
    return shown == HTML and b"%PDF-" in opening[:1024]


def _of_what_it_says(first: Hop, final: Hop) -> set[Flag]:
    opening = final.opening
    lines = [_line(match[1]) for match in _TITLE.finditer(opening)][:_MOST_TITLES]
    found = set()
    if any(_MISSING.search(line) for line in lines) or _went_home(first, final):
        found.add(Flag.SOFT_404)
    host = final.host.partition(".")[0]
    if any(_CONSENT.search(line) for line in lines) or host in {"consent", "guce"}:
        found.add(Flag.CONSENT_WALL)
    lower = opening.lower()
    if any(letters in lower and re.search(pattern, lower) for letters, pattern in _PAID):
        found.add(Flag.PAYWALL)
    if _leads_to_login(first, final):
        found.add(Flag.LOGIN_WALL)
    return found


def _line(text: bytes) -> str:
    return " ".join(text.decode("utf-8", "ignore").split())


def _went_home(first: Hop, final: Hop) -> bool:
    """A page deep in the site that now leads to its front page is likely gone."""
    asked, came = urlsplit(first.url).path, urlsplit(final.url)
    is_deep = asked.strip("/").count("/") >= 1 or bool(re.search(r"\d{4}|-.+-", asked))
    return first is not final and is_deep and came.path in {"", "/"} and not came.query


def _leads_to_login(first: Hop, final: Hop) -> bool:
    came = urlsplit(final.url).path
    asked = urlsplit(first.url).path
    return bool(_LOGIN_PATH.search(came)) and not _LOGIN_PATH.search(asked)

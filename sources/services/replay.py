"""Archived responses as they may be shown: cleaned pages, safe pictures, or files to keep."""

from __future__ import annotations

import re
import threading
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.core.cache import cache

from core.errors import Missing, Upstream
from sources.capture.archived import ArchivedPage, open_response, read_page
from sources.capture.clean import LIMITS, RULES, Cleaned, Kind, clean
from sources.capture.limits import MIB, Limits
from sources.capture.sniff import HTML, PLAIN, sniffed_type
from sources.capture.store import StoreProblem
from sources.capture.warc import MalformedRecord
from sources.models import Snapshot
from sources.selectors.captures import holder_of
from sources.services.installation import object_store

PAGES = frozenset({HTML, "application/xhtml+xml"})
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_FONTS = {b"wOFF": "font/woff", b"wOF2": "font/woff2", b"OTTO": "font/otf", b"\0\1\0\0": "font/ttf"}
_SHEET = "text/css"
# A drawing with a script in it looks like a page to whoever searches it for markup.
_DRAWING = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*|<!--[\s\S]{0,2000}?-->\s*|<!doctype\s+svg[^>]*>\s*)*<svg[\s>]",
    re.IGNORECASE,
)
MOST_SHOWN = LIMITS.input_bytes  # what follows in a page is in its file only
_HOUR, _TEN_MINUTES = 3600, 600
_MOST_KEPT = MIB
# A page may cost seconds of processor time; two of them at once, and the others wait.
_children = threading.BoundedSemaphore(2)


class Look(StrEnum):
    """How an archived response can be looked at."""

    PAGE = "page"
    PLAIN = "plain"
    SHEET = "sheet"
    PICTURE = "picture"
    FONT = "font"
    FILE = "file"


@dataclass(frozen=True)
class Archived:
    """One response of an archived file. `media_type` is what its bytes are, not what they claim."""

    warc_sha256: str
    offset: int
    page: ArchivedPage
    media_type: str
    look: Look


def main_record(snapshot: Snapshot) -> tuple[Snapshot, int]:
    """The snapshot that holds the bytes of SNAPSHOT, and which of its records they are.

    A copy that is the same again has its bytes with an earlier one; a file that somebody gave us
    is no response of a site. Missing: nothing was sent.
    """
    holder = holder_of(snapshot)
    kinds = {"response", "resource"} if holder.given_id else {"response"}
    records = enumerate(holder.warc_records)
    responses = [at for at, record in records if record["type"] in kinds]
    final = [at for at in responses if holder.warc_records[at]["target"] == holder.final_url]
    if not responses:
        raise Missing("The site sent nothing that could be shown.")
    return holder, (final or responses)[-1]


def read_archived(holder: Snapshot, at: int) -> Archived:
    """Record AT of the file of HOLDER. Missing: there is no such response. Upstream: it is lost."""
    record = holder.warc_records[at] if at < len(holder.warc_records) else {}
    if record.get("type") not in {"response", "resource"} or holder.warc is None:
        raise Missing("This copy holds no such part.")
    key, offset = holder.warc.sha256, int(record["offset"])
    try:
        with object_store().open(key) as warc:
            page = read_page(warc, offset, Limits(), at_most=MOST_SHOWN)
    except (MalformedRecord, StoreProblem) as problem:
        raise Upstream("The archive cannot read this copy. We know of it.") from problem
    media_type = _type_of(page)
    return Archived(key, offset, page, media_type, _look(media_type))


def cleaned(archived: Archived, holder: Snapshot) -> Cleaned:
    """A page, text or sheet as it may be shown; kept for an hour under its hash and our rules.

    That a page could not be cleaned is kept too, for ten minutes, so that nobody can ask for the
    work again and again.
    """
    key = f"replay:{RULES}:{archived.warc_sha256}:{archived.offset}"
    kept: Cleaned | None = cache.get(key)
    if kept is not None:
        return kept
    with _children:
        found = clean(archived.page, _kind(archived.look), _records(holder.warc_records))
    if len(found.body) <= _MOST_KEPT:
        cache.set(key, found, _HOUR if found.status == "ok" else _TEN_MINUTES)
    return found


def stream(archived: Archived) -> Iterator[bytes]:
    """The whole body, piece by piece, as it came out of its content coding."""
    with object_store().open(archived.warc_sha256) as warc:
        yield from open_response(warc, archived.offset, Limits()).pieces


def _kind(look: Look) -> Kind:
    return "plain" if look is Look.PLAIN else "sheet" if look is Look.SHEET else "page"


def _is_response(record: Mapping[str, object]) -> bool:
    return record.get("type") == "response"


def _records(records: list[dict[str, object]]) -> dict[str, int]:
    """Addresses of the responses of a file, and their places; the last of two counts."""
    return {str(one["target"]): at for at, one in enumerate(records) if _is_response(one)}


def _type_of(page: ArchivedPage) -> str:
    if _DRAWING.match(page.body[:4096].removeprefix(BOM_UTF8)):
        return "image/svg+xml"
    return _FONTS.get(page.body[:4]) or sniffed_type(page.body, page.head.media_type)


def _look(media_type: str) -> Look:
    looks = {PLAIN: Look.PLAIN, _SHEET: Look.SHEET}
    if media_type in PAGES:
        return Look.PAGE
    if media_type in PICTURES:
        return Look.PICTURE
    return Look.FONT if media_type in _FONTS.values() else looks.get(media_type, Look.FILE)

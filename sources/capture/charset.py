"""Which characters the bytes of a page are, decided once and kept with the text."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from charset_normalizer import from_bytes

_PRESCAN_BYTES = 4096
_SAMPLE_BYTES = 256 * 1024
_TOLERATED_SHARE = 1000  # one damaged character in so many is a damaged page, not another charset
_IN_TYPE = re.compile(r"charset\s*=\s*[\"']?\s*([^\s\"';]+)", re.IGNORECASE)
_IN_PAGE = re.compile(
    rb"<(?:meta|\?xml)[^>]*?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE
)
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MISREAD_MARKS = ("ï»¿", "ÿþ", "þÿ", "\ufffe")
# As browsers read these labels: a superset where the web is laxer than the label.
_WEB_LABELS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
    "utf-16": "utf-16-le",
}
_REFUSED = re.compile(
    r"utf-?_?7|idna|punycode|.*escape|undefined|mbcs|oem|palmos|.*codec", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the codec that gave it, and where that was known from (header, bom, meta, guess)."""

    text: str
    charset: str
    basis: str


def decode_page(body: bytes, content_type: str) -> Decoded:
    """Decode with the first statement that fits the bytes: header, mark, page, then a guess.

    UTF-7 is never used. Bytes that fit nothing become U+FFFD; nothing is dropped silently.
    """
    for basis, charset in _candidates(body, content_type):
        text = body.decode(charset, "replace")
        if _fits(text):
            return Decoded(text.removeprefix("\ufeff"), charset, basis)
    return Decoded(body.decode("utf-8", "replace").removeprefix("\ufeff"), "utf-8", "guess")


def _candidates(body: bytes, content_type: str) -> Iterator[tuple[str, str]]:
    in_type = _IN_TYPE.search(content_type)
    in_page = _IN_PAGE.search(body[:_PRESCAN_BYTES])
    mark = next((name for mark, name in _BYTE_ORDER_MARKS if body.startswith(mark)), "")
    stated = (
        ("header", in_type[1] if in_type else ""),
        ("bom", mark),
        ("meta", _page_label(in_page[1]) if in_page else ""),
        ("guess", "utf-8"),
    )
    for basis, label in stated:
        charset = codec_of(label)
        if charset:
            yield basis, charset
    yield from _guesses(body)


def _page_label(label: bytes) -> str:
    """A page that could be read as ASCII to find its label is not UTF-16, whatever it says."""
    text = label.decode("ascii", "replace")
    return "utf-8" if text.lower().startswith("utf-16") else text


def _guesses(body: bytes) -> Iterator[tuple[str, str]]:
    best = from_bytes(body[:_SAMPLE_BYTES]).best()
    charset = codec_of(best.encoding) if best else ""
    if charset:
        yield "guess", charset


def codec_of(label: str) -> str:
    """Return the codec for a label of the web, or an empty string for what we do not use."""
    if not label or _REFUSED.fullmatch(label):
        return ""
    try:
        codec = codecs.lookup(label)
        b"x".decode(label, "replace")  # refuses codecs that do not give text
    except (LookupError, ValueError):
        return ""
    name = codec.name
    return "" if _REFUSED.fullmatch(name) else _WEB_LABELS.get(name, name)


def _fits(text: str) -> bool:
    if text.startswith(_MISREAD_MARKS):
        return False
    damaged = text.count("\ufffd") + text.count("\x00")
    return damaged <= 1 + len(text) // _TOLERATED_SHARE

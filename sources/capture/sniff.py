"""What bytes are, by looking at them; the declared type is only a claim."""

from __future__ import annotations

import re

HTML = "text/html"
PLAIN = "text/plain"
PDF = "application/pdf"
_SIGNATURES = (
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"OggS", "application/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"\xd0\xcf\x11\xe0", "application/msword"),
    (b"{\\rtf", "application/rtf"),
)
_MARKUP = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|title|meta|article|main|div|p|h1|script|table)[\s>]",
    re.IGNORECASE,
)
_SVG = re.compile(rb"<svg[\s>]", re.IGNORECASE)
_LOOKED_AT = 4096


def sniffed_type(body: bytes, declared: str) -> str:
    """Return the media type that the bytes show; DECLARED counts where they show nothing."""
    start = body[:_LOOKED_AT]
    for signature, media_type in _SIGNATURES:
        if start.startswith(signature):
            return media_type
    if start[4:8] == b"ftyp":
        return "video/mp4"
    if start.startswith(b"RIFF") and start[8:12] == b"WEBP":
        return "image/webp"
    return _by_markup(start, declared)


def _by_markup(start: bytes, declared: str) -> str:
    squeezed = start.replace(b"\x00", b"")  # UTF-16 markup is markup too
    if _MARKUP.search(squeezed) and declared != PLAIN:
        return HTML
    if _SVG.search(squeezed):
        return "image/svg+xml"
    return declared or PLAIN

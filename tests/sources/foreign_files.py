"""Web archives as other programs and hostile people write them."""

from __future__ import annotations

import gc
import gzip
import hashlib
import io
import json
import warnings
import zipfile
from base64 import b32encode
from functools import cache

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

URL = "https://outlet.example.org/story"
STATED = "2016-11-12T09:48:00Z"
PAGE = (
    b"<html lang='en'><head><title>Withdrawal</title></head><body><article><h1>Withdrawal</h1>"
    + b"".join(b"<p>The factions withdrew at dawn, says line %d of it.</p>" % at for at in range(9))
    + b"</article></body></html>"
)  # fmt: skip


@cache
def by_warcio(
    body: bytes = PAGE, url: str = URL, *, packed: bool = True, version: str = "1.1"
) -> bytes:
    """A WARC file as warcio writes it, with sha1 digests; the same bytes for the same question."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # warcio leaves its scratch files open
        content = _written(body, url, packed=packed, version=version)
        gc.collect()
    return content


def _written(body: bytes, url: str, *, packed: bool, version: str) -> bytes:
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=packed, warc_version=version)
    for address, kind, payload in (
        (url, "text/html; charset=utf-8", body),
        (f"{url}/a.png", "image/png", b"\x89PNG\r\n\x1a\n"),
    ):
        head = StatusAndHeaders("200 OK", [("Content-Type", kind)], "HTTP/1.1")
        writer.write_record(
            writer.create_warc_record(
                address, "response", io.BytesIO(payload), http_headers=head,
                warc_headers_dict={"WARC-Date": STATED},
            )
        )  # fmt: skip
    return out.getvalue()


def record(
    body: bytes = PAGE,
    *,
    url: str = URL,
    length: str = "",
    digest: str = "",
    kind: str = "response",
) -> bytes:
    """One record by hand, with any length and digest that it may state."""
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body
    if kind == "resource":
        block = body
    content = "application/http; msgtype=response" if kind == "response" else "text/html"
    stated = f"WARC-Payload-Digest: {digest}\r\n" if digest else ""
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:1>\r\nWARC-Date: {STATED}\r\n"
        f"WARC-Target-URI: {url}\r\n{stated}Content-Type: {content}\r\n"
        f"Content-Length: {length or len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def sha1(body: bytes) -> str:
    return "sha1:" + b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()


def wacz(warc: bytes, pages: list[str] | None, **more: bytes) -> bytes:
    """A WACZ of one WARC; without PAGES it has no list of pages."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as bundle:
        bundle.writestr("archive/data.warc.gz", warc)
        bundle.writestr("datapackage.json", b"{}")
        if pages is not None:
            rows = [{"format": "json-pages-1.0"}, *({"url": url, "ts": STATED} for url in pages)]
            bundle.writestr("pages/pages.jsonl", "\n".join(map(json.dumps, rows)))
        for name, content in more.items():
            bundle.writestr(name, content)
    return out.getvalue()


def in_one_member(warc: bytes) -> bytes:
    return gzip.compress(gzip.decompress(warc))

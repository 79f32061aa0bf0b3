"""Ask the application of the replay host, as its web server would."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit
from wsgiref.headers import Headers
from wsgiref.util import setup_testing_defaults

from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from config.replay import ReplayHandler
from sources.capture.warc import Record, RecordKind, WarcWriter
from sources.models import Document, Snapshot, StoredObject
from sources.services.installation import object_store
from tests.factories import SnapshotFactory

HOST = "http://snap.test:8001"
MAIN = "https://site.test"
PAGE_TYPE = "application/http; msgtype=response"

PAGE = (
    b"<!doctype html><html><head><title>At dawn</title><link rel=stylesheet href=/look.css>"
    b"<script>stolen()</script></head><body onload=stolen()><p>They withdrew.</p>"
    b"<img src=photo.png alt=Smoke><img src=https://elsewhere.example/t.gif></body></html>"
)
SHEET = b"@import 'https://elsewhere.example/x.css'; p { background: url(photo.png) }"
PNG = b"\x89PNG\r\n\x1a\n" + b"picture"
Archive = Callable[..., Snapshot]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Headers
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


def ask(
    address: str, *, method: str = "GET", host: str = "snap.test:8001", **variables: str
) -> Answer:
    """Ask for an address, or a path, of the replay host; VARIABLES are of the WSGI environment."""
    environ: dict[str, object] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": urlsplit(address).path,
        "HTTP_HOST": host,
        "wsgi.input": BytesIO(),
        **variables,
    }
    setup_testing_defaults(environ)
    got: list[tuple[str, list[tuple[str, str]]]] = []
    with connections_kept():
        pieces = ReplayHandler()(environ, lambda status, headers, *_: got.append((status, headers)))
        try:
            body = b"".join(pieces)
        finally:
            pieces.close()
    status, headers = got[0]
    return Answer(int(status[:3]), Headers(headers), body)


@contextmanager
def connections_kept() -> Iterator[None]:
    """The end of a request would close the connection that the test's rows are in."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def response(body: bytes, kind: str = "text/html; charset=utf-8", *fields: str) -> bytes:
    lines = ["HTTP/1.1 200 OK", f"Content-Type: {kind}", f"Content-Length: {len(body)}", *fields]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def archived(
    folder: Path,
    document: Document,
    answers: Mapping[str, bytes],
    kind: RecordKind = RecordKind.RESPONSE,
    **columns: object,
) -> Snapshot:
    """A sealed copy whose file holds ANSWERS, by address; the first is the page itself."""
    is_response = kind == RecordKind.RESPONSE
    path = folder / f"{uuid.uuid4()}.warc.gz"
    writer = WarcWriter(path)
    writer.add(Record(RecordKind.WARCINFO, "application/warc-fields", datetime.now(UTC)))
    for address, answer in answers.items():
        head, _, body = answer.partition(b"\r\n\r\n")
        writer.add(
            Record(
                kind,
                PAGE_TYPE if is_response else "text/html",
                datetime.now(UTC),
                head=head + b"\r\n\r\n" if is_response else b"",
                body=body,
                target_uri=address,
                has_payload=True,
            )
        )
    writer.close()
    key = object_store().put(path)
    stored = StoredObject.objects.create(
        sha256=key, size=path.stat().st_size, media_type="application/warc"
    )
    return SnapshotFactory.create(
        document=document,
        warc=stored,
        final_url=next(iter(answers)),
        warc_records=[record.as_json() for record in writer.records],
        **columns,
    )


def whole(archive: Archive) -> Snapshot:
    """A page with the sheet and the picture that it needs."""
    return archive(
        {
            "https://outlet.example.org/a": response(PAGE),
            "https://outlet.example.org/look.css": response(SHEET, "text/css"),
            "https://outlet.example.org/photo.png": response(PNG, "image/png"),
        }
    )

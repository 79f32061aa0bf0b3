"""The demonstration web: invented pages, served on this machine's loopback address only.

It stands for the outside web, so it behaves like a modest web server: charset, Last-Modified,
conditional requests, HEAD, 404. It reads its files once, at the start, and serves nothing that was
not there then: a request's path is a key, never a file name.
"""

from __future__ import annotations

import logging
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

logger = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
WEB_ROOT = Path(__file__).resolve().parent / "web"
NOT_FOUND = "/404.html"
CONTENT_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
}


class NotLoopbackError(ValueError):
    """The invented pages must never be offered to another machine."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file as it was when the server started; `modified` has no fraction of a second."""

    body: bytes
    content_type: str
    modified: datetime


def stored_files(root: Path) -> dict[str, StoredFile]:
    """Every servable file under `root` by request path, and index pages by their folder's too."""
    files = {
        f"/{path.relative_to(root).as_posix()}": _stored(path)
        for path in sorted(root.rglob("*"))
        if path.suffix in CONTENT_TYPES
    }
    folders = {
        path.removesuffix("index.html"): file
        for path, file in files.items()
        if path.endswith("/index.html")
    }
    return files | folders


def _stored(path: Path) -> StoredFile:
    modified = datetime.fromtimestamp(int(path.stat().st_mtime), tz=UTC)
    return StoredFile(path.read_bytes(), CONTENT_TYPES[path.suffix], modified)


class PageHandler(BaseHTTPRequestHandler):
    """Answers GET and HEAD from the server's files; every other method gets 501."""

    server: DemoWeb
    server_version = "CorroborateDemonstration"
    sys_version = ""
    protocol_version = "HTTP/1.1"
    timeout = 10  # seconds after which an idle connection is closed
    disable_nagle_algorithm = True  # head and body are two writes

    def do_GET(self) -> None:
        body = self._answer()
        if body:
            self.wfile.write(body)

    def do_HEAD(self) -> None:
        self._answer()

    def _answer(self) -> bytes:
        """Send status and headers; return the body that belongs to them."""
        path = unquote(urlsplit(self.path).path)
        file = self.server.files.get(path)
        if file is None or path == NOT_FOUND:
            return self._head(HTTPStatus.NOT_FOUND, self.server.files[NOT_FOUND])
        if self._is_known(file):
            return self._head(HTTPStatus.NOT_MODIFIED, file)
        return self._head(HTTPStatus.OK, file)

    def _head(self, status: HTTPStatus, file: StoredFile) -> bytes:
        body = b"" if status is HTTPStatus.NOT_MODIFIED else file.body
        self.send_response(status)
        if body:
            self.send_header("Content-Type", file.content_type)
            self.send_header("Content-Length", str(len(body)))
        if status is not HTTPStatus.NOT_FOUND:
            self.send_header("Last-Modified", format_datetime(file.modified, usegmt=True))
        self.send_header("Cache-Control", "no-cache")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        return body

    def _is_known(self, file: StoredFile) -> bool:
        """Whether If-Modified-Since names the stored version; a malformed date counts as absent."""
        try:
            since = parsedate_to_datetime(self.headers.get("If-Modified-Since", ""))
        except ValueError:
            return False
        return since.tzinfo is not None and file.modified <= since

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class's name
        logger.debug(format, *args)


class DemoWeb(ThreadingHTTPServer):
    """The server; `port` 0 takes a free one. Raises NotLoopbackError for any other host."""

    daemon_threads = True

    def __init__(self, port: int, host: str = LOOPBACK) -> None:
        self.files = stored_files(WEB_ROOT)
        super().__init__((host, port), PageHandler)

    def server_bind(self) -> None:
        """Bind, after the guard; here because nothing can listen without passing this method."""
        host = str(self.server_address[0])
        if host != LOOPBACK:
            raise NotLoopbackError(
                f"The demonstration web serves on {LOOPBACK} only, not on {host!r}."
            )
        # Not HTTPServer's own method, which asks the resolver for this machine's name.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = LOOPBACK, int(self.server_address[1])

    @property
    def base_url(self) -> str:
        return f"http://{LOOPBACK}:{self.server_port}"


@contextmanager
def running_demo_web(port: int = 0) -> Iterator[DemoWeb]:
    """The demonstration web in a thread of this process, closed at the end of the block."""
    with DemoWeb(port) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()

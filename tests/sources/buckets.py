"""A real S3 server in a process of its own, and a front before it that fails as it is told."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import boto3

SLOW_DOWN = b"<Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>"
NOT_PASSED_ON = frozenset({"connection", "transfer-encoding", "expect"})


@contextmanager
def s3_server() -> Iterator[int]:
    """The port of a running moto server."""
    port = free_port()
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "moto.server",
        "-H",
        "127.0.0.1",
        "-p",
        str(port),
    ]
    process = subprocess.Popen(  # noqa: S603  # our own arguments
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_until_it_answers(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as trial:
        return int(trial.getsockname()[1])


def wait_until_it_answers(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("The S3 server did not start.")


def make_bucket(port: int, name: str, *, versions: bool = False) -> None:
    client = _client(port)
    client.create_bucket(Bucket=name)
    if versions:
        client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})


@cache
def _client(port: int) -> Any:
    return boto3.session.Session().client(
        "s3", endpoint_url=f"http://127.0.0.1:{port}", region_name="us-east-1"
    )


class Front:
    """Passes requests on to the server at PORT, but for the faults that a test asks for."""

    def __init__(self, port: int) -> None:
        self._behind = port
        self.slow_down = 0  # how many requests get 503 SlowDown
        self.unheard = 0  # how many puts succeed without an answer
        self.flips = False  # gives back other bytes than are stored
        self.puts = 0
        front = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                front.handle(self)

            do_GET = do_PUT = do_HEAD = do_DELETE = do_POST = handle_any  # noqa: N815  # its names

            def log_message(self, *_arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_port

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def handle(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        if self.slow_down:
            self.slow_down -= 1
            self._answer(request, 503, [], SLOW_DOWN)
            return
        status, headers, answer = self._passed_on(request, body)
        if request.command == "PUT":
            self.puts += 1
            if self.unheard:
                self.unheard -= 1
                request.close_connection = True
                return
        if self.flips and request.command == "GET" and answer:
            answer = bytes([answer[0] ^ 1]) + answer[1:]
        self._answer(request, status, headers, answer)

    def _passed_on(
        self, request: BaseHTTPRequestHandler, body: bytes
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self._behind, timeout=10)
        kept = {k: v for k, v in request.headers.items() if k.lower() not in NOT_PASSED_ON}
        connection.request(request.command, request.path, body, kept)
        answer = connection.getresponse()
        content, headers = answer.read(), answer.getheaders()
        connection.close()
        return answer.status, headers, content

    @staticmethod
    def _answer(
        request: BaseHTTPRequestHandler, status: int, headers: list[tuple[str, str]], body: bytes
    ) -> None:
        request.send_response_only(status)
        length = str(len(body))
        for name, value in headers:
            if name.lower() == "content-length":
                length = value if request.command == "HEAD" else length
            elif name.lower() not in NOT_PASSED_ON:
                request.send_header(name, value)
        request.send_header("Content-Length", length)
        request.end_headers()
        if request.command != "HEAD":
            request.wfile.write(body)

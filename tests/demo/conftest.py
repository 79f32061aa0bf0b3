from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator

import pytest

from demo.server import DemoWeb, running_demo_web

Reply = tuple[http.client.HTTPResponse, bytes]


@pytest.fixture(scope="module")
def demo_web() -> Iterator[DemoWeb]:
    with running_demo_web() as server:
        yield server


@pytest.fixture
def ask(demo_web: DemoWeb) -> Callable[..., Reply]:
    """Ask a page: `ask(path, method, **headers)` is the response and its whole body."""

    def ask(path: str, method: str = "GET", **headers: str) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", demo_web.server_port, timeout=5)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, headers=named)
            response = connection.getresponse()
            return response, response.read()
        finally:
            connection.close()

    return ask

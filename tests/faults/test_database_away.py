"""A server whose database is away says so: 503, in the form that was asked for."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
ASK = """
import json, logging, sys
import django
django.setup()
from django.test import Client
logging.disable()
client = Client(raise_request_exception=False)
found = {}
for path in ("/healthz", "/", "/api/v1/claims"):
    response = client.get(path, headers={"Host": "127.0.0.1"})
    found[path] = [response.status_code, response["Content-Type"], response.content.decode()]
json.dump(found, sys.stdout)
"""


@pytest.fixture(scope="module")
def answers(unused_port: int) -> dict[str, tuple[int, str, str]]:
    """What a process answers that was started with the address of a database that is not there."""
    environment = {
        "PATH": "/usr/bin:/bin",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": f"postgres://nobody@127.0.0.1:{unused_port}/away?connect_timeout=5",
        "DEBUG": "1",  # no collected files are needed
        "SECRET_KEY": "for the length of one test, and for nothing besides",
    }
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", ASK],
        cwd=PROJECT, env=environment, capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


@pytest.mark.fault(68)
def test_load_balancers_are_told(answers: dict[str, tuple[int, str, str]]) -> None:
    status, kind, body = answers["/healthz"]
    assert (status, kind, json.loads(body)) == (
        503,
        "application/json",
        {"status": "database away"},
    )


@pytest.mark.fault(68)
def test_readers_are_told_in_a_page(answers: dict[str, tuple[int, str, str]]) -> None:
    status, _, body = answers["/"]
    assert status == 503
    assert "Our database does not answer. Nothing was changed." in body


@pytest.mark.fault(68)
def test_programs_are_told_in_json(answers: dict[str, tuple[int, str, str]]) -> None:
    status, kind, body = answers["/api/v1/claims"]
    assert (status, kind) == (503, "application/problem+json")
    assert json.loads(body)["code"] == "away"

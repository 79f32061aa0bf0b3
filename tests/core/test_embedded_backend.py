"""The Django engine: connects to a server that was not there, and says in its words why not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler, OperationalError
from pytest_django import DjangoDbBlocker

from core.embedded.backend import base
from core.embedded.errors import EmbeddedServerError
from core.embedded.postgres import leave_server

pytestmark = pytest.mark.embedded


@pytest.fixture
def wrapper(
    folder: Path, settings: object, django_db_blocker: DjangoDbBlocker
) -> Iterator[BaseDatabaseWrapper]:
    settings.VAR_DIR = folder
    settings.EMBEDDED_POSTGRES_DIR = folder / "postgres"
    settings.EMBEDDED_POSTGRES_OPTIONS = {"fsync": "off"}
    databases = {"default": {"ENGINE": "core.embedded.backend", "NAME": "own"}}
    wrapper = ConnectionHandler(databases)["default"]
    with django_db_blocker.unblock():
        yield wrapper
        wrapper.close()
    assert leave_server(base.embedded_cluster(), seconds=30)


def test_first_connection_starts_the_server_and_psql_finds_it(
    wrapper: BaseDatabaseWrapper, capfd: pytest.CaptureFixture[str]
) -> None:
    with wrapper.cursor() as cursor:
        cursor.execute("SELECT current_database(), current_user")
        assert cursor.fetchone() == ("own", "application")
    wrapper.client.runshell(["--no-psqlrc", "-tA", "-c", "SELECT current_database()"])
    assert capfd.readouterr().out == "own\n"


def test_a_server_that_cannot_start_is_a_database_error(
    wrapper: BaseDatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object) -> None:
        raise EmbeddedServerError("the disk is full")

    monkeypatch.setattr(base, "ensure_server", refuse)
    with pytest.raises(OperationalError, match="the disk is full"):
        wrapper.connect()

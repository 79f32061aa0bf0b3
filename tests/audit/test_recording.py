"""Whoever writes history takes the end of the chain before any other lock."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from audit.models import CHAIN_LOCK, AuditEvent
from audit.services.record import record_event, recording
from core.errors import Conflict
from tests.factories import PartyFactory

ROOT = Path(__file__).resolve().parents[2]
RECORDERS = [
    path
    for package in ("sources", "claims", "verification")
    for path in sorted((ROOT / package / "services").glob("*.py"))
    if "record_event(" in path.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("path", RECORDERS, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_no_recording_service_begins_a_transaction_of_its_own(path: Path) -> None:
    functions = [
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    ]
    decorators = [ast.unparse(one) for node in functions for one in node.decorator_list]
    assert "transaction.atomic" not in decorators


@pytest.mark.django_db
def test_the_chain_is_held_before_anything_else_is_asked_for(checker: User) -> None:
    party = PartyFactory.create()
    with (
        CaptureQueriesContext(
            connection,
        ) as asked,
        recording(),
    ):
        record_event(actor=checker, tag="sources:party:renamed", subject=party)
    statements = [query["sql"] for query in asked if "SAVEPOINT" not in query["sql"]]
    assert "pg_advisory_xact_lock" in statements[0]


@pytest.mark.django_db
def test_a_line_is_added_within_the_callers_block_at_no_further_cost(checker: User) -> None:
    with CaptureQueriesContext(connection) as queries, recording():
        for _ in range(2):
            record_event(actor=None, tag="tests:line:added", subject=checker)
    asked = [query["sql"].partition(" ")[0] for query in queries.captured_queries]
    assert asked.count("SAVEPOINT") == 1, "the block's own, within the test's transaction"
    assert sum("pg_advisory" in query["sql"] for query in queries.captured_queries) == 1


@pytest.mark.django_db
def test_what_the_inner_service_wrote_is_undone_alone_and_the_chain_stays_held(
    checker: User,
) -> None:
    with recording():
        with pytest.raises(Conflict), recording():
            record_event(actor=None, tag="tests:line:undone", subject=checker)
            raise Conflict("No.", code="no")
        assert _is_held_here()
        record_event(actor=None, tag="tests:line:kept", subject=checker)
    assert [event.tag for event in AuditEvent.objects.filter(tag__startswith="tests:")] == [
        "tests:line:kept"
    ]


def _is_held_here() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted"
            " AND objid = %s AND pid = pg_backend_pid())",
            [CHAIN_LOCK],
        )
        return bool(cursor.fetchone()[0])

"""Whoever writes history takes the end of the chain before any other lock."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from audit.services.record import record_event, recording
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

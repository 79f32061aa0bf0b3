"""Rows that are written together as JSON read back as those that Django writes one by one."""

from __future__ import annotations

import pytest
from django.db import DataError, IntegrityError, connection
from django.forms import model_to_dict
from django.test.utils import CaptureQueriesContext

from core.rows import insert_rows
from sources.models import FetchHop, Snapshot
from tests.sources.conftest import Queue

pytestmark = pytest.mark.django_db


def hop(snapshot: Snapshot, position: int, **values: object) -> FetchHop:
    given = {
        "url": "https://example.org/“é\"'\\ \U0001f600%s",
        "resolved": ["93.184.216.34", "2606:2800:220:1::1"],
        "address": "2606:2800:220:1::1",
        "tls": {"version": "TLSv1.3", "problem": None, "trusted": True},
        "timings": {"total": 12.345, "dns": 0.001},
        **values,
    }
    return FetchHop(snapshot=snapshot, fence=2**40, position=position, **given)


def test_they_read_back_as_those_written_one_by_one(queued: Queue) -> None:
    ours, theirs = queued(), queued("/other")
    insert_rows([hop(ours, 0), hop(ours, 1, address=None, status=200)])
    hop(theirs, 0).save()
    hop(theirs, 1, address=None, status=200).save()
    pairs = [
        [model_to_dict(row, exclude=["id", "snapshot"]) for row in one.hops.order_by("position")]
        for one in (ours, theirs)
    ]
    assert len(pairs[0]) == 2
    assert pairs[0] == pairs[1]


def test_each_learns_its_key_in_the_order_given_and_one_statement_is_enough(queued: Queue) -> None:
    rows = [hop(queued(), position) for position in (3, 1, 2)]
    with CaptureQueriesContext(connection) as asked:
        insert_rows(rows)
    assert len(asked) == 1
    assert [FetchHop.objects.get(pk=row.pk).position for row in rows] == [3, 1, 2]
    assert sorted(row.pk for row in rows) == [row.pk for row in rows]


def test_nothing_to_write_asks_nothing() -> None:
    with CaptureQueriesContext(connection) as asked:
        insert_rows([])
    assert len(asked) == 0


def test_what_the_table_refuses_is_refused(queued: Queue) -> None:
    snapshot = queued()
    with pytest.raises(IntegrityError):
        insert_rows([hop(snapshot, 0), hop(snapshot, 0)])


def test_what_is_no_value_of_its_column_is_refused(queued: Queue) -> None:
    with pytest.raises(DataError):
        insert_rows([hop(queued(), 0, address="no address")])

"""Checkpoints fix the record: what was published before exposes what is rewritten after."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from audit import merkle
from audit.chain import line_hash
from audit.models import AuditEvent, Checkpoint, TimestampToken, TokenState
from audit.selectors.checkpoints import (
    PAGE,
    checkpoint_faults,
    checkpoint_of,
    inclusion_of,
    stamp_health,
)
from audit.services import checkpoints
from audit.services.checkpoints import make_checkpoint
from audit.services.record import record_event
from tests.factories import PartyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def unstamped(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Hear what should be stamped instead of asking anybody."""
    heard: list[int] = []
    monkeypatch.setattr(checkpoints, "enqueue", lambda _name, checkpoint: heard.append(checkpoint))
    return heard


def write(count: int, actor: User | None = None) -> list[AuditEvent]:
    party = PartyFactory.create()
    return [
        record_event(actor=actor, tag="sources:party:renamed", subject=party, after={"n": n})
        for n in range(count)
    ]


def force(sql: str, *values: object) -> None:
    """What the owner of the tables can do: change rows with the triggers off."""
    table = sql.split()[1] if sql.startswith("UPDATE") else sql.split()[2]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(sql, values)
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_a_checkpoint_covers_all_lines_since_the_last(unstamped: list[int]) -> None:
    write(3)
    first = make_checkpoint()
    write(2)
    second = make_checkpoint()
    assert first is not None
    assert second is not None
    assert (first.number, first.first_seq) == (1, 1)
    assert (second.number, second.first_seq) == (2, first.last_seq + 1)
    assert second.previous_hash == first.hash
    assert unstamped == [1, 2]
    assert list(checkpoint_faults()) == []


def test_nothing_new_makes_no_checkpoint() -> None:
    assert make_checkpoint() is None
    write(1)
    assert make_checkpoint() is not None
    assert make_checkpoint() is None


def test_every_line_has_a_proof_under_its_checkpoint() -> None:
    write(5)
    make_checkpoint()
    later = write(1)[0]
    for event in AuditEvent.objects.filter(seq__lt=later.seq):
        found = inclusion_of(event.seq)
        assert found is not None
        root = bytes.fromhex(found.checkpoint.root)
        assert merkle.is_included(bytes.fromhex(event.hash), found.proof, root)
    assert checkpoint_of(later.seq) is None
    assert inclusion_of(later.seq) is None


@pytest.mark.fault(76)
@pytest.mark.parametrize(
    ("sql", "problem"),
    [
        ("UPDATE audit_checkpoint SET root = repeat('0', 64) WHERE number = 1", "its content"),
        ("UPDATE audit_checkpoint SET made_at = now() WHERE number = 2", "its content"),
        ("UPDATE audit_checkpoint SET previous_hash = '' WHERE number = 2", "before it"),
        ("DELETE FROM audit_checkpoint WHERE number = 1", "checkpoint 1 is missing"),
    ],
)
def test_a_forced_change_of_a_checkpoint_is_found(sql: str, problem: str) -> None:
    write(2)
    make_checkpoint()
    write(2)
    make_checkpoint()
    force(sql)
    assert any(problem in fault.problem for fault in checkpoint_faults())
    with pytest.raises(CommandError, match="does not hold"):
        call_command("verify_audit", stderr=io.StringIO())


def rewrite_from(seq: int, reason: str) -> None:
    """The best that an owner of the database can do: change a line and rebuild the whole chain."""
    previous = ""
    for event in AuditEvent.objects.order_by("seq"):
        if event.seq == seq:
            event.reason = reason
        hash_ = line_hash(previous, event.content())
        force(
            "UPDATE audit_auditevent SET reason = %s, previous_hash = %s, hash = %s WHERE seq = %s",
            event.reason, previous, hash_, event.seq,
        )  # fmt: skip
        previous = hash_


@pytest.mark.fault(76)
def test_a_rebuilt_chain_is_found_by_the_checkpoint_over_it() -> None:
    write(4)
    make_checkpoint()
    rewrite_from(2, "forged")
    call_faults = [fault.problem for fault in checkpoint_faults()]
    assert call_faults == ["its root does not match the lines that it covers"]


@pytest.mark.fault(76)
def test_rebuilt_checkpoints_differ_from_the_published_ones(client: Client) -> None:
    """Chain and checkpoints rewritten together hold by themselves; the kept root tells."""
    write(4)
    make_checkpoint()
    kept = client.get("/record/checkpoints").json()["checkpoints"][0]
    rewrite_from(2, "forged")
    checkpoint = Checkpoint.objects.get()
    leaves = [bytes.fromhex(one.hash) for one in AuditEvent.objects.order_by("seq")]
    checkpoint.root = merkle.root_of(leaves).hex()
    hash_ = line_hash("", checkpoint.content())
    force("UPDATE audit_checkpoint SET root = %s, hash = %s", checkpoint.root, hash_)
    assert list(checkpoint_faults()) == []
    forged = client.get("/record/checkpoints").json()["checkpoints"][0]
    assert (forged["root"], forged["hash"]) != (kept["root"], kept["hash"])


@pytest.mark.fault(76)
def test_the_database_refuses_to_change_a_checkpoint() -> None:
    write(1)
    make_checkpoint()
    with pytest.raises(Exception, match="Cannot update"):
        Checkpoint.objects.update(root="0" * 64)


def test_a_stranger_recomputes_what_is_published(client: Client) -> None:
    write(3)
    make_checkpoint()
    response = client.get("/record/checkpoints")
    row = response.json()["checkpoints"][0]
    names = ("number", "first_seq", "last_seq", "root", "previous_hash", "made_at")
    assert line_hash(row["previous_hash"], {name: row[name] for name in names}) == row["hash"]
    assert response["Access-Control-Allow-Origin"] == "*"
    assert not response.cookies


def test_published_checkpoints_are_paged_by_key(client: Client) -> None:
    for _ in range(PAGE + 1):
        write(1)
        make_checkpoint()
    first = client.get("/record/checkpoints").json()
    assert [row["number"] for row in first["checkpoints"]] == list(range(PAGE + 1, 1, -1))
    rest = client.get(f"/record/checkpoints{first['next']}").json()
    assert [row["number"] for row in rest["checkpoints"]] == [1]
    assert rest["next"] is None


@pytest.mark.parametrize("path", ["/record", "/record/checkpoints"])
@pytest.mark.parametrize("before", ["x", "-1", "9" * 30, "٣", ""])
def test_a_page_that_is_no_number_is_refused(client: Client, path: str, before: str) -> None:
    assert client.get(path, {"before": before}).status_code == 422


def test_readers_see_what_is_published_and_who_stamped_it(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    assert "No checkpoint was made yet." in client.get("/record").content.decode()
    for _ in range(PAGE + 1):
        write(1)
        make_checkpoint()
    newest = Checkpoint.objects.order_by("-number")[0]
    given = {"checkpoint": newest, "kind": "rfc3161", "token": b"x", "state": TokenState.GRANTED}
    for authority in ("https://tsa.example/", "local"):
        TimestampToken.objects.create(authority=authority, verified_at=newest.made_at, **given)
    with django_assert_num_queries(2):
        page = client.get("/record").content.decode()
    assert newest.hash in page
    assert "granted and verified" in page
    assert "https://tsa.example/" in page
    assert "our own clock: proves order, not time to a stranger" in page
    assert f"Lines {newest.first_seq}" not in page
    assert page.count('id="checkpoint-') == PAGE
    assert 'href="?before=2"' in page
    rest = client.get("/record?before=2").content.decode()
    assert rest.count('id="checkpoint-') == 1
    assert 'href="?"' in rest


@pytest.mark.fault(73)
def test_the_alarm_is_raised_after_an_hour_without_a_stamp() -> None:
    write(1)
    row = make_checkpoint()
    assert row is not None
    TimestampToken.objects.create(
        checkpoint=row, kind="rfc3161", authority="https://tsa.example/", reason="It is away."
    )
    soon, late = row.made_at + timedelta(minutes=59), row.made_at + timedelta(minutes=61)
    assert stamp_health(now=soon).alarm == ""
    health = stamp_health(now=late)
    assert health.alarm.startswith("No authority has stamped the record for more than an hour.")
    assert "It is away." in health.alarm
    assert (health.waiting, health.granted_at) == (1, None)


def test_a_later_stamp_covers_the_checkpoints_before_it() -> None:
    write(1)
    make_checkpoint()
    write(1)
    row = make_checkpoint()
    assert row is not None
    TimestampToken.objects.create(
        checkpoint=row, kind="rfc3161", authority="https://tsa.example/", token=b"x",
        state=TokenState.GRANTED, verified_at=row.made_at,
    )  # fmt: skip
    assert stamp_health(now=row.made_at + timedelta(hours=10)).alarm == ""


def test_the_command_says_what_it_checked() -> None:
    write(2)
    make_checkpoint()
    out = io.StringIO()
    call_command("verify_audit", stdout=out)
    assert "1 checkpoints hold, to line 2" in out.getvalue()

from __future__ import annotations

import io
import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections, transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from audit.chain import Line, faults, line_hash
from audit.models import AuditEvent
from audit.selectors import chain_faults, history
from audit.services.record import record_event
from tests.factories import PartyFactory, UserFactory

CONTENT = st.dictionaries(st.text(max_size=8), st.one_of(st.integers(), st.text()), max_size=4)


def chained(contents: list[dict[str, object]]) -> list[Line]:
    lines, previous = [], ""
    for seq, content in enumerate(contents, start=1):
        lines.append(Line(seq, content, previous, line_hash(previous, content)))
        previous = lines[-1].hash
    return lines


@given(st.lists(CONTENT, max_size=6))
def test_an_untouched_chain_has_no_faults(contents: list[dict[str, object]]) -> None:
    assert list(faults(chained(contents))) == []


@given(st.lists(CONTENT, min_size=1, max_size=6), st.data())
def test_any_changed_line_is_found(contents: list[dict[str, object]], data: st.DataObject) -> None:
    lines = chained(contents)
    index = data.draw(st.integers(0, len(lines) - 1))
    line = lines[index]
    lines[index] = Line(line.seq, {**line.content, "forged": True}, line.previous_hash, line.hash)
    assert [fault.seq for fault in faults(lines)] == [line.seq]


@given(st.lists(CONTENT, min_size=2, max_size=6), st.data())
def test_a_removed_line_is_found(contents: list[dict[str, object]], data: st.DataObject) -> None:
    lines = chained(contents)
    del lines[data.draw(st.integers(0, len(lines) - 2))]
    assert any("missing" in fault.problem for fault in faults(lines))


@pytest.fixture
def recorded(checker: User) -> list[AuditEvent]:
    party = PartyFactory.create()
    return [
        record_event(actor=checker, tag=f"sources:party:{what}", subject=party, after={"n": what})
        for what in ("added", "renamed", "removed")
    ]


def test_lines_are_numbered_and_chained(recorded: list[AuditEvent]) -> None:
    first, second, third = recorded
    assert (second.seq, third.seq) == (first.seq + 1, first.seq + 2)
    assert second.previous_hash == first.hash
    assert list(chain_faults()) == []


def test_actor_is_kept_as_text_and_protected(recorded: list[AuditEvent], checker: User) -> None:
    assert recorded[0].actor_name == "Rana Haddad"
    with pytest.raises(Exception, match="protected"):
        checker.delete()


def test_history_of_an_object_is_newest_first(recorded: list[AuditEvent]) -> None:
    lines = history("sources.party", recorded[0].subject_id)
    assert [line.tag.rpartition(":")[2] for line in lines] == ["removed", "renamed", "added"]


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_auditevent SET reason = 'forged'",
        "DELETE FROM audit_auditevent",
        "TRUNCATE audit_auditevent",
        (
            "INSERT INTO audit_auditevent (seq, at, actor_name, origin, subject_type, subject_id,"
            " tag, before, after, reason, previous_hash, hash) VALUES"
            " (99, now(), 'x', 'x', 'x', 'x', 'x', '{}', '{}', '', '', 'forged')"
        ),
    ],
    ids=["update", "delete", "truncate", "insert out of order"],
)
@pytest.mark.fault(76)
def test_database_refuses_to_tamper(recorded: list[AuditEvent], sql: str) -> None:
    with (
        pytest.raises(DatabaseError, match=r"append-only|chain|Cannot"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(sql)
    assert list(chain_faults()) == []


@pytest.mark.parametrize(
    ("sql", "problem"),
    [
        ("UPDATE audit_auditevent SET reason = 'forged' WHERE seq = 2", "does not match its hash"),
        ("DELETE FROM audit_auditevent WHERE seq = 2", "line 2 is missing"),
        ("UPDATE audit_auditevent SET actor_name = 'Somebody' WHERE seq = 3", "does not match"),
    ],
)
@pytest.mark.fault(76)
def test_without_the_triggers_tampering_passes_and_the_check_finds_it(
    db: None, checker: User, sql: str, problem: str
) -> None:
    party = PartyFactory.create()
    for what in ("added", "renamed", "removed"):
        record_event(actor=checker, tag=f"sources:party:{what}", subject=party)
    with connection.cursor() as cursor:
        # What the tables' owner can do; deferred checks would refuse it while they wait.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE audit_auditevent DISABLE TRIGGER USER")
        cursor.execute(sql)
        cursor.execute("ALTER TABLE audit_auditevent ENABLE TRIGGER USER")
    assert any(problem in fault.problem for fault in chain_faults())
    with pytest.raises(CommandError, match="does not hold"):
        call_command("verify_audit", stderr=io.StringIO())


def test_the_command_names_the_last_hash(recorded: list[AuditEvent]) -> None:
    out = io.StringIO()
    call_command("verify_audit", stdout=out)
    assert recorded[-1].hash in out.getvalue()


def test_an_empty_record_holds(db: None) -> None:
    out = io.StringIO()
    call_command("verify_audit", stdout=out)
    assert "0 lines" in out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_two_writers_at_once_make_one_chain() -> None:
    party = PartyFactory.create()
    person = UserFactory.create()
    barrier = threading.Barrier(2, timeout=10)

    def write() -> None:
        try:
            barrier.wait()
            for _ in range(10):
                record_event(actor=person, tag="sources:party:touched", subject=party)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert AuditEvent.objects.count() == 20
    assert list(chain_faults()) == []

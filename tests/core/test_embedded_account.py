"""Whom the server runs as when root starts it, and what that account may pass."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import pytest

from core.embedded import account, acl, runtime
from core.embedded.account import SERVER_ID, Account
from core.embedded.errors import EmbeddedServerError

pytestmark = pytest.mark.embedded


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def as_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)


def effective(folder: Path) -> acl.Entries:
    return acl._without_mask(acl._read(folder))


def test_an_ordinary_user_runs_the_server_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert account.server_account(tmp_path) is None


@pytest.mark.usefixtures("as_root")
def test_root_gives_new_data_to_a_number_of_its_own(tmp_path: Path) -> None:
    assert account.server_account(tmp_path / "data") == Account(SERVER_ID, SERVER_ID)


@pytest.mark.usefixtures("as_root")
def test_root_runs_the_server_of_an_ordinary_users_data_as_that_user(tmp_path: Path) -> None:
    class Data:
        def exists(self) -> bool:
            return True

        def stat(self) -> os.stat_result:
            return os.stat_result((0o40700, 1, 1, 2, 1000, 1001, 0, 0, 0, 0))

    assert account.server_account(Data()) == Account(1000, 1001)


def test_passage_is_for_one_number_and_shows_nothing(closed: Path) -> None:
    acl.allow_passage(closed, SERVER_ID)
    entries = effective(closed)
    assert entries[acl._USER, SERVER_ID] == acl._EXECUTE
    assert entries[acl._OTHER, acl._NO_ID] == 0
    assert entries[acl._OWNING_GROUP, acl._NO_ID] == 0
    assert closed.stat().st_mode & 0o007 == 0


def test_passage_can_be_given_twice_and_withdrawn_without_trace(closed: Path) -> None:
    acl.allow_passage(closed, SERVER_ID)
    acl.allow_passage(closed, SERVER_ID)
    acl.withdraw_passage(closed, SERVER_ID)
    assert closed.stat().st_mode & 0o777 == 0o700
    assert os.listxattr(closed) == []


def test_withdrawing_one_keeps_the_other(closed: Path) -> None:
    acl.allow_passage(closed, SERVER_ID)
    acl.allow_passage(closed, 65534)
    acl.withdraw_passage(closed, 65534)
    entries = effective(closed)
    assert (acl._USER, SERVER_ID) in entries
    assert (acl._USER, 65534) not in entries


def test_a_mask_that_hid_rights_goes_on_hiding_them(closed: Path) -> None:
    masked = {
        (acl._OWNER, acl._NO_ID): 7,
        (acl._USER, 4242): 7,
        (acl._OWNING_GROUP, acl._NO_ID): 7,
        (acl._MASK, acl._NO_ID): 0,
        (acl._OTHER, acl._NO_ID): 0,
    }
    os.setxattr(closed, acl._NAME, acl._packed(masked))
    acl.allow_passage(closed, SERVER_ID)
    entries = effective(closed)
    assert entries[acl._USER, 4242] == 0
    assert entries[acl._OWNING_GROUP, acl._NO_ID] == 0
    assert entries[acl._USER, SERVER_ID] == acl._EXECUTE


def test_only_closed_directories_are_touched(closed: Path) -> None:
    inside = closed / "open" / "data"
    inside.mkdir(parents=True, mode=0o755)
    with account.passing(Account(SERVER_ID, SERVER_ID), inside):
        assert os.listxattr(closed) == [acl._NAME]
        assert os.listxattr(closed / "open") == []
    assert os.listxattr(closed) == []


def test_passing_ends_with_its_block(closed: Path) -> None:
    (closed / "data").mkdir()
    stranger = Account(65534, 65534)
    with account.passing(stranger, closed / "data"):
        assert (acl._USER, 65534) in effective(closed)
    assert (acl._USER, 65534) not in effective(closed)


def test_passing_is_not_ended_by_another_that_ends_first(closed: Path) -> None:
    (closed / "data").mkdir()
    stranger = Account(65534, 65534)
    entered, leave = threading.Event(), threading.Event()

    def second() -> None:
        with account.passing(stranger, closed / "data"):
            entered.set()
            leave.wait()

    other = threading.Thread(target=second)
    with account.passing(stranger, closed / "data"):
        other.start()
        assert not entered.wait(0.2)
    assert entered.wait(10)
    assert (acl._USER, 65534) in effective(closed)
    leave.set()
    other.join()
    assert (acl._USER, 65534) not in effective(closed)


def test_file_system_without_lists_is_refused_with_a_way_out(
    closed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(folder: Path, uid: int) -> None:
        raise OSError(errno.ENOTSUP, "Operation not supported")

    monkeypatch.setattr(acl, "allow_passage", refuse)
    with pytest.raises(EmbeddedServerError, match=r"cannot pass through .*ordinary user"):
        account.let_pass(Account(SERVER_ID, SERVER_ID), closed / "data")


def test_a_strict_umask_on_the_wheel_is_undone(tmp_path: Path) -> None:
    program = tmp_path / "bin" / "postgres"
    program.parent.mkdir(mode=0o700)
    program.touch(mode=0o700)
    words = tmp_path / "bin" / "words"
    words.touch(mode=0o600)
    assert not account.others_may_read(program.parent)
    account.let_read(program.parent)
    assert account.others_may_read(program.parent)
    assert program.stat().st_mode & 0o777 == 0o705
    assert words.stat().st_mode & 0o777 == 0o604


def test_socket_directory_is_short_private_and_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path / ("x" * 100)))
    first, second = runtime.make_socket_directory(), runtime.make_socket_directory()
    try:
        assert first != second
        assert first.stat().st_mode & 0o777 == 0o700
        assert len(os.fsencode(first / ".s.PGSQL.5432.lock")) < 104
    finally:
        first.rmdir()
        second.rmdir()


def test_no_suitable_temporary_directory_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "_is_suitable", lambda _parent: False)
    with pytest.raises(EmbeddedServerError, match="Set TMPDIR"):
        runtime.make_socket_directory()


@pytest.mark.usefixtures("as_root")
def test_root_does_not_put_sockets_where_its_stand_in_cannot_go(closed: Path) -> None:
    assert not runtime._is_suitable(str(closed))
    closed.chmod(0o711)
    assert runtime._is_suitable(str(closed)) == (len(os.fsencode(closed)) <= 68)

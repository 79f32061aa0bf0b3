from __future__ import annotations

import hashlib
import os
import threading
from pathlib import Path

import pytest

from sources.capture import store as store_module
from sources.capture.outcomes import ErrorCode
from sources.capture.pipeline import capture_address
from sources.capture.store import FileStore, StoreProblem
from sources.vocabulary import CaptureState
from tests.sources.origin import Origin, page

HELLO = hashlib.sha256(b"hello").hexdigest()


def test_objects_lie_at_their_hash(store: FileStore, tmp_path: Path) -> None:
    assert store.put(b"hello") == HELLO
    assert (tmp_path / "objects" / HELLO[:2] / HELLO[2:4] / HELLO).read_bytes() == b"hello"
    assert store.size(HELLO) == 5
    assert store.verify(HELLO)


def test_a_file_is_copied_not_moved(store: FileStore, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"hello")
    assert store.put(source) == HELLO
    assert source.exists()


def test_storing_again_changes_nothing(store: FileStore) -> None:
    store.put(b"hello")
    before = store.path(HELLO).stat()
    store.put(b"hello")
    after = store.path(HELLO).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_objects_are_read_only(store: FileStore) -> None:
    store.put(b"hello")
    assert store.path(HELLO).stat().st_mode & 0o777 == 0o444


def test_a_damaged_object_is_noticed_and_never_replaced(store: FileStore) -> None:
    store.put(b"hello")
    path = store.path(HELLO)
    path.chmod(0o644)
    path.write_bytes(b"hullo")
    assert not store.verify(HELLO)
    with pytest.raises(StoreProblem, match="damaged"):
        store.put(b"hello")
    assert path.read_bytes() == b"hullo"


@pytest.mark.parametrize("key", ["", "x", "../../etc/passwd", "A" * 64, HELLO[:-1] + "/"])
def test_a_key_that_is_no_hash_leads_nowhere(store: FileStore, key: str) -> None:
    with pytest.raises(StoreProblem):
        store.open(key)


def test_what_is_not_there_is_said(store: FileStore) -> None:
    store.put(b"another")
    with pytest.raises(StoreProblem, match="not in the store"):
        store.size(HELLO)


@pytest.mark.fault(70)
def test_nothing_half_written_stays(
    store: FileStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        store.put(b"hello")
    assert list((tmp_path / "objects").iterdir()) == []


def test_files_and_folders_are_synced_before_the_key_is_given(
    store: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (synced.append(os.fstat(handle)), real(handle)))
    store.put(b"hello")
    kinds = [(status.st_mode & 0o040000) != 0 for status in synced]
    assert kinds == [False, True, True, True]


def test_many_at_once_agree(store: FileStore) -> None:
    keys: list[str] = []
    threads = [
        threading.Thread(target=lambda: keys.append(store.put(b"hello" * 100_000)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1
    assert store.verify(keys[0])


class Forgetful(FileStore):
    """Stores something else than it was given, as a faulty disk does."""

    def _name(self, path: str, key: str) -> None:
        Path(path).chmod(0o644)
        Path(path).write_bytes(Path(path).read_bytes()[:-1])
        super()._name(path, key)


@pytest.mark.fault(71)
def test_nothing_is_sealed_on_a_store_that_gives_back_other_bytes(
    origin: Origin, tmp_path: Path
) -> None:
    origin.answers["/"] = page(b"hello")
    result = capture_address(
        origin.url(),
        policy=origin.policy,
        store=Forgetful(tmp_path / "objects"),
        staging_dir=tmp_path / "staging",
    )
    assert (result.state, result.error) == (CaptureState.FAILED, ErrorCode.STORE_FAILED)
    assert result.outcome is None


def test_without_reading_back_the_loss_goes_unseen(tmp_path: Path) -> None:
    """The guard of the guard: the faulty store itself reports success."""
    assert Forgetful(tmp_path).put(b"hello") == HELLO


def test_hash_of_reads_in_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "_STEP", 2)
    path = tmp_path / "x"
    path.write_bytes(b"hello")
    with path.open("rb") as file:
        assert store_module.hash_of(file) == HELLO

"""Where the bytes of a capture are until they are in the store."""

from __future__ import annotations

from pathlib import Path

import pytest

from sources.capture.limits import Limits
from sources.capture.spool import IN_MEMORY, Spool, opened
from sources.capture.store import FileStore
from tests.sources.conftest import Capture
from tests.sources.origin import Origin, page


def spooled(path: Path, *pieces: bytes, most: int = 10) -> Spool:
    spool = Spool(path, most_in_memory=most)
    for piece in pieces:
        spool.write(piece)
    return spool


def test_few_bytes_stay_in_memory(tmp_path: Path) -> None:
    spool = spooled(tmp_path / "folder" / "x", b"12345", b"67890")
    assert (spool.close(), spool.close(), spool.size) == (b"1234567890", b"1234567890", 10)
    assert list(tmp_path.iterdir()) == []


def test_many_bytes_go_into_a_file_in_a_folder_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "x"
    spool = spooled(path, b"12345", b"67890", b"a", b"bc")
    assert (spool.close(), spool.size) == (path, 13)
    assert path.read_bytes() == b"1234567890abc"
    assert path.parent.stat().st_mode & 0o077 == 0, "nobody else's"


def test_what_is_there_already_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"of another")
    with pytest.raises(FileExistsError):
        spooled(tmp_path / "x", b"x" * 11)


def test_nothing_is_nothing(tmp_path: Path) -> None:
    assert spooled(tmp_path / "x").close() == b""


def test_both_kinds_are_read_alike(tmp_path: Path) -> None:
    for most in (1, 10):
        with opened(spooled(tmp_path / f"{most}", b"hello", most=most).close()) as file:
            assert file.read() == b"hello"


@pytest.mark.parametrize("size", [0, 1, IN_MEMORY, IN_MEMORY + 1, 3 * IN_MEMORY])
def test_a_page_is_kept_whole_however_long_and_nothing_is_left(
    origin: Origin, capture: Capture, store: FileStore, tmp_path: Path, size: int
) -> None:
    body = bytes(range(251)) * (size // 251 + 1)
    origin.answers["/"] = page(body[:size])
    result = capture(limits=Limits())
    assert result.final.body_bytes == size
    assert store.verify(result.warc_sha256)
    assert store.size(result.warc_sha256) == result.warc_bytes
    assert [record.kind for record in result.records][2] == "response"
    assert list((tmp_path / "staging").iterdir()) == []

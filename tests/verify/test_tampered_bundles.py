"""Whatever is changed in a bundle, the verifier rejects it and says why."""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.verify.bundle_parts import Parts, listed, others_say, pack
from tests.verify.conftest import Good
from tests.verify.tampering import CHANGES, WARC, changed
from verify.corroborate_verify import Report, verify


def check(path: Path, good: Good) -> Report:
    return verify(path, [good.authority.root])


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_bundle_is_rejected_with_the_reason(
    name: str, good: Good, tmp_path: Path
) -> None:
    _, where, reason = CHANGES[name]
    if name in {"the_signer_may_not_stamp_time", "the_certificate_had_ended_by_then"}:
        report = verify(changed(name, good, tmp_path / "changed.wacz"))  # its own root is trusted
    else:
        report = check(changed(name, good, tmp_path / "changed.wacz"), good)
    assert (report.valid, report.failed) == (False, where), report.reason
    assert re.search(reason, report.reason), report.reason


def test_py_wacz_accepts_the_edited_headline_that_we_reject(good: Good, tmp_path: Path) -> None:
    name = "the_headline_is_edited_and_every_digest_made_anew"
    path = changed(name, good, tmp_path / "edited.wacz")
    assert "Validation succeeded" in others_say(path)
    assert not check(path, good).valid


def test_with_the_bundles_own_root_alone_a_history_written_anew_would_pass(
    good: Good, tmp_path: Path
) -> None:
    """Why --root matters, and why the verifier says whose word it is without one."""
    name = "all_history_is_written_anew_with_an_authority_of_ones_own"
    path = changed(name, good, tmp_path / "anew.wacz")
    alone = verify(path)
    assert alone.valid
    assert "own word" in next(one for one in alone.checks if one.check == "time").proves
    assert not check(path, good).valid


Packing = Callable[[Path, Parts], None]
PACKINGS: dict[str, tuple[Packing, str]] = {}


def packed(reason: str) -> Callable[[Packing], Packing]:
    def keep(packing: Packing) -> Packing:
        PACKINGS[packing.__name__] = (packing, reason)
        return packing

    return keep


@packed("cut off")
def cut_off(path: Path, parts: Parts) -> None:
    pack(path, parts)
    path.write_bytes(path.read_bytes()[:-200])


@packed("added behind its end")
def something_behind_its_end(path: Path, parts: Parts) -> None:
    pack(path, parts)
    path.write_bytes(path.read_bytes() + b"PS: all true")


@packed("does not fit its place")
def something_before_its_beginning(path: Path, parts: Parts) -> None:
    pack(path, parts)
    path.write_bytes(b"#!/bin/sh\n" + path.read_bytes())


@packed("in the ZIP file twice")
@pytest.mark.filterwarnings("ignore:Duplicate name")
def a_member_twice(path: Path, parts: Parts) -> None:
    pack(path, parts, lambda bundle: bundle.writestr(WARC, b"another"))


@packed("leads outside")
def a_member_that_leads_outside(path: Path, parts: Parts) -> None:
    pack(path, {**parts, "../../etc/cron.d/evil": b"* * * * *"})


@packed("leads outside")
def a_member_from_the_root(path: Path, parts: Parts) -> None:
    pack(path, {**parts, "/etc/passwd": b"root"})


@packed("no member of the name")
def a_member_where_none_belongs(path: Path, parts: Parts) -> None:
    pack(path, {**parts, "archive/notes.txt": b"more"})


@packed("is a link")
def a_link(path: Path, parts: Parts) -> None:
    info = zipfile.ZipInfo("evidence/link.txt")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    pack(path, parts, lambda bundle: bundle.writestr(info, b"/etc/passwd"))


@packed("compressed a second time")
def a_compressed_warc(path: Path, parts: Parts) -> None:
    rest = {name: content for name, content in parts.items() if name != WARC}
    pack(path, rest, lambda bundle: bundle.writestr(WARC, parts[WARC], zipfile.ZIP_DEFLATED))


@packed("packed in a way")
def a_rare_compression(path: Path, parts: Parts) -> None:
    name = "evidence/README.txt"
    rest = {one: content for one, content in parts.items() if one != name}
    pack(path, rest, lambda bundle: bundle.writestr(name, parts[name], zipfile.ZIP_BZIP2))


@packed("is encrypted")
def an_encrypted_member(path: Path, parts: Parts) -> None:
    data = bytearray(_zip(parts))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.index(mark) + place
        data[at] |= 1
    path.write_bytes(data)


@packed("unpacks to far more")
def a_bomb(path: Path, parts: Parts) -> None:
    zeros = bytes(30_000_000)
    pack(
        path,
        parts,
        lambda bundle: bundle.writestr("evidence/zeros.txt", zeros, zipfile.ZIP_DEFLATED),
    )


@packed("a bundle has at most")
def too_many_members(path: Path, parts: Parts) -> None:
    pack(path, {**parts, **{f"evidence/{number}.txt": b"" for number in range(20_001)}})


@packed("cannot be unpacked")
def a_wrong_checksum(path: Path, parts: Parts) -> None:
    data = bytearray(_zip(parts))
    name = b"evidence/README.txt"
    data[data.index(name) + len(name)] ^= 0xFF  # the first byte of its content
    path.write_bytes(data)


@packed("another name or form where it is stored")
def another_name_inside_than_in_the_directory(path: Path, parts: Parts) -> None:
    data = _zip(parts)
    name = b"evidence/README.txt"
    at = data.index(name)
    path.write_bytes(data[:at] + b"evidence/readme.txt" + data[at + len(name) :])


@packed("belong to no member")
def bytes_between_members(path: Path, parts: Parts) -> None:
    """A member that the directory does not name: some programs unpack it all the same."""
    data = _zip(parts)
    with zipfile.ZipFile(io.BytesIO(data)) as bundle:
        start = bundle.start_dir
    hidden = _zip({"evidence/hidden.txt": b"hidden"})
    hidden = hidden[: hidden.index(b"PK\x01\x02")]
    directory = bytearray(data[start:])
    place = len(directory) - 22 + 16
    directory[place : place + 4] = struct.pack("<I", start + len(hidden))
    path.write_bytes(data[:start] + hidden + bytes(directory))


@packed("no whole ZIP file|cut off")
def no_zip_at_all(path: Path, parts: Parts) -> None:
    path.write_bytes(parts[WARC])


def _zip(parts: Parts) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as bundle:
        for name, content in parts.items():
            bundle.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", PACKINGS)
def test_a_zip_that_hides_something_is_rejected(name: str, good: Good, tmp_path: Path) -> None:
    packing, reason = PACKINGS[name]
    packing(tmp_path / "packed.wacz", listed(good.parts))
    report = check(tmp_path / "packed.wacz", good)
    assert (report.valid, report.failed) == (
        False,
        "container",
    )
    assert re.search(reason, report.reason), report.reason


def test_packed_again_without_a_change_it_is_valid(good: Good, tmp_path: Path) -> None:
    """It is the content that counts: another program may pack the same files."""
    assert check(pack(tmp_path / "again.wacz", listed(good.parts)), good).valid


def test_thirty_changes_and_more_are_tried() -> None:
    assert len(CHANGES) + len(PACKINGS) >= 50

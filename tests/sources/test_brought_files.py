"""Files that somebody gave us become copies, marked as given; hostile ones are refused in words."""

from __future__ import annotations

import gzip
import hashlib
import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator

from accounts.models import User
from audit.models import AuditEvent
from core.errors import Conflict, Invalid, NotAllowed
from sources.capture import foreign
from sources.capture.foreign import ForeignLimits
from sources.models import ArtifactJob, Document, FetchHop, Snapshot, StoredObject, Takedown
from sources.selectors.custody import removable_objects
from sources.services.artifacts import make_artifact
from sources.services.brought import import_archive, provide_file
from sources.services.installation import object_store
from sources.services.removal import remove_taken_down
from sources.vocabulary import ArtifactKind, CaptureReason, CaptureState, TakedownBasis
from tests.factories import DocumentFactory
from tests.sources.foreign_files import (
    PAGE,
    STATED,
    URL,
    by_warcio,
    in_one_member,
    record,
    sha1,
    wacz,
)  # fmt: skip

pytestmark = pytest.mark.django_db


def imported(data: bytes, **options: object) -> list[Snapshot]:
    return import_archive(actor=None, file=io.BytesIO(data), **options)


FORMS = {
    "gzip, a member a record": by_warcio(),
    "WARC 1.0": by_warcio(version="1.0"),
    "not packed": by_warcio(packed=False),
    "gzip in one member": in_one_member(by_warcio()),
    "WACZ": wacz(by_warcio(), [URL]),
    "bare line feeds": record().replace(b"\r\n", b"\n", 8),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_page_of_a_foreign_archive_becomes_a_sealed_copy(form: str) -> None:
    (snapshot,) = imported(FORMS[form])
    assert (snapshot.state, snapshot.reason) == (CaptureState.SEALED, CaptureReason.IMPORT)
    assert (snapshot.outcome, snapshot.http_status) == ("ok", 200)
    assert snapshot.document.address == URL
    assert snapshot.payload_sha256 == hashlib.sha256(PAGE).hexdigest()
    assert snapshot.flags == []
    assert FetchHop.objects.get(snapshot=snapshot).timings["stated_at"].startswith("2016-11-12")


@pytest.mark.parametrize("form", FORMS)
def test_the_given_file_is_kept_as_it_was_given(form: str) -> None:
    (snapshot,) = imported(FORMS[form])
    with object_store().open(snapshot.given.sha256) as file:
        assert file.read() == FORMS[form]


def test_others_accept_the_warc_that_we_make_of_it() -> None:
    (snapshot,) = imported(by_warcio())
    with object_store().open(snapshot.warc.sha256) as file:
        content = file.read()
    passed = []
    for one in ArchiveIterator(io.BytesIO(content), check_digests="raise"):
        one.raw_stream.read()
        passed.append(one.digest_checker.passed)
    fast = [
        one.verify_block_digest() for one in FastIterator(io.BytesIO(content), parse_http=False)
    ]
    assert passed == fast == [True, True, True]
    assert STATED.encode() in b"".join(gzip.decompress(content).splitlines())


def test_it_is_on_the_record_with_its_manifest_and_read_like_any_copy() -> None:
    (snapshot,) = imported(by_warcio())
    tags = AuditEvent.objects.filter(subject_type="sources.snapshot").order_by("seq")
    assert [line.tag for line in tags] == ["sources:snapshot:imported", "sources:snapshot:sealed"]
    assert tags[1].after["manifest_sha256"] == snapshot.manifest_sha256
    assert tags[0].after["given_sha256"] == snapshot.given.sha256
    make_artifact(job_id=ArtifactJob.objects.get(snapshot=snapshot).pk)
    text = snapshot.artifacts.get(kind=ArtifactKind.TEXT)
    assert "The factions withdrew at dawn" in text.content


def test_the_same_file_again_changes_nothing() -> None:
    data = by_warcio()
    first, again = imported(data), imported(data)
    assert first == again
    assert Snapshot.objects.count() == 1


def test_one_page_is_taken_by_its_address() -> None:
    other = "https://outlet.example.org/other"
    data = record() + record(PAGE + b"more", url=other)
    (snapshot,) = imported(data, address=other)
    assert snapshot.document.address == other
    assert len(imported(data)) == 2
    with pytest.raises(Invalid, match="the page with this address"):
        imported(data, address="https://outlet.example.org/nowhere")


@pytest.mark.fault(78)
def test_a_wrong_digest_is_imported_and_flagged() -> None:
    (right,) = imported(record(digest=sha1(PAGE)))
    (wrong,) = imported(record(PAGE + b"<p>edited</p>", digest=sha1(PAGE)))
    assert right.flags == []
    assert wrong.flags == ["digest_mismatch"]


@pytest.mark.fault(50, 78)
def test_a_record_that_prints_another_record_is_one_record() -> None:
    inside = record(b"<html>injected</html>", url="https://outlet.example.org/injected")
    (snapshot,) = imported(record(PAGE + inside))
    assert snapshot.document.address == URL


def _zip(change: Callable[[zipfile.ZipFile], object]) -> bytes:
    out = io.BytesIO(wacz(by_warcio(), [URL]))
    with zipfile.ZipFile(out, "a") as bundle:
        change(bundle)
    return out.getvalue()


def _link(bundle: zipfile.ZipFile) -> None:
    info = zipfile.ZipInfo("archive/link.warc")
    info.external_attr = 0o120777 << 16
    bundle.writestr(info, "/etc/passwd")


def _encrypted() -> bytes:
    data = bytearray(wacz(by_warcio(), [URL]))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + place] |= 1
    return bytes(data)


def _lying_checksum() -> bytes:
    data = bytearray(wacz(by_warcio(), [URL]))
    at = data.index(b"archive/data.warc.gz") + 200
    data[at] ^= 1
    return bytes(data)


def _many_members() -> bytes:
    data = bytearray(wacz(by_warcio(), [URL]))
    at = data.rindex(b"PK\x05\x06")
    data[at + 8 : at + 12] = struct.pack("<HH", 65_535, 65_535)
    return bytes(data)


HOSTILE = {
    "no archive": (b"just words", "no WARC file"),
    "empty": (b"", "no WARC file"),
    "gzip of words": (gzip.compress(b"just words\r\n\r\n"), "is no WARC record"),
    "cut off": (by_warcio()[:-40], "cut off"),
    "cut off, not packed": (by_warcio(packed=False)[:-40], "cut off"),
    "damaged gzip": (by_warcio()[:300] + bytes(4) + by_warcio()[304:], "damaged|cut off|no WARC"),
    "huge length": (record(length="999999999999"), "larger than we accept"),
    "negative length": (record(length="-5"), "negative"),
    "no length": (record(length="many"), "does not say how long"),
    "length too long": (record(length=str(len(PAGE) + 5000)), "cut off"),
    "length too short": (record(length="50"), "may be wrong"),
    "endless header": (b"WARC/1.0\r\n" + b"X: y\r\n" * 60_000, "header that is larger"),
    "no answer": (record().replace(b"HTTP/1.1 200 OK", b"HELO mail.a.org"), "holds none"),
    "address with a line end": (record(url="https://outlet.example.org/a\rX: b"), "cannot use"),
    "no pages": (record(url="https://outlet.example.org/x.png").replace(b"text/html", b"image/png"),
                 "does not hold a page"),
    "bomb": (lambda: gzip.compress(record(b"\0" * 30_000_000)), "unpacks to more"),
    "WACZ without pages": (wacz(by_warcio(), None), "has no pages/pages.jsonl"),
    "WACZ with pages that are no JSON": (
        wacz(by_warcio(), None, **{"pages/pages.jsonl": b"{"}), "not in JSON"),
    "WACZ without a WARC": (wacz(by_warcio(), [URL]).replace(b"archive/", b"archivX/"),
                            "no WARC file under"),
    "WACZ that leads outside": (_zip(lambda one: one.writestr("../../evil", "x")), "leads outside"),
    "WACZ from the root": (_zip(lambda one: one.writestr("/etc/passwd", "x")), "leads outside"),
    "WACZ with a name twice": (
        _zip(lambda one: one.writestr("archive/datX.warc.gz", "x")).replace(b"/datX", b"/data"),
        "twice"),
    "WACZ with a link": (_zip(_link), "holds links"),
    "WACZ encrypted": (_encrypted(), "encrypted"),
    "WACZ with a lying checksum": (_lying_checksum(), "damaged"),
    "WACZ with a bomb": (
        lambda: _zip(lambda one: one.writestr("zeros", bytes(30_000_000), zipfile.ZIP_DEFLATED)),
        "far more than it is"),
    "WACZ of too many members": (_many_members(), "more than 20000 members"),
    "WACZ cut off": (wacz(by_warcio(), [URL])[:-30], "cut off"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.fault(77, 78)
def test_a_hostile_file_is_refused_in_words_and_nothing_is_kept(name: str) -> None:
    made, words = HOSTILE[name]
    data = made() if callable(made) else made  # bombs are made where they are used
    limits = ForeignLimits(unpacked_bytes=20_000_000)
    with pytest.raises(Invalid, match=words):
        imported(data, limits=limits)
    assert not Snapshot.objects.exists()
    assert not StoredObject.objects.exists()


@pytest.mark.fault(77)
def test_a_million_names_are_refused_before_they_are_read() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as bundle:
        for number in range(20_100):
            bundle.writestr(f"a/{number}", b"")
    with pytest.raises(Invalid, match="more than 20000 members"):
        imported(out.getvalue())


def test_a_file_that_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter(range(0, 10_000, 100))
    monkeypatch.setattr(foreign.time, "monotonic", lambda: float(next(moments)))
    with pytest.raises(Invalid, match="takes too long"):
        imported(in_one_member(by_warcio(PAGE * 500)))


def test_too_many_pages_ask_for_the_one_that_is_meant() -> None:
    data = b"".join(record(url=f"https://outlet.example.org/{at}") for at in range(4))
    with pytest.raises(Invalid, match="Say which one you mean"):
        imported(data, limits=ForeignLimits(pages=3))


def test_a_large_file_is_refused_while_it_is_read() -> None:
    with pytest.raises(Invalid, match="larger than 1 MB"):
        imported(by_warcio() + b"\0" * 1_100_000, limits=ForeignLimits(file_bytes=1024 * 1024))


def test_nothing_of_an_import_stays_in_the_staging_folder(settings: object) -> None:
    imported(by_warcio())
    with pytest.raises(Invalid):
        imported(by_warcio()[:-40])
    assert list(Path(settings.STAGING_DIR).iterdir()) == []


PLAIN = {
    "HTML": (PAGE, "text/html"),
    "PDF": (b"%PDF-1.4\n%rest", "application/pdf"),
    "picture": (b"\x89PNG\r\n\x1a\n" + b"0" * 50, "image/png"),
    "text": ("The factions withdrew. انسحبت الفصائل".encode(), "text/plain"),
    "zip of something else": (b"PK\x03\x04" + b"word/document.xml", "application/zip"),
}


@pytest.mark.parametrize("name", PLAIN)
def test_a_plain_file_becomes_a_copy_that_is_marked_as_provided(name: str, checker: User) -> None:
    data, media_type = PLAIN[name]
    document = DocumentFactory.create(address=URL)
    (snapshot,) = provide_file(actor=checker, document=document, file=io.BytesIO(data))
    assert (snapshot.state, snapshot.reason) == (CaptureState.SEALED, CaptureReason.PROVIDED)
    assert (snapshot.media_type, snapshot.http_status) == (media_type, None)
    assert snapshot.payload_sha256 == hashlib.sha256(data).hexdigest() == snapshot.given.sha256
    assert [one["type"] for one in snapshot.warc_records] == ["warcinfo", "resource", "metadata"]
    sealing = AuditEvent.objects.get(tag="sources:snapshot:sealed")
    assert sealing.actor is None
    assert AuditEvent.objects.get(tag="sources:snapshot:provided").actor == checker


def test_the_text_of_a_provided_page_is_read(checker: User) -> None:
    document = DocumentFactory.create(address=URL)
    (snapshot,) = provide_file(actor=checker, document=document, file=io.BytesIO(PAGE))
    make_artifact(job_id=ArtifactJob.objects.get(snapshot=snapshot).pk)
    assert "The factions withdrew" in snapshot.artifacts.get(kind=ArtifactKind.TEXT).content


def test_a_document_without_an_address_can_be_provided_too(checker: User) -> None:
    document = Document.objects.create(title="A leaflet")
    (snapshot,) = provide_file(actor=checker, document=document, file=io.BytesIO(PAGE))
    assert snapshot.final_url == f"urn:corroborate:document:{document.number}"


def test_a_web_archive_is_looked_through_for_the_document(checker: User) -> None:
    document = DocumentFactory.create(address=URL)
    (snapshot,) = provide_file(actor=checker, document=document, file=io.BytesIO(by_warcio()))
    assert (snapshot.document, snapshot.reason) == (document, CaptureReason.IMPORT)


def test_a_file_goes_with_the_last_copy_that_was_taken_out_of_it(editor: User) -> None:
    data = record() + record(url="https://outlet.example.org/other")
    first, second = imported(data)
    for snapshot in (first, second):
        assert first.given not in removable_objects()
        Takedown.objects.create(
            snapshot=snapshot, basis=TakedownBasis.PRIVACY, words="A private person.",
            decided_by=editor, decided_at=timezone.now(),
        )  # fmt: skip
    assert first.given in removable_objects()
    remove_taken_down()
    with pytest.raises(Conflict, match="was taken down here"):
        imported(data)


def test_who_may_not_edit_may_not_give_files(contributor: User) -> None:
    document = DocumentFactory.create()
    with pytest.raises(NotAllowed):
        provide_file(actor=contributor, document=document, file=io.BytesIO(PAGE))
    with pytest.raises(NotAllowed):
        import_archive(actor=contributor, file=io.BytesIO(by_warcio()))


def test_the_command_says_what_became_of_each_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = tmp_path / "good.warc.gz", tmp_path / "bad.warc.gz"
    good.write_bytes(by_warcio())
    bad.write_bytes(by_warcio()[:-40])
    with pytest.raises(SystemExit) as ended:
        call_command("import_warc", good, bad, tmp_path / "none")
    assert ended.value.code == 3
    said = capsys.readouterr()
    assert f"copy {Snapshot.objects.get().number} of {URL}" in said.out
    assert "cut off" in said.err
    assert "cannot be read" in said.err

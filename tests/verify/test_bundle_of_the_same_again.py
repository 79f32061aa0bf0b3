"""The bundle of a page that was the same again stands or falls with the copy that holds it."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography import x509
from django.core.management import CommandError
from django.utils import timezone
from fastwarc.warc import ArchiveIterator as FastIterator

from accounts.models import User
from audit.chain import canonical
from sources.models import Snapshot
from sources.services.capture import run_capture
from sources.services.documents import add_document
from sources.services.takedowns import take_down
from sources.vocabulary import TakedownBasis
from tests.sources.conftest import ARTICLE
from tests.sources.origin import Origin, page
from tests.verify.bundle_parts import Parts, listed, others_say, pack, unpack, with_warc
from tests.verify.bundle_parts import members as members_of
from tests.verify.tampering import edited
from tests.verify.test_exported_bundles import exported, stamped
from verify.corroborate_verify import verify

pytestmark = pytest.mark.django_db


class Twice(NamedTuple):
    """A page captured whole, then changed, then again as it was first: a revisit of the first."""

    first: Snapshot
    other: Snapshot
    again: Snapshot


@pytest.fixture
def twice(settings: object) -> Iterator[Twice]:
    with Origin() as origin:
        settings.CAPTURE_LOOPBACK_PORTS = [origin.port]
        document = add_document(actor=None, address=origin.url("/a"))

        def seal(body: bytes) -> Snapshot:
            origin.answers["/a"] = page(body)
            due = timezone.now() - timedelta(seconds=1)
            row = Snapshot.objects.create(document=document, next_attempt_at=due, max_attempts=1)
            run_capture(snapshot_id=row.pk)
            return Snapshot.objects.select_related("warc", "revisits").get(pk=row.pk)

        found = Twice(seal(ARTICLE), seal(ARTICLE.replace(b"three", b"four")), seal(ARTICLE))
        assert found.again.revisits == found.first
        assert found.other.revisits is None
        yield found


class Made(NamedTuple):
    path: Path
    roots: list[x509.Certificate]

    @property
    def parts(self) -> Parts:
        return unpack(self.path)


@pytest.fixture
def made(twice: Twice, tmp_path: Path) -> Made:
    roots = stamped()
    return Made(exported(f"snapshot:{twice.again.number}", tmp_path), roots)


def test_it_is_self_contained_and_valid_offline(made: Made, twice: Twice) -> None:
    report = verify(made.path, made.roots)
    assert (report.valid, report.reason) == (True, "")
    assert {row["snapshot"] for row in report.snapshots} == {
        twice.first.number, twice.again.number,
    }  # fmt: skip
    assert "Validation succeeded" in others_say(made.path)
    parts = made.parts
    pages = [json.loads(line) for line in parts["pages/pages.jsonl"].splitlines()[1:]]
    assert [one["id"] for one in pages] == [f"snapshot-{twice.again.number}"]


def test_every_reader_finds_the_page_by_what_the_reference_says(made: Made, twice: Twice) -> None:
    """As a program that replays does: from the revisit to the response that it names."""
    responses, revisits = {}, []
    for copy in (twice.first, twice.again):
        warc = made.parts[f"archive/snapshot-{copy.number}.warc.gz"]
        for record in FastIterator(io.BytesIO(warc), parse_http=True):
            kind, fields = record.headers["WARC-Type"], dict(record.headers.items())
            if kind == "response":
                responses[fields["WARC-Target-URI"], fields["WARC-Date"]] = record.reader.read()
            if kind == "revisit":
                revisits.append(fields)
    (fields,) = revisits
    place = fields["WARC-Refers-To-Target-URI"], fields["WARC-Refers-To-Date"]
    assert responses[place] == ARTICLE
    index = made.parts["indexes/index.cdxj"].decode()
    assert index.count('"mime": "warc/revisit"') == 1


def test_once_the_earlier_copy_is_taken_down_there_is_no_bundle(
    twice: Twice, administrator: User, tmp_path: Path
) -> None:
    take_down(
        actor=administrator, snapshot=twice.first, basis=TakedownBasis.OTHER,
        words="A person asked for it, with good reason.", with_same=True,
    )  # fmt: skip
    with pytest.raises(CommandError, match="taken down"):
        exported(f"snapshot:{twice.again.number}", tmp_path)
    assert not list(tmp_path.glob("*.wacz*"))


def dropped(parts: Parts, twice: Twice) -> Parts:
    """The earlier copy with all that belongs to it is left out, as if it had never been there."""
    gone = f"snapshot-{twice.first.number}."
    kept = {name: content for name, content in parts.items() if gone not in name}
    lines = kept["indexes/index.cdxj"].decode().splitlines(keepends=True)
    kept["indexes/index.cdxj"] = "".join(line for line in lines if gone not in line).encode()
    return listed(kept)


def swapped(parts: Parts, twice: Twice) -> Parts:
    """The earlier copy holds another page, and its manifest says so."""
    name = f"archive/snapshot-{twice.first.number}.warc.gz"
    records = [
        edited(one, b"three drivers", b"seven drivers")
        if b"three drivers" in gzip.decompress(one)
        else one
        for one in members_of(parts[name])
    ]
    with_warc(parts, twice.first.number, records)
    body = ARTICLE.replace(b"three drivers", b"seven drivers")
    said = _manifest(parts, twice.first)
    said["payload_sha256"] = hashlib.sha256(body).hexdigest()
    return _with_manifest(parts, twice.first, said)


def swapped_and_referred_to(parts: Parts, twice: Twice) -> Parts:
    """As before, and the later copy's manifest names the new file and the new page."""
    parts = swapped(parts, twice)
    first, again = _manifest(parts, twice.first), _manifest(parts, twice.again)
    again["payload_sha256"] = first["payload_sha256"]
    again["revisits"] |= {
        "warc_sha256": first["warc"]["sha256"],
        "payload_sha256": first["payload_sha256"],
    }
    return _with_manifest(parts, twice.again, again)


def refers_elsewhere(parts: Parts, twice: Twice) -> Parts:
    """The later copy's manifest names itself as the holder of its page."""
    again = _manifest(parts, twice.again)
    again["revisits"] |= {
        "snapshot": twice.again.number, "warc_sha256": again["warc"]["sha256"],
    }  # fmt: skip
    return _with_manifest(parts, twice.again, again)


def _manifest(parts: Parts, copy: Snapshot) -> dict[str, object]:
    return json.loads(parts[f"evidence/snapshot-{copy.number}.manifest.json"])


def _with_manifest(parts: Parts, copy: Snapshot, said: dict[str, object]) -> Parts:
    return listed({**parts, f"evidence/snapshot-{copy.number}.manifest.json": canonical(said)})


@pytest.mark.parametrize(
    ("change", "check", "words"),
    [
        (dropped, "manifest", "that holds the payload of snapshot {again} is not in the bundle"),
        (swapped, "manifest", "that snapshot {again} refers to does not hold the same payload"),
        (
            swapped_and_referred_to,
            "manifest",
            "that snapshot {again} refers to does not hold the same payload",
        ),
        (refers_elsewhere, "manifest", "that snapshot {again} refers to is not the page"),
    ],
)
def test_what_was_done_to_the_earlier_copy_is_noticed(
    made: Made, twice: Twice, tmp_path: Path, change: object, check: str, words: str
) -> None:
    path = pack(tmp_path / "tampered.wacz", change(made.parts, twice))
    report = verify(path, made.roots)
    assert (report.valid, report.failed) == (False, check)
    assert words.format(again=twice.again.number) in report.reason

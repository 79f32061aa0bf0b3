"""What is published of a copy names no machine of ours."""

from __future__ import annotations

import gzip
import json
import socket
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from audit.models import AuditEvent
from sources.models import Snapshot
from sources.selectors.workers import worker_label
from sources.services.installation import object_store
from tests.factories import EvidenceFactory
from tests.sources.conftest import Queue, capture_and_read
from verification.services.bundles import export_bundle

HOST = "rack-7.inside.example"

pytestmark = pytest.mark.django_db


@pytest.fixture
def copy(queued: Queue, monkeypatch: pytest.MonkeyPatch) -> Snapshot:
    """A public copy that a machine called HOST made."""
    monkeypatch.setattr(socket, "gethostname", lambda: HOST)
    snapshot = queued()
    EvidenceFactory.create(document=snapshot.document, snapshot=None)
    return capture_and_read(snapshot)


def test_the_row_keeps_the_name_for_whoever_operates_it(copy: Snapshot) -> None:
    assert copy.worker.startswith(f"{HOST}:")


def test_the_manifest_names_a_label(copy: Snapshot) -> None:
    manifest = json.loads(copy.manifest)
    assert manifest["worker"] == worker_label(copy.worker)
    assert HOST not in copy.manifest


def test_nothing_in_a_bundle_names_the_machine(copy: Snapshot, tmp_path: Path) -> None:
    path = tmp_path / "copy.wacz"
    export_bundle(what=f"snapshot:{copy.number}", path=path)
    names = list(_contents(path))
    assert any(name.startswith("archive/") for name, _ in names)
    for name, content in names:
        assert HOST.encode() not in content, name


def test_no_page_and_no_line_of_the_record_names_the_machine(copy: Snapshot) -> None:
    client = Client()
    details = client.get(f"/snap/{copy.number}?view=details").content.decode()
    assert worker_label(copy.worker) in details
    for address in (f"/snap/{copy.number}", f"/api/v1/snapshots/{copy.number}"):
        details += client.get(address).content.decode()
    assert HOST not in details
    assert not [line for line in AuditEvent.objects.all() if HOST in json.dumps(line.content())]
    with object_store().open(copy.warc.sha256) as warc:
        assert HOST.encode() not in gzip.decompress(warc.read())


def test_a_machine_has_one_label_and_each_another(settings: object) -> None:
    label = worker_label(f"{HOST}:12")
    assert label == worker_label(f"{HOST}:13")
    assert label.startswith("worker-")
    assert label != worker_label("rack-8.inside.example:12")
    assert worker_label("") == ""
    settings.SECRET_KEY = "another key, of another installation"
    assert worker_label(f"{HOST}:12") != label


def _contents(path: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as bundle:
        for name in bundle.namelist():
            content = bundle.read(name)
            yield name, gzip.decompress(content) if name.endswith(".gz") else content

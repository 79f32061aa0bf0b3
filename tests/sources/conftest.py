from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from sources.capture.hosts import host_of
from sources.capture.limits import Limits
from sources.capture.pipeline import CaptureResult, capture_address
from sources.capture.store import FileStore
from sources.models import Snapshot
from sources.services import artifacts, settle
from sources.services import capture as capture_service
from sources.services.documents import add_document
from tests.sources.origin import Origin, page

# Everything that takes seconds in production takes tenths of them here.
QUICK = Limits(
    dns_seconds=0.5,
    connect_seconds=0.5,
    tls_seconds=0.5,
    first_byte_seconds=0.4,
    header_seconds=0.4,
    hop_seconds=2.0,
    total_seconds=4.0,
    min_rate=200,
    rate_seconds=0.5,
    body_bytes=100_000,
    media_bytes=200_000,
    decoded_bytes=400_000,
    ratio_from_bytes=50_000,
)

ARTICLE = (
    b"<html lang='en'><head><title>The bridge is open</title>"
    b"<meta property='article:published_time' content='2016-11-12T08:30:00+02:00'>"
    b"<meta name='author' content='Ann Writer'></head><body><article><h1>The bridge is open</h1>"
    + b"".join(
        b"<p>Paragraph %d says that the bridge over the river was opened again on Saturday, "
        b"as three drivers who crossed it told our reporter number %d.</p>" % (at, at)
        for at in range(6)
    )
    + b"</article></body></html>"
)

Capture = Callable[..., CaptureResult]
Queue = Callable[..., Snapshot]


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as running:
        yield running


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "objects")


@pytest.fixture
def capture(origin: Origin, store: FileStore, tmp_path: Path) -> Capture:
    """Capture a path of the origin with quick limits, as the real pipeline does."""

    def run(path: str = "/", **options: object) -> CaptureResult:
        url = path if "://" in path else origin.url(path)
        given = {"policy": origin.policy, "limits": QUICK, **options}
        return capture_address(url, store=store, staging_dir=tmp_path / "staging", **given)

    return run


@pytest.fixture
def announced(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, object]]]:
    """Hear what is enqueued instead of doing it."""
    heard: list[tuple[str, dict[str, object]]] = []
    for module in (settle, capture_service, artifacts):
        monkeypatch.setattr(
            module, "enqueue", lambda name, **arguments: heard.append((name, arguments))
        )
    return heard


@pytest.fixture
def open_origin(origin: Origin, settings: object) -> Origin:
    """An origin that captures may reach."""
    settings.CAPTURE_LOOPBACK_PORTS = [origin.port]
    origin.answers["/"] = page(ARTICLE)
    return origin


@pytest.fixture
def queued(db: None, open_origin: Origin) -> Queue:
    def add(path: str = "/", **columns: object) -> Snapshot:
        document = add_document(actor=None, address=open_origin.url(path))
        given = {
            "next_attempt_at": timezone.now() - timedelta(seconds=1),
            "host": host_of(document.address),
            **columns,
        }
        return Snapshot.objects.create(document=document, **given)

    return add


def capture_and_read(snapshot: Snapshot) -> Snapshot:
    """Capture, then do the jobs that the seal asked for."""
    capture_service.run_capture(snapshot_id=snapshot.pk)
    for job in snapshot.jobs.all():
        artifacts.make_artifact(job_id=job.pk)
    snapshot.refresh_from_db()
    return snapshot

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sources.capture.limits import Limits
from sources.capture.pipeline import CaptureResult, capture_address
from sources.capture.store import FileStore
from tests.sources.origin import Origin

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


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as running:
        yield running


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "objects")


Capture = Callable[..., CaptureResult]


@pytest.fixture
def capture(origin: Origin, store: FileStore, tmp_path: Path) -> Capture:
    """Capture a path of the origin with quick limits, as the real pipeline does."""

    def run(path: str = "/", **options: object) -> CaptureResult:
        url = path if "://" in path else origin.url(path)
        given = {"policy": origin.policy, "limits": QUICK, **options}
        return capture_address(url, store=store, staging_dir=tmp_path / "staging", **given)

    return run

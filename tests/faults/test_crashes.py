"""kill -9 at each point of a capture: one sealed snapshot, read once, cited, stamped."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.crash_points import POINTS, short_waits
from tests.faults.crashes import crash, crashing_worker
from tests.processes import environment
from tests.sources.conftest import ARTICLE
from tests.sources.origin import Origin, page


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
@pytest.mark.fault(63, 64)
def test_a_worker_may_die_anywhere(origin: Origin, tmp_path: Path, settings: object) -> None:
    settings.STORAGE_URL = f"file://{tmp_path}/objects"
    settings.CAPTURE_LOOPBACK_PORTS = [origin.port]
    settings.CAPTURE_LEASE_SECONDS = 1
    settings.LOCAL_AUTHORITY_DIR = tmp_path / "var" / "timestamp-authority"
    variables = environment(tmp_path, loopback_port=origin.port, CAPTURE_LEASE_SECONDS="1")
    with crashing_worker(variables) as worker, short_waits():
        for place, point in enumerate(POINTS):
            origin.answers[f"/{place}"] = page(ARTICLE + b"<!-- %d -->" % place)
            found = crash(worker, point, origin.url(f"/{place}"), tmp_path)
            assert found.is_well, found

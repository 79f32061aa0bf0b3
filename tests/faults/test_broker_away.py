"""A broker that forgot everything and was away: rows are the queue, so nothing is lost."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.broker_away import flush_and_stop


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """A folder whose name leaves room for a socket's path."""
    folder = Path(tempfile.mkdtemp(prefix="away-"))
    yield folder
    shutil.rmtree(folder)


@pytest.mark.long
@pytest.mark.broker
@pytest.mark.django_db(transaction=True)
@pytest.mark.fault(67)
def test_a_broker_that_forgot_every_message_loses_no_capture(short_folder: Path) -> None:
    outage = flush_and_stop(
        short_folder, captures=20, down_seconds=3, program="tests.faults.hasty_celery"
    )
    assert outage.messages > 0, "there was something to forget"
    assert 0 < outage.before < outage.captures, "it was in the middle"
    assert (outage.lost, outage.twice, outage.asked_twice) == (0, 0, 0)

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def folder() -> Iterator[Path]:
    """Private folder outside pytest's own, whose access lists each new pytest session resets."""
    path = Path(tempfile.mkdtemp(prefix="tests-"))
    yield path
    shutil.rmtree(path)

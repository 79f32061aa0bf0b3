"""Full collections pass over what a process that stays has loaded."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.processes import PROJECT

MOST_LEFT = 0.1
COUNT = "import gc; print(gc.get_freeze_count(), len(gc.get_objects()))"
BEGINNINGS = {
    "web": "import config.wsgi",
    "archived pages": "import config.replay",
    "worker with threads": (
        "from config.celery import app; app.loader.import_default_modules();"
        "from celery.signals import worker_ready; worker_ready.send(sender=None)"
    ),
    "worker with processes": (
        "from config.celery import app; app.loader.import_default_modules();"
        "from celery.signals import worker_process_init; worker_process_init.send(sender=None)"
    ),
}


def counted(program: str) -> tuple[int, int]:
    """Objects that are passed over, and those that are looked through."""
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", f"{program}; {COUNT}"],
        cwd=PROJECT,
        env=os.environ | {"PYTHONPATH": str(PROJECT), "DJANGO_SETTINGS_MODULE": "config.settings"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    frozen, looked_through = done.stdout.split()[-2:]
    return int(frozen), int(looked_through)


@pytest.mark.parametrize("name", BEGINNINGS)
def test_what_is_loaded_is_passed_over(name: str) -> None:
    frozen, looked_through = counted(BEGINNINGS[name])
    assert frozen > 50_000
    assert looked_through < MOST_LEFT * frozen


def test_otherwise_all_of_it_is_looked_through() -> None:
    frozen, looked_through = counted("import django; django.setup()")
    assert looked_through > 50_000
    assert frozen < looked_through

"""One database is migrated for a run; every further process copies it."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

NAME = "test_corroborate_template"


def use_template(folder: Path) -> None:
    """Make the database that this process tests with a copy; FOLDER is common to all of the run."""
    with _locked(folder / "template.lock"):
        migrated = folder / "template.migrated"
        if not migrated.exists():
            _migrate()
            migrated.touch()
    settings.DATABASES["default"]["TEST"]["TEMPLATE"] = NAME


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _migrate() -> None:
    test, own = connection.settings_dict["TEST"], connection.settings_dict["NAME"]
    named = test["NAME"]
    test["NAME"] = NAME
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    connection.close()  # nobody may be connected to what is copied
    test["NAME"] = named
    connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = own

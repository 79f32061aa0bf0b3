"""PostgreSQL refuses to run as root: whom it runs as then, and how that account reaches its files.

No account is added to the machine and no mode of a foreign directory is changed: the server gets a
number of its own, and directories on the way that are closed to others, such as root's home, get an
access control entry that lets this number alone pass through.
"""

from __future__ import annotations

import os
import pwd
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.embedded import acl, locks
from core.embedded.errors import EmbeddedServerError

# Above people's and packages' numbers, below those that systemd gives out and below `nobody`, so
# that it is mapped in containers and owns nothing else.
SERVER_ID = 61170


@dataclass(frozen=True)
class Account:
    """Numeric user and group of a server process."""

    uid: int
    gid: int

    def credentials(self) -> dict[str, Any]:
        """Arguments with which subprocess changes to the account and keeps no other group."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def server_account(data: Path) -> Account | None:
    """Account for the server of `data`; None where the present user is good enough."""
    if os.geteuid() != 0:
        return None
    if data.exists() and data.stat().st_uid != 0:
        return Account(data.stat().st_uid, data.stat().st_gid)
    return Account(SERVER_ID, SERVER_ID)


def nobody() -> Account:
    entry = pwd.getpwnam("nobody")
    return Account(entry.pw_uid, entry.pw_gid)


def give(folder: Path, account: Account) -> None:
    """Make the account owner of a folder and of everything in it."""
    os.chown(folder, account.uid, account.gid)
    for parent, folders, files in os.walk(folder):
        for name in (*folders, *files):
            os.chown(Path(parent, name), account.uid, account.gid, follow_symlinks=False)


@contextmanager
def passing(account: Account, *paths: Path) -> Iterator[None]:
    """Let the account reach the paths for a while; two at once would end it for each other."""
    with ExitStack() as stack:
        for folder in _closed_to(account, *paths):
            stack.enter_context(locks.held_directory(folder))
            _open(folder, account)
            stack.callback(acl.withdraw_passage, folder, account.uid)
        yield


def let_pass(account: Account, *paths: Path) -> None:
    """Let the account reach the paths through every directory above them."""
    for folder in _closed_to(account, *paths):
        with locks.held_directory(folder):
            _open(folder, account)


def _closed_to(account: Account, *paths: Path) -> list[Path]:
    """Closed directories on the way; in the same order for everybody, as they will be locked."""
    above = {folder for path in paths for folder in path.resolve().parents}
    return sorted(folder for folder in above if not _is_open(folder.stat(), account))


def _is_open(state: os.stat_result, account: Account) -> bool:
    return bool(state.st_mode & stat.S_IXOTH) or state.st_uid == account.uid


def _open(folder: Path, account: Account) -> None:
    try:
        acl.allow_passage(folder, account.uid)
    except OSError as error:
        raise EmbeddedServerError(
            f"PostgreSQL does not run as root, and the account that it runs as cannot pass "
            f"through {folder} ({error.strerror}). Run as an ordinary user, or move the project "
            "to a directory that others may pass through."
        ) from error


def others_may_read(folder: Path) -> bool:
    needed = stat.S_IROTH | stat.S_IXOTH
    return folder.stat().st_mode & needed == needed


def let_read(folder: Path) -> None:
    """Undo a strict umask on installed programs: what is in a public wheel is no secret."""
    for parent, _, files in os.walk(folder):
        for path in (Path(parent), *(Path(parent, name) for name in files)):
            mode = path.stat().st_mode
            path.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))

"""One PostgreSQL data directory: its files, and how it is made."""

from __future__ import annotations

import json
import locale
import shutil
from dataclasses import dataclass
from pathlib import Path

from core.embedded import account, programs
from core.embedded.errors import EmbeddedServerError

SUPERUSER = "postgres"
# The application's role owns its databases and may make more, for tests, and is no superuser:
# what is revoked from it is really refused.
ROLE = "application"


@dataclass(frozen=True)
class Cluster:
    """Files of one embedded server, all below `root` except the log."""

    root: Path
    log: Path

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def handles(self) -> Path:
        """Lock that every process using the server shares, and that the keeper waits for."""
        return self.root / "handles.lock"

    @property
    def start(self) -> Path:
        """Lock of the one process that starts the server."""
        return self.root / "start.lock"

    @property
    def keeper(self) -> Path:
        """Lock of the living keeper."""
        return self.root / "keeper.lock"

    @property
    def state(self) -> Path:
        """Where the running server listens; written when it is ready, gone before it stops."""
        return self.root / "server.json"

    def socket_directory(self) -> str | None:
        """Directory of the socket of the running server, or None."""
        try:
            return str(json.loads(self.state.read_text(encoding="utf-8"))["socket_directory"])
        except FileNotFoundError:
            return None

    def forget_killed_server(self) -> None:
        """Remove what says that a server is there, when it is known that none is."""
        former = self.socket_directory()
        if former is not None:
            self.state.unlink()
            shutil.rmtree(former, ignore_errors=True)


def prepare(cluster: Cluster, *, is_durable: bool = True) -> None:
    """Make the data directory unless it exists, and let the server's account reach all it needs.

    What is not durable need not have reached the disk when this returns.
    """
    _refuse_other_version(cluster.data)
    who = account.server_account(cluster.data)
    if who is not None:
        account.let_pass(who, cluster.data, programs.postgres_install())
        _open_programs()
    if not (cluster.data / "PG_VERSION").exists():
        _make(cluster, who, is_durable=is_durable)


def _refuse_other_version(data: Path) -> None:
    try:
        found = (data / "PG_VERSION").read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return
    except PermissionError as error:
        raise EmbeddedServerError(
            f"{data} belongs to another user of this machine. Run as that user, or set "
            "CORROBORATE_VAR to a directory of your own."
        ) from error
    if found != str(programs.POSTGRES_MAJOR):
        raise EmbeddedServerError(
            f"{data} was made by PostgreSQL {found}; the installed one is "
            f"{programs.POSTGRES_MAJOR}. Dump it with the old version and load it into a new one."
        )


def _open_programs() -> None:
    install = programs.postgres_install()
    for folder in (install, install.parent.with_name(f"{install.parent.name}.libs")):
        if folder.exists() and not account.others_may_read(folder):
            account.let_read(folder)


def _make(cluster: Cluster, who: account.Account | None, *, is_durable: bool) -> None:
    """Build beside the final place and rename, so that an interrupted start leaves no half."""
    new = cluster.root / "data.new"
    if new.exists():
        shutil.rmtree(new)
    new.mkdir(mode=0o700)
    if who is None:
        _initialise(new, None, is_durable=is_durable)
    else:
        # initdb insists on a number that has a name, and the server's has none.
        named = account.nobody()
        account.give(new, named)
        with account.passing(named, new, programs.postgres_install()):
            _initialise(new, named, is_durable=is_durable)
        account.give(new, who)
    new.rename(cluster.data)


def _initialise(data: Path, who: account.Account | None, *, is_durable: bool) -> None:
    programs.run("initdb", *_init_options(data), *(() if is_durable else ("--no-sync",)), who=who)
    single = ("--single", "-D", str(data), "-c", f"fsync={'on' if is_durable else 'off'}")
    sql = f"CREATE ROLE {ROLE} LOGIN CREATEDB;\n"
    programs.run("postgres", *single, "postgres", who=who, text=sql)


def _init_options(data: Path) -> list[str]:
    """Same order of strings on every machine; only who may enter the directories may connect."""
    return [
        f"--pgdata={data}",
        f"--username={SUPERUSER}",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        f"--locale={_system_locale()}",
        "--no-instructions",
    ]


def _system_locale() -> str:
    """Locale by which PostgreSQL's text search tells letters from signs beyond ASCII."""
    before = locale.setlocale(locale.LC_CTYPE)
    for name in ("C.UTF-8", "en_US.UTF-8"):
        try:
            locale.setlocale(locale.LC_CTYPE, name)
        except locale.Error:
            continue
        locale.setlocale(locale.LC_CTYPE, before)
        return name
    return "C"

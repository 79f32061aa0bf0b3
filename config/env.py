"""The only reader of the environment: every value has a type, a default and a file form."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit


class EnvironmentProblem(Exception):
    """A variable is missing or malformed; the message names it and the form it should have."""


def text(name: str, default: str = "") -> str:
    """Value of NAME, or the stripped content of the file that NAME_FILE points to."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise EnvironmentProblem(f"{name}_FILE={path} cannot be read: {error}.") from error
    return os.environ.get(name, default)


def boolean(name: str, *, default: bool) -> bool:
    raw = text(name).lower()
    if raw == "":
        return default
    if raw in {"1", "true", "yes", "on"}:
        return True
    if raw in {"0", "false", "no", "off"}:
        return False
    raise EnvironmentProblem(f"{name}={raw!r} is neither true nor false. Use 1 or 0.")


def integer(name: str, default: int) -> int:
    raw = text(name)
    if raw == "":
        return default
    try:
        return int(raw)
    except ValueError as error:
        raise EnvironmentProblem(f"{name}={raw!r} is not a whole number.") from error


def number(name: str, default: float) -> float:
    raw = text(name)
    if raw == "":
        return default
    try:
        return float(raw)
    except ValueError as error:
        raise EnvironmentProblem(f"{name}={raw!r} is not a number.") from error


def share(name: str, default: float) -> float:
    """A number from 0 to 1."""
    found = number(name, default)
    if not 0 <= found <= 1:
        raise EnvironmentProblem(f"{name}={found} is not a share. Write it as 0.015 for 1.5 %.")
    return found


def words(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """Comma-separated list without empty entries."""
    raw = text(name)
    return [word.strip() for word in raw.split(",") if word.strip()] if raw else list(default)


def origin(name: str) -> str:
    """Scheme, host and port of a host of ours, or nothing."""
    raw = text(name).rstrip("/")
    parts = urlsplit(raw)
    is_whole = parts.scheme in {"http", "https"} and parts.hostname and raw.count("/") == 2  # noqa: PLR2004  those of ://
    if raw and not is_whole:
        raise EnvironmentProblem(
            f"{name}={raw!r} is not the address of a host. Write it as https://snap.example.org."
        )
    return raw.lower()


def secret_key(var_dir: Path, *, servers: bool) -> str:
    """SECRET_KEY from the environment; embedded installations keep a generated one, mode 0600."""
    value = text("SECRET_KEY")
    if value:
        return value
    if servers:
        raise EnvironmentProblem(
            "SECRET_KEY is not set although DATABASE_URL is. Set SECRET_KEY (or SECRET_KEY_FILE) "
            "to at least 50 random characters, the same on every machine."
        )
    return _kept_secret(var_dir / "secret_key")


def _kept_secret(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(50))
    return path.read_text(encoding="ascii").strip()


def database(url: str) -> dict[str, object]:
    """Django's DATABASES entry for postgres://user:password@host:port/name?option=value."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise EnvironmentProblem(
            "DATABASE_URL must look like postgres://user:password@host:5432/name; "
            "PostgreSQL 15 or newer is the only database that Corroborate speaks."
        )
    options: dict[str, object] = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or unquote(parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }

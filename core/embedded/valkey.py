"""The embedded Valkey: broker and cache of `manage.py up`, on a Unix socket of its owner alone."""

from __future__ import annotations

import socket
from pathlib import Path
from urllib.parse import quote

from core.embedded.programs import valkey_server

_SECONDS = 2.0


def valkey_command(data: Path, socket_path: Path) -> list[str]:
    """Command line of a server without a network port.

    It saves every minute that saw a write, and at its end. What a kill loses are messages, which
    are hints: the rows say what is due and the sweep sends it again.
    """
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    return [
        valkey_server(),
        *("--port", "0"),
        *("--unixsocket", str(socket_path), "--unixsocketperm", "700"),
        *("--dir", str(data), "--save", "60 1"),
        *("--daemonize", "no", "--loglevel", "notice"),
    ]


def broker_url(socket_path: Path) -> str:
    return f"redis+socket://{quote(str(socket_path))}?virtual_host=0"


def cache_url(socket_path: Path) -> str:
    return f"unix://{quote(str(socket_path))}?db=1"


def answers(socket_path: Path) -> bool:
    """True when the server has loaded its data and takes commands."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(_SECONDS)
        try:
            connection.connect(str(socket_path))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False  # It does not listen yet.

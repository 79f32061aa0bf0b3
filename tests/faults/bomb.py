"""A process of its own that captures an address with the usual limits; prints its peak memory."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from sources.capture.guard import Policy
from sources.capture.pipeline import capture_address
from sources.capture.store import FileStore


def main(url: str, port: str, folder: str) -> None:
    result = capture_address(
        url,
        policy=Policy(allow_loopback_ports=frozenset({int(port)})),
        store=FileStore(Path(folder) / "objects"),
        staging_dir=Path(folder) / "staging",
    )
    json.dump({"outcome": result.outcome, "peak": peak()}, sys.stdout)


def peak() -> int:
    """Most memory of this program, in bytes; getrusage would count the one that started it too."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


if __name__ == "__main__":
    main(*sys.argv[1:])

"""A process of its own that captures an address with the usual limits; prints its peak memory."""

from __future__ import annotations

import json
import resource
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
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    json.dump({"outcome": result.outcome, "peak": peak}, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])

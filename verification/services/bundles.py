"""Evidence bundles for readers and for whoever runs this installation."""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from claims.models import Claim
from core.errors import Conflict, Invalid
from sources.models import Snapshot
from sources.services.bundles import Bundle, Request, write_bundle
from sources.wacz import MOST_BYTES
from verification.selectors.bundled import (
    bundle_of_claim,
    claim_for_readers,
    claim_numbered,
    snapshot_numbered,
)
from verification.selectors.public_copies import public_copy

# What a reader may ask for at once; an operator's own export is bounded by the format alone.
MOST_PUBLIC_BYTES = 256_000_000
MADE_AT_ONCE = 2


@dataclass(frozen=True)
class Download:
    """A bundle that was just written, open for reading; nobody else can see the file."""

    file: BinaryIO
    name: str


def export_bundle(*, what: str, path: Path) -> Bundle:
    """Write the bundle of `claim:12` or `snapshot:88` to PATH, public or not."""
    kind, _, number = what.partition(":")
    if kind not in {"claim", "snapshot"} or not (number.isascii() and number.isdigit()):
        raise Invalid("Say claim:12 for a claim, or snapshot:88 for one archived copy.")
    if kind == "claim":
        request = _of_claim(claim_numbered(int(number)), MOST_BYTES)
    else:
        request = _of_snapshot(snapshot_numbered(int(number)), MOST_BYTES)
    return write_bundle(request=request, path=path)


def claim_download(*, number: int) -> Download:
    """The bundle of a public claim. Missing, Conflict: why there is none."""
    return _download(_of_claim(claim_for_readers(number), MOST_PUBLIC_BYTES), f"claim-{number}")


def snapshot_download(*, number: int) -> Download:
    """The bundle of a public copy. Missing, Conflict: why there is none."""
    return _download(_of_snapshot(public_copy(number), MOST_PUBLIC_BYTES), f"snapshot-{number}")


def _of_claim(claim: Claim, most_bytes: int) -> Request:
    found = bundle_of_claim(claim)
    return Request(
        name=f"Claim {claim.number}",
        snapshots=found.snapshots,
        most_bytes=most_bytes,
        extra={"claim.json": found.words},
    )


def _of_snapshot(snapshot: Snapshot, most_bytes: int) -> Request:
    return Request(
        name=f"Archived copy {snapshot.number}", snapshots=[snapshot], most_bytes=most_bytes
    )


def _download(request: Request, name: str) -> Download:
    staging = Path(settings.STAGING_DIR)
    staging.mkdir(parents=True, exist_ok=True)
    with _one_of_few(staging):
        folder = Path(tempfile.mkdtemp(dir=staging, prefix="bundle-"))
        try:
            path = folder / "bundle.wacz"
            write_bundle(request=request, path=path)
            return Download(path.open("rb"), f"corroborate-{name}.wacz")
        finally:
            shutil.rmtree(folder)  # the open file lives on until it was sent


@contextmanager
def _one_of_few(folder: Path) -> Iterator[None]:
    """Making a bundle reads much: this machine makes a few at a time, and says so to the rest."""
    for place in range(MADE_AT_ONCE):
        with (folder / f".bundles-{place}").open("w") as slot:
            try:
                fcntl.flock(slot, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield
            return
    raise Conflict("Other bundles are being made just now. Try again in a minute.", code="busy")

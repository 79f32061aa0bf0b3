"""Copies that somebody gave us as a file: web archives of others, saved pages, PDFs, pictures.

They are sealed like captures, and marked: nobody here fetched them. The given file is kept as it
was given. Parsing, storing and hashing come first, outside any transaction; a file with anything
wrong in it is refused before a single page of it is sealed.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from accounts.policies import require
from accounts.roles import Permission
from audit.services.record import record_event, record_events, recording
from core.errors import Conflict, Invalid, Upstream
from sources.capture.brought import Brought, Given, from_file, from_record, write_brought
from sources.capture.foreign import BadArchive, ForeignLimits, ForeignRecord, read_foreign
from sources.capture.foreign_wacz import is_zip, open_wacz
from sources.capture.limits import MIB
from sources.capture.pipeline import CaptureResult
from sources.capture.store import StoreProblem
from sources.flags import Flag
from sources.manifest import manifest_digest, manifest_text
from sources.models import Document, FetchHop, Snapshot, StoredObject
from sources.selectors.custody import is_removed
from sources.services.clock import database_now
from sources.services.documents import add_document, canonical
from sources.services.flagging import flags_with
from sources.services.installation import object_store
from sources.services.settle import announce_sealed, sealing_entry, subject_of
from sources.services.settled_rows import columns_of, hop_row, stored_objects  # fmt: skip
from sources.vocabulary import CaptureReason, CaptureState

PLAIN_BYTES = 100 * MIB
HTML = frozenset({"text/html", "application/xhtml+xml", "application/pdf"})
_STEP = 1024 * 1024
_LOOKED_AT = 4096


@dataclass(frozen=True, slots=True)
class _Kept:
    """A page whose WARC file is in the store."""

    brought: Brought
    result: CaptureResult


def import_archive(
    *, actor: User | None, file: BinaryIO, address: str = "", limits: ForeignLimits | None = None
) -> list[Snapshot]:
    """Make snapshots of the pages of a WARC or WACZ file; with ADDRESS, of that page alone.

    Giving the same file again changes nothing. Invalid: why the file is refused, all of it.
    """
    if actor is not None:
        require(actor, Permission.EDIT)
    wanted = canonical(address) if address else ""
    with _taken(file, limits or ForeignLimits()) as taken:
        _refuse_removed(taken)
        pages = list(_pages(taken, wanted))
        kept = [_keep(taken, page, number) for number, page in enumerate(pages)]
        given = _given_object(taken)
    return [_import_one(actor, one, given, wanted) for one in kept]


def provide_file(*, actor: User, document: Document, file: BinaryIO) -> list[Snapshot]:
    """A copy of DOCUMENT from a file that ACTOR has; web archives are looked through for it."""
    require(actor, Permission.EDIT)
    start = file.read(_LOOKED_AT)
    file.seek(0)
    if _is_archive(start):
        if not document.address:
            raise Invalid("Find the address of the document first; it says which page to take.")
        return import_archive(actor=actor, file=file, address=document.address)
    target = document.address or f"urn:corroborate:document:{document.number}"
    with _taken(file, ForeignLimits(file_bytes=PLAIN_BYTES)) as taken:
        if not taken.given.size:
            raise Invalid("The file is empty. Choose another.")
        _refuse_removed(taken)
        kept = _keep(taken, from_file(taken.path, target, timezone.now()), 0)
        given = _given_object(taken)
    return [
        _again(document, kept, given)
        or _seal(
            actor=actor, document=document, kept=kept, given=given, reason=CaptureReason.PROVIDED
        )
    ]


# Taking the file apart ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Taken:
    """The given file in a folder of ours that is gone afterwards."""

    path: Path
    folder: Path
    given: Given
    limits: ForeignLimits


@contextmanager
def _taken(file: BinaryIO, limits: ForeignLimits) -> Iterator[_Taken]:
    staging = Path(settings.STAGING_DIR)
    staging.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="brought-", dir=staging) as name:
        path = Path(name) / "given"
        digest, size = hashlib.sha256(), 0
        with path.open("xb") as out:
            while piece := file.read(_STEP):
                size += len(piece)
                if size > limits.file_bytes:
                    most = limits.file_bytes // MIB
                    raise Invalid(f"The file is larger than {most} MB. Give a smaller one.")
                digest.update(piece)
                out.write(piece)
        if is_removed(digest.hexdigest()):
            raise Conflict("This very file was taken down here. It is not taken again.")
        try:
            yield _Taken(path, Path(name), Given(digest.hexdigest(), size), limits)
        except BadArchive as problem:
            raise Invalid(f"We did not take this file. {problem}", code="bad_archive") from problem
        except StoreProblem as problem:
            raise Upstream("The copy could not be stored. Try again later.") from problem


def _is_archive(start: bytes) -> bool:
    """A WARC, packed or not, or a ZIP that may be a WACZ; other ZIP files are plain files."""
    if is_zip(start):
        return b"datapackage.json" in start or b"archive/" in start or b"pages/" in start
    return start.startswith((b"WARC/", b"\x1f\x8b"))


def _pages(taken: _Taken, wanted: str) -> Iterator[Brought]:
    """The pages to import, in the order of the file; raises BadArchive if there are none."""
    count, words = 0, ""
    for record in _records(taken, wanted):
        try:
            brought = from_record(record, timezone.now())
        except BadArchive as problem:
            words = str(problem)  # of a picture or a script, perhaps; it does not spoil the pages
            continue
        if wanted or _is_page(taken, brought):
            count += 1
            if count > taken.limits.pages:
                raise BadArchive(
                    f"The file has more than {taken.limits.pages} pages. "
                    "Say which one you mean by its address."
                )
            yield brought
    if not count:
        what = "the page with this address" if wanted else "a page"
        raise BadArchive(words or f"The file does not hold {what}.")


def _is_page(taken: _Taken, brought: Brought) -> bool:
    """Without a list of pages: a whole document that a person would open."""
    return is_zip(_start(taken.path)) or (
        brought.media_type in HTML and brought.hop.status in {None, 200}
    )


def _records(taken: _Taken, wanted: str) -> Iterator[ForeignRecord]:
    with taken.path.open("rb") as file:
        if not is_zip(_start(taken.path)):
            yield from read_foreign(file, taken.folder, _choice({wanted}), taken.limits)
            return
        bundle = open_wacz(file, taken.folder, taken.limits)
    targets = {wanted} if wanted else set(bundle.pages)
    for number, path in enumerate(bundle.warcs):
        inner = taken.folder / f"records-{number}"
        inner.mkdir()
        with path.open("rb") as file:
            yield from read_foreign(file, inner, _choice(targets), taken.limits)


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_LOOKED_AT)


class _choice:  # noqa: N801  # used as a function with a memory of what was asked for
    """Whether a record is an answer, and one that was asked for; no target means all."""

    def __init__(self, targets: Iterable[str]) -> None:
        self._targets = {target for target in targets if target}

    def __call__(self, fields: dict[str, str]) -> bool:
        kind = fields.get("warc-type", "").lower()
        target = fields.get("warc-target-uri", "").strip().strip("<>")
        if kind not in {"response", "resource"}:
            return False
        return not self._targets or target in self._targets or _same(target, self._targets)


def _same(target: str, targets: set[str]) -> bool:
    try:
        return canonical(target) in targets
    except Invalid:
        return False


def _keep(taken: _Taken, brought: Brought, number: int) -> _Kept:
    """Write the WARC file of one page, store it, and read it back."""
    path = taken.folder / f"kept-{number}.warc.gz"
    now = timezone.now()
    records = write_brought(path, brought, taken.given, operator=settings.CAPTURE_OPERATOR, now=now)
    store = object_store()
    key = store.put(path)
    if not store.verify(key):
        raise StoreProblem("The store gave back other bytes than it was given.")
    result = CaptureResult(
        CaptureState.SEALED, brought.target, now, timezone.now(), brought.outcome,
        hops=(brought.hop,), warc_sha256=key, warc_bytes=store.size(key), records=records,
        main=records[1],
    )  # fmt: skip
    return _Kept(brought, result)


def _refuse_removed(taken: _Taken) -> None:
    """Conflict: these very bytes were taken down."""
    if is_removed(taken.given.sha256):
        raise Conflict("This file was taken down and may not be kept again.", code="taken_down")


def _given_object(taken: _Taken) -> StoredObject:
    """Keep the file as it was given."""
    store = object_store()
    key = store.put(taken.path)
    if key != taken.given.sha256 or not store.verify(key):
        raise StoreProblem("The store gave back other bytes than it was given.")
    found, _ = StoredObject.objects.get_or_create(
        sha256=key, defaults={"size": taken.given.size, "media_type": "application/octet-stream"}
    )
    return found


# Sealing -----------------------------------------------------------------------------------------


def _import_one(actor: User | None, kept: _Kept, given: StoredObject, wanted: str) -> Snapshot:
    document = add_document(actor=actor, address=wanted or kept.brought.target)
    return _again(document, kept, given) or _seal(
        actor=actor, document=document, kept=kept, given=given, reason=CaptureReason.IMPORT
    )


def _again(document: Document, kept: _Kept, given: StoredObject) -> Snapshot | None:
    """The snapshot that was made when this file was given before."""
    payload = kept.brought.hop.payload_sha256
    return Snapshot.objects.filter(document=document, given=given, payload_sha256=payload).first()


@recording()
def _seal(
    *, actor: User | None, document: Document, kept: _Kept, given: StoredObject, reason: str
) -> Snapshot:
    """One transaction: a row that no worker ever saw, sealed with its manifest."""
    now, result = database_now(), kept.result
    snapshot = Snapshot.objects.create(
        document=document, requested_by=actor, reason=reason, given=given, attempt=1,
        max_attempts=1, next_attempt_at=None, capture_started_at=now,
    )  # fmt: skip
    record_event(
        actor=actor,
        tag=f"sources:snapshot:{'imported' if reason == CaptureReason.IMPORT else 'provided'}",
        subject=snapshot,
        after={"document": document.number, "given_sha256": given.sha256},
    )
    known = [str(Flag.DIGEST_MISMATCH)] if kept.brought.wrong else []
    snapshot.flags = flags_with(known, result, now)
    manifest = manifest_text(subject_of(snapshot, now), result)
    columns = columns_of(result, stored_objects([result])[result.warc_sha256], now) | {
        "flags": snapshot.flags,
        "media_type": kept.brought.media_type[:120],
        "manifest": manifest,
        "manifest_sha256": manifest_digest(manifest),
    }
    Snapshot.objects.filter(pk=snapshot.pk).update(**columns)
    snapshot.refresh_from_db()
    _add_hop(snapshot, kept.brought)
    record_events(actor=None, entries=[sealing_entry(snapshot, result)])
    announce_sealed([snapshot])
    return snapshot


def _add_hop(snapshot: Snapshot, brought: Brought) -> None:
    """Where it is said to come from, and when; the page says whose word that is."""
    row = hop_row(snapshot.pk, snapshot.fence, brought.hop)
    at = brought.stated_at
    row.timings = {"stated_at": at.isoformat()} if at else {}
    FetchHop.objects.bulk_create([row])

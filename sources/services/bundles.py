"""Evidence bundles: archived copies with everything that a stranger needs to check them offline.

Complete or refused. What goes in is the snapshots asked for, the copies that they refer to, their
manifests, the lines that the software itself wrote about them, and the proofs of those lines.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from audit import merkle
from audit.models import AuditEvent, Checkpoint, TimestampToken, TokenKind, TokenState
from audit.selectors.checkpoints import checkpoint_of
from audit.services.checkpoints import make_checkpoint
from core.errors import Conflict, Missing
from sources.bundle_words import README, description
from sources.capture.pipeline import SOFTWARE
from sources.models import Artifact, Snapshot, Takedown, Tombstone
from sources.services.installation import object_store
from sources.services.integrity import damaged_objects
from sources.services.objects import open_object
from sources.vocabulary import ArtifactStatus, CaptureState
from sources.wacz import TooLarge, WaczWriter

SEALED, MADE = "sources:snapshot:sealed", "sources:artifact:made"
MOST_SNAPSHOTS = 200
# How many checkpoints without a token are followed to find one that a later token covers.
MOST_FOLLOWED = 1000
_SUFFIXES = {TokenKind.RFC3161: "tsr", TokenKind.OPENTIMESTAMPS: "ots"}


@dataclass(frozen=True)
class Proofs:
    """The lines about the snapshots, and the way from them to stamped checkpoints."""

    lines: list[AuditEvent]
    checkpoints: list[Checkpoint]
    covering: Mapping[int, Checkpoint]
    tokens: list[TimestampToken]

    @property
    def is_pending(self) -> bool:
        """Whether a line is not covered by any granted token yet."""
        granted = {one.checkpoint_id for one in self.tokens if one.state == TokenState.GRANTED}
        numbers = [one.number for one in self.checkpoints if one.pk in granted]
        return any(max(numbers, default=0) < one.number for one in self.covering.values())


@dataclass(frozen=True)
class Bundle:
    """What was written."""

    path: Path
    snapshots: tuple[int, ...]
    is_pending: bool


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a bundle is of. `name` and `words` for its title; `extra` are files of the asker."""

    name: str
    snapshots: Sequence[Snapshot]
    most_bytes: int
    extra: Mapping[str, bytes] = field(default_factory=dict)


def write_bundle(*, request: Request, path: Path) -> Bundle:
    """Write the bundle to PATH. Conflict, with nothing written: why it would not be complete."""
    asked = {snapshot.pk for snapshot in request.snapshots}
    snapshots = _with_holders(request.snapshots)
    _refuse_incomplete(snapshots, request.most_bytes)
    proofs = _proofs(snapshots)
    try:
        with WaczWriter(path, timezone.now(), request.most_bytes) as writer:
            for snapshot in snapshots:
                _add_snapshot(writer, snapshot, is_page=snapshot.pk in asked)
            _add_artifacts(writer, snapshots, proofs)
            _add_proofs(writer, proofs)
            for name, content in {"README.txt": README.encode(), **request.extra}.items():
                writer.add(f"evidence/{name}", content)
            writer.finish(
                title=request.name,
                description=description(request.name, settings.PUBLIC_URL),
                software=SOFTWARE,
            )
    except TooLarge as problem:
        raise _too_large(request.most_bytes) from problem
    numbers = tuple(snapshot.number for snapshot in snapshots)
    return Bundle(path, numbers, proofs.is_pending)


def _with_holders(snapshots: Iterable[Snapshot]) -> list[Snapshot]:
    """The snapshots and those that hold the payload of one that only refers to it; by number."""
    found: dict[int, Snapshot] = {}
    waiting = list(snapshots)
    while waiting:
        snapshot = waiting.pop()
        if snapshot.pk not in found:
            found[snapshot.pk] = snapshot
            if snapshot.revisits is not None:
                waiting.append(snapshot.revisits)
    return sorted(found.values(), key=lambda snapshot: snapshot.number)


def _refuse_incomplete(snapshots: Sequence[Snapshot], most_bytes: int) -> None:
    if not snapshots:
        raise Missing("Nothing is archived here yet, so there is no bundle.")
    if len(snapshots) > MOST_SNAPSHOTS:
        raise Conflict(f"A bundle holds at most {MOST_SNAPSHOTS} archived copies. Take fewer.")
    for snapshot in snapshots:
        if snapshot.state != CaptureState.SEALED or snapshot.warc is None:
            raise Missing(f"Nothing is archived under {snapshot.number} yet.")
        if not snapshot.manifest:
            raise Conflict(
                f"Copy {snapshot.number} was sealed before manifests were kept. "
                "Archive the page again; the new copy can be exported."
            )
    _refuse_removed(snapshots)
    files = {one.warc.sha256: one for one in snapshots if one.warc}
    if sum(one.warc.size for one in snapshots if one.warc) > most_bytes:
        raise _too_large(most_bytes)
    for key in sorted(damaged_objects(hashes=files)):
        raise Conflict(
            f"The file of copy {files[key].number} is missing from the store or damaged, so a "
            "bundle would not be complete. An administrator can restore it.",
            code="damaged",
        )


def _refuse_removed(snapshots: Sequence[Snapshot]) -> None:
    removed = Takedown.objects.filter(snapshot__in=snapshots).select_related("snapshot").first()
    if removed is not None:
        raise Conflict(
            f"Copy {removed.snapshot.number} was taken down: {removed.words}", code="taken_down"
        )
    if Tombstone.objects.filter(stored__in=[one.warc_id for one in snapshots]).exists():
        raise Conflict("A file of this bundle was removed after a takedown.", code="taken_down")


def _too_large(most_bytes: int) -> Conflict:
    return Conflict(
        f"The bundle would be larger than {most_bytes // 1_000_000} MB. "
        "Take the bundle of one archived copy at a time."
    )


def _add_snapshot(writer: WaczWriter, snapshot: Snapshot, *, is_page: bool) -> None:
    if snapshot.warc is None:
        raise Missing(f"Nothing is archived under {snapshot.number} yet.")
    with open_object(snapshot.warc.sha256) as warc:
        writer.add_warc(snapshot.number, warc, snapshot.warc_records, is_page=is_page)
    name = f"evidence/snapshot-{snapshot.number}.manifest.json"
    writer.add(name, snapshot.manifest.encode())


def _add_artifacts(writer: WaczWriter, snapshots: Sequence[Snapshot], proofs: Proofs) -> None:
    """Texts and pictures whose hashes the lines state."""
    made = {
        (line.subject_id, line.after.get("kind"), line.after.get("sha256"))
        for line in proofs.lines
        if line.tag == MADE
    }
    rows = Artifact.objects.filter(snapshot__in=snapshots, status=ArtifactStatus.OK)
    added: set[str] = set()
    for row in rows.select_related("snapshot", "stored"):
        number = str(row.snapshot.number)
        name = f"evidence/snapshot-{number}.{row.kind}.{row.sha256[:8]}"
        if name not in added and (number, row.kind, row.sha256) in made:
            added.add(name)
            _add_artifact(writer, row, name)


def _add_artifact(writer: WaczWriter, row: Artifact, name: str) -> None:
    if row.stored is None:
        writer.add(f"{name}.txt", row.content.encode())
        return
    if damaged_objects(hashes=[row.stored.sha256]):
        raise Conflict("A picture of a copy is damaged in the store.", code="damaged")
    with object_store().open(row.stored.sha256) as picture:
        writer.add(f"{name}.png", picture)


def _proofs(snapshots: Sequence[Snapshot]) -> Proofs:
    lines = list(
        AuditEvent.objects.filter(
            actor=None,
            subject_type="sources.snapshot",
            subject_id__in=[str(one.number) for one in snapshots],
            tag__in=[SEALED, MADE],
        ).order_by("seq")
    )
    sealed = {line.subject_id for line in lines if line.tag == SEALED}
    for snapshot in snapshots:
        if str(snapshot.number) not in sealed:
            raise Conflict(f"The record has no line that sealed copy {snapshot.number}.")
    newest = Checkpoint.objects.order_by("-number").first()
    if newest is None or newest.last_seq < lines[-1].seq:
        make_checkpoint()
    covering = {line.seq: _covering(line) for line in lines}
    checkpoints = _followed(covering.values())
    tokens = TimestampToken.objects.filter(checkpoint__in=checkpoints).exclude(
        state=TokenState.REFUSED
    )
    chosen = tokens.select_related("checkpoint").order_by("checkpoint__number", "pk")
    return Proofs(lines, checkpoints, covering, list(chosen))


def _covering(line: AuditEvent) -> Checkpoint:
    """The checkpoint whose tree holds LINE."""
    found = checkpoint_of(line.seq)
    if found is None:
        raise Conflict("No checkpoint covers this yet. Try again in a few minutes.")
    return found


def _followed(covering: Iterable[Checkpoint]) -> list[Checkpoint]:
    """The covering checkpoints, each with those up to the first one that has a granted token."""
    stamped = TimestampToken.objects.filter(state=TokenState.GRANTED, kind=TokenKind.RFC3161)
    found: dict[int, Checkpoint] = {}
    for checkpoint in {one.number: one for one in covering}.values():
        first = (
            stamped.filter(checkpoint__number__gte=checkpoint.number)
            .order_by("checkpoint__number")
            .values_list("checkpoint__number", flat=True)
            .first()
        )
        last = first if first and first - checkpoint.number < MOST_FOLLOWED else checkpoint.number
        for one in Checkpoint.objects.filter(number__range=(checkpoint.number, last)):
            found[one.number] = one
    return [found[number] for number in sorted(found)]


def _add_proofs(writer: WaczWriter, proofs: Proofs) -> None:
    writer.add_lines(
        "evidence/ledger.jsonl",
        (
            {"content": one.content(), "previous_hash": one.previous_hash, "hash": one.hash}
            for one in proofs.lines
        ),
    )
    writer.add_lines("evidence/proofs.jsonl", _inclusions(proofs))
    writer.add_lines(
        "evidence/checkpoints.jsonl",
        ({**one.content(), "hash": one.hash} for one in proofs.checkpoints),
    )
    rows = list(_token_rows(writer, proofs.tokens))
    writer.add_lines("evidence/tokens.jsonl", rows or [_nobody_asked(proofs.checkpoints[-1])])


def _inclusions(proofs: Proofs) -> Iterable[dict[str, Any]]:
    by_checkpoint: defaultdict[int, list[int]] = defaultdict(list)
    for seq, checkpoint in proofs.covering.items():
        by_checkpoint[checkpoint.number].append(seq)
    for number, sequences in sorted(by_checkpoint.items()):
        checkpoint = proofs.covering[sequences[0]]
        hashes = AuditEvent.objects.filter(
            seq__range=(checkpoint.first_seq, checkpoint.last_seq)
        ).order_by("seq")
        leaves = [bytes.fromhex(text) for text in hashes.values_list("hash", flat=True)]
        for seq in sequences:
            proof = merkle.prove(leaves, seq - checkpoint.first_seq)
            path = [sibling.hex() for sibling in proof.path]
            yield {"seq": seq, "checkpoint": number, "path": path}


def _nobody_asked(checkpoint: Checkpoint) -> dict[str, Any]:
    """A line that says so: py-wacz refuses a package with an empty list in it."""
    return {
        "checkpoint": checkpoint.number,
        "kind": TokenKind.RFC3161,
        "authority": "any authority",
        "state": TokenState.PENDING,
        "nonce": "",
    }


def _token_rows(writer: WaczWriter, tokens: Sequence[TimestampToken]) -> Iterable[dict[str, Any]]:
    for place, one in enumerate(tokens, start=1):
        row: dict[str, Any] = {
            "checkpoint": one.checkpoint.number,
            "kind": one.kind,
            "authority": one.authority,
            "state": one.state,
            "nonce": one.nonce,
        }
        is_promised = one.kind == TokenKind.OPENTIMESTAMPS and one.state == TokenState.PENDING
        if one.token is not None and (one.state == TokenState.GRANTED or is_promised):
            stem = f"checkpoint-{one.checkpoint.number}-{place}"
            row["token"] = f"{stem}.{_SUFFIXES[TokenKind(one.kind)]}"
            writer.add(f"evidence/{row['token']}", bytes(one.token))
            if one.chain_pem:
                row["certificates"] = f"{stem}.pem"
                writer.add(f"evidence/{row['certificates']}", one.chain_pem.encode())
        yield row

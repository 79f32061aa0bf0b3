"""The page of the record for readers: its checkpoints, newest first, and who stamped each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from audit.authorities import LOCAL
from audit.models import Checkpoint, TimestampToken
from audit.selectors.checkpoints import PAGE, published_checkpoints, words_of


@dataclass(frozen=True)
class Stamp:
    """`authority` is empty for our own clock, of which the words say so."""

    at: datetime | None
    words: str
    authority: str


@dataclass(frozen=True)
class CheckpointRow:
    number: int
    made_at: datetime
    first_seq: int
    last_seq: int
    hash: str
    stamps: tuple[Stamp, ...]


@dataclass(frozen=True)
class RecordPage:
    """`older` and `newest`: addresses of other pages, or nothing."""

    rows: tuple[CheckpointRow, ...]
    older: str
    newest: str


def record_page(before: int | None = None) -> RecordPage:
    """Checkpoints below the number BEFORE, or the newest. Two queries."""
    found = published_checkpoints(before)
    more = len(found) == PAGE and found[-1].number > 1
    rows = tuple(_row(checkpoint) for checkpoint in found)
    older = f"?before={found[-1].number}" if more else ""
    return RecordPage(rows, older, "" if before is None else "?")


def _row(checkpoint: Checkpoint) -> CheckpointRow:
    return CheckpointRow(
        number=checkpoint.number,
        made_at=checkpoint.made_at,
        first_seq=checkpoint.first_seq,
        last_seq=checkpoint.last_seq,
        hash=checkpoint.hash,
        stamps=tuple(_stamp(token) for token in checkpoint.tokens.all()),
    )


def _stamp(token: TimestampToken) -> Stamp:
    authority = "" if token.authority == LOCAL else token.authority
    return Stamp(token.stated_at, words_of(token), authority)

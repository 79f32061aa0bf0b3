"""Checkpoints as they are published, proofs of single lines, and whether all of them hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max

from audit import chain, merkle
from audit.authorities import LOCAL, LOCAL_WORDS, authority_named
from audit.merkle import InclusionProof
from audit.models import AuditEvent, Checkpoint, TimestampToken, TokenKind, TokenState
from audit.stamping import ots
from audit.stamping.tokens import TokenProblem, certificates, check

ALARM_AFTER = timedelta(hours=1)
PAGE = 50


@dataclass(frozen=True)
class Inclusion:
    """Why a line of the record is covered by a checkpoint."""

    checkpoint: Checkpoint
    proof: InclusionProof


@dataclass(frozen=True)
class CheckpointFault:
    number: int
    problem: str


@dataclass(frozen=True)
class StampHealth:
    """How the time stamps stand. `alarm` is empty while all is well, else words for people."""

    newest: Checkpoint | None
    granted_at: datetime | None  # when the newest token was verified here
    waiting: int  # tokens that authorities still owe
    is_local_only: bool
    alarm: str


def checkpoint_of(seq: int) -> Checkpoint | None:
    """The checkpoint that covers line SEQ; None while the next one is not made."""
    found = Checkpoint.objects.filter(last_seq__gte=seq).order_by("last_seq").first()
    return found if found is not None and found.first_seq <= seq else None


def inclusion_of(seq: int) -> Inclusion | None:
    """Proof that line SEQ is under its checkpoint's root; None while there is no checkpoint."""
    checkpoint = checkpoint_of(seq)
    if checkpoint is None:
        return None
    leaves = list(_leaves(checkpoint))
    return Inclusion(checkpoint, merkle.prove(leaves, seq - checkpoint.first_seq))


def published_checkpoints(before: int | None = None) -> list[Checkpoint]:
    """The newest PAGE checkpoints with a number below BEFORE, with their tokens. Two queries."""
    rows = Checkpoint.objects.order_by("-number").prefetch_related("tokens")
    return list((rows.filter(number__lt=before) if before is not None else rows)[:PAGE])


def stamp_health(*, now: datetime) -> StampHealth:
    """Whether the newest checkpoints have their time; four short queries."""
    granted = TimestampToken.objects.filter(state=TokenState.GRANTED)
    # A token also covers every checkpoint before its own, because they are chained.
    covered = granted.aggregate(last=Max("checkpoint__number"))["last"] or 0
    first_bare = Checkpoint.objects.filter(number__gt=covered).order_by("number").first()
    waiting = TimestampToken.objects.exclude(state=TokenState.GRANTED)
    newest = granted.order_by("-verified_at").values_list("verified_at", flat=True).first()
    late = first_bare is not None and first_bare.made_at < now - ALARM_AFTER
    return StampHealth(
        newest=Checkpoint.objects.order_by("-number").first(),
        granted_at=newest,
        waiting=waiting.count(),
        is_local_only=not granted.exclude(authority=LOCAL).exists(),
        alarm=_alarm(waiting.order_by("-pk").first()) if late else "",
    )


def _alarm(token: TimestampToken | None) -> str:
    said = f" {token.authority} last said: {token.reason}" if token and token.reason else ""
    return (
        "No authority has stamped the record for more than an hour. Check that "
        f"TIMESTAMP_AUTHORITY_URL can be reached from the workers.{said}"
    )


def checkpoint_faults() -> Iterator[CheckpointFault]:
    """What is wrong with the checkpoints or their tokens; streams, so any length fits."""
    expected, first_seq, previous = 1, 1, ""
    rows = Checkpoint.objects.order_by("number").prefetch_related("tokens")
    for row in rows.iterator(chunk_size=200):
        for problem in _problems(row, expected, first_seq, previous):
            yield CheckpointFault(row.number, problem)
        expected, first_seq, previous = row.number + 1, row.last_seq + 1, row.hash


def _problems(row: Checkpoint, expected: int, first_seq: int, previous: str) -> Iterator[str]:
    if row.number != expected:
        yield f"checkpoint {expected} is missing"
    if row.first_seq != first_seq:
        yield f"begins at line {row.first_seq}, not at {first_seq}"
    if row.previous_hash != previous:
        yield "does not name the hash of the checkpoint before it"
    if row.hash != chain.line_hash(row.previous_hash, row.content()):
        yield "its content does not match its hash"
    yield from _unlike_the_lines(row)
    for token in row.tokens.all():
        if token.state == TokenState.GRANTED and (problem := token_problem(token, row)):
            yield f"token of {token.authority}: {problem}"


def _unlike_the_lines(row: Checkpoint) -> Iterator[str]:
    leaves = list(_leaves(row))
    if len(leaves) != row.last_seq - row.first_seq + 1:
        yield "covers lines that are not in the record"
    elif merkle.root_of(leaves).hex() != row.root:
        yield "its root does not match the lines that it covers"


def token_problem(token: TimestampToken, checkpoint: Checkpoint) -> str:
    """Why a granted token does not hold for its checkpoint; empty if it does.

    An authority of the settings is judged by the roots named there, so that a token and its chain
    cannot be exchanged together. One that is no longer named, and the local one, whose key may be
    on another machine, are judged by the root that was trusted when the token came.
    """
    imprint, answer = bytes.fromhex(checkpoint.hash), bytes(token.token or b"")
    try:
        if token.kind == TokenKind.OPENTIMESTAMPS:
            ots.check(answer, imprint=imprint)
            return ""
        authority = authority_named(token.authority)
        trusted = authority.roots() if authority and not authority.is_local else None
        roots = trusted or certificates(token.chain_pem.encode())
        check(answer, imprint=imprint, nonce=int(token.nonce), roots=roots)
    except (TokenProblem, ValueError) as problem:
        return str(problem)
    return ""


def words_of(token: TimestampToken) -> str:
    """What a reader is told of a token, marked where the clock is only our own."""
    if token.authority == LOCAL:
        return LOCAL_WORDS
    return {
        TokenState.GRANTED: "granted and verified",
        TokenState.PENDING: "pending: the authority has not answered yet",
        TokenState.REFUSED: "refused: the answer did not hold; it is asked again",
    }[TokenState(token.state)]


def _leaves(checkpoint: Checkpoint) -> map[bytes]:
    covered = (checkpoint.first_seq, checkpoint.last_seq)
    hashes = AuditEvent.objects.filter(seq__range=covered).order_by("seq")
    return map(bytes.fromhex, hashes.values_list("hash", flat=True))

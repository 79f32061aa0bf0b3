"""Time stamps for checkpoints: each authority owes one token, and is asked until it gives it.

A row is the queue. It is taken by moving its next attempt, asked over the network outside any
transaction, and settled by the same attempt that took it. An authority that is away leaves its row
pending; an answer that does not hold makes it refused, and both are tried again, ever more rarely.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models.functions import Now
from django.utils import timezone

from audit import chain
from audit.authorities import Authority, authorities, authority_named
from audit.models import Checkpoint, TimestampToken, TokenKind, TokenState
from audit.stamping import own, tokens
from audit.stamping.tokens import Stamped, TokenProblem
from sources.capture.exchange import Question, exchange
from sources.capture.guard import Refused
from sources.capture.outcomes import FetchFailed
from sources.services import calendars
from sources.services.installation import service_policy
from sources.services.stamp_rows import put_off, settle, take

logger = logging.getLogger(__name__)

QUERY_TYPE, REPLY_TYPE = "application/timestamp-query", "application/timestamp-reply"
MOST_AT_ONCE = 20
CLOCKS_MAY_DIFFER = timedelta(seconds=60)
OK = 200


@dataclass(frozen=True)
class Reply:
    """What came of asking: a token that holds, or words; `answered` tells bad from away."""

    token: bytes = b""
    nonce: int = 0
    stamped: Stamped | None = None
    words: str = ""
    answered: bool = False


def stamp_checkpoint(*, number: int) -> int:
    """Ask every authority for a token over checkpoint NUMBER; returns how many were granted."""
    checkpoint = Checkpoint.objects.filter(number=number).first()
    if checkpoint is None:
        return 0
    _owe(checkpoint)
    due = TimestampToken.objects.filter(checkpoint=checkpoint, next_attempt_at__lte=Now())
    return sum(_stamp(token) for token in due)


def sweep_stamps() -> int:
    """Ask again what is due, the newest first; returns how many were granted."""
    newest = Checkpoint.objects.order_by("-number").first()
    if newest is not None:
        _owe(newest)  # its message may be lost, or an authority may be new
    due = (
        TimestampToken.objects.filter(next_attempt_at__lte=Now())
        .select_related("checkpoint")
        .order_by("-checkpoint__number")[:MOST_AT_ONCE]
    )
    return sum(_stamp(token) for token in due)


def _owe(checkpoint: Checkpoint) -> None:
    """Rows for all who should stamp CHECKPOINT; those that are there stay as they are."""
    stamps = [(TokenKind.RFC3161, one.name) for one in authorities()]
    proofs = [(TokenKind.OPENTIMESTAMPS, url) for url in settings.OPENTIMESTAMPS_URLS]
    TimestampToken.objects.bulk_create(
        [
            TimestampToken(
                checkpoint=checkpoint, kind=kind, authority=name, next_attempt_at=timezone.now()
            )
            for kind, name in (*stamps, *proofs)
        ],
        ignore_conflicts=True,
    )


def _stamp(token: TimestampToken) -> bool:
    """Ask for one token and settle its row; False if it was not granted, or not ours to ask."""
    if not take(token):
        return False
    if token.kind == TokenKind.OPENTIMESTAMPS:
        return calendars.ask_calendar(token)
    authority = authority_named(token.authority)
    if authority is None:
        settle(token, next_attempt_at=None, reason="This authority is not asked any more.")
        return False
    reply = _ask(authority, token.checkpoint)
    return _keep(token, reply)


def _ask(authority: Authority, checkpoint: Checkpoint) -> Reply:
    """One request and what its answer is worth; raises nothing for what the authority does."""
    request = tokens.request_for(_preimage(checkpoint))
    nonce, imprint = request.nonce or 0, bytes.fromhex(checkpoint.hash)
    try:
        roots = authority.roots()
        if authority.is_local:
            folder = Path(settings.LOCAL_AUTHORITY_DIR)
            answer = own.stamp(folder, imprint=imprint, nonce=nonce)
        else:
            answer = _post(authority, request.as_bytes())
    except (FetchFailed, Refused) as problem:
        return Reply(words=problem.words)
    except (TokenProblem, OSError) as problem:
        return Reply(words=str(problem))
    try:
        stamped = tokens.check(answer, imprint=imprint, nonce=nonce, roots=roots)
        _refuse_expired(stamped, timezone.now())
    except TokenProblem as problem:
        return Reply(words=str(problem), answered=True)
    return Reply(answer, nonce, stamped)


def _post(authority: Authority, query: bytes) -> bytes:
    question = Question(authority.name, "POST", query, QUERY_TYPE, REPLY_TYPE)
    answer = exchange(question, service_policy(), most_bytes=tokens.MOST_BYTES)
    if answer.status != OK:
        raise TokenProblem(f"It answered with HTTP status {answer.status}.")
    return answer.body


def _refuse_expired(stamped: Stamped, now: datetime) -> None:
    """A dead certificate could state any time at which it was still alive."""
    if stamped.signer_until < now:
        raise TokenProblem("The certificate of the signer has expired.")


def _keep(token: TimestampToken, reply: Reply) -> bool:
    if reply.stamped is None:
        state = TokenState.REFUSED if reply.answered else TokenState.PENDING
        logger.warning("No time stamp from %s: %s", token.authority, reply.words)
        put_off(token, state=state, reason=reply.words)
        return False
    now = timezone.now()
    return settle(
        token,
        state=TokenState.GRANTED,
        token=reply.token,
        nonce=str(reply.nonce),
        chain_pem=reply.stamped.root_pem,
        stated_at=reply.stamped.at,
        verified_at=now,
        next_attempt_at=None,
        reason=_clocks(reply.stamped.at, now),
    )


def _clocks(stated: datetime, now: datetime) -> str:
    """Words where the two clocks differ too much; one of them is wrong, and a reader may ask."""
    apart = abs(stated - now)
    if apart <= CLOCKS_MAY_DIFFER:
        return ""
    return f"The authority's clock and ours differ by {round(apart.total_seconds())} seconds."


def _preimage(checkpoint: Checkpoint) -> bytes:
    """The bytes whose SHA-256 is the checkpoint's hash, as `chain.line_hash` joins them."""
    return checkpoint.previous_hash.encode("ascii") + b"\n" + chain.canonical(checkpoint.content())

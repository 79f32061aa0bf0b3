"""OpenTimestamps: a checkpoint's hash is given to a calendar, and its proof is fetched later.

Until a block of Bitcoin holds it, the row is pending and keeps the calendar's promise. After seven
days without a block the hash is submitted anew.
"""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from django.db.models.functions import Now
from django.utils import timezone

from audit.models import TimestampToken, TokenState
from audit.stamping import ots
from audit.stamping.tokens import TokenProblem
from sources.capture.exchange import Answer, Question, exchange
from sources.capture.guard import Refused
from sources.capture.outcomes import FetchFailed
from sources.services.installation import service_policy
from sources.services.stamp_rows import put_off, settle

ACCEPTED = "application/vnd.opentimestamps.v1"
FORM = "application/x-www-form-urlencoded"
ASK_AGAIN_AFTER = timedelta(hours=1)
SUBMIT_AGAIN_AFTER = timedelta(days=7)
OK, NOT_FOUND = 200, 404


def ask_calendar(token: TimestampToken) -> bool:
    """Submit, or ask for the rest of the proof, and settle the row; True once a block holds it."""
    try:
        if _is_to_be_submitted(token):
            return _submit(token)
        return _upgrade(token)
    except (FetchFailed, Refused) as problem:
        put_off(token, state=TokenState.PENDING, reason=problem.words)
    except TokenProblem as problem:
        put_off(token, state=TokenState.REFUSED, reason=str(problem))
    return False


def _is_to_be_submitted(token: TimestampToken) -> bool:
    """While a proof is pending, `stated_at` is the time when the calendar took the hash."""
    if token.token is None or token.stated_at is None:
        return True
    return token.stated_at < timezone.now() - SUBMIT_AGAIN_AFTER


def _submit(token: TimestampToken) -> bool:
    imprint = bytes.fromhex(token.checkpoint.hash)
    question = Question(f"{token.authority.rstrip('/')}/digest", "POST", imprint, FORM, ACCEPTED)
    answer = _exchanged(question)
    if answer.status != OK:
        raise TokenProblem(f"The calendar answered with HTTP status {answer.status}.")
    proof = ots.begin(answer.body, imprint=imprint)
    return _keep(token, proof, submitted_at=timezone.now())


def _upgrade(token: TimestampToken) -> bool:
    imprint, proof = bytes.fromhex(token.checkpoint.hash), bytes(token.token or b"")
    waiting = ots.waiting_at(proof, imprint=imprint)
    if waiting is None:
        return _keep(token, proof)
    calendar, commitment = waiting
    _refuse_stranger(calendar, token.authority)
    url = f"{calendar.rstrip('/')}/timestamp/{commitment.hex()}"
    answer = _exchanged(Question(url, accept=ACCEPTED))
    if answer.status == NOT_FOUND:
        return _keep(token, proof)  # no block yet
    if answer.status != OK:
        raise TokenProblem(f"The calendar answered with HTTP status {answer.status}.")
    return _keep(token, ots.extend(proof, answer.body, imprint=imprint))


def _exchanged(question: Question) -> Answer:
    return exchange(question, service_policy(), most_bytes=ots.MOST_BYTES)


def _keep(token: TimestampToken, proof: bytes, **submitted: object) -> bool:
    block = ots.block_of(proof, imprint=bytes.fromhex(token.checkpoint.hash))
    if block is None:
        kept = {"stated_at": submitted["submitted_at"]} if submitted else {}
        settle(
            token,
            state=TokenState.PENDING,
            token=proof,
            next_attempt_at=Now() + ASK_AGAIN_AFTER,
            reason="The calendar has it; no block holds it yet.",
            **kept,
        )
        return False
    return settle(
        token,
        state=TokenState.GRANTED,
        token=proof,
        stated_at=None,
        verified_at=timezone.now(),
        next_attempt_at=None,
        reason=f"Bitcoin block {block.height} must have the Merkle root {block.merkle_root}.",
    )


def _refuse_stranger(calendar: str, authority: str) -> None:
    """A calendar may send us to a neighbour under its own domain, and to nobody else."""
    home, there = urlsplit(authority), urlsplit(calendar)
    domain = ".".join((home.hostname or "").split(".")[-2:])
    is_same = (home.scheme, home.netloc) == (there.scheme, there.netloc)
    is_neighbour = there.scheme == "https" and (there.hostname or "").endswith(f".{domain}")
    if not (is_same or is_neighbour):
        raise TokenProblem("The calendar sends us to a stranger for the proof.")

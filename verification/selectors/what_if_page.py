"""The preview of a source judged otherwise, as its page shows it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from claims.models import Claim
from claims.vocabulary import Status
from core.bidi import with_turns_shown, without_turns
from core.chances import in_hundred
from verification.conditions.phrases import count
from verification.desk_addresses import desk_claim_path
from verification.selectors.targets import BARS
from verification.selectors.what_if import (
    MOST_CLAIMS,
    Move,
    Seen,
    Tried,
    moves,
    open_claims_of,
)

MOST_SHOWN = 50


@dataclass(frozen=True, kw_only=True)
class Moved:
    """One claim whose score would move. `crosses`: which bar, in words, or nothing."""

    number: int
    href: str
    sentence: str
    language: str
    status: str
    before: Seen
    after: Seen
    crosses: str


@dataclass(frozen=True, kw_only=True)
class Preview:
    """Those across a bar first, then those that move most.

    `open`: open claims of the source; `scored`: those of them that have a score; `moved`: whose
    score or range would be another; `rest`: of these, how many are not among `rows`; `unseen`: open
    claims that were too many to work out.
    """

    tried: str
    open: int
    scored: int
    moved: int
    across: int
    rows: tuple[Moved, ...]
    unseen: int

    @property
    def rest(self) -> int:
        return self.moved - len(self.rows)

    @property
    def words(self) -> str:
        """In one sentence."""
        if not self.moved:
            return "Changes no score."
        across = f"{self.across} across a bar" if self.across else "none across a bar"
        return f"Changes {count(self.moved, 'score')}, {across}."


def preview(tried: Tried) -> Preview:
    """A fixed number of queries, however many claims it touches."""
    seen = list(moves(tried))
    moved = ordered(move for move in seen if move.before != move.after)
    claims = open_claims_of(tried.source).count()
    return Preview(
        tried=_in_words(tried),
        open=claims,
        scored=len(seen),
        moved=len(moved),
        across=sum(bool(crossed(move)) for move in moved),
        rows=tuple(_rows(moved[:MOST_SHOWN])),
        unseen=max(0, claims - MOST_CLAIMS),
    )


def ordered(found: Iterable[Move]) -> list[Move]:
    """Those across a bar first, then those that move most."""
    return sorted(found, key=lambda move: (not crossed(move), -move.size, move.claim))


def crossed(move: Move) -> str:
    """Which bar the score would cross, in words; nothing if none."""
    before, after = move.before.estimate, move.after.estimate
    high, low = BARS[Status.CONFIRMED], BARS[Status.REFUTED]
    said = [
        (before < high <= after, "Reaches", high, Status.CONFIRMED),
        (after < high <= before, "Falls below", high, Status.CONFIRMED),
        (after <= low < before, "Goes down to", low, Status.REFUTED),
        (before <= low < after, "Rises above", low, Status.REFUTED),
    ]
    words = [
        f"{verb} {in_hundred(bar)}, the bar for {status.label}{_exactly(before, after)}"
        for crosses, verb, bar, status in said
        if crosses
    ]
    return "; ".join(words)


def _exactly(before: float, after: float) -> str:
    """Both with as many decimals as tell them apart, where whole numbers do not."""
    if in_hundred(before) != in_hundred(after):
        return ""
    texts = ((f"{100 * before:.{n}f}", f"{100 * after:.{n}f}") for n in range(1, 17))
    one, other = next(pair for pair in texts if pair[0] != pair[1])
    return f" (from {one} to {other})"


def _in_words(tried: Tried) -> str:
    grade = f"grade {tried.grade} ({tried.grade.label.lower()})" if tried.grade else ""
    side = f"on the side of {tried.party.name} too" if tried.party else ""
    ended = f"no longer on the side of {tried.ended.name}" if tried.ended else ""
    owner = f"owned by {with_turns_shown(tried.owner.name)}" if tried.owner else ""
    unowned = "with no owner" if tried.unowned else ""
    words = ", ".join(part for part in (grade, side, ended, owner, unowned) if part)
    return words[:1].upper() + words[1:]


def _rows(found: Iterable[Move]) -> Iterable[Moved]:
    listed = list(found)
    claims = Claim.objects.in_bulk([move.claim for move in listed])
    for move in listed:
        claim = claims[move.claim]
        yield Moved(
            number=claim.number,
            href=desk_claim_path(claim.number),
            sentence=without_turns(claim.sentence),
            language=claim.language,
            status=claim.status,
            before=move.before,
            after=move.after,
            crosses=crossed(move),
        )

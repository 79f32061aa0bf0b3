"""The outcome: a probability with its range, and every step from the start to it.

start.log_odds plus the values of all contributions is log_odds, within 1e-9; a reader can redo the
sum by hand. `as_dict` is what is stored and served.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum

from verification.scoring.selection import Dropped


class NoteCode(StrEnum):
    """What a page says beside a contribution; the first five name the report that counts first."""

    COPY_OF = "copy_of"
    SAME_ORIGIN = "same_origin"
    SAME_SOURCE = "same_source"
    SAME_OWNER = "same_owner"
    ERRS_TOGETHER = "errs_together"
    CROWD = "crowd"
    SELF_SERVING = "self_serving"
    AGAINST_INTEREST = "against_interest"
    CHECKED_VISUAL = "checked_visual"
    NO_BETTER_THAN_CHANCE = "no_better_than_chance"
    CAPPED = "capped"
    CREDIBILITY_NOT_JUDGED = "credibility_not_judged"
    UNGRADED = "ungraded"


@dataclass(frozen=True, slots=True)
class Note:
    code: str
    key: str | None = None

    def as_dict(self) -> dict[str, object]:
        return {"code": self.code, "key": self.key}


@dataclass(frozen=True, slots=True)
class Start:
    """Before any report: log_odds = ln(prior / (1 − prior)) + alpha."""

    prior: float
    alpha: float
    log_odds: float

    def as_dict(self) -> dict[str, object]:
        return {"prior": self.prior, "alpha": self.alpha, "log_odds": self.log_odds}


@dataclass(frozen=True, slots=True)
class Contribution:
    """One report that was weighed; value = weight · clip(effect · llr, ±cap) · discount.

    u, v: its source's chance of support if the claim is true, and if it is false. settled: how many
    settled reports stand behind them. llr: logarithm of the likelihood ratio, positive for the
    claim. interest_effect: the part of llr that comes from the interest of the source. centre: what
    it adds to the middle of the range, which is value with the mean of llr over what the coins may
    be; variance: what it adds to the variance of the log-odds. before, after: running log-odds.
    """

    key: str
    source: str
    stance: str
    u: float
    v: float
    settled: float
    llr: float
    interest_effect: float
    weight: float
    effect: float
    discount: float
    value: float
    centre: float
    variance: float
    before: float
    after: float
    notes: tuple[Note, ...]

    def as_dict(self) -> dict[str, object]:
        row: dict[str, object] = {name: getattr(self, name) for name in _CONTRIBUTION}
        row["notes"] = [note.as_dict() for note in self.notes]
        return row


@dataclass(frozen=True, slots=True)
class Score:
    """Confidence in one claim.

    estimate, low, high: probabilities inside (0, 1), low ≤ estimate ≤ high, a 90 % range.
    snapshot: version of the parameters. centre: log-odds in the middle of the range; start.log_odds
    plus the centre of each contribution.
    contributions: every report that was weighed, those that move nothing among them, from the
    largest to the smallest movement, oldest first among equals. dropped: the others, oldest first.
    origins_supporting, origins_contradicting: independence groups that carry weight.
    leave_one_out: estimate without a report, by key. leave_one_side_out: without a side, by party.
    """

    method: str
    snapshot: str
    inputs_digest: str
    estimate: float
    low: float
    high: float
    log_odds: float
    centre: float
    variance: float
    start: Start
    contributions: tuple[Contribution, ...]
    dropped: tuple[Dropped, ...]
    origins_supporting: int
    origins_contradicting: int
    leave_one_out: Mapping[str, float]
    leave_one_side_out: Mapping[str, float]

    def as_dict(self) -> dict[str, object]:
        row: dict[str, object] = {name: getattr(self, name) for name in _SCORE}
        row["start"] = self.start.as_dict()
        row["contributions"] = [entry.as_dict() for entry in self.contributions]
        row["dropped"] = [entry.as_dict() for entry in self.dropped]
        row["leave_one_out"] = dict(self.leave_one_out)
        row["leave_one_side_out"] = dict(self.leave_one_side_out)
        return row

    def to_json(self) -> str:
        return json.dumps(self.as_dict(), ensure_ascii=False, allow_nan=False)


_CONTRIBUTION = tuple(entry.name for entry in fields(Contribution))
_SCORE = tuple(entry.name for entry in fields(Score))

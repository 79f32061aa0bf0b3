"""What the scorer is told: frozen reports about one claim, and nothing else.

The vocabulary is that of the claims package. `alignment` is a property of what a source *says*, not
of the claim: an armed group that announces its victory is self-serving, and so is the party that
denies that defeat; a party that admits a defeat speaks against its interest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Self

from claims.vocabulary import Alignment, Directness, Stance
from sources.vocabulary import Grade

CREDIBILITIES = range(1, 7)
"""Admiralty credibility of a piece of information: 1 confirmed by others … 6 cannot be judged."""


class Exclusion(StrEnum):
    """Why a report is listed with the claim and yet moves nothing."""

    WITHDRAWN = "withdrawn"
    INTEGRITY_FAILED = "integrity_failed"
    MISTAKEN = "mistaken"
    DIFFERENT_EVENT = "different_event"
    NOT_ARCHIVED = "not_archived"
    SUPERSEDED_REPORT = "superseded_report"
    CONTEXT = "context"


class Interest(StrEnum):
    """What the claim, if true, does to the side of the source; z of scoring.md 4.1."""

    NONE = "none"
    FAVOURS = "favours"
    HARMS = "harms"


_INTERESTS: Mapping[tuple[Stance, Alignment], Interest] = {
    (Stance.SUPPORTS, Alignment.SELF_SERVING): Interest.FAVOURS,
    (Stance.SUPPORTS, Alignment.AGAINST_INTEREST): Interest.HARMS,
    (Stance.CONTRADICTS, Alignment.SELF_SERVING): Interest.HARMS,
    (Stance.CONTRADICTS, Alignment.AGAINST_INTEREST): Interest.FAVOURS,
}


def interest_of(stance: Stance, alignment: Alignment) -> Interest:
    """The interest class that a report falls in and that its track record is counted by."""
    return _INTERESTS.get((stance, alignment), Interest.NONE)


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """Settled reports of one source in one interest class, as counts: whole numbers.

    n1: reports on claims that proved true, n1_plus of them supporting; n0 and n0_plus the same on
    claims that proved false. Counting a settled claim for its own score would be circular: the
    caller leaves this claim's own report out, see `without`. Only the joint mode (method cred-a)
    adds parts of reports that nobody has settled, so that counts are fractions there.
    """

    n1: float = 0
    n1_plus: float = 0
    n0: float = 0
    n0_plus: float = 0

    def __post_init__(self) -> None:
        if not (0 <= self.n1_plus <= self.n1 and 0 <= self.n0_plus <= self.n0):
            raise ValueError(f"A track record needs 0 ≤ plus ≤ all, not {self}.")

    @property
    def settled(self) -> float:
        return self.n1 + self.n0

    def including(self, *, supports: bool, proved_true: bool) -> Self:
        return self._shifted(1, supports=supports, proved_true=proved_true)

    def without(self, *, supports: bool, proved_true: bool) -> Self:
        """The record as if this settled report had never been counted (leave-one-out)."""
        return self._shifted(-1, supports=supports, proved_true=proved_true)

    def _shifted(self, step: int, *, supports: bool, proved_true: bool) -> Self:
        true, false = step * proved_true, step * (not proved_true)
        return type(self)(
            n1=self.n1 + true,
            n1_plus=self.n1_plus + true * supports,
            n0=self.n0 + false,
            n0_plus=self.n0_plus + false * supports,
        )

    def as_dict(self) -> dict[str, float]:
        return {
            "n1": self.n1,
            "n1_plus": self.n1_plus,
            "n0": self.n0,
            "n0_plus": self.n0_plus,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One evidence item as the scorer sees it.

    key: stable id of the item; orders ties and labels the result. order: newest highest.
    source, owner, side, origin: ids. An owner is a source itself, so owner and source ids share
    one name space. bloc: group of sources that a person found to err together, to which the owner
    belongs, by a name that no source has; all reports of one owner name the same. origin: documents
    that derive from one first report; None stands alone.
    credibility: Admiralty 1–6, None is 6. grade: Admiralty A–F of the source, None is ungraded.
    source_kind: a word for what the source is. rated: what somebody else says of it, with who said
    it; equal text is one rating. See `groups`.
    checked_visual: place, date and authenticity were checked and passed; it is then judged as a
    checked visual and not by its publisher, and `record` is the record of checked visuals.
    record: of this source in the interest class of this report (`interest_of`).
    neutral_record: of this source where it had no interest; read only where `record` is not it.
    excluded: an `Exclusion`; the report is listed and moves nothing.
    """

    key: str
    source: str
    stance: Stance
    directness: Directness
    order: int = 0
    credibility: int | None = None
    alignment: Alignment = Alignment.NEUTRAL
    grade: str | None = None
    source_kind: str | None = None
    rated: str | None = None
    checked_visual: bool = False
    record: TrackRecord = TrackRecord()
    neutral_record: TrackRecord = TrackRecord()
    origin: str | None = None
    owner: str | None = None
    bloc: str | None = None
    side: str | None = None
    excluded: str | None = None

    def __post_init__(self) -> None:
        for name, words in _CLOSED_SETS.items():
            self._check(name, words)
        if self.credibility is not None and self.credibility not in CREDIBILITIES:
            raise ValueError(f"Credibility is 1 to 6 or None, not {self.credibility!r}.")

    def _check(self, name: str, words: Mapping[str | None, StrEnum | None]) -> None:
        """Stored text becomes the member it names; anything else is refused."""
        value = getattr(self, name)
        if value not in words:
            raise ValueError(f"{value!r} is no {name} of a report.")
        object.__setattr__(self, name, words[value])

    @property
    def interest(self) -> Interest:
        """A checked visual speaks for itself: whom it serves no longer matters."""
        return Interest.NONE if self.checked_visual else interest_of(self.stance, self.alignment)

    @property
    def age(self) -> tuple[int, str]:
        """Sorts oldest first; the key decides between reports of equal order."""
        return self.order, self.key

    def as_dict(self) -> dict[str, object]:
        row: dict[str, object] = {name: getattr(self, name) for name in _REPORT_FIELDS}
        row["record"] = self.record.as_dict()
        row["neutral_record"] = self.neutral_record.as_dict()
        for name in ("bloc", "source_kind", "rated"):
            if row[name] is None:  # as before there were any, so that what was stored compares
                del row[name]
        return row


_CLOSED_SETS: Mapping[str, Mapping[str | None, StrEnum | None]] = {
    "stance": {word.value: word for word in Stance},
    "directness": {word.value: word for word in Directness},
    "alignment": {word.value: word for word in Alignment},
    "grade": {None: None, **{word.value: word for word in Grade}},
    "excluded": {None: None, **{word.value: word for word in Exclusion}},
}

_REPORT_FIELDS = tuple(field.name for field in fields(Report))


@dataclass(frozen=True, slots=True)
class ClaimInput:
    """All reports filed on one claim, in any order, excluded ones among them.

    kind: the kind of the claim, which chooses the starting point.
    """

    reports: tuple[Report, ...] = ()
    kind: str = "other"

    def __post_init__(self) -> None:
        object.__setattr__(self, "reports", tuple(self.reports))
        counts = Counter(report.key for report in self.reports)
        twice = sorted(key for key, times in counts.items() if times > 1)
        if twice:
            raise ValueError(f"These reports are given more than once: {', '.join(twice)}.")
        blocs: dict[str, str | None] = {}
        for report in self.reports:
            owner = report.owner or report.source
            if blocs.setdefault(owner, report.bloc) != report.bloc:
                raise ValueError(f"{owner} is in two blocs: one owner belongs to one at most.")

    def as_dict(self) -> dict[str, object]:
        """Plain values, reports by key: the order in which they were given leaves no trace."""
        ordered = sorted(self.reports, key=lambda report: report.key)
        return {"kind": self.kind, "reports": [report.as_dict() for report in ordered]}

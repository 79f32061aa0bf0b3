"""Claims on their way from a clause to a proposal, and how a paragraph's claims fit together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from claims.proposals import cues
from claims.proposals.lexicon import Happening
from claims.proposals.names import places
from claims.proposals.proposal import Flag
from claims.proposals.sentences import Sentence
from claims.proposals.sides import Side


@dataclass(frozen=True, slots=True)
class Candidate:
    """A claim read from sentence.text[start:end], which `source` holds as printed."""

    text: str
    sentence: Sentence
    start: int
    end: int
    source: str
    notes: tuple[int, ...]
    happening: Happening
    loser: Side | None = None
    given: frozenset[Flag] = frozenset()
    is_joined: bool = False

    @property
    def place(self) -> tuple[int, int]:
        return self.sentence.offset, self.start


@dataclass(frozen=True, slots=True)
class Report:
    """A cited clause about reports; `candidate` is what to propose if its notes find no claim."""

    candidate: Candidate


def fitted(parts: Sequence[Candidate | Report]) -> list[Candidate]:
    """The claims of one paragraph, in the order in which they should be seen.

    Notes of reports pass to the next claim, and a retreat that names no place is told once, with
    the capture that follows it. What was joined so is the outcome of the paragraph and leads it;
    what rests on other claims comes after them.
    """
    candidates = _without_retold_losses(_with_report_notes(parts))
    return sorted(candidates, key=_rank)


def _rank(candidate: Candidate) -> int:
    if candidate.is_joined:
        return 0
    return 2 if Flag.RESTS_ON_OTHERS in candidate.given else 1


def _with_report_notes(parts: Sequence[Candidate | Report]) -> list[Candidate]:
    candidates: list[Candidate] = []
    pending: list[Report] = []
    for part in parts:
        if isinstance(part, Report):
            pending.append(part)
        else:
            candidates.append(_with_notes(part, pending))
            pending = []
    if not pending:
        return candidates
    if candidates:
        return [*candidates[:-1], _with_notes(candidates[-1], pending)]
    return [report.candidate for report in pending]


def _with_notes(candidate: Candidate, reports: Sequence[Report]) -> Candidate:
    if not reports:
        return candidate
    numbers = {number for report in reports for number in report.candidate.notes}
    notes = tuple(sorted(numbers | set(candidate.notes)))
    return replace(candidate, notes=notes, is_joined=True)


def _without_retold_losses(candidates: Sequence[Candidate]) -> list[Candidate]:
    kept = list(candidates)
    for at, candidate in enumerate(candidates):
        if not _leaves_place_open(candidate):
            continue
        for later, following in enumerate(kept):
            if later > at and _is_same_change(candidate, following):
                kept[later] = replace(following, is_joined=True)
                kept[at] = replace(candidate, text="")
                break
    return [candidate for candidate in kept if candidate.text]


def _leaves_place_open(candidate: Candidate) -> bool:
    is_loss = candidate.happening is Happening.LOSS and not candidate.notes
    derived = Flag.RESTS_ON_OTHERS in candidate.given
    return is_loss and not derived and not places(candidate.source)


def _is_same_change(loss: Candidate, capture: Candidate) -> bool:
    if capture.happening is not Happening.CONTROL:
        return False
    return loss.loser is None or capture.loser in {None, loss.loser}


def rests_on_others(candidate_text: str, happening: Happening, lead: str) -> bool:
    """A summary: every place was lost, or "with the loss of A and B" something else followed."""
    changes = happening in {Happening.CONTROL, Happening.LOSS}
    derived = lead.startswith("With ") and cues.EARLIER_HAPPENING.match(lead) is not None
    return changes and (derived or cues.EVERY_PLACE.search(candidate_text) is not None)

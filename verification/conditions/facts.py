"""What a condition looks at, and what it answers.

The facts are frozen and complete: a condition asks no clock and no database, so the same facts give
the same answer on the page, in the API and in a test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from claims.vocabulary import Alignment, Directness, Resolution, Stance, Status
from core.terms import Term

GRADES = frozenset("ABCDEF")
UNKNOWN_GRADE = "F"  # "cannot be judged"; E is the low grade
_STANDING = frozenset("ABCDF")
_CREDIBLE = frozenset("ABC")
_STRONG = frozenset("AB")
# As in the score, an item that speaks wrongly or of something else weighs nothing.
_VOID = frozenset({Resolution.MISTAKEN, Resolution.DIFFERENT_EVENT})


class ReasonCode(Term):
    """Why a status changes; each transition admits a few of these."""

    NEW_SUPPORTING_EVIDENCE = "new_supporting_evidence", "New evidence supports it"
    NEW_CONTRADICTING_EVIDENCE = "new_contradicting_evidence", "New evidence contradicts it"
    INDEPENDENT_CORROBORATION = "independent_corroboration", "Independent sources agree"
    CONCLUSIVE_VISUAL_EVIDENCE = (
        "conclusive_visual_evidence",
        "Pictures or video, checked, are conclusive",
    )
    ADMISSION_AGAINST_INTEREST = (
        "admission_against_interest",
        "A side said it against its own interest",
    )
    OFFICIAL_ACKNOWLEDGEMENT = "official_acknowledgement", "It was acknowledged officially"
    CONTRADICTION_RESOLVED = "contradiction_resolved", "The contradiction is resolved"
    MISATTRIBUTED_EVENT = "misattributed_event", "The evidence shows another event"
    EXHAUSTED_LINES_OF_ENQUIRY = (
        "exhausted_lines_of_enquiry",
        "Every line of enquiry was followed to its end",
    )
    SOURCE_RETRACTED = "source_retracted", "A source retracted"
    EVIDENCE_INTEGRITY_FAILED = (
        "evidence_integrity_failed",
        "An archived copy failed its integrity check",
    )
    QUOTE_CHANGED = "quote_changed", "A quoted passage was changed after publication"
    READER_CHALLENGE = "reader_challenge", "A reader’s objection was accepted"
    SITUATION_CHANGED = "situation_changed", "The situation changed"
    PERIODIC_REVIEW = "periodic_review", "Looked at again; nothing changed"
    EDITOR_OVERRIDE = "editor_override", "Set outside the rules"


@dataclass(frozen=True, kw_only=True, slots=True)
class EvidenceFact:
    """One evidence item as the rules see it.

    key identifies the item for ever; label is how readers see it ("[5]"). alignment is relative to
    what the source says (see `Alignment`). grade is the source's Admiralty reliability, None when
    nobody graded it. origin identifies the independence group; copied says that the document
    derives from another one of that group. archived: the cited snapshot was captured. intact: its
    stored bytes still match their hash (an item without a snapshot counts as not archived, whatever
    intact says). visual_checked: place and date of a picture or video were checked and passed.
    quote_moved: what it quotes, or its page, is no longer where it was archived.
    """

    key: str
    label: str
    stance: Stance
    directness: Directness
    alignment: Alignment
    grade: str | None
    origin: str
    archived: bool
    intact: bool
    visual_checked: bool
    added_at: datetime
    withdrawn: bool = False
    resolution: Resolution | None = None
    source_side: str | None = None
    copied: bool = False
    quote_moved: bool = False

    def __post_init__(self) -> None:
        if self.grade is not None and self.grade not in GRADES:
            raise ValueError(f"{self.grade!r} is not a grade: use A to F, or None.")

    @property
    def effective_grade(self) -> str:
        return self.grade or UNKNOWN_GRADE

    @property
    def speaks(self) -> bool:
        """Takes a side on the claim and was not withdrawn."""
        return not self.withdrawn and self.stance != Stance.CONTEXT

    @property
    def open(self) -> bool:
        """Speaks and was not set aside by a resolution: it still pulls its way."""
        return self.speaks and self.resolution is None

    @property
    def counted(self) -> bool:
        """A decision rests on it or must answer it."""
        return self.speaks and self.resolution not in _VOID

    @property
    def of_standing(self) -> bool:
        return self.effective_grade in _STANDING

    @property
    def credible(self) -> bool:
        """Graded A to C, or any grade but E when it is said against the source's interest."""
        return self.effective_grade in _CREDIBLE or (self.of_standing and self.is_admission)

    @property
    def strong(self) -> bool:
        return self.effective_grade in _STRONG

    @property
    def is_admission(self) -> bool:
        return self.alignment == Alignment.AGAINST_INTEREST

    @property
    def is_visual(self) -> bool:
        return self.directness == Directness.FIRST_HAND_VISUAL

    @property
    def is_checked_visual(self) -> bool:
        """A checked picture speaks for itself, whoever published it."""
        return self.is_visual and self.visual_checked

    @property
    def disinterested(self) -> bool:
        """Not from the side that gains. A copy carries the interest of what it copies."""
        return self.alignment != Alignment.SELF_SERVING and not self.copied


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimFacts:
    """A claim, its evidence, and what the person who wants to change its status has written.

    status is None before the claim exists. decided_at is when the present status began; without it
    every item counts as newer. tried is the account of what was looked into. superseded_by is the
    number of the following claim, superseding_item the key of an evidence item that shows the end.
    excluded_by holds the numbers of confirmed claims that cannot hold together with this one at
    overlapping times.
    """

    status: Status | None
    evidence: tuple[EvidenceFact, ...] = ()
    finding: str = ""
    would_change_it: str = ""
    tried: str = ""
    reason: str = ""
    reason_code: ReasonCode | None = None
    review_due_at: datetime | None = None
    time_to: datetime | None = None
    decided_at: datetime | None = None
    superseded_by: int | None = None
    superseding_item: str | None = None
    excluded_by: tuple[int, ...] = ()
    has_document_or_claimant: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """The answer of one condition: label is the requirement, detail what was found or is unmet."""

    code: str
    met: bool
    label: str
    detail: str


Condition = Callable[[ClaimFacts], Check]

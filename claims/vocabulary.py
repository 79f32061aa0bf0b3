"""The words that claims and evidence are described with: closed sets, each member with a label.

Pure: no framework. Models build their choices and check constraints from these sets, rules compare
their members, pages show `label` (and `meaning` of a status). The values are stored and published;
a value is never renamed.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from core.terms import Term


class Status(StrEnum):
    """How far the truth of a claim is established; `meaning` says it to a reader."""

    label: str
    meaning: str

    def __new__(cls, value: str, label: str = "", meaning: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        member.meaning = meaning
        return member

    UNVERIFIED = (
        "unverified",
        "Unverified",
        "We know of it and have not established it.",
    )
    CONTESTED = (
        "contested",
        "Contested",
        "Sources of standing disagree and it is not settled.",
    )
    CORROBORATED = (
        "corroborated",
        "Corroborated",
        (
            "Two or more independent credible origins, no credible contradiction; "
            "not conclusively shown."
        ),
    )
    CONFIRMED = (
        "confirmed",
        "Confirmed",
        "Evidence is conclusive and two people agreed.",
    )
    REFUTED = (
        "refuted",
        "Refuted",
        "Evidence is conclusive that it is not so, and two people agreed.",
    )
    UNVERIFIABLE = (
        "unverifiable",
        "Unverifiable",
        "Looked into; what exists cannot settle it; can be reopened.",
    )
    SUPERSEDED = (
        "superseded",
        "Superseded",
        "Was so at the stated time; events have moved on.",
    )


class Stage(Term):
    """Where the work on a claim stands; says nothing about its truth."""

    TRIAGE = "triage", "Triage"
    OPEN = "open", "Open"
    IN_PROGRESS = "in_progress", "In progress"
    READY_FOR_REVIEW = "ready_for_review", "Ready for review"
    DONE = "done", "Done"


class Publication(Term):
    """Who can see a claim."""

    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Stance(Term):
    """What a document says about a claim."""

    SUPPORTS = "supports", "Supports"
    CONTRADICTS = "contradicts", "Contradicts"
    CONTEXT = "context", "Context"


class Directness(Term):
    """How close a document is to what happened."""

    FIRST_HAND_VISUAL = "first_hand_visual", "First-hand picture or video"
    FIRST_HAND_WITNESS = "first_hand_witness", "First-hand witness"
    OFFICIAL_STATEMENT = "official_statement", "Official statement"
    REPORTING = "reporting", "Reporting"
    AGGREGATION = "aggregation", "Aggregation of other reports"


class Alignment(Term):
    """Whom it serves that this source says this: relative to what is said, not to the claim.

    self_serving: saying it, in support or in denial, favours the side that the source belongs to.
    against_interest: saying it harms the source's own side (an admission).
    neutral: the source belongs to no side, or its side gains and loses nothing by it.

    A party that announces its victory is therefore self_serving, and so is the party that denies
    that defeat; a party that admits its defeat speaks against its interest, and so does a party
    that denies a success ascribed to it.
    """

    SELF_SERVING = "self_serving", "Speaks for its own side"
    NEUTRAL = "neutral", "Speaks for no side"
    AGAINST_INTEREST = "against_interest", "Against its own side’s interest"


class AlignmentBasis(Term):
    """Whether an alignment follows from the affiliations on record or from a person."""

    DERIVED = "derived", "From the source’s affiliation"
    OVERRIDDEN = "overridden", "Set by a person, with a reason"


class ClaimKind(Term):
    """What a claim is about."""

    CONTROL = "control", "Who holds a place"
    OCCURRENCE = "occurrence", "Something happened"
    ATTRIBUTION = "attribution", "Who did it"
    QUANTITY = "quantity", "How many or how much"
    QUOTE = "quote", "Somebody said it"
    MEDIA_AUTHENTICITY = "media_authenticity", "A picture or video is what it is said to be"
    OTHER = "other", "Other"


class Resolution(Term):
    """Why an evidence item on the losing side does not stand in the way."""

    ACCEPTED = "accepted", "Accepted: the claim was changed to meet it"
    OUTWEIGHED = "outweighed", "Outweighed"
    MISTAKEN = "mistaken", "Mistaken"
    DIFFERENT_EVENT = "different_event", "About a different event"
    SUPERSEDED = "superseded", "Superseded by later evidence"


class Sensitivity(Term):
    """What a page must take care of before it shows the evidence of a claim."""

    NORMAL = "normal", "Normal"
    GRAPHIC = "graphic", "Graphic"
    PERSONAL_SAFETY = "personal_safety", "Could endanger a person"


class TimePrecision(Term):
    """How exactly a time is known; `vague` is for words such as "early November"."""

    MINUTE = "minute", "To the minute"
    HOUR = "hour", "To the hour"
    DAY = "day", "To the day"
    MONTH = "month", "To the month"
    YEAR = "year", "To the year"
    VAGUE = "vague", "Vague"


class PlacePrecision(Term):
    """How exactly a place is known."""

    EXACT = "exact", "Exact"
    VICINITY = "vicinity", "Vicinity"
    LOCALITY = "locality", "Locality"
    REGION = "region", "Region"


class RelationKind(Term):
    """How one claim bears on another, read from the first to the second."""

    DUPLICATES = "duplicates", "Says the same as"
    CONTRADICTS = "contradicts", "Cannot hold together with"
    DEPENDS_ON = "depends_on", "Rests on"
    NARROWER = "narrower", "Is part of"
    SUPERSEDES = "supersedes", "Follows after"


class QuoteState(Term):
    """Whether the words that an evidence item quotes still stand where they were quoted from."""

    UNCHECKED = "unchecked", "Not looked at again yet"
    UNCHANGED = "unchanged", "The quoted words still stand there"
    CHANGED_ELSEWHERE = "changed_elsewhere", "The page changed, the quoted words did not"
    QUOTE_CHANGED = "quote_changed", "The quoted words were changed"
    QUOTE_GONE = "quote_gone", "The quoted words are gone"
    GONE = "gone", "The page is gone"
    SOFT_404 = "soft_404", "The page seems to be gone"
    BOT_WALL = "bot_wall", "A check for robots stands before the page"
    UNREACHABLE = "unreachable", "The site could not be reached"
    RESTORED = "restored", "The quoted words are back"

"""What the proposer returns: claims for a person to keep, edit, join, split or drop."""

from __future__ import annotations

from dataclasses import dataclass

from claims.proposals.article import Article, Where
from claims.proposals.times import TimeExpression
from claims.vocabulary import ClaimKind
from core.terms import Term


class Flag(Term):
    """What a person should look at before keeping a proposal.

    `no_footnote` marks a plain assertion without a note. A proposal that is hedged, judged,
    pictured or derived from others carries that flag instead: there the missing note is not the
    first thing to mend, and the empty list of notes says the rest.
    """

    NO_FOOTNOTE = "no_footnote", "No footnote"
    VAGUE_TIME = "vague_time", "Vague time"
    JUDGEMENT_WORD = "judgement_word", "Word of judgement"
    SPLIT = "split", "Split from one sentence"
    WEAKLY_TESTABLE = "weakly_testable", "Weakly testable"
    SEVERAL_PLACES = "several_places", "Several places"
    PICTURE = "picture", "Picture: check reuse"
    HEDGED = "hedged", "Hedged"
    NO_NUMBER = "no_number", "No number"
    NUMBER_RANGE = "number_range", "Number is a range"
    CAUSE = "cause", "Cause"
    RESTS_ON_OTHERS = "rests_on_others", "Rests on other claims"


@dataclass(frozen=True, slots=True)
class Proposal:
    """One proposed claim.

    `sentence` is 10 to 240 characters and stands alone as far as rules can make it. `quote` is
    `article.text[start:end]` with line breaks as spaces: the clause it was read from, without the
    marker that follows it. Proposals split from one clause share their quote.
    """

    sentence: str
    quote: str
    start: int
    end: int
    where: Where
    footnotes: tuple[int, ...]
    flags: tuple[Flag, ...]
    kind: ClaimKind
    times: tuple[TimeExpression, ...]
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proposals:
    """An article and the claims read from it, in the order in which a person should see them."""

    article: Article
    claims: tuple[Proposal, ...]

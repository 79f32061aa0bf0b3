"""From an article to its proposals."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from claims.proposals.article import Article
from claims.proposals.candidates import Candidate
from claims.proposals.english import english_candidates
from claims.proposals.flags import flags_of
from claims.proposals.lexicon import Happening
from claims.proposals.names import names, places
from claims.proposals.proposal import Flag, Proposal, Proposals
from claims.proposals.rewriting import SHORTEST
from claims.proposals.times import find_times
from claims.proposals.unparsed import unparsed_candidates
from claims.vocabulary import ClaimKind

_KINDS = {
    Happening.CONTROL: ClaimKind.CONTROL,
    Happening.LOSS: ClaimKind.CONTROL,
    Happening.SAYING: ClaimKind.QUOTE,
}
_NUMBER = re.compile(r"[\d٠-٩]")


def propose(article: Article) -> Proposals:
    """The claims that an article makes, for a person to decide on; deterministic.

    Paragraphs keep the order of the article. Within one, a claim joined from several clauses leads
    and one that rests on others closes.
    """
    return Proposals(article, tuple(_proposals(article)))


def _proposals(article: Article) -> Iterator[Proposal]:
    read = english_candidates if article.language == "en" else unparsed_candidates
    named = {place for paragraph in article.paragraphs for place in places(paragraph.text)}
    for _, candidates in read(article):
        for candidate in candidates:
            if len(candidate.text) >= SHORTEST:
                yield _proposal(candidate, named)


def _proposal(candidate: Candidate, named: Collection[str]) -> Proposal:
    """`named` are the places of the whole article: one mention tells that a name is a place."""
    sentence = candidate.sentence
    start, end = sentence.span(candidate.start, candidate.end)
    flags = flags_of(
        candidate.text,
        source=candidate.source,
        noted=bool(candidate.notes),
        given=candidate.given,
    )
    return Proposal(
        sentence=candidate.text,
        quote=sentence.quote(candidate.start, candidate.end),
        start=start,
        end=end,
        where=sentence.paragraph.where,
        footnotes=candidate.notes,
        flags=flags,
        kind=_kind(candidate, flags),
        times=tuple(find_times(candidate.text)),
        places=tuple(
            name.text for name in names(candidate.text) if name.is_place or name.text in named
        ),
    )


def _kind(candidate: Candidate, flags: tuple[Flag, ...]) -> ClaimKind:
    if Flag.PICTURE in flags:
        return ClaimKind.MEDIA_AUTHENTICITY
    if Flag.CAUSE in flags:
        return ClaimKind.OTHER
    counted = Flag.NUMBER_RANGE in flags or _NUMBER.search(candidate.text) is not None
    if candidate.happening is Happening.HARM and counted:
        return ClaimKind.QUANTITY
    return _KINDS.get(candidate.happening, ClaimKind.OCCURRENCE)

"""Which flags a proposal carries, from its sentence and from the clause it was read from."""

from __future__ import annotations

from collections.abc import Collection

from claims.proposals import cues
from claims.proposals.names import place_groups
from claims.proposals.proposal import Flag
from claims.proposals.times import find_times
from claims.vocabulary import TimePrecision

_EXCUSES = frozenset({Flag.JUDGEMENT_WORD, Flag.HEDGED, Flag.PICTURE, Flag.RESTS_ON_OTHERS})


def flags_of(
    sentence: str, *, source: str, noted: bool, given: Collection[Flag]
) -> tuple[Flag, ...]:
    """The flags in the order of the vocabulary.

    `source` is the clause as printed, where hedges stand that the sentence leaves out. `given`
    are flags that follow from how the proposal was made. A cause claims the link between two
    things, so words of degree in it are not flagged.
    """
    found = set(given)
    if cues.HEDGED.search(source):
        found.add(Flag.HEDGED)
    if Flag.CAUSE not in found:
        found |= _of_wording(sentence)
    if not noted and not found & _EXCUSES:
        found.add(Flag.NO_FOOTNOTE)
    return tuple(flag for flag in Flag if flag in found)


def _of_wording(sentence: str) -> set[Flag]:
    uncounted = cues.UNCOUNTED_HARM.search(sentence)
    counted_out = cues.UNCOUNTED_HARM.sub("", sentence)
    vague = any(t.precision is TimePrecision.VAGUE for t in find_times(sentence))
    several = any(len(g.names) > 1 and not g.one_area for g in place_groups(sentence))
    tests = {
        Flag.VAGUE_TIME: vague,
        Flag.JUDGEMENT_WORD: cues.JUDGED.search(counted_out) is not None,
        Flag.NO_NUMBER: uncounted is not None,
        Flag.NUMBER_RANGE: cues.NUMBER_RANGE.search(sentence) is not None,
        Flag.SEVERAL_PLACES: several,
    }
    return {flag for flag, holds in tests.items() if holds}

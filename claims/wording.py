"""What a person should look at again in the wording of a claim. Hints, never blocks. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from claims.proposals.flags import flags_of
from claims.proposals.proposal import Flag

ADVICE = "One sentence that could be shown wrong. One event, one place, one time."

_HINTS: Mapping[Flag, str] = {
    Flag.VAGUE_TIME: "The time is vague. Is a day known?",
    Flag.JUDGEMENT_WORD: "A word in it judges, and a judgement can’t be tested. Say what was seen.",
    Flag.SEVERAL_PLACES: "Two places in one claim. Split it?",
    Flag.HEDGED: "“Reportedly” and its like hedge. Assert it as its maker does.",
    Flag.NO_NUMBER: "“Significant” and its like can’t be tested. Add a number?",
    Flag.NUMBER_RANGE: "The number is a range. Say which count would show it wrong.",
}
_CAUSE = re.compile(
    r"\b(?:because|due to|as a result of|owing to|thanks to|in retaliation for)\b|بسبب|نتيجة",
    re.IGNORECASE,
)
_CAUSE_HINT = "This says why it happened. Split the cause?"


def wording_hints(sentence: str) -> tuple[str, ...]:
    """Sentences about SENTENCE, in a fixed order; none if nothing was noticed."""
    flags = flags_of(sentence, source=sentence, noted=True, given=())
    hints = [words for flag, words in _HINTS.items() if flag in flags]
    if _CAUSE.search(sentence):
        hints.append(_CAUSE_HINT)
    return tuple(hints)

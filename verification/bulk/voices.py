"""What each source says counts for, worked out once by the pure scorer and then looked up.

A voice is a speaker in one interest class with one stance. Speaker 0 is a source that is not known,
the last one stands for checked visuals, which are judged apart from whoever published them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from claims.vocabulary import Alignment, Directness, Stance
from verification.bulk.columns import Flags, Ints, Voices
from verification.scoring import Interest, Parameters, Report, TrackRecord, interest_of
from verification.scoring.evidence import Weighed, weigh
from verification.scoring.groups import CHECKED_VISUAL

STANCES = tuple(Stance)
ALIGNMENTS = tuple(Alignment)
DIRECTNESSES = tuple(Directness)
INTERESTS = tuple(Interest)
_SIDES = (Stance.SUPPORTS, Stance.CONTRADICTS)
_PER_SPEAKER = len(INTERESTS) * len(_SIDES)

_INTEREST = np.array(
    [[INTERESTS.index(interest_of(s, a)) for a in ALIGNMENTS] for s in STANCES], np.int64
)
_ALIGNMENT = {(stance, interest_of(stance, a)): a for stance in _SIDES for a in ALIGNMENTS}


@dataclass(frozen=True, slots=True)
class Speaker:
    """A source as the coins see it: its id, what it is like, its record in each interest class."""

    source: str = ""
    grade: str | None = None
    kind: str | None = None
    rated: str | None = None
    records: Mapping[Interest, TrackRecord] = field(default_factory=dict)


def voice_numbers(speaker: Ints, stance: Ints, alignment: Ints, visual: Flags, last: int) -> Ints:
    """Number of each report's voice; `last` is the speaker of checked visuals."""
    who = np.where(visual, last, speaker)
    interest = np.where(visual, INTERESTS.index(Interest.NONE), _INTEREST[stance, alignment])
    denies = stance == STANCES.index(Stance.CONTRADICTS)
    numbers: Ints = (who * len(INTERESTS) + interest) * len(_SIDES) + denies
    return numbers


def weights(parameters: Parameters) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """By directness and credibility; 0 is a credibility that nobody judged."""
    judged = [6, 1, 2, 3, 4, 5, 6]
    return np.array(
        [
            [
                parameters.credibility_weights[credibility] * parameters.directness_weights[word]
                for credibility in judged
            ]
            for word in DIRECTNESSES
        ],
        np.float64,
    )


class VoiceTable:
    """Voices of all speakers; each is worked out when it is first asked for."""

    def __init__(
        self, speakers: Sequence[Speaker], visuals: TrackRecord, parameters: Parameters
    ) -> None:
        self._speakers = (*speakers, Speaker(records={Interest.NONE: visuals}))
        self._parameters = parameters
        size = len(self._speakers) * _PER_SPEAKER
        self._known = np.zeros(size, dtype=np.bool_)
        self._voices = Voices(*(np.zeros(size) for _ in range(4)))
        self._weighed: dict[tuple[object, ...], Weighed] = {}

    @property
    def visual(self) -> int:
        """The speaker of checked visuals."""
        return len(self._speakers) - 1

    def voices(self, numbers: Ints) -> Voices:
        """The whole table, in which at least these voices are filled."""
        wanted = np.zeros_like(self._known)
        wanted[numbers] = True
        for number in np.flatnonzero(wanted & ~self._known).tolist():
            self._fill(number)
        return self._voices

    def _fill(self, number: int) -> None:
        who, rest = divmod(number, _PER_SPEAKER)
        interest, denies = INTERESTS[rest // len(_SIDES)], rest % len(_SIDES)
        speaker, voices = self._speakers[who], self._voices
        weighed = self._weigh(speaker, interest, _SIDES[denies])
        voices.llr[number], voices.mean_llr[number] = weighed.llr, weighed.mean_llr
        voices.variance[number] = weighed.variance
        name = CHECKED_VISUAL if who == self.visual else speaker.source
        voices.effect[number] = self._parameters.effect_of(name)
        self._known[number] = True

    def _weigh(self, speaker: Speaker, interest: Interest, stance: Stance) -> Weighed:
        """Many sources are of one group and have no record: they are weighed together."""
        nothing, visual = TrackRecord(), speaker is self._speakers[-1]
        record = speaker.records.get(interest, nothing)
        neutral = speaker.records.get(Interest.NONE, nothing)
        alike = (speaker.grade, speaker.kind, speaker.rated)
        key = (*alike, interest, stance, visual, record, neutral)
        if key not in self._weighed:
            sample = Report(
                key="",
                source="",
                stance=stance,
                directness=Directness.REPORTING,
                alignment=_ALIGNMENT[stance, interest],
                grade=speaker.grade,
                source_kind=speaker.kind,
                rated=speaker.rated,
                checked_visual=visual,
                record=record,
                neutral_record=neutral,
            )
            self._weighed[key] = weigh(sample, self._parameters)
        return self._weighed[key]

"""Scores of many claims in columns, with the parameters and the sources as they are or as tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from core.wire import Rows
from sources.vocabulary import Grade
from verification.bulk import Scores, score
from verification.bulk.voices import Speaker, VoiceTable
from verification.models import ScoringModel
from verification.scoring import Interest, Parameters, TrackRecord
from verification.scoring.interval import logit
from verification.scoring.parameters import CHECKED_VISUAL
from verification.selectors.flattened import GRADES, KINDS, Flat, reports_of, sources
from verification.selectors.records import active_model, parameters_of, whole_records

Records = Mapping[str, Mapping[Interest, TrackRecord]]


@dataclass(frozen=True)
class Desk:
    """What all portions share: the parameters, and every source with what it weighs."""

    parameters: Parameters
    model: ScoringModel | None
    known: Rows
    records: Records
    table: VoiceTable

    @classmethod
    def opened(cls, parameters: Parameters | None = None) -> Desk:
        """With the model in use, or with other PARAMETERS to try them."""
        model = active_model() if parameters is None else None
        parameters = parameters or parameters_of(model)
        known, records = sources(), whole_records()
        return cls(parameters, model, known, records, _table(known, records, parameters))

    def with_grade(self, number: int, grade: Grade) -> Desk:
        """The same as if source NUMBER had this grade."""
        known = self.known.copy()
        known["grade"][known["number"] == number] = GRADES.index(grade)
        return replace(self, known=known, table=_table(known, self.records, self.parameters))

    def with_owner(self, source: int, owner: int | None) -> Desk:
        """The same as if OWNER owned SOURCE; primary keys."""
        return replace(self, known=sources((source, owner)))

    def scores(self, flat: Flat) -> Scores:
        reports = reports_of(flat, self.table, self.parameters)
        starts = [
            (logit(self.parameters.prior_of(kind)), self.parameters.intercept) for kind in KINDS
        ]
        openings = [starts[kind] for kind in flat.claims["kind"].tolist()]
        return score(reports, openings, self.table.voices(reports.voice), self.parameters)


def _table(known: Rows, records: Records, parameters: Parameters) -> VoiceTable:
    numbers, grades = known["number"].tolist(), known["grade"].tolist()
    speakers = [
        Speaker(name, GRADES[grade], records.get(name, {}))
        for name, grade in zip(map(_name, numbers), grades, strict=True)
    ]
    visuals = records.get(CHECKED_VISUAL, {}).get(Interest.NONE, TrackRecord())
    return VoiceTable(speakers, visuals, parameters)


def _name(number: int) -> str:
    return f"source-{number}" if number else ""

"""Scores of many claims in columns, with the parameters and the sources as they are or as tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from core.wire import Rows
from sources.selectors.ratings import newest_ratings
from sources.vocabulary import Grade
from verification.bulk import Scores, score
from verification.bulk.voices import Speaker, VoiceTable
from verification.models import ScoringModel
from verification.scoring import Interest, Parameters, TrackRecord
from verification.scoring.groups import CHECKED_VISUAL
from verification.scoring.interval import logit
from verification.selectors.flattened import GRADES, KINDS, SOURCE_KINDS, Flat, reports_of, sources
from verification.selectors.records import active_model, parameters_of, whole_records

Ratings = Mapping[int, str]
Records = Mapping[str, Mapping[Interest, TrackRecord]]


@dataclass(frozen=True)
class Desk:
    """What all portions share: the parameters, and every source with what it weighs."""

    parameters: Parameters
    model: ScoringModel | None
    known: Rows
    ratings: Ratings
    records: Records
    table: VoiceTable

    @classmethod
    def opened(cls, parameters: Parameters | None = None) -> Desk:
        """With the model in use, or with other PARAMETERS to try them."""
        model = active_model() if parameters is None else None
        parameters = parameters or parameters_of(model)
        known, ratings, records = sources(), newest_ratings(), whole_records()
        table = _table(known, ratings, records, parameters)
        return cls(parameters, model, known, ratings, records, table)

    def with_grade(self, number: int, grade: Grade) -> Desk:
        """The same as if source NUMBER had this grade."""
        known = self.known.copy()
        known["grade"][known["number"] == number] = GRADES.index(grade)
        table = _table(known, self.ratings, self.records, self.parameters)
        return replace(self, known=known, table=table)

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


def _table(known: Rows, ratings: Ratings, records: Records, parameters: Parameters) -> VoiceTable:
    columns = (known[name].tolist() for name in ("id", "number", "grade", "kind"))
    speakers = [
        Speaker(
            source=_name(number),
            grade=GRADES[grade],
            kind=SOURCE_KINDS[kind],
            rated=ratings.get(key),
            records=records.get(_name(number), {}),
        )
        for key, number, grade, kind in zip(*columns, strict=True)
    ]
    visuals = records.get(CHECKED_VISUAL, {}).get(Interest.NONE, TrackRecord())
    return VoiceTable(speakers, visuals, parameters)


def _name(number: int) -> str:
    return f"source-{number}" if number else ""

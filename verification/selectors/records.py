"""What the scorer is told of each source: its record, and which model a claim is scored with."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from django.db import connection
from django.db.models import QuerySet

from claims.models import Claim, Evidence
from claims.selectors.evidence import evidence_of_all
from claims.vocabulary import Status
from core.errors import Invalid, Missing
from core.wire import among, read_rows
from verification.bulk.columns import Ints
from verification.learning.joint import METHOD as JOINT
from verification.learning.settling import record_of, truth_after
from verification.models import Credibility, ModelState, ScoringModel, StatusEvent
from verification.models.learning import Slice
from verification.scoring import (
    DEFAULT_PARAMETERS,
    ClaimInput,
    Interest,
    Parameters,
    Report,
    TrackRecord,
)
from verification.selectors.facts import score_input

Key = tuple[str, str]
"""Name of a record and value of an interest class."""

NOTHING = TrackRecord()
MOST_DIGITS = 8
_SETTLES = (Status.CONFIRMED, Status.REFUTED)
_COUNTS = ("n1", "n1_plus", "n0", "n0_plus")
_COUNTED = """
SELECT NULL::bigint, record, value, n1, n1_plus, n0, n0_plus
  FROM verification_credibility WHERE slice = %(slice)s AND record = ANY(%(records)s)
 UNION ALL
SELECT claim_id, record, interest,
       count(*) FILTER (WHERE proved_true), count(*) FILTER (WHERE proved_true AND supports),
       count(*) FILTER (WHERE NOT proved_true), count(*) FILTER (WHERE NOT proved_true AND supports)
  FROM verification_settledreport
 WHERE claim_id = ANY(%(claims)s) AND reopened_at IS NULL GROUP BY claim_id, record, interest"""
"""As text: each added report asks this, and to build it anew took longer than to answer it."""


@dataclass(frozen=True, slots=True)
class Scoring:
    """What one claim is scored from. `model` None: the defaults, nothing was learnt yet."""

    told: ClaimInput
    model: ScoringModel | None
    parameters: Parameters


def scoring_of(claim: Claim, items: Sequence[Evidence]) -> Scoring:
    """Reports with records, without what this claim's own outcome taught; and its model."""
    return scorings_of([claim], {claim.pk: items})[claim.pk]


def scorings_of(
    claims: Collection[Claim], items: Mapping[int, Sequence[Evidence]] | None = None
) -> Mapping[int, Scoring]:
    """The same of several claims, by primary key: two queries more than their evidence."""
    found = evidence_of_all(claims) if items is None else items
    told = recorded({claim.pk: score_input(claim, found[claim.pk]) for claim in claims})
    models = models_of([claim.pk for claim in claims])
    return {
        claim.pk: Scoring(told[claim.pk], models[claim.pk], parameters_of(models[claim.pk]))
        for claim in claims
    }


def recorded_input(claim: Claim, items: Sequence[Evidence]) -> ClaimInput:
    """The reports on one claim with the record of each source, whatever model is meant."""
    return recorded({claim.pk: score_input(claim, items)})[claim.pk]


def recorded(inputs: Mapping[int, ClaimInput]) -> Mapping[int, ClaimInput]:
    """Inputs by primary key of their claim, with the record of each source. One query.

    A record leaves out what the claim itself taught, so that no outcome enters its own score.
    """
    names = {record_of(report) for told in inputs.values() for report in told.reports}
    if not names:
        return inputs
    whole, own = _counts(inputs.keys(), names)
    return {
        pk: replace(
            told, reports=tuple(_with_record(r, whole, own.get(pk, {})) for r in told.reports)
        )
        for pk, told in inputs.items()
    }


def _counts(
    claims: Collection[int], names: Collection[str]
) -> tuple[dict[Key, TrackRecord], dict[int, dict[Key, TrackRecord]]]:
    asked: dict[str, str | list[str] | list[int]] = {
        "slice": Slice.INTEREST.value,
        "records": [*names],
        "claims": [*claims],
    }
    whole: dict[Key, TrackRecord] = {}
    own: dict[int, dict[Key, TrackRecord]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, asked)
        for claim, record, interest, *counts in cursor.fetchall():
            place = whole if claim is None else own.setdefault(claim, {})
            place[record, interest] = TrackRecord(*counts)
    return whole, own


def _with_record(
    report: Report, whole: Mapping[Key, TrackRecord], own: Mapping[Key, TrackRecord]
) -> Report:
    name = record_of(report)

    def of(interest: Interest) -> TrackRecord:
        key = (name, interest.value)
        return _difference(whole.get(key, NOTHING), own.get(key, NOTHING))

    return replace(report, record=of(report.interest), neutral_record=of(Interest.NONE))


def _difference(whole: TrackRecord, own: TrackRecord) -> TrackRecord:
    return TrackRecord(*(getattr(whole, name) - getattr(own, name) for name in _COUNTS))


def whole_records() -> Mapping[str, Mapping[Interest, TrackRecord]]:
    """The record of every source that has one, by name and interest class."""
    return _by_record(Credibility.objects.filter(slice=Slice.INTEREST))


def records_of(name: str) -> Mapping[Interest, TrackRecord]:
    """The record with this NAME, by interest class."""
    rows = Credibility.objects.filter(slice=Slice.INTEREST, record=name)
    return _by_record(rows).get(name, {})


def _by_record(rows: QuerySet[Credibility]) -> Mapping[str, Mapping[Interest, TrackRecord]]:
    found: dict[str, dict[Interest, TrackRecord]] = {}
    for name, interest, *counts in rows.order_by().values_list("record", "value", *_COUNTS):
        found.setdefault(name, {})[Interest(interest)] = TrackRecord(*counts)
    return found


_EVER_SETTLED = f"""
SELECT DISTINCT claim_id FROM verification_statusevent
 WHERE to_status IN ({", ".join(f"'{status}'" for status in _SETTLES)})"""  # noqa: S608  # our own constants


def ever_settled(claims: Ints) -> frozenset[int]:
    """Those of these claims whose own outcome, now or once, is to be left out of their score."""
    query = f"{_EVER_SETTLED} AND {among('claim_id', claims)}"
    return frozenset(read_rows(query, {"claim": "i8"})["claim"].tolist())


# --- Models


def active_model() -> ScoringModel | None:
    return ScoringModel.objects.filter(state=ModelState.ACTIVE).defer("parameters").first()


def parameters_of(model: ScoringModel | None) -> Parameters:
    """The numbers of a stored model; the defaults where there is none."""
    if model is None:
        return DEFAULT_PARAMETERS
    return _parameters(model.pk, model.inputs_digest, model.made_at)


def named_model(name: str) -> tuple[ScoringModel | None, Parameters]:
    """The model that NAME means: model/3, or defaults/1. Raises Invalid or Missing with words."""
    if name == DEFAULT_PARAMETERS.version:
        return None, DEFAULT_PARAMETERS
    kind, _, number = name.partition("/")
    if kind != "model" or not (
        number.isascii() and number.isdigit() and len(number) <= MOST_DIGITS
    ):
        raise Invalid(
            f"No method has such a name. Known are {DEFAULT_PARAMETERS.version}, the learnt "
            f"models, as model/1, and {JOINT} for analysis.",
            code="unknown_method",
        )
    model = ScoringModel.objects.filter(number=int(number)).defer("parameters").first()
    if model is None:
        raise Missing(f"There is no model {number}.", code="unknown_model")
    return model, parameters_of(model)


@lru_cache(maxsize=16)
def _parameters(pk: int, _digest: str, _made_at: datetime) -> Parameters:
    """A stored model never changes, so that it is read once in each process."""
    return Parameters.from_dict(
        ScoringModel.objects.values_list("parameters", flat=True).get(pk=pk)
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a claim so far. Times and model of when it was last settled, if ever."""

    truth: bool | None = None
    settled_at: datetime | None = None
    reopened_at: datetime | None = None
    model: ScoringModel | None = None

    def after(self, event: StatusEvent) -> Outcome:
        truth = truth_after(event.to_status, truth=self.truth)
        if truth == self.truth:
            return self
        if truth is None:
            return replace(self, truth=None, reopened_at=event.at)
        if self.truth is not None:  # overridden into the opposite: the model did not know either
            return replace(self, truth=truth)
        return Outcome(truth, event.at, None, event.scoring_model)

    def chosen(self, active: ScoringModel | None) -> ScoringModel | None:
        """The model that scores the claim: never one that saw its outcome.

        A settled claim keeps the one it was settled with; so does a reopened one until a model was
        made after that.
        """
        if self.settled_at is None or active is None:
            return active
        made = active.made_at
        since = self.reopened_at is not None and made > self.reopened_at
        unaware = self.truth is None and (since or made <= self.settled_at)
        return active if unaware else self.model


def outcomes_of(
    claims: Collection[int], *, before: StatusEvent | None = None
) -> Mapping[int, Outcome]:
    """What became of these claims, by primary key; those that never changed are left out."""
    events = (
        StatusEvent.objects.filter(claim__in=claims)
        .select_related("scoring_model")
        .defer("scoring_model__parameters", "checks")
        .order_by("pk")
    )
    if before is not None:
        events = events.filter(pk__lt=before.pk)
    return _reduced(events)


def _reduced(events: Iterable[StatusEvent]) -> Mapping[int, Outcome]:
    found: dict[int, Outcome] = {}
    for event in events:
        found[event.claim_id] = found.get(event.claim_id, Outcome()).after(event)
    return found


def models_of(claims: Collection[int]) -> Mapping[int, ScoringModel | None]:
    """The model that each claim is scored with, by primary key. Two queries at most."""
    active = active_model()
    if active is None:
        return dict.fromkeys(claims)
    outcomes = outcomes_of(claims)
    return {claim: outcomes.get(claim, Outcome()).chosen(active) for claim in claims}

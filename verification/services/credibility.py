"""Keeping the record of every source: counts that move by one, and the number that follows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from django.utils import timezone

from audit.services.record import recording
from sources.models import Source, SourceGrade
from sources.selectors.ratings import newest_ratings
from verification.learning.credibility import credible
from verification.models import Credibility, ScoringModel, SettledReport, Slice
from verification.scoring import Group, Parameters, TrackRecord
from verification.scoring.groups import CHECKED_VISUAL, UNGRADED, group_name
from verification.selectors.records import active_model, parameters_of

Place = tuple[str, int | None, str, str]
"""Record, primary key of its source, slice, value."""

PORTION = 1000


def change_counts(
    *, ended: Collection[SettledReport], written: Collection[SettledReport], now: datetime
) -> None:
    """Move the counts by these reports. The caller is in a transaction that writes the record."""
    moves = _moves(ended, written)
    rows = _rows({record for record, _, _, _ in moves})
    for (record, source, part, value), (column, plus) in _flat(moves):
        row = rows.setdefault(
            (record, part, value),
            Credibility(record=record, source_id=source, slice=part, value=value, as_of=now),
        )
        setattr(row, column, getattr(row, column) + plus)
    _keep(rows.values(), now)


def _moves(
    ended: Collection[SettledReport], written: Collection[SettledReport]
) -> Mapping[Place, Counter[str]]:
    moves: dict[Place, Counter[str]] = {}
    for step, reports in ((-1, ended), (1, written)):
        for report in reports:
            for part, value in slices_of(report):
                place = (report.record, report.source_id, part, value)
                counts = moves.setdefault(place, Counter())
                counts["n1" if report.proved_true else "n0"] += step
                if report.supports:
                    counts["n1_plus" if report.proved_true else "n0_plus"] += step
    return moves


def slices_of(report: SettledReport) -> Iterator[tuple[Slice, str]]:
    """The slices of its record that a settled report is counted in."""
    yield Slice.ALL, ""
    yield Slice.INTEREST, str(report.interest)
    yield Slice.ALIGNMENT, str(report.alignment)
    yield Slice.CLAIM_KIND, str(report.claim_kind)


def _flat(moves: Mapping[Place, Counter[str]]) -> Iterator[tuple[Place, tuple[str, int]]]:
    for place, counts in moves.items():
        for entry in counts.items():
            yield place, entry


def _rows(names: Collection[str]) -> dict[tuple[str, str, str], Credibility]:
    rows = Credibility.objects.select_for_update().filter(record__in=names).order_by("pk")
    return {(row.record, row.slice, row.value): row for row in rows}


def _keep(rows: Collection[Credibility], now: datetime) -> None:
    """Write the counts and the number that follows from them."""
    model = active_model()
    names = _group_names({row.source_id for row in rows if row.source_id is not None})
    for row in rows:
        _work_out(row, model, _group(row, names, parameters_of(model)), now)
    Credibility.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["record", "slice", "value"],
        update_fields=_WRITTEN,
        batch_size=PORTION,
    )


_WRITTEN = (
    "n1",
    "n1_plus",
    "n0",
    "n0_plus",
    "estimate",
    "low",
    "high",
    "scoring_model",
    "as_of",
)


def _work_out(row: Credibility, model: ScoringModel | None, group: Group, now: datetime) -> None:
    found = credible(TrackRecord(row.n1, row.n1_plus, row.n0, row.n0_plus), group)
    row.estimate, row.low, row.high = found.estimate, found.low, found.high
    row.scoring_model, row.as_of = model, now


def _group(row: Credibility, names: Mapping[int, str], parameters: Parameters) -> Group:
    if row.record == CHECKED_VISUAL:
        return parameters.belief_about(CHECKED_VISUAL)
    return parameters.belief_about(names.get(row.source_id or 0, UNGRADED))


def _group_names(sources: Collection[int]) -> Mapping[int, str]:
    newest = SourceGrade.objects.filter(source__in=sources).order_by("source", "graded_at", "pk")
    grades, ratings = dict(newest.values_list("source", "grade")), newest_ratings(sources)
    kinds = Source.objects.filter(pk__in=sources).values_list("pk", "kind")
    return {pk: group_name(grades.get(pk), kind, ratings.get(pk)) for pk, kind in kinds}


@recording()
def refresh_credibility(*, source_id: int) -> int:
    """Work the numbers of a source out again: its grade changed. How many rows."""
    rows = list(Credibility.objects.select_for_update().filter(source=source_id).order_by("pk"))
    _keep(rows, timezone.now())
    return len(rows)


def refresh_all() -> int:
    """Work out every number again: the model changed. Short transactions; how many rows."""
    count, after = 0, 0
    while rows := _refresh_portion(after):
        count, after = count + len(rows), rows[-1].pk
    return count


@recording()
def _refresh_portion(after: int) -> list[Credibility]:
    rows = list(
        Credibility.objects.select_for_update().filter(pk__gt=after).order_by("pk")[:PORTION]
    )
    _keep(rows, timezone.now())
    return rows

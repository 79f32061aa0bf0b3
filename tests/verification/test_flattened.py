from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, fields, replace
from typing import Any

import numpy as np
import pytest
from django.db import connection, transaction
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker

from claims.selectors.evidence import evidence_of, evidence_of_all, evidence_to_score
from core.wire import read_rows, write_rows
from sources.selectors.ratings import newest_ratings
from tests.verification.every_feature import World
from verification.bulk import score
from verification.bulk.voices import (
    ALIGNMENTS,
    DIRECTNESSES,
    INTERESTS,
    STANCES,
    Speaker,
    VoiceTable,
)
from verification.scoring import (
    DEFAULT_PARAMETERS,
    ClaimInput,
    Group,
    Interest,
    Parameters,
    Report,
    TrackRecord,
    assess,
)
from verification.scoring.interval import logit
from verification.selectors.facts import score_input
from verification.selectors.flattened import (
    EXCLUSIONS,
    GRADES,
    KINDS,
    SOURCE_KINDS,
    Flat,
    Library,
    bloc_names,
    document_names,
    flattened,
    reports_of,
    source_names,
    sources,
)

NOT_FLATTENED = {"side", "record", "neutral_record"}
"""The side moves no number; records belong to the source, not to the item."""


@pytest.fixture(scope="module")
def world(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[World]:
    store = override_settings(STORAGE_URL=f"file://{tmp_path_factory.mktemp('objects')}")
    with django_db_blocker.unblock(), store, transaction.atomic():
        yield World()
        transaction.set_rollback(True)


def ids_of(world: World) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.array([claim.pk for claim in world.claims], np.int64)


def decoded(flat: Flat) -> list[list[dict[str, Any]]]:
    """Reports of each claim, as the pure scorer is told them."""
    claims: list[list[dict[str, Any]]] = [[] for _ in flat.claims]
    ratings = newest_ratings()
    for row in range(len(flat)):
        told = claims[flat.claim[row]]
        rated = ratings.get(int(flat.source[row]["id"]))
        told.append(_told(flat, row, len(told) + 1) | {"rated": rated})
    return claims


def _told(flat: Flat, row: int, order: int) -> dict[str, Any]:
    item, document, source = flat.evidence[row], flat.document[row], flat.source[row]
    number, begins = divmod(int(document["origin"]), 2)
    excluded = EXCLUSIONS[flat.excluded[row]]
    return {
        "key": str(item["position"]),
        "source": f"source-{source['number']}"
        if source["number"]
        else f"document-{item['document']}",
        "stance": STANCES[item["stance"]],
        "directness": DIRECTNESSES[item["directness"]],
        "order": order,
        "credibility": int(item["credibility"]) or None,
        "alignment": ALIGNMENTS[item["alignment"]],
        "grade": GRADES[source["grade"]],
        "source_kind": SOURCE_KINDS[source["kind"]],
        "checked_visual": bool(flat.visual[row]),
        "origin": f"{'origin' if begins else 'document'}-{number}",
        "owner": f"source-{source['owner']}" if source["owner"] else None,
        "bloc": f"group-{source['bloc']}" if source["bloc"] else None,
        "excluded": excluded and str(excluded),
    }


def test_every_field_of_every_report_is_what_the_pure_scorer_is_told(world: World) -> None:
    known = sources()
    for library in (None, Library.whole()):
        flat = flattened(ids_of(world), known, library)
        for place, told in enumerate(decoded(flat)):
            claim = world.claims[place]
            assert flat.claims["id"][place] == claim.pk
            assert KINDS[flat.claims["kind"][place]] == claim.kind
            truth = score_input(claim, list(evidence_of(claim))).reports
            with CaptureQueriesContext(connection) as queries:
                short = score_input(claim, list(evidence_to_score(claim))).reports
            assert short == truth
            assert len(queries) <= 3  # nothing that was left out is asked for afterwards
            assert told == [
                {k: v for k, v in asdict(report).items() if k not in NOT_FLATTENED}
                for report in truth
            ]


def test_the_world_has_every_feature(world: World) -> None:
    """Otherwise the comparison above would say less than it seems to."""
    told = [
        report for reports in decoded(flattened(ids_of(world), sources())) for report in reports
    ]
    assert {report["excluded"] for report in told} == {e and str(e) for e in EXCLUSIONS}
    assert {report["grade"] for report in told} == set(GRADES)
    assert len({report["source_kind"] for report in told}) > 3
    assert {report["rated"] for report in told} == {None, "A rater/2: high"}
    assert {report["stance"] for report in told} == set(STANCES)
    assert {report["directness"] for report in told} == set(DIRECTNESSES)
    assert {report["alignment"] for report in told} == set(ALIGNMENTS)
    assert {report["credibility"] for report in told} == {None, 1, 2, 3, 4, 5, 6}
    for prefix in ("source-", "document-"):
        assert any(report["source"].startswith(prefix) for report in told)
    for prefix in ("origin-", "document-"):
        assert any(report["origin"].startswith(prefix) for report in told)
    assert {bool(report["owner"]) for report in told} == {True, False}
    assert {report["bloc"] for report in told} == {None, "group-1", "group-3"}
    assert {report["bloc"] for report in told if report["owner"]} == {"group-1"}
    assert {report["checked_visual"] for report in told} == {True, False}
    assert {field.name for field in fields(Report)} == {*told[0], *NOT_FLATTENED}


RECORDS = {
    number: {
        interest: TrackRecord(9 + number, 7, 6, place)
        for place, interest in enumerate(INTERESTS)
        if (number + place) % 3
    }
    for number in range(40)
}
VISUALS = TrackRecord(11, 9, 3, 0)
LEARNT = replace(
    DEFAULT_PARAMETERS,
    priors={"control": 0.3, "quote": 0.6},
    intercept=-0.21,
    groups={
        **DEFAULT_PARAMETERS.groups,
        "B/official_body": Group(0.7, 0.1, 5),
        "ungraded/state_agency": Group(0.9, 0.4, 9, 3),
        "ungraded/state_agency/A rater/2: high": Group(0.8, 0.2, 6),
    },
    effects={**{f"source-{n}": n / 20 for n in range(0, 60, 2)}, "checked_visual": 1.1},
)


def with_records(claim: ClaimInput) -> ClaimInput:
    return replace(claim, reports=tuple(_with_record(report) for report in claim.reports))


def _with_record(report: Report) -> Report:
    if report.checked_visual:
        return replace(report, record=VISUALS)
    kind, number = report.source.split("-")
    records = RECORDS[int(number) % 40] if kind == "source" else {}
    return replace(
        report,
        record=records.get(report.interest, TrackRecord()),
        neutral_record=records.get(Interest.NONE, TrackRecord()),
    )


@pytest.mark.parametrize("parameters", [DEFAULT_PARAMETERS, LEARNT], ids=["defaults", "learnt"])
def test_claims_from_the_database_get_the_numbers_of_the_pure_scorer(
    world: World, parameters: Parameters
) -> None:
    known, ratings = sources(), newest_ratings()
    speakers = [Speaker()] + [
        Speaker(
            source=f"source-{row['number']}",
            grade=GRADES[row["grade"]],
            kind=SOURCE_KINDS[row["kind"]],
            rated=ratings.get(int(row["id"])),
            records=RECORDS[row["number"] % 40],
        )
        for row in known[1:]
    ]
    table = VoiceTable(speakers, VISUALS, parameters)
    flat = flattened(ids_of(world), known)
    reports = reports_of(flat, table, parameters)
    openings = [
        (logit(parameters.prior_of(KINDS[kind])), parameters.intercept)
        for kind in flat.claims["kind"]
    ]
    bulk = score(reports, openings, table.voices(reports.voice), parameters)
    items = evidence_of_all(world.claims)
    for place, claim in enumerate(world.claims):
        truth = assess(with_records(score_input(claim, items[claim.pk])), parameters)
        assert (bulk.log_odds[place], bulk.estimate[place]) == (truth.log_odds, truth.estimate)
        assert (bulk.low[place], bulk.high[place]) == (truth.low, truth.high)
        assert bulk.supporting[place] == truth.origins_supporting
        assert bulk.contradicting[place] == truth.origins_contradicting
        assert bulk.counted[place] == bool(truth.contributions)


def test_names_sort_as_their_texts_do() -> None:
    numbers = [1, 2, 9, 10, 11, 19, 99, 100, 101, 120, 1_000, 12_345_678, 9_999_999_999]
    texts = {f"document-{n}": int(document_names(np.array([n]))[0]) for n in numbers}
    texts |= {f"source-{n}": int(source_names(np.array([n]))[0]) for n in numbers}
    few = [n for n in numbers if n < 1_000_000_000]
    texts |= {f"group-{n}": int(bloc_names(np.array([n]))[0]) for n in few}
    assert sorted(texts) == sorted(texts, key=lambda text: texts[text])


@pytest.mark.django_db
def test_a_null_is_no_number() -> None:
    with pytest.raises(ValueError, match="has a NULL"):
        read_rows("SELECT NULL::bigint", {"number": "i8"})
    with pytest.raises(ValueError, match="another type"):
        read_rows("SELECT 1::integer", {"number": "i8"})


@pytest.mark.django_db
def test_what_is_written_is_read_again() -> None:
    columns = {"id": "i8", "size": "f8", "few": "i2"}
    many = 70_000  # more than one block
    values = {
        "id": np.arange(many) - 3,
        "size": np.linspace(-1e300, 1e300, many),
        "few": np.arange(many) % 7,
    }
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE kept (id bigint, size float8, few smallint)")
    write_rows("kept", columns, values)
    rows = read_rows("SELECT id, size, few FROM kept ORDER BY id", columns)
    assert all((rows[name] == values[name]).all() for name in columns)
    assert len(read_rows("SELECT id, size, few FROM kept WHERE id > 99999", columns)) == 0

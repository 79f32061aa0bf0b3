"""Many claims are scored: one portion is written while the next is read, none is half written."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from claims.models import Claim
from tests.factories import ClaimFactory, EvidenceFactory, SourceFactory
from verification.models import Assessment
from verification.services import assess_many as many
from verification.services.assess import assess_claim
from verification.services.assess_many import Portion, assess_all

PATIENCE_SECONDS = 30
CONNECTIONS = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND backend_type = 'client backend'"""


@pytest.fixture
def claims(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> list[Claim]:
    """Six of them, to be scored two at a time."""
    monkeypatch.setattr(many, "PORTION", 2)
    made = [ClaimFactory.create() for _ in range(6)]
    for claim in made:
        source = SourceFactory.graded("A")
        EvidenceFactory.create(claim=claim, document__source=source, stance="supports")
    return made


def scores() -> list[float | None]:
    return list(Claim.objects.order_by("pk").values_list("confidence", flat=True))


def others_are_gone() -> bool:
    """Whether ours is the only connection, soon: the server ends one after it was let go."""
    end = time.monotonic() + PATIENCE_SECONDS
    with connection.cursor() as cursor:
        while time.monotonic() < end:
            cursor.execute(CONNECTIONS)
            if cursor.fetchone()[0] == 1:
                return True
            time.sleep(0.02)
    return False


def test_each_claim_has_the_score_that_it_has_alone(claims: list[Claim]) -> None:
    portions = list(assess_all(cause="all"))
    assert [portion.claims for portion in portions] == [2, 2, 2]
    assert [portion.last for portion in portions] == [claim.pk for claim in claims[1::2]]
    together = scores()
    assert None not in together
    for claim in claims:
        assess_claim(claim_id=claim.pk)
    assert scores() == together
    assert Assessment.objects.count() == len(claims)
    assert others_are_gone()


def test_the_next_portion_is_read_before_the_first_is_written(
    claims: list[Claim], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In turns this would wait for ever."""
    second_read, read = threading.Event(), iter(range(3))
    write: Callable[..., int] = many.write_scores
    flattened = many.flattened

    def reading(*args: Any) -> Any:
        if next(read) == 1:
            second_read.set()
        return flattened(*args)

    def patient(*args: Any) -> int:
        assert second_read.wait(PATIENCE_SECONDS)
        return write(*args)

    monkeypatch.setattr(many, "flattened", reading)
    monkeypatch.setattr(many, "write_scores", patient)
    assert sum(portion.changed for portion in assess_all(cause="all")) == len(claims)


def test_a_portion_that_cannot_be_written_ends_the_run_and_those_before_it_stay(
    claims: list[Claim], monkeypatch: pytest.MonkeyPatch
) -> None:
    write = many.write_scores

    def failing(rows: Any, *args: Any) -> int:
        kept = write(rows, *args)
        if claims[2].pk in rows["id"]:
            raise RuntimeError("the disk is full")
        return kept

    monkeypatch.setattr(many, "write_scores", failing)
    done: list[Portion] = []
    with pytest.raises(RuntimeError, match="the disk is full"):
        done.extend(assess_all(cause="all"))
    monkeypatch.undo()
    monkeypatch.setattr(many, "PORTION", 2)
    assert others_are_gone()
    again = list(assess_all(cause="again", after=claims[1].pk))
    assert [portion.claims for portion in again] == [2, 2]
    assert None not in scores()


def test_who_stops_listening_stops_the_run(claims: list[Claim]) -> None:
    """As Ctrl-C does: what was begun is ended, and the rest is as it was."""
    run = assess_all(cause="all")
    first = next(run)
    run.close()  # type: ignore[attr-defined]  # a generator
    assert others_are_gone()
    assert scores()[4:] == [None, None]
    rest = list(assess_all(cause="again", after=first.last))
    assert [portion.claims for portion in rest] == [2, 2]
    assert None not in scores()

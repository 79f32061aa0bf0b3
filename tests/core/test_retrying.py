"""What the database undid is done again, at most three times, and nothing else is."""

from __future__ import annotations

import pytest
from django.db import OperationalError, transaction
from psycopg import errors

from core.retrying import MOST_TRIES, again_if_undone

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fault(69)]


def failing(times: int, cause: Exception) -> tuple[object, list[int]]:
    calls: list[int] = []

    @again_if_undone
    def service() -> str:
        calls.append(1)
        if len(calls) <= times:
            raise OperationalError("undone") from cause
        return "done"

    return service, calls


@pytest.mark.parametrize("cause", [errors.DeadlockDetected(), errors.SerializationFailure()])
def test_what_was_undone_is_done_again(cause: Exception) -> None:
    service, calls = failing(MOST_TRIES - 1, cause)
    assert service() == "done"
    assert len(calls) == MOST_TRIES


def test_there_is_an_end() -> None:
    service, calls = failing(MOST_TRIES, errors.DeadlockDetected())
    with pytest.raises(OperationalError):
        service()
    assert len(calls) == MOST_TRIES


def test_other_trouble_is_not_tried_again() -> None:
    service, calls = failing(1, errors.AdminShutdown())
    with pytest.raises(OperationalError):
        service()
    assert len(calls) == 1


def test_inside_a_transaction_nothing_is_tried_again() -> None:
    service, calls = failing(1, errors.DeadlockDetected())
    with transaction.atomic(), pytest.raises(OperationalError):
        service()
    assert len(calls) == 1

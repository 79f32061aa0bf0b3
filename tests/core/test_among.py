from __future__ import annotations

import numpy as np
import pytest
from django.db import connection

from core.wire import among

pytestmark = pytest.mark.django_db


def found(ids: list[int], *, others: bool = False) -> list[int]:
    """Numbers from −3 to 30 that the condition takes."""
    condition = among("n", np.array(ids, np.int64), others=others)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT n FROM generate_series(-3, 30) n WHERE {condition} ORDER BY n")
        return [number for (number,) in cursor.fetchall()]


@pytest.mark.parametrize("ids", [[], [7], [4, 5, 6], [6, 4, 5, 4], [2, 9, 30], [9, 2, 9]])
def test_just_these_numbers_are_taken(ids: list[int]) -> None:
    assert found(ids) == sorted(set(ids))


def test_others_come_only_where_most_between_are_asked_for() -> None:
    assert found([2, 4, 5], others=True) == [2, 3, 4, 5]
    assert found([2, 30], others=True) == [2, 30]


def test_a_run_is_written_as_its_ends() -> None:
    assert among("n", np.arange(5, 90_000)) == "n BETWEEN 5 AND 89999"

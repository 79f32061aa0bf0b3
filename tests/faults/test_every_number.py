"""Every number of the table has a test, or a reason why it cannot have one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.faults.numbers import CANNOT_BE_HAD, FAULTS

TESTS = Path(__file__).resolve().parents[1]


@cache
def marked() -> tuple[tuple[int, Path], ...]:
    """Each number that a test is marked with, and the file of the test."""
    return tuple(_marked())


def _marked() -> Iterator[tuple[int, Path]]:
    for path in sorted(TESTS.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                yield from ((number, path) for number in _numbers(node))


def _numbers(test: ast.FunctionDef) -> Iterator[int]:
    for decorator in test.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.fault":
            yield from (ast.literal_eval(argument) for argument in decorator.args)


def test_the_table_counts_to_82() -> None:
    assert list(FAULTS) == list(range(1, 83))


@pytest.mark.parametrize("number", FAULTS)
def test_a_number_has_a_test_or_a_reason(number: int) -> None:
    has_test = number in {found for found, _ in marked()}
    assert has_test or number in CANNOT_BE_HAD, FAULTS[number]


def test_marks_name_numbers_of_the_table() -> None:
    assert {number for number, _ in marked()} <= set(FAULTS)

"""Nobody else polices the tail: functions of at most 50 lines, files of at most 400."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("accounts", "audit", "claims", "config", "core", "demo", "sources", "verification")
MOST_FILE_LINES = 400
MOST_FUNCTION_LINES = 50
Function = ast.FunctionDef | ast.AsyncFunctionDef


def files(*folders: str) -> list[Path]:
    return sorted(
        path
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        if "migrations" not in path.parts
    )


def lengths(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, Function):
            yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", _lines(node)


def _lines(node: Function) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


@pytest.mark.parametrize("folder", [*PACKAGES, "tests", "benchmarks"])
def test_no_file_is_longer_than_400_lines(folder: str) -> None:
    counted = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in files(folder)
    }
    assert {name: lines for name, lines in counted.items() if lines > MOST_FILE_LINES} == {}


def test_no_function_is_longer_than_50_lines() -> None:
    found = [pair for path in files(*PACKAGES) for pair in lengths(path)]
    assert [pair for pair in found if pair[1] > MOST_FUNCTION_LINES] == []


def test_most_functions_are_small() -> None:
    found = sorted(length for path in files(*PACKAGES) for _, length in lengths(path))
    assert statistics.median(found) <= 8
    assert found[int(len(found) * 0.9)] <= 25


def test_no_module_is_called_utils() -> None:
    vague = {"utils", "helpers", "misc", "common", "manager", "managers", "util"}
    assert [path for path in files(*PACKAGES) if path.stem in vague] == []


def test_the_check_sees_a_long_function(tmp_path: Path) -> None:
    body = "\n".join("    x = 1" for _ in range(60))
    node = ast.parse(f"def long():\n{body}\n").body[0]
    assert isinstance(node, Function)
    assert _lines(node) > MOST_FUNCTION_LINES

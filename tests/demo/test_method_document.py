"""docs/method.md says what the scorer does."""

from __future__ import annotations

import math
import re

import pytest

from demo import method
from demo.worked_example import STATES, example
from verification.scoring import assess


def test_the_document_is_what_the_code_writes() -> None:
    assert method.FILE.read_text(encoding="utf-8") == method.text(), "run `make docs`"


@pytest.mark.parametrize("state", STATES)
def test_a_reader_can_add_the_printed_numbers_up(state: str) -> None:
    printed = method.text().split(f"when it was {state}")[1].split("Confidence:")[0]
    adds = [_number(found) for found in re.findall(r"\*\*([+−]?[\d.]+)\*\*", printed)]
    score = assess(example(state).told)
    assert len(adds) == len(score.contributions)
    assert math.fsum(adds) + score.start.log_odds == pytest.approx(score.log_odds, abs=1e-3)


def _number(words: str) -> float:
    return float(words.replace("−", "-").replace("+", ""))

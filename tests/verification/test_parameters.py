"""A stored snapshot is read back exactly, and nothing else is taken for one."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from verification.scoring import DEFAULT_PARAMETERS, Group, Parameters

LEARNT = replace(
    DEFAULT_PARAMETERS,
    version="model/3",
    groups={**DEFAULT_PARAMETERS.groups, "A": Group(0.9512345, 1 / 30, 40.0, 20.0)},
    priors={"control": 0.1 + 0.2},
    intercept=-0.123456,
    effects={"source-5": 1 / 3, "checked_visual": 0.8},
)


@pytest.mark.parametrize("parameters", [DEFAULT_PARAMETERS, LEARNT], ids=["defaults", "learnt"])
def test_a_snapshot_comes_back_to_the_last_bit(parameters: Parameters) -> None:
    back = Parameters.from_dict(json.loads(json.dumps(parameters.as_dict())))
    assert back.canonical == parameters.canonical
    assert back.groups == parameters.groups
    assert back.credibility_weights == parameters.credibility_weights


@pytest.mark.parametrize("change", [{"colour": 1}, {"groups": {"A": {"sensitivity": 0.5}}}])
def test_anything_else_is_refused(change: dict[str, object]) -> None:
    with pytest.raises((ValueError, TypeError)):
        Parameters.from_dict({**DEFAULT_PARAMETERS.as_dict(), **change})


def test_a_missing_number_is_refused_and_not_taken_from_the_defaults() -> None:
    row = DEFAULT_PARAMETERS.as_dict()
    del row["cap"]
    with pytest.raises(ValueError, match="A snapshot has"):
        Parameters.from_dict(row)

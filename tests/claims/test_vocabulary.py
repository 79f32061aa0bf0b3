"""Every word that is stored has words that are read."""

from __future__ import annotations

import copy
import pickle
from enum import StrEnum

import pytest

from claims import vocabulary
from claims.vocabulary import Status
from verification.workflow import ReasonCode

SETS = [
    vocabulary.Status,
    vocabulary.Stage,
    vocabulary.Publication,
    vocabulary.Stance,
    vocabulary.Directness,
    vocabulary.Alignment,
    vocabulary.AlignmentBasis,
    vocabulary.ClaimKind,
    vocabulary.Resolution,
    vocabulary.Sensitivity,
    vocabulary.TimePrecision,
    vocabulary.PlacePrecision,
    vocabulary.RelationKind,
    ReasonCode,
]


@pytest.mark.parametrize("words", SETS)
def test_each_member_is_its_value_and_has_a_label_of_its_own(words: type[StrEnum]) -> None:
    assert all(member.value == member.name.lower() == str(member) for member in words)
    labels = [member.label for member in words]
    assert all(label.strip() for label in labels)
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize("words", SETS)
def test_a_member_survives_storing_and_copying(words: type[StrEnum]) -> None:
    for member in words:
        assert words(member.value) is member
        assert copy.deepcopy(member) is member
        assert pickle.loads(pickle.dumps(member)) is member  # noqa: S301 -- our own bytes


def test_each_status_says_what_it_means_in_a_sentence() -> None:
    meanings = {status.meaning for status in Status}
    assert len(meanings) == len(Status)
    assert all(meaning.endswith(".") for meaning in meanings)


def test_an_override_is_named_as_such() -> None:
    assert ReasonCode("editor_override").label == "Set outside the rules"

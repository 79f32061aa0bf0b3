from __future__ import annotations

import unicodedata

import pytest

from core.bidi import NAMES, with_turns_shown, without_turns

TRICK = "Photo \u202egnp.exe\u202c of the suburb"


def test_our_own_words_lose_the_signs_that_turn_text() -> None:
    assert without_turns(TRICK) == "Photo gnp.exe of the suburb"


def test_the_words_of_others_keep_them_in_plain_sight() -> None:
    assert with_turns_shown(TRICK) == "Photo ⟦RLO⟧gnp.exe⟦PDF⟧ of the suburb"


@pytest.mark.parametrize("sign", NAMES)
def test_each_sign_is_one_that_unicode_calls_a_control_of_direction(sign: str) -> None:
    assert unicodedata.bidirectional(sign) == NAMES[sign]
    assert without_turns(f"a{sign}b") == "ab"
    assert sign not in with_turns_shown(f"a{sign}b")


@pytest.mark.parametrize(
    "text", ["", "ضاحية الأسد", "a\u200fb", "emoji \U0001f469\u200d\U0001f680"]
)
def test_ordinary_text_and_marks_that_shape_letters_stay(text: str) -> None:
    assert without_turns(text) == text
    assert with_turns_shown(text) == text

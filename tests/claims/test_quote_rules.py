"""Whether quoted words still stand, by rule."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.quotes import anchor, nearest, replacement, stands_in

QUOTE = "Our fighters have retreated from the 1070 project"
TEXT = f"It was a long night. {QUOTE}, said a spokesman on Friday. Nothing more is known."
NOW = TEXT.replace("retreated", "repositioned")


def numbered(count: int, different: int) -> str:
    return " ".join(f"w{at % different}" for at in range(count))


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        TEXT.replace("fighters have", "fighters\n\u00a0 have"),
        TEXT.replace("retreated", "re\u00adtrea\u200bted"),
        TEXT.replace(QUOTE, f"«\u202b{QUOTE}\u202c»"),
    ],
)
def test_a_quote_stands_whatever_its_rendering(text: str) -> None:
    assert stands_in(QUOTE, text)
    assert stands_in(f"“{QUOTE}.”", text)


def test_arabic_stands_without_its_vowel_signs_and_lengthening() -> None:
    assert stands_in("خرج المقاتلون من الحي", "وقال: خَرَجَ المقاتلـــون من الحيّ أمس")


@pytest.mark.parametrize("word", ["repositioned", "not retreated", "Retreated"])
def test_one_other_word_and_it_does_not_stand(word: str) -> None:
    assert not stands_in(QUOTE, TEXT.replace("retreated", word))


def test_a_quote_with_an_omission_stands_in_its_order() -> None:
    assert stands_in("It was a long night … said a spokesman", TEXT)
    assert stands_in("It was a long night [...] Nothing more is known", TEXT)
    assert not stands_in("said a spokesman … It was a long night", TEXT)


def test_nothing_stands_nowhere() -> None:
    assert not stands_in("…", "")
    assert anchor("  ", [TEXT]) == ""
    assert nearest("", TEXT) is None
    assert nearest(QUOTE, "") is None


def test_a_quote_that_was_copied_roughly_is_anchored_where_it_came_from() -> None:
    rough = "Our fighters have retreated from 1070 project, said a spokesman"
    assert anchor(rough, ["", TEXT]) == f"{QUOTE}, said a spokesman"


def test_a_translation_is_anchored_nowhere() -> None:
    assert anchor("Unsere Kämpfer haben in der Nacht das Viertel verlassen", [TEXT]) == ""


def test_what_stands_in_its_place_is_found_with_its_changed_words() -> None:
    assert replacement(QUOTE, [NOW]) == QUOTE.replace("retreated", "repositioned")


def test_changed_words_at_the_ends_belong_to_the_place() -> None:
    other = TEXT.replace("Our fighters", "Their fighters").replace("1070 project", "1070 quarter")
    assert replacement(QUOTE, [other]) == "Their fighters have retreated from the 1070 quarter"


def test_where_nothing_is_like_it_there_is_no_place() -> None:
    assert replacement(QUOTE, ["The bakery road was open again on Saturday."]) == ""


def test_of_two_places_the_one_between_the_known_words_is_it() -> None:
    twice = "Alpha said: they left at dusk. Beta said: they left at noon."
    assert replacement("they left at dawn", [twice], prefix="Beta said:").endswith("noon")
    assert replacement("they left at dawn", [twice], prefix="Alpha said:").endswith("dusk")


def test_a_ninth_of_a_quote_may_be_its_point() -> None:
    """Nine tenths the same is what anchors a quote, never what lets it stand."""
    long = " ".join(f"word{at}" for at in range(30)) + " and nobody was killed there"
    changed = long.replace("nobody", "everybody")
    place = nearest(long, changed)
    assert place is not None
    assert place.share > 0.9
    assert not stands_in(long, changed)


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("a " * 1000, "a " * 300_000),
        ("a b " * 500, "b a " * 150_000),
        (
            " ".join(f"w{at}" for at in range(5000)),
            " ".join(f"w{at % 3000}" for at in range(100_000)),
        ),
    ],
)
def test_hostile_lengths_are_looked_at_in_few_places(quote: str, text: str) -> None:
    found = nearest(quote, text)
    assert found is None or found.share <= 1


@settings(max_examples=30)
@given(st.text(max_size=40), st.text(max_size=120))
def test_any_texts_can_be_asked(quote: str, text: str) -> None:
    assert isinstance(stands_in(quote, text), bool)
    found = nearest(quote, text)
    assert found is None or found.text in text

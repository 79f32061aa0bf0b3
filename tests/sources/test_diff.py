"""What differs between two texts: true for any texts, and bounded for hostile ones."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.diff import Budget, Line, compare, is_too_long, matches

SIZE = 2_000_000
LETTERS = "abcdefghij"
short_text = st.text(alphabet="ab \n", max_size=80)


def shown(lines: list[Line]) -> list[tuple[str, str]]:
    """Each line with its changed runs in brackets."""
    return [
        (line.kind, "".join(f"[{run.text}]" if run.changed else run.text for run in line.runs))
        for line in lines
    ]


def side(lines: list[Line], kind: str) -> list[str]:
    return [line.text for line in lines if line.kind in {"same", kind}]


def full_lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


def test_a_word_is_told_inside_its_line() -> None:
    found = compare(
        "Head\nOur fighters have retreated from the project\nFoot",
        "Head\nOur fighters have repositioned from the project\nFoot",
    )
    assert shown(found) == [
        ("same", "Head"),
        ("old", "Our fighters have [retreated] from the project"),
        ("new", "Our fighters have [repositioned] from the project"),
        ("same", "Foot"),
    ]


def test_lines_that_came_and_went_are_whole() -> None:
    assert shown(compare("one\ntwo", "two\nthree")) == [
        ("old", "[one]"),
        ("same", "two"),
        ("new", "[three]"),
    ]


def test_lines_with_little_in_common_are_not_mixed() -> None:
    found = compare("The bridge is open again", "Nobody knows who fired first, they said")
    assert all(run.changed for line in found for run in line.runs)


def test_arabic_words_are_told_with_their_vowel_signs() -> None:
    found = compare("خَرَجَ المقاتلون من الحي", "دَخَلَ المقاتلون من الحي")
    assert shown(found)[0] == ("old", "[خَرَجَ] المقاتلون من الحي")


def test_signs_of_scripts_without_spaces_are_words() -> None:
    assert shown(compare("橋は開いた道", "橋は閉いた道"))[0] == ("old", "橋は[開]いた道")


@given(short_text, short_text)
def test_each_side_is_the_text_it_came_from(before: str, after: str) -> None:
    found = compare(before, after)
    assert side(found, "old") == full_lines(before)
    assert side(found, "new") == full_lines(after)


@given(short_text, short_text)
def test_lines_know_where_they_stand(before: str, after: str) -> None:
    for line in compare(before, after):
        text = before if line.kind == "old" else after
        assert text[line.start : line.end] == line.text


@given(short_text)
def test_the_same_text_is_the_same(text: str) -> None:
    assert {line.kind for line in compare(text, text)} <= {"same"}


HOSTILE: dict[str, Callable[[], tuple[str, str]]] = {
    "one word for ever": lambda: ("a " * (SIZE // 2), "a b " * (SIZE // 4)),
    "short lines": lambda: ("a\n" * (SIZE // 2), "b\na\n" * (SIZE // 4)),
    "one long line": lambda: ("x" * SIZE, "y" * SIZE),
    "all lines backwards": lambda: (
        "\n".join(f"w{at}" for at in range(200_000)),
        "\n".join(f"w{at}" for at in reversed(range(200_000))),
    ),
    "few words in no order": lambda: (
        "\n".join(LETTERS[at * at % 10] for at in range(SIZE // 2)),
        "\n".join(LETTERS[at * at * at % 7] for at in range(SIZE // 2)),
    ),
    # Of each gap only its first line is an anchor, and what follows is a gap again.
    "gaps in gaps": lambda: (
        "\n".join(f"{at}\n{at + 1}" for at in range(5_000)),
        "\n".join(f"{at}\nx\n{at + 1}" for at in range(5_000)),
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_takes_more_than_the_budget(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    budgets: list[Budget] = []
    monkeypatch.setattr("sources.diff.Budget", lambda: budgets.append(Budget()) or budgets[-1])
    before, after = HOSTILE[name]()
    compare(before, after)
    assert budgets[0].cells >= 0
    # The step that crosses the line is refused, so at most one look at both texts is lost on it.
    assert budgets[0].steps >= -2 * SIZE


def test_what_the_budget_does_not_reach_is_shown_as_replaced() -> None:
    words, other = list("xabababab"), list("babababay")
    assert matches(words, other, Budget(cells=0)) == []
    assert len(matches(words, other, Budget())) == 7


def test_the_end_of_an_endless_text_is_left_out_and_that_is_known() -> None:
    assert is_too_long("x" * (SIZE + 1))
    assert is_too_long("x\n" * 30_000)
    assert not is_too_long("x\n" * 300)

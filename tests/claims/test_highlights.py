"""Paragraphs of an article cut where proposals begin and end, and where markers stand."""

from __future__ import annotations

from typing import Any

import pytest

from claims.selectors.highlights import Cited, Piece, Pin, marked_paragraphs


def paragraph(text: str, notes: list[list[int]] | None = None) -> dict[str, Any]:
    return {"where": 1, "text": text, "notes": notes or []}


def pieces(row: dict[str, Any], *cited: Cited) -> tuple[Piece, ...]:
    (found,) = marked_paragraphs([row], cited)
    return found.pieces


def test_words_and_markers_are_all_there_and_in_order() -> None:
    row = paragraph("It fell1 and rose.", [[7, 8, 1]])
    found = pieces(row, Cited(1, "1", "fell1 and", "kept"))
    assert [piece.text or f"({piece.note})" for piece in found] == [
        "It ",
        "fell",
        "(1)",
        " and",
        " rose.",
    ]
    assert [piece.marked for piece in found] == ["", "kept", "", "kept", ""]
    assert found[1].pins == (Pin(1, "kept"),)


def test_overlapping_proposals_are_pinned_each_where_it_begins() -> None:
    found = pieces(
        paragraph("one two three"),
        Cited(1, "1", "one two", "kept"),
        Cited(2, "1", "two three", "undecided"),
        Cited(3, "1", "two three", "kept"),
    )
    assert [(piece.text, piece.marked) for piece in found] == [
        ("one ", "kept"),
        ("two", "undecided"),
        (" three", "undecided"),
    ]
    assert [pin.position for pin in found[1].pins] == [2, 3]


@pytest.mark.parametrize(
    "cited",
    [
        Cited(1, "1", "one", "dropped"),
        Cited(1, "2", "one", "kept"),
        Cited(1, "1", "four", "kept"),
        Cited(1, "1", "", "kept"),
    ],
)
def test_what_is_dropped_or_not_found_marks_nothing(cited: Cited) -> None:
    assert pieces(paragraph("one two"), cited) == (Piece("one two"),)

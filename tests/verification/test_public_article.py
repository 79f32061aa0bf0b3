"""The paragraph that a claim stands in, cut at claims and markers."""

from __future__ import annotations

import pytest

from claims.footnotes import find_notes
from verification.selectors.article import Marked, Piece, pieces_of, span_of

TEXT = "Fighting erupted1. Photos capped the defeat2 and nobody came back3."
NOTES = find_notes(TEXT)


def words(pieces: tuple[Piece, ...]) -> str:
    return "".join(piece.text or f"[{piece.footnote}]" for piece in pieces)


def test_markers_are_set_apart_from_the_words() -> None:
    pieces = pieces_of(TEXT, [], NOTES)
    assert (
        words(pieces) == "Fighting erupted[1]. Photos capped the defeat[2] and nobody came back[3]."
    )


def test_a_claim_carries_its_status_over_the_marker_inside_it() -> None:
    start, end = TEXT.index("Photos"), TEXT.index(" and")
    pieces = pieces_of(TEXT, [Marked(start, end, "confirmed", here=True)], NOTES)
    assert [piece.text for piece in pieces if piece.status] == ["Photos capped the defeat"]
    assert all(piece.here for piece in pieces if piece.status)


def test_of_two_claims_that_overlap_the_one_of_this_page_wins() -> None:
    start, end = TEXT.index("Photos"), TEXT.index("2")
    other = Marked(0, end, "unverified", "/c/3")
    pieces = pieces_of(TEXT, [other, Marked(start, end, "confirmed", here=True)], NOTES)
    assert {piece.status for piece in pieces} == {"", "confirmed"}


@pytest.mark.parametrize("quote", ["capped the defeat2 and nobody", "capped the defeat and nobody"])
def test_a_quote_is_found_with_its_markers_and_without(quote: str) -> None:
    span = span_of(quote, TEXT, NOTES)
    assert span is not None
    assert TEXT[slice(*span)] == "capped the defeat2 and nobody"


@pytest.mark.parametrize("quote", ["", "never said"])
def test_what_is_not_there_is_not_marked(quote: str) -> None:
    assert span_of(quote, TEXT, NOTES) is None


def test_signs_that_turn_text_are_shown() -> None:
    assert pieces_of("a\u202eb", [], ()) == (Piece("a⟦RLO⟧b"),)

from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

import demo
from claims.alignment import derived_alignment
from claims.vocabulary import Alignment, Directness, Resolution, Stance
from demo.cast import CLAIM, FILINGS, PARTIES, REPOST, RESOLUTION, SOURCES
from demo.parts import CastSource, Filing
from demo.server import WEB_ROOT

FILED = (*FILINGS, REPOST)
SOURCE = {source.key: source for source in SOURCES}
FILING = {filing.key: filing for filing in FILINGS}
each_filing = pytest.mark.parametrize("filing", FILED, ids=lambda filing: filing.key)
each_source = pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.key)


def of_phase(after: str) -> list[Filing]:
    return [filing for filing in FILINGS if filing.after == after]


def test_keys_and_paths_are_unique() -> None:
    for values in (
        [party.key for party in PARTIES],
        [source.key for source in SOURCES],
        [source.path for source in SOURCES],
        [filing.key for filing in FILED],
        [filing.path for filing in FILED],
    ):
        assert len(values) == len(set(values))


def test_the_story_files_in_the_order_of_publication_and_the_contest_comes_first() -> None:
    assert all(a.published_at < b.published_at for a, b in pairwise(FILINGS))
    assert [filing.after for filing in FILINGS] == ["contested"] * 4 + ["confirmed"] * 3


def test_the_first_phase_is_a_contest_of_two_sides() -> None:
    stances = {
        (SOURCE[filing.source].party, filing.stance)
        for filing in of_phase("contested")
        if filing.stance != Stance.CONTEXT
    }
    assert stances == {("government", Stance.SUPPORTS), ("opposition", Stance.CONTRADICTS)}


def test_the_second_phase_brings_an_admission_and_a_checked_picture() -> None:
    second = of_phase("confirmed")
    assert {filing.stance for filing in second} == {Stance.SUPPORTS}
    assert [f.key for f in second if f.alignment == Alignment.AGAINST_INTEREST] == [
        "local_admission"
    ]
    assert [f.key for f in second if f.visual_checked] == ["photo_page"]
    assert FILING["photo_page"].directness == Directness.FIRST_HAND_VISUAL


@each_filing
def test_alignment_follows_from_the_affiliation(filing: Filing) -> None:
    party = SOURCE[filing.source].party
    assert filing.alignment == derived_alignment(
        stance=filing.stance,
        source_parties={hash(party)} if party else set(),
        favours=hash(CLAIM.favours),
    )


@each_filing
def test_a_filing_points_to_a_page_of_its_source(filing: Filing) -> None:
    assert filing.path.startswith(SOURCE[filing.source].path)
    assert (WEB_ROOT / filing.path.removeprefix("/")).is_file()


@each_filing
def test_a_filing_is_dated_in_the_story_and_judged(filing: Filing) -> None:
    assert filing.published_at.tzinfo is UTC
    assert datetime(2016, 11, 11, tzinfo=UTC) < filing.published_at
    assert filing.published_at < datetime(2016, 11, 13, tzinfo=UTC)
    assert filing.credibility in range(1, 7)
    assert filing.note


@each_filing
def test_a_quote_that_is_not_english_comes_with_a_translation(filing: Filing) -> None:
    assert bool(filing.translation) == (filing.language != "en")


@each_source
def test_a_name_says_in_both_languages_that_the_source_is_invented(source: CastSource) -> None:
    assert source.name.endswith(" (invented)")
    assert re.search(r" \(مختلقة?\)$", source.name_ar)
    assert source.description.startswith("Invented for demonstration: ")


@each_source
def test_a_source_has_a_reasoned_grade_and_a_reasoned_side_or_none(source: CastSource) -> None:
    assert 20 <= len(source.grade_rationale) <= 400
    assert source.party in {None, *(party.key for party in PARTIES)}
    assert bool(source.party) == bool(source.degree) == bool(source.affiliation_rationale)


def test_the_two_parties_are_found_by_names_in_both_languages() -> None:
    for party in PARTIES:
        assert any(re.search(r"[\u0621-\u064a]", alias) for alias in party.aliases)
    aliases = [alias for party in PARTIES for alias in party.aliases]
    assert len(aliases) == len(set(aliases))


def test_the_footnotes_are_markers_of_the_article() -> None:
    article = (Path(demo.__file__).parent / "aleppo.txt").read_text(encoding="utf-8")
    markers = {filing.footnote for filing in FILED} - {None}
    assert markers == {8, 9}
    for marker in markers:
        assert re.search(rf"[a-z]{marker}\b", article)


def test_the_contradiction_has_a_resolution_that_is_later_evidence() -> None:
    contradicting = [f.key for f in FILINGS if f.stance == Stance.CONTRADICTS]
    assert [RESOLUTION.filing] == contradicting
    assert RESOLUTION.kind == Resolution.SUPERSEDED
    assert FILING[RESOLUTION.filing].published_at < FILING["photo_page"].published_at
    assert len(RESOLUTION.text) <= 400


def test_the_texts_of_the_claim_fit_their_fields() -> None:
    assert 10 <= len(CLAIM.sentence) <= 240
    assert 10 <= len(CLAIM.sentence_ar) <= 240
    assert len(CLAIM.finding) <= 240
    assert CLAIM.favours in {party.key for party in PARTIES}
    for reason in (CLAIM.contested_reason, CLAIM.confirmed_reason, CLAIM.would_change_it):
        assert len(reason) >= 20


def test_the_checked_pictures_say_what_was_checked() -> None:
    check = FILING["photo_page"].visual_check
    assert len(check) <= 400
    for word in ("Place", "Date", "Authenticity"):
        assert f"{word}:" in check

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from claims.vocabulary import Status
from verification.claimreview import BEST, LONGEST, WORST, Reviewed, claim_review, shortened

REVIEWED = Reviewed(
    url="https://example.org/c/12/dhahiyet",
    sentence="Dhahiyet al-Assad was recaptured by the government",
    language="en",
    status=Status.CONFIRMED,
    since=datetime(2016, 11, 12, 16, 5, tzinfo=UTC),
    publisher="Corroborate",
    publisher_url="https://example.org/",
)


def test_a_confirmed_claim_has_the_best_rating_in_the_words_of_its_status() -> None:
    review = claim_review(REVIEWED)
    assert review is not None
    assert review["url"] == "https://example.org/c/12/dhahiyet"
    assert review["claimReviewed"] == REVIEWED.sentence
    assert review["datePublished"] == "2016-11-12T16:05:00+00:00"
    assert review["reviewRating"] == {
        "@type": "Rating",
        "ratingValue": BEST,
        "bestRating": BEST,
        "worstRating": WORST,
        "alternateName": "Confirmed",
    }


def test_a_refuted_claim_has_the_worst_rating() -> None:
    review = claim_review(replace(REVIEWED, status=Status.REFUTED))
    assert review is not None
    assert review["reviewRating"]["ratingValue"] == WORST
    assert review["reviewRating"]["alternateName"] == "Refuted"


@pytest.mark.parametrize(
    "status", [status for status in Status if status not in {Status.CONFIRMED, Status.REFUTED}]
)
def test_what_is_not_settled_has_no_markup(status: Status) -> None:
    assert claim_review(replace(REVIEWED, status=status)) is None


def test_the_maker_and_the_first_day_of_a_claim_are_named_where_they_are_known() -> None:
    said = datetime(2016, 11, 11, 18, 22, tzinfo=UTC)
    review = claim_review(replace(REVIEWED, claimant="Grey Ridge", first_said=said))
    assert review is not None
    assert review["itemReviewed"] == {
        "@type": "Claim",
        "name": REVIEWED.sentence,
        "author": {"@type": "Organization", "name": "Grey Ridge"},
        "datePublished": "2016-11-11T18:22:00+00:00",
    }


@pytest.mark.parametrize("length", [10, 74, 75, 76, 240])
def test_a_sentence_is_cut_between_words_and_never_too_long(length: int) -> None:
    sentence = ("word " * 60)[:length].strip()
    short = shortened(sentence)
    assert len(short) <= LONGEST
    if len(sentence) <= LONGEST:
        assert short == sentence
    else:
        assert short.endswith("word…")


def test_one_word_without_end_is_cut_all_the_same() -> None:
    assert shortened("x" * 100) == "x" * (LONGEST - 1) + "…"

"""Copies found from wording: English and Arabic, posts and articles, and what must not count."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources import origins
from sources.origins import Overlap, TextReport, find_original, similarity, words_of

PROPERTY = settings(max_examples=200, deadline=None, database=None)

NOON = datetime(2016, 11, 12, 12, 0, tzinfo=UTC)

POST = (
    "Field source: army units and allied forces have taken full control of the Dhahiyet al-Assad "
    "housing estate west of Aleppo this morning after three days of fighting, and engineers are "
    "clearing mines from its streets."
)

BULLETIN = (
    "Units of the army, with allied forces, restored security to the suburb on Friday, a military "
    "source said. The operation ended the presence of armed groups in the western outskirts, where "
    "shells had fallen on homes, schools and a bakery for most of the month. Engineering teams "
    "were removing explosive devices from the streets, and families who had left in October "
    "would be helped to return as soon as water and electricity were restored, the source added."
)

INTRODUCTION = (
    "Our correspondent in the city followed the reports through the night. Residents reached by "
    "telephone described quiet streets, and nobody could say when the road would open again."
)

DENIAL = (
    "The operations room denies that its fighters have withdrawn. Clashes go on at the edge of the "
    "estate, two vehicles of the attackers were destroyed at dawn, and every photograph shown by "
    "the other side was taken last summer in another place, its spokesman told us by telephone."
)

FOOTER = "Your email address will not be published. Required fields are marked."

ARABIC = (
    "أعلن مصدر عسكري أن وحدات من الجيش أحكمت سيطرتها الكاملة على ضاحية الأسد غرب مدينة حلب صباح "
    "اليوم بعد ثلاثة أيام من الاشتباكات العنيفة، وأن عناصر الهندسة تعمل على إزالة الألغام من "
    "الشوارع والمنازل"
)

ARABIC_VOWELLED = (
    "أَعْلَنَ مَصْدَرٌ عَسْكَرِيٌّ أنّ وَحَداتٍ مِنَ الجيشِ أحكَمَت سيطرتَها الكاملة على ضاحيـــة الاسد غرب مدينه حلب صباحَ "
    "اليومِ بعد ثلاثةِ ايّامٍ من الإشتباكات العنيفة؛ وأنّ عناصرَ الهندسةِ تعملُ علي إزالةِ الألغامِ من "
    "الشوارع والمنازل!"
)


def document(key: str, text: str, minutes: int = 0, language: str = "en") -> TextReport:
    return TextReport(key, text, NOON + timedelta(minutes=minutes), language)


def test_identical_text_is_contained_both_ways() -> None:
    words = len(words_of(BULLETIN))
    assert similarity(BULLETIN, BULLETIN) == Overlap(words, words, 1.0, 1.0)


def test_typography_case_and_addresses_do_not_hide_a_copy() -> None:
    altered = BULLETIN.upper().replace(",", " –").replace(".", " …") + " https://example.org/x?y=1"
    assert similarity(BULLETIN, altered).of_first == 1.0


def test_apostrophes_and_invisible_signs_do_not_hide_a_copy() -> None:
    plain = "Russia's claim that it didn't bomb a mosque in the town of Jisr al-Shughur"
    typeset = (
        plain.replace("'", "’").replace("mosque", "mos\u00adque").replace("town", "t\u200bown")
    )
    assert similarity(plain, typeset).of_first == 1.0


def test_vowel_signs_tatweel_and_alef_forms_do_not_hide_an_arabic_copy() -> None:
    assert similarity(ARABIC, ARABIC_VOWELLED) == Overlap(34, 34, 1.0, 1.0)


def test_without_folding_the_arabic_copy_would_be_missed() -> None:
    raw = [
        set(zip(*(text.split()[n:] for n in range(5)), strict=False))
        for text in (ARABIC, ARABIC_VOWELLED)
    ]
    assert len(raw[0] & raw[1]) == 0


def test_arabic_digits_equal_european_ones() -> None:
    assert words_of("مشروع ١٠٧٠ شقة")[1] == "1070"


def test_unrelated_texts_share_nothing() -> None:
    assert similarity(BULLETIN, DENIAL).containment == 0.0
    assert similarity(ARABIC, BULLETIN).containment == 0.0


@pytest.mark.parametrize("empty", ["", "   ", "… — !", "https://example.org/only/an/address"])
def test_a_text_without_words_has_nothing_in_common(empty: str) -> None:
    assert similarity(empty, BULLETIN) == Overlap(0, 0, 0.0, 0.0)
    assert similarity(empty, empty) == Overlap(0, 0, 0.0, 0.0)


def test_one_changed_word_costs_little() -> None:
    """Counting shingles instead of words would say 27 of 32: one word would cost five."""
    changed = POST.replace("three", "four")
    assert similarity(POST, changed).of_first == pytest.approx(1 - 1 / len(words_of(POST)))


def test_a_reposted_post_is_found_with_its_lag() -> None:
    found = find_original(document("copy", POST, 35), [document("first", POST)])
    assert found is not None
    assert (found.copy, found.original) == ("copy", "first")
    assert found.similarity == found.of_copy == found.of_original == 1.0
    assert found.matched == len(words_of(POST))
    assert found.lag == timedelta(minutes=35)


def test_a_copy_with_an_introduction_is_found_by_what_it_contains() -> None:
    longer = f"{INTRODUCTION} {POST}"
    found = find_original(document("copy", longer, 5), [document("first", POST)])
    assert found is not None
    assert found.of_original == found.similarity == 1.0
    assert found.of_copy < 0.6


def test_a_shortened_reprint_is_found_by_what_it_took() -> None:
    first_sentences = ". ".join(BULLETIN.split(". ")[:2])
    found = find_original(document("copy", first_sentences, 5), [document("first", BULLETIN)])
    assert found is not None
    assert found.of_copy == found.similarity == 1.0
    assert found.of_original < 0.6


def test_an_arabic_copy_is_found() -> None:
    copy = document("copy", f"عاجل | {ARABIC_VOWELLED}", 9, "ar")
    found = find_original(copy, [document("first", ARABIC, language="ar")])
    assert found is not None
    assert found.of_original == 1.0


def test_the_earliest_of_several_is_the_original() -> None:
    chain = [document("second", POST, 10), document("first", POST), document("third", POST, 20)]
    found = find_original(document("copy", POST, 30), chain)
    assert found is not None
    assert found.original == "first"


def test_of_two_published_at_once_the_key_decides() -> None:
    twins = [document("b", POST), document("a", POST)]
    found = find_original(document("copy", POST, 1), twins)
    assert found is not None
    assert found.original == "a"


def test_an_independent_report_is_no_copy() -> None:
    earlier = [document("post", POST), document("denial", DENIAL)]
    assert find_original(document("bulletin", BULLETIN, 60), earlier) is None


def test_neither_itself_nor_a_later_document_is_the_original() -> None:
    candidate = document("copy", POST, 10)
    assert find_original(candidate, [candidate, document("later", POST, 11)]) is None
    assert find_original(candidate, [document("earlier", POST, 9)]) is not None


def test_known_languages_must_agree() -> None:
    first = document("first", POST)
    assert find_original(document("copy", POST, 1, "ar"), [first]) is None
    assert find_original(document("copy", POST, 1, "en-GB"), [first]) is not None
    assert find_original(document("copy", POST, 1, ""), [first]) is not None


def test_a_shared_footer_is_no_copy() -> None:
    one, other = f"Suburb quiet again. {FOOTER}", f"Bakery hit at dawn. {FOOTER}"
    assert find_original(document("b", one, 1), [document("a", other)]) is None


def test_without_a_least_length_a_footer_would_pass_for_a_copy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(origins, "LEAST_MATCHED", 1)
    one, other = f"Suburb quiet again. {FOOTER}", f"Bakery hit at dawn. {FOOTER}"
    assert find_original(document("b", one, 1), [document("a", other)]) is not None


def test_a_phrase_repeated_by_one_text_is_no_copy_of_it() -> None:
    """Many words of the one, but few of the other: the smaller number decides."""
    phrase = "we will not leave our homes"
    chant = document("chant", " ".join([phrase] * 6), 1)
    assert find_original(chant, [document("letter", f"{BULLETIN} {phrase}.")]) is None


def long_article() -> str:
    return f"{INTRODUCTION} {BULLETIN} {DENIAL} “{POST}”"


def test_an_article_that_quotes_a_post_is_no_copy_of_it() -> None:
    assert find_original(document("article", long_article(), 90), [document("p", POST)]) is None


def test_without_a_least_share_a_quotation_would_pass_for_a_copy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(origins, "LEAST_SHARE", 0.0)
    assert find_original(document("article", long_article(), 90), [document("p", POST)]) is not None


def test_the_threshold_is_kept() -> None:
    words = BULLETIN.split()
    half = " ".join([*words[: len(words) // 2], *DENIAL.split()[: len(words) // 2]])
    copy, first = document("copy", half, 1), document("first", BULLETIN)
    assert find_original(copy, [first]) is None
    assert find_original(copy, [first], threshold=0.4) is not None


VOCABULARY = words_of(f"{BULLETIN} {DENIAL} {INTRODUCTION}") + words_of(ARABIC)
TEXTS = st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=60).map(" ".join)


@PROPERTY
@given(TEXTS)
def test_identity_is_whole(text: str) -> None:
    overlap = similarity(text, text)
    assert overlap.of_first == overlap.of_second == 1.0


@PROPERTY
@given(TEXTS, TEXTS)
def test_exchanging_the_texts_exchanges_the_fields(first: str, second: str) -> None:
    one, other = similarity(first, second), similarity(second, first)
    assert one.containment == other.containment
    assert one == Overlap(
        other.matched_second, other.matched_first, other.of_second, other.of_first
    )
    assert 0 <= one.of_first <= 1
    assert 0 <= one.of_second <= 1


@PROPERTY
@given(TEXTS, TEXTS, TEXTS)
def test_whatever_is_put_around_a_text_it_stays_contained(
    before: str, text: str, after: str
) -> None:
    overlap = similarity(text, f"{before} {text} {after}")
    assert overlap.of_first == 1.0


@PROPERTY
@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_can_be_compared(first: str, second: str) -> None:
    overlap = similarity(first, second)
    assert 0 <= overlap.containment <= 1


@PROPERTY
@given(st.integers(0, 2**32), st.integers(25, 90))
def test_shuffled_words_are_no_copy(seed: int, length: int) -> None:
    """The same vocabulary, unrelated sentences: hardly ever five words in the same row."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, nothing secret
    first, second = (" ".join(chance.choices(VOCABULARY, k=length)) for _ in range(2))
    assert similarity(first, second).containment < 0.3


@PROPERTY
@given(st.permutations(range(6)))
def test_the_order_of_the_earlier_documents_leaves_no_trace(order: list[int]) -> None:
    texts = [DENIAL, POST, f"{INTRODUCTION} {POST}", BULLETIN, POST, POST]
    earlier = [document(f"d{n}", texts[n], n) for n in order]
    found = find_original(document("copy", POST, 10), earlier)
    assert found is not None
    assert found.original == "d1"
    renamed = find_original(replace(document("copy", POST, 10), key="other"), earlier)
    assert renamed is not None
    assert renamed.original == found.original

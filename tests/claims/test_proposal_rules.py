"""The proposer's rules on articles and sentences other than the one of the design."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from claims.proposals import Proposal, propose, read_article
from claims.proposals.times import find_times, period_of
from claims.vocabulary import ClaimKind, TimePrecision

ARTICLES = Path(__file__).parent / "articles"


def claims(name: str) -> tuple[Proposal, ...]:
    return propose(read_article((ARTICLES / name).read_bytes())).claims


def proposed(*paragraphs: str) -> list[str]:
    return [claim.sentence for claim in _of(*paragraphs)]


def _of(*paragraphs: str) -> tuple[Proposal, ...]:
    return propose(read_article("\n\n".join(("A title", *paragraphs)))).claims


def flags(paragraph: str) -> list[set[str]]:
    return [{str(flag) for flag in claim.flags} for claim in _of(paragraph)]


# Whole articles


def test_english_article_with_a_reference_list() -> None:
    found = [(c.where, c.footnotes, c.sentence) for c in claims("river-crossing.txt")]
    assert found == [
        (1, (1,), ("Militia fighters shelled the towns of Karsun, Oved, and Tamar on 14 March 2019,"
                  " killing at least 23 people")),
        (1, (2,), ("The regional government said that the shells had been fired from the village of"
                  " Belen")),
        (1, (3,), "The militia denied it"),
        (2, (4,), "On 15 March, engineers closed the bridge at Karsun"),
        (2, (5,), "On 15 March, engineers ordered residents to leave the riverbank"),
        (2, (1,), "The army withdrew from Oved two days later"),
        (2, (1,), "Rebels entered Oved from the north"),
        (3, (6,), "A charge had been seen under the second pier"),
        (3, (7,), "The bridge was destroyed"),
        (4, (8,), "Dozens of families were displaced"),
        (4, (8,), "Dozens of families were displaced because the only road to Tamar was flooded"),
    ]  # fmt: skip


def test_arabic_article_gives_one_claim_per_clause_between_notes() -> None:
    found = claims("murfa.ar.txt")
    assert [(c.where, c.footnotes) for c in found] == [
        (1, (1,)), (1, (2,)), (1, (3,)), (2, (4,)), (2, (5,)), (2, (6,)), (3, ()),
    ]  # fmt: skip
    assert found[1].sentence == "قال محافظ المدينة إن سبب الانفجار ماس كهربائي"
    assert found[1].quote == "وقال محافظ المدينة إن سبب الانفجار ماس كهربائي"
    marks = [{str(flag) for flag in c.flags} for c in found]
    assert marks[0] == {"number_range"}
    assert "hedged" in marks[3]
    assert marks[5] == {"hedged", "vague_time"}
    assert "no_footnote" in marks[6]


def test_markdown_article() -> None:
    found = [(c.where, c.footnotes, c.sentence) for c in claims("dam.md")]
    assert found == [
        (1, (4,), "In January, the ministry announced that the Halven dam had been finished"),
        (1, (1,), "Satellite images from 20 January show an open spillway"),
        (2, (2,), "The contractor stopped work in December"),
        (2, (3,), "The contractor dismissed 140 workers"),
        ("caption", (), "Workers at the gate of the dam on 12 January"),
        (3, (), "The reservoir holds between 20 and 30 million cubic metres"),
    ]


def test_article_without_notes_gives_what_can_be_looked_up() -> None:
    found = claims("council.txt")
    assert [c.where for c in found] == [1, 1, 2, 2, 2]
    assert all("no_footnote" in c.flags for c in found)
    assert found[3].sentence == "Police arrested 12 people during a protest outside the town hall"
    assert found[1].kind is ClaimKind.QUOTE


def test_html_article_cites_the_notes_of_the_page() -> None:
    found = {c.sentence: c.footnotes for c in claims("quarry.html")}
    assert found["The owner had been fined in 2021"] == (2,)
    assert found["Rescuers searched the quarry at Dolna on 7 August"] == ()


# Notes


def test_a_note_supports_what_stands_between_it_and_the_note_before() -> None:
    text = "The army captured Oved1 and rebels left Tamar2. The bridge at Karsun was destroyed."
    assert [(c.sentence, c.footnotes) for c in _of(text)] == [
        ("The army captured Oved", (1,)),
        ("Rebels left Tamar", (2,)),
        ("The bridge at Karsun was destroyed", ()),
    ]


def test_notes_of_reports_pass_to_what_the_reports_are_about() -> None:
    text = (
        "Fighting raged in Oved. Reports emerged slowly1 from both sides. "
        "Photos from the captured town showed the army defeat2. The rebels celebrated."
    )
    found = _of(text)
    assert found[0].footnotes == (1, 2)
    assert found[0].sentence.startswith("Oved was captured")


def test_a_note_on_reports_alone_is_not_lost() -> None:
    found = _of("Rumours circulated slowly1 in the town. Nobody knew more2.")
    assert sorted(number for claim in found for number in claim.footnotes) == [1, 2]


# Splitting


def test_listed_subjects_are_claims_of_their_own() -> None:
    assert proposed("The towns of Oved, Tamar, and Belen were captured by the army on 3 May.") == [
        "Oved was captured by the army on 3 May",
        "Tamar was captured by the army on 3 May",
        "Belen was captured by the army on 3 May",
    ]


def test_listed_objects_are_claims_of_their_own_unless_they_share_a_toll() -> None:
    assert proposed("The army shelled the towns of Oved and Tamar on 3 May.") == [
        "The army shelled Oved on 3 May",
        "The army shelled Tamar on 3 May",
    ]
    shared = "The army shelled the towns of Oved and Tamar on 3 May, killing 12 people"
    assert proposed(f"{shared}.") == [shared]


def test_a_pointing_plural_stands_for_the_list_before() -> None:
    text = (
        "Starting on 2 June, army units began shelling four villages (Oved, Tamar, Belen, and Kor)."
        " These villages were captured1 and the road to Karsun was blocked2."
    )
    assert proposed(text)[:2] == [
        "Oved was captured by army units after 2 June",
        "Tamar was captured by army units after 2 June",
    ]


def test_a_cause_is_a_claim_beside_its_effect() -> None:
    found = _of("The bridge at Karsun was closed, because two piers were damaged1.")
    assert [c.sentence for c in found] == [
        "The bridge at Karsun was closed",
        "The bridge at Karsun was closed because two piers were damaged",
    ]
    assert {str(flag) for flag in found[1].flags} == {"cause", "split"}


def test_what_somebody_said_is_not_torn_apart() -> None:
    text = "The governor said that Oved was flooded and that 12 people were missing1."
    assert proposed(text) == [text[:-2]]


def test_a_relative_clause_is_no_subject_of_the_next_verb() -> None:
    text = "Rebels held Oved, which lies on the river, and fled from Tamar on 3 May1."
    assert proposed(text) == ["Rebels held Oved and fled from Tamar on 3 May"]


def test_the_losing_side_names_the_winner() -> None:
    text = (
        "The rebels left the valley. The government sent troops to Oved. "
        "Pictures of the recaptured town confirmed the rebel retreat1."
    )
    assert "Oved was recaptured by the government" in proposed(text)


def test_retreat_and_capture_of_one_place_are_one_claim() -> None:
    text = (
        "The army attacked rebels in Oved1. The rebels were forced to retreat from the ruins."
        " The town was recaptured by the army2."
    )
    sentences = proposed(text)
    assert sentences[0] == "Oved was recaptured by the army"
    assert not any("retreat" in sentence for sentence in sentences)


# What is left out


@pytest.mark.parametrize(
    "text",
    [
        "It is not known whether the army will return to Oved.",
        "The fall of Oved is a turning point in the war of 2019.",
        "The army may attack Oved on 3 May.",
        "Fighting continued near Oved.",
        "He was there on 3 May.",
        "The mood had changed.",
    ],
)
def test_uncited_talk_is_no_claim(text: str) -> None:
    assert proposed(text) == []


def test_cited_talk_is_kept_and_flagged() -> None:
    found = _of("Fighting continued near Oved1. The rebels might return2.")
    assert [c.footnotes for c in found] == [(1,), (2,)]
    assert all("weakly_testable" in c.flags for c in found)


# Flags


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("The army captured Oved in late May1.", "vague_time"),
        ("The army won a major battle in Oved1.", "judgement_word"),
        ("Rebels reportedly captured Oved1.", "hedged"),
        ("The attack caused heavy casualties in Oved1.", "no_number"),
        ("At least 30 people were killed in Oved1.", "number_range"),
        ("Between 20 and 30 people were killed in Oved1.", "number_range"),
        ("The convoy was threatened near Oved1.", "weakly_testable"),
        ("Rebels withdrew from Oved and Tamar1.", "several_places"),
        ("The rebels have lost every village since May1.", "rests_on_others"),
        ("The army captured Oved on 3 May.", "no_footnote"),
    ],
)
def test_flags(text: str, flag: str) -> None:
    assert flag in flags(text)[0]


@pytest.mark.parametrize(
    "text",
    [
        "The army captured Oved on 3 May1.",
        "Major General Tal resigned on 3 May1.",
        "Rebels left the Oved and Tamar area on 3 May1.",
    ],
)
def test_plain_cited_claims_carry_no_flag(text: str) -> None:
    assert flags(text) == [set()]


def test_hedges_leave_the_sentence_and_stay_in_the_quote() -> None:
    found = _of("Rebels reportedly captured Oved1.")
    assert found[0].sentence == "Rebels captured Oved"
    assert found[0].quote == "Rebels reportedly captured Oved"


def test_overlong_clauses_are_cut_at_a_pause_and_keep_their_quote() -> None:
    text = "The army captured Oved on 3 May, " + "taking guns and carts, " * 20 + "and rested1."
    found = _of(text)[0]
    assert len(found.sentence) <= 240
    assert found.sentence.endswith("…")
    assert found.quote == text[:-2]


# Times


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("on November 3rd", (None, 11, 3, TimePrecision.DAY)),
        ("on 3 May 2016", (2016, 5, 3, TimePrecision.DAY)),
        ("on 2016-05-03", (2016, 5, 3, TimePrecision.DAY)),
        ("on 30/09/2015", (2015, 9, 30, TimePrecision.DAY)),
        ("since August", (None, 8, None, TimePrecision.MONTH)),
        ("in early November", (None, 11, None, TimePrecision.VAGUE)),
        ("by late 2016", (2016, None, None, TimePrecision.VAGUE)),
        ("in 2016", (2016, None, None, TimePrecision.YEAR)),
        ("في 3 تشرين الثاني 2016", (2016, 11, 3, TimePrecision.DAY)),
        ("في 30 أيلول/سبتمبر 2015", (2015, 9, 30, TimePrecision.DAY)),
        ("في ٣ أيار ٢٠١٧", (2017, 5, 3, TimePrecision.DAY)),
        ("في أواخر تموز", (None, 7, None, TimePrecision.VAGUE)),
    ],
)
def test_expressions_of_time(
    text: str, expected: tuple[int | None, int | None, int | None, TimePrecision]
) -> None:
    found = [(t.year, t.month, t.day, t.precision) for t in find_times(text)]
    assert found == [expected]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("It fell on 3 May", ("2016-05-03", "2016-05-03", True)),
        ("It fell on 3 May 2015", ("2015-05-03", "2015-05-03", False)),
        ("It fell after May 3rd", ("2016-05-03", None, True)),
        ("It was lost since August", ("2016-08-01", None, True)),
        ("It fell in early November", ("2016-11-01", "2016-11-10", True)),
        ("It fell in late November", ("2016-11-20", "2016-11-30", True)),
        ("It fell in 2015", ("2015-01-01", "2015-12-31", False)),
        ("It fell on 30 February", None),
        ("It fell recently", None),
        ("It fell", None),
    ],
)
def test_period_that_a_sentence_tells_of(
    sentence: str, expected: tuple[str, str | None, bool] | None
) -> None:
    period = period_of(sentence, year=2016)
    found = period and (
        period.first.isoformat(),
        period.last.isoformat() if period.last else None,
        period.is_inferred,
    )
    assert found == expected


def test_without_a_year_a_day_has_no_period() -> None:
    assert period_of("It fell on 3 May", year=None) is None


@pytest.mark.parametrize("text", ["1070 homes", "they may march", "5:30", "in 12 towns", "3.5 km"])
def test_numbers_and_words_that_are_no_times(text: str) -> None:
    assert list(find_times(text)) == []


def test_a_published_article_lends_its_year_to_no_expression() -> None:
    read = read_article("A title\n\nOved fell on 3 May.", published=date(2016, 6, 1))
    assert propose(read).claims[0].times[0].year is None
    assert read.inferred_year == 2016

"""The Aleppo article and what the proposer makes of it: the 18 claims of the design's table."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from claims.proposals import Flag, Proposals, as_json, propose, read_article
from claims.vocabulary import ClaimKind

ARTICLES = Path(__file__).parent / "articles"

# (place in the text, footnotes, flags, words that the sentence must hold) as in the design's table
TABLE = [
    (1, (), {"no_footnote", "vague_time"}, ["opposition", "offensive", "halted", "early November"]),
    (1, (), {"judgement_word"}, ["second phase", "November 3rd", "major gains"]),
    (2, (1,), {"split"}, ["Tell Mutah was captured", "government forces", "after November 6th"]),
    (2, (1,), {"split"}, ["Tell Rakhm was captured", "government forces", "after November 6th"]),
    (2, (1,), {"split"}, ["Tell Bazo was captured", "government forces", "after November 6th"]),
    (2, (2,), {"weakly_testable"}, ["rebel positions", "1070", "Hikmah", "threatened"]),
    (2, (3,), {"several_places"}, ["abandoned", "1070 Apartment Projects and Hikmah"]),
    (3, (4,), set(), ["SAA attacked", "JFS", "Minyan"]),
    (3, (5,), set(), ["captured Minyan"]),
    (3, (6,), set(), ["Dhahiyet al-Assad had been captured", "rebel offensive"]),
    ("caption", (), {"picture"}, ["Harakat al-Nujaba", "took positions", "Minyan", "November 11"]),
    (4, (8, 9), set(), ["Dhahiyet al-Assad was recaptured by the government"]),
    (4, (7,), set(), ["JFS and other", "resisted in Dhahiyet al-Assad"]),
    (4, (), {"hedged", "no_number"}, ["SAA suffered significant casualties"]),
    (4, (10,), set(), ["No counteroffensive was attempted"]),
    (4, (10,), {"cause", "split"}, ["because", "JFS", "losses", "shelling"]),
    (5, (), {"no_footnote", "number_range"}, ["JFS has lost hundreds of fighters"]),
    (5, (), {"rests_on_others"}, ["opposition", "has lost every location", "since August"]),
]

SENTENCES = [
    "The opposition's latest offensive to break the siege on Aleppo halted in early November",
    (
        "The second phase of the opposition's offensive on November 3rd failed to achieve any"
        " major gains"
    ),
    "Tell Mutah was captured by government forces after November 6th",
    "Tell Rakhm was captured by government forces after November 6th",
    "Tell Bazo was captured by government forces after November 6th",
    ("The rebel positions in the 1070 Apartment Projects and Hikmah vicinity were threatened"),
    (
        "Opposition forces in the 1070 Apartment Projects and Hikmah retreated and abandoned"
        " their positions, yielding control to the government"
    ),
    "The SAA attacked Jabhet Fatah al-Shaam (JFS) brigades on the Minyan frontline",
    "The SAA captured Minyan",
    "Dhahiyet al-Assad had been captured in the initial rebel offensive",
    (
        "Iraqi militiamen (Harakat al-Nujaba) took positions during the government assault on"
        " Minyan on November 11"
    ),
    "Dhahiyet al-Assad was recaptured by the government",
    "JFS and other rebel units resisted in Dhahiyet al-Assad",
    "The SAA suffered significant casualties in Dhahiyet al-Assad",
    "No counteroffensive was attempted",
    (
        "No counteroffensive was attempted because losses in JFS ranks were heavy and artillery"
        " shelling prevented any immediate mobilization"
    ),
    "JFS has lost hundreds of fighters",
    ("The opposition coalition has lost every location gained in both offensives since August"),
]


@pytest.fixture(scope="module")
def aleppo() -> Proposals:
    return propose(read_article((ARTICLES / "aleppo.txt").read_bytes()))


def test_aleppo_gives_the_claims_of_the_table_in_its_order(aleppo: Proposals) -> None:
    found = [(c.where, c.footnotes, {str(flag) for flag in c.flags}) for c in aleppo.claims]
    assert found == [(where, notes, flags) for where, notes, flags, _ in TABLE]


@pytest.mark.parametrize("number", range(1, 19))
def test_aleppo_sentences_name_what_the_table_names(aleppo: Proposals, number: int) -> None:
    sentence = aleppo.claims[number - 1].sentence
    assert [word for word in TABLE[number - 1][3] if word not in sentence] == []


def test_aleppo_sentences_are_always_the_same(aleppo: Proposals) -> None:
    assert [claim.sentence for claim in aleppo.claims] == SENTENCES


def test_aleppo_quotes_are_the_words_of_the_article(aleppo: Proposals) -> None:
    for claim in aleppo.claims:
        assert aleppo.article.text[claim.start : claim.end] == claim.quote
    quotes = {claim.footnotes: claim.quote for claim in aleppo.claims}
    assert quotes[(8, 9)] == "photos from the recaptured neighborhood capped the rebel defeat"
    assert quotes[(3,)].endswith("yielding control to the government")
    assert quotes[(5,)] == "after continuous fighting, captured the neighborhood"


def test_aleppo_claims_know_their_kind_places_and_times(aleppo: Proposals) -> None:
    recaptured = aleppo.claims[11]
    assert recaptured.kind is ClaimKind.CONTROL
    assert recaptured.places == ("Dhahiyet al-Assad",)
    assert aleppo.claims[10].kind is ClaimKind.MEDIA_AUTHENTICITY
    assert aleppo.claims[16].kind is ClaimKind.QUANTITY
    second_phase = aleppo.claims[1].times[0]
    assert (second_phase.year, second_phase.month, second_phase.day) == (None, 11, 3)


def test_aleppo_structure(aleppo: Proposals) -> None:
    article = aleppo.article
    assert article.title == (
        "Aleppo: after collapse of rebel offensive, government forces regain all lost ground"
    )
    assert [paragraph.where for paragraph in article.paragraphs] == [1, 2, 3, "caption", 4, 5]
    assert [(note.number, reference.address) for note, reference in zip(
        article.notes, article.references, strict=True
    )] == [(number, None) for number in range(1, 11)]  # fmt: skip
    assert [(str(d.reason), d.text[:20]) for d in article.dropped] == [
        ("repeated", "Iraqi militiamen (Ha"),
        ("furniture", "Leave A Reply"),
        ("furniture", "Your email address w"),
    ]
    assert (article.stated_years, article.inferred_year) == ((), None)


def test_json_has_the_agreed_keys_and_plain_values(aleppo: Proposals) -> None:
    printed = json.loads(json.dumps(as_json(aleppo), ensure_ascii=False))
    assert {"title", "paragraphs", "dropped", "footnotes", "claims"} <= printed.keys()
    assert len(printed["paragraphs"]) == 5
    assert "Leave A Reply" in printed["dropped"]
    assert printed["footnotes"][7] == {"marker": 8, "address": None, "text": ""}
    claim = printed["claims"][11]
    assert claim["sentence"] == SENTENCES[11]
    assert claim["paragraph"] == 4
    assert claim["footnotes"] == [8, 9]
    assert claim["flags"] == []
    for claim in printed["claims"]:
        place = claim["paragraph"]
        holder = printed["captions"][0] if place == "caption" else printed["paragraphs"][place - 1]
        assert claim["quote"] in holder


def test_code_holds_no_words_of_the_aleppo_article() -> None:
    """The rules are of the language, not of the one article that they are tested with."""
    package = Path(propose.__code__.co_filename).parent
    code = "\n".join(path.read_text() for path in package.glob("*.py"))
    names = ["Mutah", "Rakhm", "Bazo", "Minyan", "Hikmah", "Dhahiyet", "Assad", "Nujaba"]
    names += ["Jabhet", "JFS", "SAA", "Hezbollah", "Aleppo", "1070"]
    assert [name for name in names if name in code] == []


def test_every_flag_has_words_for_a_person() -> None:
    assert all(flag.label for flag in Flag)
    assert len({flag.label for flag in Flag}) == len(Flag)

"""From text, Markdown and HTML to an article: structure, notes, references, leftovers, refusals."""

from __future__ import annotations

import random
import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from claims.proposals import (
    LIMIT_BYTES,
    Article,
    ArticleTooLong,
    Form,
    NotAnArticle,
    assembly,
    propose,
    read_article,
    reading,
)

ARTICLES = Path(__file__).parent / "articles"


def article(name: str) -> Article:
    return read_article((ARTICLES / name).read_bytes())


def addresses(read: Article) -> dict[int, str | None]:
    return {reference.number: reference.address for reference in read.references}


# Plain text


def test_reference_list_is_matched_to_its_markers() -> None:
    read = article("river-crossing.txt")
    assert [note.number for note in read.notes] == [1, 2, 3, 4, 5, 1, 6, 7, 8]
    assert addresses(read) == {
        1: "https://herald.example.org/2019/shells",
        2: None,
        3: "https://posts.example.net/militia/881",
        4: "https://roads.example.org/notices/12",
        5: "https://roads.example.org/notices/13",
        6: None,
        7: "https://herald.example.org/2019/bridge_(photos)",
        8: "https://www.relief.example.org/b3",
    }
    assert read.references[1].text == "Statement of the regional government, 14 March 2019."
    assert not any("herald.example.org" in paragraph.text for paragraph in read.paragraphs)


def test_page_furniture_is_dropped_and_reported() -> None:
    read = article("river-crossing.txt")
    assert [dropped.text for dropped in read.dropped] == [
        "By a staff writer",
        "Leave a comment",
        "Share this article on Facebook",
    ]
    assert read.body[0].text.startswith("Militia fighters shelled")


def test_without_the_furniture_list_a_comment_form_would_be_a_paragraph(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = "A title\n\nThe army left on 3 May.\n\nLeave A Reply"
    assert len(read_article(text).body) == 1
    monkeypatch.setattr(assembly, "is_furniture", lambda _line: False)
    assert read_article(text).body[1].text == "Leave A Reply"


def test_a_line_printed_twice_running_is_a_caption_once() -> None:
    read = read_article("A title\n\nWords.\n\nA gate.\nA gate.\n\nMore words.\n\nWords.")
    assert [(p.where, p.text) for p in read.paragraphs] == [
        (1, "Words."),
        ("caption", "A gate."),
        (2, "More words."),
    ]
    assert [dropped.text for dropped in read.dropped] == ["A gate.", "Words."]


def test_hard_wrapped_lines_are_one_paragraph_at_its_offsets() -> None:
    text = (
        "A title\n\nThe army left the village of Oved on 3 May after a long\n"
        "night of rain, and the road to the coast was opened\nagain.\n\nSecond paragraph."
    )
    first, second = read_article(text).body
    assert first.text.endswith("opened again.")
    assert text[first.start : first.end].replace("\n", " ") == first.text
    assert text[second.start : second.end] == "Second paragraph."


def test_numbered_text_is_no_reference_list_unless_it_is_cited() -> None:
    steps = "A title\n\nWhat the council decided:\n\n1. Close the market\n2. Pay the traders"
    assert read_article(steps).references == ()
    cited = "A title\n\nIt was closed [1] and paid [2].\n\n1. Minutes\n2. Budget"
    assert [r.text for r in read_article(cited).references] == ["Minutes", "Budget"]


def test_lone_line_is_the_body_and_not_a_title() -> None:
    read = read_article("The army captured Oved on 3 May 2019.")
    assert (read.title, len(read.body)) == ("", 1)


# Arabic


def test_arabic_notes_furniture_and_language() -> None:
    read = article("murfa.ar.txt")
    assert read.language == "ar"
    assert [note.number for note in read.notes] == [1, 2, 3, 4, 5, 6]
    assert len(read.dropped) == 3
    assert read.stated_years == (2021,)


# Markdown


def test_markdown_labels_links_and_front_matter() -> None:
    read = article("dam.md")
    assert read.title == "Two claims about the Halven dam"
    assert read.published == date(2020, 2, 3)
    assert [note.number for note in read.notes] == [4, 1, 2, 3]
    assert addresses(read) == {
        1: "https://images.example.org/halven/0120",
        2: None,
        3: "https://notes.example.org/halven",
        4: "https://ministry.example.org/a/1",
    }
    assert "announced[4] that the Halven dam" in read.body[0].text


def test_markdown_pictures_headings_and_tables_are_no_paragraphs() -> None:
    read = article("dam.md")
    assert [c.text for c in read.captions] == ["Workers at the gate of the dam, 12 January"]
    assert {str(dropped.reason) for dropped in read.dropped} == {"heading", "table"}
    assert [paragraph.where for paragraph in read.body] == [1, 2, 3, 4]


def test_numbered_markdown_labels_keep_their_numbers() -> None:
    text = "# T\n\nIt fell.[^2] It burnt.[^1]\n\n[^1]: One http://a.example/1\n[^2]: Two"
    read = read_article(text)
    assert [note.number for note in read.notes] == [2, 1]
    assert addresses(read) == {1: "http://a.example/1", 2: None}


def test_year_is_suggested_from_the_day_of_publication() -> None:
    assert article("dam.md").inferred_year == 2020
    text = "A title\n\nThe bridge was closed on 3 December."
    assert read_article(text).inferred_year is None
    assert read_article(text, published=date(2017, 1, 9)).inferred_year == 2016
    assert read_article(text + " It was 2012.", published=date(2017, 1, 9)).inferred_year == 2016
    stated = text.replace("December", "December 2012")
    assert read_article(stated, published=date(2017, 1, 9)).inferred_year is None


# HTML


def test_html_notes_are_resolved_in_the_page_and_never_glued() -> None:
    read = article("quarry.html")
    assert read.title == "Quarry collapse kills four"
    assert addresses(read) == {
        1: "https://mines.example.org/log/88",
        2: None,
        3: "https://mines.example.org/statement",
    }
    assert read.references[0].text == "Mines office, log 88."
    assert "7 August[1], the mines office[3] said" in read.body[0].text
    assert "3 km2." in read.body[0].text
    assert read.published == date(2022, 8, 9)


def test_html_furniture_stays_outside() -> None:
    read = article("quarry.html")
    text = " ".join(paragraph.text for paragraph in read.paragraphs)
    assert not any(word in text for word in ("Home", "Most read", "Leave a reply", "Copyright"))
    assert [c.text for c in read.captions] == ["Rescuers search the quarry at Dolna, 7 August."]


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("aleppo.txt", Form.PLAIN),
        ("dam.md", Form.MARKDOWN),
        ("quarry.html", Form.HTML),
        ("syrian-archive/switzerland-exports.en.txt", Form.MARKDOWN),
    ],
)
def test_form_is_guessed_from_the_text(name: str, form: Form) -> None:
    assert reading.guessed_form((ARTICLES / name).read_text()) is form


# What is no article, and what is too much


@pytest.mark.parametrize("text", ["x" * (LIMIT_BYTES + 1), "ق" * (LIMIT_BYTES // 2 + 1)])
def test_too_long_a_text_is_refused_with_its_size(text: str) -> None:
    with pytest.raises(ArticleTooLong) as refusal:
        read_article(text)
    assert refusal.value.details == {"bytes": len(text.encode()), "limit": LIMIT_BYTES}
    assert "200 kB" in refusal.value.message
    read_article(text[: LIMIT_BYTES // 2])


def test_limit_counts_the_words_of_a_page_and_not_its_markup() -> None:
    page = "<html><body><p>The army left on 3 May.</p>" + "<br>" * 60_000 + "</body></html>"
    assert len(page) > LIMIT_BYTES
    assert len(read_article(page).body) == 1
    with pytest.raises(ArticleTooLong):
        read_article(f"<html><body><p>{'word ' * 50_000}</p></body></html>")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" \n\t",
        b"()[].,",
        b"\x89PNG\r\n\x1a\n" + bytes(1000),
        b"%PDF-1.4\n" + random.Random(1).randbytes(5000),  # noqa: S311 - noise, not a secret
        "\x00" * 1000 + "abc",
    ],
)
def test_what_is_not_text_is_refused(data: str | bytes) -> None:
    with pytest.raises(NotAnArticle):
        read_article(data)


def test_control_characters_do_not_get_through() -> None:
    read = read_article("A title\x00\r\n\r\nThe army\x00 left Oved\x1b on 3 May.")
    assert read.body[0].text == "The army left Oved on 3 May."


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1256"])
def test_encodings_of_old_pages(encoding: str) -> None:
    text = "انسحب الجيش من المدينة في 3 أيار 2017"
    assert read_article(text.encode(encoding)).body[0].text == text


HOSTILE_BYTES = 40_000
HOSTILE = {
    "one long line": "The army captured Oved on 3 May and rebels left1, but nothing was known. ",
    "no sentences": "word ",
    "only numbers": "1 2 3 4 5. ",
    "verbs": "A was captured and B fled, which was lost, after it fell, but C was taken. ",
    "names": "Oved, Tamar, Karsun, ",
    "unclosed quotes": '“«"',
    "brackets": "[1] ",
    "stars": "# T\n\n*a _b ",
    "links": "# T\n\n[a](http://x.example/1) ",
    "open links": "# T\n\n[a](",
    "lines": "ab\n",
    "dates": "May 3 2016 ",
    "hyphens": "a-",
    "nested elements": "<html><body><div><p><b>x",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_read_in_linear_time(name: str) -> None:
    unit = HOSTILE[name]
    text = unit * (HOSTILE_BYTES // len(unit.encode()))
    before = time.process_time()
    propose(read_article(text + " end"))
    # Quadratic work on this much is minutes; linear work is about a second at worst.
    assert time.process_time() - before < 10


PIECES = st.sampled_from(
    [
        "The army captured Oved", " and ", "rebels fled", ", which was lost", "1", "[2]", ".", "\n",
        "\n\n", " on 3 May", "# ", "[^1]", "[a](http://b.example)", "<p>", "</p>", "“", "(", ")",
        "وانسحبوا", "؟", "after ", "These hills", ", as losses were heavy", "\u202e", "A, B, and C",
        " were ", "1. ", "reportedly ",
    ]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=40))
@example(["The army captured Oved", "[2]", "after ", "The army captured Oved", "\n"])
def test_any_mixture_keeps_the_promises_of_a_proposal(pieces: list[str]) -> None:
    try:
        read = read_article("".join(pieces))
    except NotAnArticle:
        return
    for claim in propose(read).claims:
        assert 10 <= len(claim.sentence) <= 240
        assert read.text[claim.start : claim.end].replace("\n", " ") == claim.quote
        assert "\u202e" not in claim.sentence
        assert set(claim.footnotes) <= {reference.number for reference in read.references}

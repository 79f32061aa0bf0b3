"""Note markers: told from numbers, counted, taken out, and put back."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sentencex
from hypothesis import given
from hypothesis import strategies as st

from claims import footnotes
from claims.footnotes import Note, NoteStyle, find_notes, mask

ARTICLES = Path(__file__).parent / "articles"
# The whole collection lies beside a developer's checkout; four documents of it ship with the tests.
COLLECTION = Path(__file__).parents[3] / "shared" / "data" / "documents" / "syrian-archive"
ARABIC_INDIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def markers(text: str) -> list[str]:
    return [f"{text[note.start : note.end]}={note.number}" for note in find_notes(text)]


def numbers(text: str) -> list[int]:
    return [note.number for note in find_notes(text)]


# What is a note, and what is not


def test_aleppo_article_has_ten_notes_and_no_false_one() -> None:
    text = (ARTICLES / "aleppo.txt").read_text()
    touched = [text[note.start - 6 : note.end] for note in find_notes(text)]
    assert touched == [
        "ghting1", "atened2", "rnment3", "ntline4", "orhood5",
        "ensive6", " stiff7", "hrough8", "defeat9", "zation10",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "In 1070 homes on November 3rd and November 11, 2016, at 5:30 or 5.30 pm.",
        "The T72 and the MiG29 flew 30km with 12 rockets; see No.1 and No.2.",
        "The pages /a1 and /b2 and mail c3@example.org hold h1 and h2.",
        "Pictures hass01 and hass02 were taken.",
        "An area of 5 km² and 6 km³.",
        "وصل 5 جرحى و3 قتلى و4 أطفال ب5 سيارات",
        "",
        "1 2 3 4",
    ],
)
def test_numbers_that_are_no_notes_stay_numbers(text: str) -> None:
    assert markers(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It fell1 and burnt2.", ["1=1", "2=2"]),
        ("It fell.1 It burnt.2", ["1=1", "2=2"]),
        ("It fell.” Then “it burnt.”1 So it was,2 he said.", ["1=1", "2=2"]),
        ("It fell [1]. It burnt [2]. It fell [1].", ["[1]=1", "[2]=2", "[1]=1"]),
        ("It fell¹ and burnt² over 5 km².", ["¹=1", "²=2"]),
        ("سقطت المدينة١ وانسحبوا٢.", ["١=1", "٢=2"]),
        ("سقطت المدينة.١ وانسحبوا.٢", ["١=1", "٢=2"]),
    ],
)
def test_styles_of_markers(text: str, expected: list[str]) -> None:
    assert markers(text) == expected


def test_one_marker_may_list_several_notes() -> None:
    assert numbers("It fell1,2 and burnt3–5 and ended [6].") == [1, 2, 3, 4, 5]
    assert numbers("It fell [1, 2] and burnt [3–5].") == [1, 2, 3, 4, 5]


def test_glued_numbers_must_rise_from_one() -> None:
    assert numbers("The forces4 left7 and came back2.") == []
    assert numbers("The forces1 left7 and came back2.") == [1, 2]


def test_a_doubtful_marker_is_taken_only_where_the_count_needs_it() -> None:
    assert numbers("An M1 and an M2 were seen.") == []
    assert numbers("It fell1 to the SAA2 and burnt3.") == [1, 2, 3]
    assert numbers("An M1 was seen where it fell1 and burnt2.") == [1, 2]


def test_without_the_rule_of_rising_numbers_names_would_become_notes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = "It fell1 near Checkpoint12 and burnt2."
    assert numbers(text) == [1, 2]
    monkeypatch.setattr(footnotes, "_rising", list)
    assert numbers(text) == [1, 12, 2]


def test_a_known_reference_list_settles_brackets_in_any_order() -> None:
    assert numbers("It fell [7] and [12] then burnt [2].") == []
    found = find_notes("It fell [7] and [12] then burnt [2].", known={2, 7})
    assert [note.number for note in found] == [7, 2]


# Taking markers out


def test_mask_restores_the_sentence_and_every_offset() -> None:
    raw = "It fell1 and burnt.2 They left [3]. So be it."
    notes = (
        Note(7, 8, 1, NoteStyle.GLUED),
        Note(19, 20, 2, NoteStyle.GLUED),
        Note(31, 34, 3, NoteStyle.BRACKET),
    )
    masked = mask(raw, notes)
    assert masked.text == "It fell and burnt. They left. So be it."
    start = masked.text.index("and burnt")
    assert raw[slice(*masked.raw_span(start, start + len("and burnt")))] == "and burnt"
    assert [masked.position(note.start) for note in notes] == [7, 18, 28]


def test_a_span_that_ends_at_a_marker_does_not_hold_the_marker() -> None:
    raw = "It fell1 and burnt2."
    masked = mask(raw, find_notes(raw))
    assert raw[slice(*masked.raw_span(0, len("It fell")))] == "It fell"


@given(st.lists(st.sampled_from(["fell", " ", ".", "1", "[2]", "٣", "²", "\n", "MiG", ","])))
def test_masked_characters_are_the_original_ones(pieces: list[str]) -> None:
    raw = "".join(pieces)
    notes = find_notes(raw)
    masked = mask(raw, notes)
    assert [raw[masked.raw(i)] for i in range(len(masked.text))] == list(masked.text)
    assert all(0 <= masked.position(note.start) <= len(masked.text) for note in notes)


@given(st.text(max_size=300))
def test_any_text_is_read_without_error(text: str) -> None:
    notes = find_notes(text)
    assert list(notes) == sorted(notes)
    mask(text, notes)


@pytest.mark.parametrize("unit", ["word1 ", "a1", "1", "[1", "a", ".1 ", "[1]", "1,", "x1,1,", " "])
def test_time_is_linear_in_the_length(unit: str) -> None:
    def seconds(size: int) -> float:
        text = unit * (size // len(unit))
        before = time.process_time()
        mask(text, find_notes(text))
        return time.process_time() - before

    # Quadratic work on 100 kB is minutes; linear work is a fraction of a second anywhere.
    assert seconds(100_000) < 3


# Precision and recall on real documents full of dates, times and weapons


LINK = re.compile(r"!\[[^\]]*\]\([^)]*\)|\[([^\]]*)\]\([^)]*\)")
MID_SENTENCE = re.compile(r"(?<=[^\W\d_]{4}) ")


def documents(language: str) -> list[Path]:
    shipped = sorted((ARTICLES / "syrian-archive").glob(f"*.{language}.txt"))
    suffix = "_ar" if language == "ar" else ""
    names = ["Talbiseh", "Zardana", "hass", "Aleppo-Mosque-Bombing"]
    nearby = [COLLECTION / f"{name}{suffix}.md" for name in names]
    return shipped + [path for path in nearby if path.exists()]


def paragraphs(path: Path) -> list[str]:
    body = path.read_text().split("---\n", 2)[-1]
    lines = LINK.sub(lambda link: link.group(1) or "", body).splitlines()
    prose = (line.strip() for line in lines if not line.lstrip().startswith(("-", "*", "|", "#")))
    return [line for line in prose if len(line) > 60 and line[-1] in ".؟!"]


def after(sentence: str, marker: str) -> tuple[str, int]:
    return sentence + marker, len(sentence)


def before(sentence: str, marker: str) -> tuple[str, int]:
    return sentence[:-1] + marker + sentence[-1], len(sentence) - 1


def inside(sentence: str, marker: str) -> tuple[str, int]:
    gaps = [gap.start() for gap in MID_SENTENCE.finditer(sentence)]
    at = gaps[len(gaps) // 2] if gaps else len(sentence) - 1
    return sentence[:at] + marker + sentence[at:], at


def plain(number: int) -> str:
    return str(number)


def bracketed(number: int) -> str:
    return f"[{number}]"


def arabic_indic(number: int) -> str:
    return str(number).translate(ARABIC_INDIC)


class Annotated:
    """A document with notes written into about half of its sentences, and where they are."""

    def __init__(
        self,
        path: Path,
        language: str,
        place: Callable[[str, str], tuple[str, int]],
        write: Callable[[int], str],
    ) -> None:
        self.text = ""
        self.gold: set[tuple[int, int, int]] = set()
        self.ends: set[int] = set()  # where sentences end, in the text without its notes
        self.clean = ""
        choose = random.Random(path.name)  # noqa: S311 - a sample, not a secret
        for paragraph in paragraphs(path):
            for sentence in sentencex.segment(language, paragraph):
                self._add(sentence, place, write, noted=choose.random() < 0.5)
            self.text += "\n\n"
            self.clean += "\n\n"

    def _add(
        self,
        sentence: str,
        place: Callable[[str, str], tuple[str, int]],
        write: Callable[[int], str],
        *,
        noted: bool,
    ) -> None:
        body = sentence.rstrip()
        self.ends.add(len(self.clean) + len(body))
        self.clean += sentence
        if noted and len(body) > 20 and body[-1] in ".؟!" and body[-2].isalpha():
            marker = write(len(self.gold) + 1)
            body_with, at = place(body, marker)
            start = len(self.text) + at
            self.gold.add((start, start + len(marker), len(self.gold) + 1))
            sentence = body_with + sentence[len(body) :]
        self.text += sentence


INSERTIONS = [
    pytest.param(after, plain, id="after the stop"),
    pytest.param(before, plain, id="before the stop"),
    pytest.param(inside, plain, id="inside"),
    pytest.param(after, bracketed, id="brackets"),
    pytest.param(after, arabic_indic, id="Arabic-Indic digits"),
]


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(("place", "write"), INSERTIONS)
def test_inserted_notes_are_found_and_nothing_else(
    language: str,
    place: Callable[[str, str], tuple[str, int]],
    write: Callable[[int], str],
) -> None:
    right = found = inserted = 0
    for path in documents(language):
        document = Annotated(path, language, place, write)
        got = {(note.start, note.end, note.number) for note in find_notes(document.text)}
        right += len(got & document.gold)
        found += len(got)
        inserted += len(document.gold)
    assert inserted >= 20
    assert right / found >= 0.99
    assert right / inserted >= 0.99


@pytest.mark.parametrize("language", ["en", "ar"])
def test_real_documents_without_notes_give_none(language: str) -> None:
    for path in documents(language):
        assert markers("\n\n".join(paragraphs(path))) == [], path.name


def sentence_ends(text: str, language: str) -> set[int]:
    return {
        end
        for piece in sentencex.get_sentence_boundaries(language, text)
        if piece["text"].strip()
        for end in [piece["start_index"] + len(piece["text"].rstrip())]
    }


def f1(got: set[int], gold: set[int]) -> float:
    return 2 * len(got & gold) / (len(got) + len(gold))


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("write", [plain, arabic_indic])
def test_masking_restores_the_sentences(language: str, write: Callable[[int], str]) -> None:
    scores, unmasked = [], []
    for path in documents(language):
        document = Annotated(path, language, after, write)
        masked = mask(document.text, find_notes(document.text))
        scores.append(f1(sentence_ends(masked.text, language), document.ends))
        unmasked.append(f1(sentence_ends(document.text, language), document.ends))
    assert min(scores) >= 0.98
    assert min(unmasked) < 0.8, "without the mask the splitter joins sentences"

"""Propose claims where no grammar is known, Arabic among others: one per clause between notes.

Arabic has its cue words (hedges, judgements, events) but no clause rules here: a clause is offered
as it stands, without the note and without the "and" that joins it to the one before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from claims.proposals import cues
from claims.proposals.article import Article, Paragraph
from claims.proposals.candidates import Candidate, Report, fitted
from claims.proposals.lexicon import Happening
from claims.proposals.proposal import Flag
from claims.proposals.rewriting import finished
from claims.proposals.sentences import Sentence, sentences
from claims.proposals.times import find_times

_CONTROL = r"سيطر|استعاد|استولى|استولت|احتل|حرر|سقط|دخل"
_LOSS = r"انسحب|تراجع|أخل|فقد|خسر|استسلم"
_HARM = r"قتل|قُتل|استشهد|أصيب|جرح|جُرح|دمر|دُمر|تضرر|نزح|لقي"
_ATTACK = r"قصف|استهدف|هاجم|شن|شنّ|ضرب|ألقى|ألقت|اقتحم"
_SAYING = r"قال|أعلن|أفاد|ذكر|أكد|صرح|نفى|اتهم"
_OTHER = r"وصل|بدأ|انتهى|انتهت|أغلق|افتتح|وقّ?ع|اتفق|اعتقل|أطلق|توقف|فشل"
_EVENTS = {
    Happening.CONTROL: _CONTROL,
    Happening.LOSS: _LOSS,
    Happening.HARM: _HARM,
    Happening.ATTACK: _ATTACK,
    Happening.SAYING: _SAYING,
    Happening.OTHER: _OTHER,
}
_EVENT = re.compile(
    "|".join(
        rf"(?P<{happening}>(?<!\w)[وف]?(?:ت|ي|است)?(?:{stems})[\u0620-\u0652]{{0,4}}(?!\w))"
        for happening, stems in _EVENTS.items()
    )
)
_AND = re.compile(rf"^و(?=(?:{'|'.join(_EVENTS.values())}))|^(?:و|ف|ثم|كما|لكن|ولكن) ")
_REPORTS = re.compile(
    r"^(?:و?تواردت|و?انتشرت|و?وردت|و?تضاربت|و?تناقلت) (?:ال)?(?:أنباء|تقارير|معلومات|روايات|أخبار)"
    r"(?! (?:عن|أن|بأن|تفيد|حول))"
    r"|(?:مصير|وضع|حالة)(?: \w+){0,4} (?:مجهول|غامض|غير معروف|متنازع)"
)
_DIGIT = re.compile(r"[\d٠-٩]")
_SHORTEST_REST = 3  # words after the last note that make a clause of their own


def unparsed_candidates(article: Article) -> Iterator[tuple[Paragraph, list[Candidate]]]:
    for paragraph in article.paragraphs:
        parts: list[Candidate | Report] = []
        for sentence in sentences(article, paragraph):
            parts.extend(read_between_notes(sentence))
        yield paragraph, fitted(parts)


def read_between_notes(sentence: Sentence) -> Iterator[Candidate | Report]:
    for first, end, notes in _between_notes(sentence):
        words = sentence.text[first:end]
        start = first + len(words) - len(words.lstrip(" ,;،؛:.—–-"))
        shown = sentence.text[start:end].rstrip(" ,;،؛.؟!?…")
        if not shown or not (notes or _is_anchored(sentence, shown)):
            continue
        candidate = _candidate(sentence, start, start + len(shown), notes)
        yield Report(candidate) if notes and _REPORTS.search(shown) else candidate


def _between_notes(sentence: Sentence) -> Iterator[tuple[int, int, tuple[int, ...]]]:
    """Spans that end at a note; a few words after the last note still belong to its clause."""
    start = 0
    positions = sorted({position for position, _ in sentence.notes})
    for place, position in enumerate(positions):
        rest = sentence.text[position:].split()
        end = position
        if place + 1 == len(positions) and len(rest) < _SHORTEST_REST:
            end = len(sentence.text)
        numbers = tuple(number for at, number in sentence.notes if at == position)
        yield start, end, tuple(dict.fromkeys(numbers))
        start = end
    if start < len(sentence.text):
        yield start, len(sentence.text), ()


def _candidate(sentence: Sentence, start: int, end: int, notes: tuple[int, ...]) -> Candidate:
    shown = sentence.text[start:end]
    pictured = sentence.paragraph.where == "caption"
    given = frozenset({Flag.PICTURE}) if pictured else frozenset()
    happening = _happening(shown)
    if cues.EVERY_PLACE.search(shown) and happening in {Happening.CONTROL, Happening.LOSS}:
        given |= {Flag.RESTS_ON_OTHERS}
    if notes and cues.UNKNOWN.search(shown):
        given |= {Flag.WEAKLY_TESTABLE}
    text = finished(_AND.sub("", shown))
    return Candidate(text, sentence, start, end, shown, notes, happening, given=given)


def _happening(words: str) -> Happening:
    match = _EVENT.search(words)
    return Happening(match.lastgroup) if match and match.lastgroup else Happening.OTHER


def _is_anchored(sentence: Sentence, words: str) -> bool:
    """Whether an uncited clause tells something that can be looked up."""
    if cues.UNKNOWN.search(words) or len(words.split()) < _SHORTEST_REST:
        return False
    told = _EVENT.search(words) is not None or sentence.paragraph.where == "caption"
    return told or _DIGIT.search(words) is not None or any(find_times(words))

"""Read Markdown: links and `[^labels]` become notes, pictures captions, the rest plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from claims.proposals.article import Reference
from claims.proposals.references import address_in, trailing_list
from claims.proposals.source import BlockKind, Draft, Mark, Piece, Source, numbered

_FRONT = re.compile(r"\A---\n(.{0,20000}?)\n---\n", re.DOTALL)
_FIELD = re.compile(r"^(\w+)\s*:\s*(.*)$", re.MULTILINE)
_NOTE_TEXT = re.compile(
    r"^ {0,3}\[\^([^\]\s]{1,60})\]:\s*(.*(?:\n(?: {2,}|\t)\S.*)*)", re.MULTILINE
)
_LINK_TEXT = re.compile(
    r"^ {0,3}\[([^\]^\n]{1,100})\]:\s*<?(\S+?)>?(?:\s+[\"'(].*)?$", re.MULTILINE
)
_FENCE = re.compile(r"^(```|~~~)[^\n]*\n.*?(?:^\1[^\n]*$|\Z)", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
_PICTURE_LINE = re.compile(
    r"(?:\[?!\[([^\]]{0,500})\]\([^()\s]*(?:\s+\"[^\"]*\")?\)(?:\]\([^()]*\))?\s*)+"
)
_ITEM = re.compile(r"\A(?:[-*+]|\d{1,3}[.)])\s+")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,2000}>|<!--.{0,2000}?-->")
_RULE = re.compile(r"[-*_=](?:[ \t]*[-*_=]){2,}[ \t]*")
_INLINE = re.compile(
    r"!\[[^\]\n]{0,500}\]\([^()\n]{0,2000}\)"
    r"|\[\^(?P<label>[^\]\s]{1,60})\]"
    r"|\[(?P<words>[^\[\]\n]{1,1000})\]\((?P<address>[^()\s]{1,2000}(?:\([^()\s]*\)[^()\s]*)?)"
    r"(?:\s+\"[^\"\n]*\")?\)"
    r"|\[(?P<named>[^\[\]\n]{1,500})\]\[(?P<name>[^\[\]\n]{0,100})\]"
    r"|<(?P<auto>https?://[^\s<>]{1,2000})>"
    r"|\\(?P<escaped>[\\`*_{}\[\]()#+.!<>~|-])"
)
_EMPHASIS = re.compile(
    r"(\*\*|__|\*|~~|`)(?=\S)(.{1,200}?)(?<=\S)\1|(?<!\w)_(?=\S)([^_\n]{1,200})_(?!\w)"
)
_STRAY_STAR = re.compile(r"(?<![\w*])\*{1,3}(?=\w)|(?<=[\w.,;:!?)\"”])\*{1,3}(?![\w*])")


def read_markdown(text: str) -> Source:
    """A Markdown article. Numbered labels keep their numbers; links count on after them."""
    fields, text = _front_matter(text)
    notes = {m.group(1): " ".join(m.group(2).split()) for m in _NOTE_TEXT.finditer(text)}
    targets = {m.group(1).lower(): m.group(2) for m in _LINK_TEXT.finditer(text)}
    for pattern in (_NOTE_TEXT, _LINK_TEXT, _FENCE):
        text = pattern.sub("", text)
    body, listed = _without_list(text.split("\n"))
    draft = _draft(body, targets)
    numbers = numbered(draft.marks(), listed=notes)
    printed, blocks, found = draft.printed(numbers)
    return Source(
        printed,
        blocks,
        notes=found or None,
        references=_references(numbers, notes) or listed,
        title=fields.get("title", ""),
        published=_date(fields.get("date", "")),
    )


def _references(numbers: Mapping[Mark, int], notes: Mapping[str, str]) -> tuple[Reference, ...]:
    texts = {mark: notes.get(mark.label, "") for mark in numbers}
    return tuple(
        Reference(number, texts[mark], mark.address or address_in(texts[mark]))
        for mark, number in numbers.items()
    )


def _without_list(lines: list[str]) -> tuple[list[str], tuple[Reference, ...]]:
    """A list under a heading "References" or "Sources" is no part of the body."""
    while lines and not lines[-1].strip():
        lines.pop()
    listed = trailing_list(lines)
    if listed is None or not listed.headed:
        return lines, ()
    return lines[: listed.first], listed.references


def _front_matter(text: str) -> tuple[dict[str, str], str]:
    match = _FRONT.match(text)
    if match is None:
        return {}, text
    fields = {m.group(1).lower(): m.group(2).strip(" \"'") for m in _FIELD.finditer(match.group(1))}
    return fields, text[match.end() :]


def _date(printed: str) -> date | None:
    match = re.match(r"(\d{4})-(\d\d)-(\d\d)", printed)
    if match is None:
        return None
    try:
        return date(*(int(part) for part in match.groups()))
    except ValueError:  # 2018-13-45: a date that is none says nothing
        return None


def _draft(lines: Sequence[str], targets: Mapping[str, str]) -> Draft:
    draft = Draft()
    for kind, words in _line_blocks(lines):
        draft.add(kind, _inline(words, targets))
    return draft


def _line_blocks(lines: Sequence[str]) -> Iterator[tuple[BlockKind, str]]:
    """Paragraphs from their lines; a heading, a picture, a table row and an item stand alone."""
    paragraph: list[str] = []
    for raw in [*lines, ""]:
        line = raw.strip().lstrip("> ")
        alone = _alone(line)
        if (not line or alone or _ITEM.match(line)) and paragraph:
            yield BlockKind.TEXT, " ".join(paragraph)
            paragraph = []
        if alone and " " in alone[1]:  # a picture's file name is no caption
            yield alone
        elif line and not alone and not _RULE.fullmatch(line):
            paragraph.append(_ITEM.sub("", line, count=1) if not paragraph else line)


def _alone(line: str) -> tuple[BlockKind, str] | None:
    if heading := _HEADING.fullmatch(line):
        level = len(heading.group(1))
        return (BlockKind.TITLE if level == 1 else BlockKind.HEADING), heading.group(2)
    if picture := _PICTURE_LINE.fullmatch(line):
        return BlockKind.CAPTION, picture.group(1)
    if line.startswith("|"):
        return BlockKind.TABLE, line
    return None


def _inline(words: str, targets: Mapping[str, str]) -> Iterator[Piece]:
    words = _TAG.sub("", words)
    cursor = 0
    for match in _INLINE.finditer(words):
        yield _without_emphasis(words[cursor : match.start()])
        yield from _pieces(match, targets)
        cursor = match.end()
    yield _without_emphasis(words[cursor:])


def _pieces(match: re.Match[str], targets: Mapping[str, str]) -> Iterator[Piece]:
    groups = match.groupdict()
    if groups["label"]:
        yield Mark(label=groups["label"])
    elif groups["escaped"]:
        yield groups["escaped"]
    elif groups["auto"]:
        yield Mark(address=groups["auto"])
    elif shown := groups["words"] or groups["named"]:
        yield _without_emphasis(shown)
        name = (groups["name"] or shown).lower()
        if address := address_in(groups["address"] or targets.get(name, "")):
            yield Mark(address=address)


def _without_emphasis(words: str) -> str:
    words = _EMPHASIS.sub(lambda match: match.group(2) or match.group(3), words)
    return _STRAY_STAR.sub("", words)

"""Read an HTML page: its article's words, with note references and links resolved in the page.

The page's own tree is walked, never its flattened text: flattening is what glues `rebels` and the
note `1` together and loses where the note points to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from lxml import etree
from lxml import html as lxml_html

from claims.proposals.article import Reference
from claims.proposals.references import address_in
from claims.proposals.source import BlockKind, Draft, Mark, Piece, Source, numbered

_SKIPPED = frozenset(
    {"script", "style", "noscript", "template", "nav", "aside", "footer", "form", "iframe", "svg",
     "button", "select", "textarea", "object", "video", "audio", "head", "dialog", "menu"}
)  # fmt: skip
_KINDS = {
    "p": BlockKind.TEXT, "li": BlockKind.TEXT, "blockquote": BlockKind.TEXT, "div": BlockKind.TEXT,
    "section": BlockKind.TEXT, "article": BlockKind.TEXT, "main": BlockKind.TEXT,
    "body": BlockKind.TEXT, "td": BlockKind.TEXT, "th": BlockKind.TEXT, "dd": BlockKind.TEXT,
    "dt": BlockKind.TEXT, "pre": BlockKind.TEXT, "ul": BlockKind.TEXT, "ol": BlockKind.TEXT,
    "table": BlockKind.TEXT, "figure": BlockKind.TEXT, "header": BlockKind.TEXT,
    "figcaption": BlockKind.CAPTION, "caption": BlockKind.CAPTION,
    "h1": BlockKind.TITLE, "h2": BlockKind.HEADING, "h3": BlockKind.HEADING,
    "h4": BlockKind.HEADING, "h5": BlockKind.HEADING, "h6": BlockKind.HEADING,
}  # fmt: skip
_CAPTION_CLASS = re.compile(r"\bcaption|wp-caption-text", re.IGNORECASE)
_NUMBER = re.compile(r"\W*(\d{1,3})\W*")
_LEADING_NUMBER = re.compile(r"\A\W*\d{1,3}(?=[.)\]\s])[.)\]]*")
_SIGN = re.compile(r"\W*[*†‡§¶a-z]\W*")
_EXPONENT = re.compile(r"(?:\d|\b(?:m|km|cm|mm|ft|mi))\s*$")
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,200}\?>")
_ARTICLE_SHARE = 0.7  # of the words of the page: what holds so much holds the article


def read_html(text: str) -> Source:
    """The article of a page. What its notes point to comes from the page's own list."""
    tree = _tree(text)
    pointers = _Pointers.of(tree)
    draft = _Walk(tree, pointers).draft()
    numbers = numbered(draft.marks())
    printed, blocks, notes = draft.printed(numbers)
    references = tuple(pointers.reference(mark, number) for mark, number in numbers.items())
    return Source(
        printed,
        blocks,
        notes=notes or None,
        references=references,
        title=_title(tree),
        language=(tree.get("lang") or "")[:2].lower(),
        published=_published(tree),
    )


def _tree(text: str) -> etree._Element:
    text = _DECLARATION.sub("", text)
    parser = lxml_html.HTMLParser(remove_comments=True, remove_pis=True)
    try:
        return lxml_html.document_fromstring(text, parser=parser)
    except etree.ParserError:  # nothing but comments or white space
        return lxml_html.document_fromstring("<html><body></body></html>")


def _tag(element: etree._Element) -> str:
    return str(element.tag)


def _words(element: etree._Element) -> str:
    return " ".join("".join(str(piece) for piece in element.itertext()).split())


@dataclass(frozen=True, slots=True)
class _Pointers:
    """Which links of a page are note references, and the list entries that they lead to."""

    labels: dict[etree._Element, str]  # link → label of its note
    entries: dict[str, etree._Element]  # label → the entry of the list

    @classmethod
    def of(cls, tree: etree._Element) -> _Pointers:
        places = {element: place for place, element in enumerate(tree.iter())}
        targets = {
            name: element
            for element in reversed(list(places))
            for name in (element.get("id"), element.get("name"))
            if name
        }
        labels: dict[etree._Element, str] = {}
        entries: dict[str, etree._Element] = {}
        for link in tree.iter("a"):
            name = (link.get("href") or "").removeprefix("#")
            target = targets.get(name) if (link.get("href") or "").startswith("#") else None
            if target is not None and places[target] > places[link] and _looks_like_note(link):
                printed = _NUMBER.fullmatch(_words(link))
                label = printed.group(1) if printed else name
                labels[link] = label
                entries.setdefault(label, _entry(target))
        return cls(labels, entries)

    def reference(self, mark: Mark, number: int) -> Reference:
        entry = self.entries.get(mark.label)
        if entry is None:
            return Reference(number, address=mark.address or None)
        external = (link.get("href") or "" for link in entry.iter("a"))
        address = next((href for href in external if href.startswith(("http:", "https:"))), None)
        words = "".join(_forward_text(entry))
        text = _LEADING_NUMBER.sub("", words)
        return Reference(number, " ".join(text.split()).strip("^↩↑ "), address or address_in(words))


def _looks_like_note(link: etree._Element) -> bool:
    words = _words(link)
    raised = any(_tag(e) == "sup" for e in (*link.iterancestors(), *link.iter()))
    return _NUMBER.fullmatch(words) is not None or (raised and _SIGN.fullmatch(words) is not None)


def _entry(target: etree._Element) -> etree._Element:
    """The list entry that an anchor stands in, where the anchor itself is empty or inline."""
    if _tag(target) not in {"a", "span", "sup", "b", "cite"}:
        return target
    holders = (e for e in target.iterancestors() if _tag(e) in {"li", "p", "dd", "td", "div"})
    return next(holders, target)


def _forward_text(entry: etree._Element) -> Iterator[str]:
    """The words of a list entry without its links back into the article."""
    for event, element in etree.iterwalk(entry, events=("start", "end")):
        back = _tag(element) == "a" and (element.get("href") or "").startswith("#")
        if event == "start" and not back:
            yield element.text or ""
        elif event == "end" and element is not entry:
            yield element.tail or ""


class _Walk:
    """One pass through the article's element, block by block."""

    def __init__(self, tree: etree._Element, pointers: _Pointers) -> None:
        self._root = _article_element(tree)
        self._labels = pointers.labels
        self._skipped = set(pointers.entries.values())
        self._draft = Draft()
        self._kinds = [BlockKind.TEXT]
        self._pieces: list[Piece] = []

    def draft(self) -> Draft:
        walk = etree.iterwalk(self._root, events=("start", "end"))
        for event, element in walk:
            if event == "start":
                if self._is_left_out(element):
                    walk.skip_subtree()
                else:
                    self._open(element)
            else:
                self._close(element)
        self._flush()
        return self._draft

    def _is_left_out(self, element: etree._Element) -> bool:
        if _tag(element) in _SKIPPED or element in self._skipped:
            return True
        marks = self._marks(element)
        self._pieces.extend(marks)
        return bool(marks)

    def _marks(self, element: etree._Element) -> list[Mark]:
        """The notes that a link or a raised number stands for; empty for any other element."""
        if element in self._labels:
            return [Mark(label=self._labels[element])]
        if _tag(element) != "sup":
            return []
        inner = [self._labels[link] for link in element.iter("a") if link in self._labels]
        number = _NUMBER.fullmatch(_words(element))
        if number and not inner and not self._follows_quantity():
            inner = [number.group(1)]
        return [Mark(label=label) for label in inner]

    def _follows_quantity(self) -> bool:
        last = self._pieces[-1] if self._pieces else ""
        return isinstance(last, str) and _EXPONENT.search(last[-12:]) is not None

    def _open(self, element: etree._Element) -> None:
        kind = _kind(element)
        if kind is not None:
            self._flush()
            outer = self._kinds[-1]
            self._kinds.append(outer if outer is BlockKind.CAPTION else kind)
        elif _tag(element) == "br":
            self._pieces.append(" ")
        self._pieces.append(element.text or "")

    def _close(self, element: etree._Element) -> None:
        left_out = _tag(element) in _SKIPPED or element in self._skipped
        if _kind(element) is not None and not left_out:
            self._flush()
            self._kinds.pop()
        elif _tag(element) == "a" and element not in self._labels:
            href = element.get("href") or ""
            if href.startswith(("http:", "https:")) and _words(element):
                self._pieces.append(Mark(address=href))
        if element is not self._root:
            self._pieces.append(element.tail or "")

    def _flush(self) -> None:
        self._draft.add(self._kinds[-1], self._pieces)
        self._pieces = []


def _kind(element: etree._Element) -> BlockKind | None:
    kind = _KINDS.get(_tag(element))
    if kind is not None and _CAPTION_CLASS.search(element.get("class") or ""):
        return BlockKind.CAPTION
    return kind


def _article_element(tree: etree._Element) -> etree._Element:
    """The smallest element that holds most of the words of the page's paragraphs."""
    weights = _weights(tree)
    at = tree
    while True:
        heavy = [c for c in at if weights.get(c, 0) >= _ARTICLE_SHARE * max(weights[tree], 1)]
        if not heavy or _tag(heavy[0]) in {"p", "li", "blockquote", "td"}:
            return at
        at = heavy[0]


def _weights(tree: etree._Element) -> dict[etree._Element, int]:
    """Characters of paragraphs under each element, furniture elements left out."""
    weights: dict[etree._Element, int] = {}
    walk = etree.iterwalk(tree, events=("start", "end"))
    for event, element in walk:
        if event == "start" and _tag(element) in _SKIPPED:
            walk.skip_subtree()
        elif event == "end":
            own = len(_words(element)) if _tag(element) in {"p", "blockquote"} else 0
            weights[element] = own or sum(weights.get(child, 0) for child in element)
    return weights


def _title(tree: etree._Element) -> str:
    for tag in ("h1", "title"):
        for element in tree.iter(tag):
            if words := _words(element):
                return words
    return ""


def _published(tree: etree._Element) -> date | None:
    names = {"article:published_time", "date", "datePublished"}
    stamps = [
        meta.get("content") or ""
        for meta in tree.iter("meta")
        if names & {meta.get("property"), meta.get("name"), meta.get("itemprop")}
    ]
    stamps += [time.get("datetime") or "" for time in tree.iter("time")][:1]
    for stamp in stamps:
        if match := _DATE.match(stamp):
            try:
                return date(*(int(part) for part in match.groups()))
            except ValueError:  # not a day of the calendar; the next stamp may be one
                continue
    return None

"""The reference list at the end of a text, and the addresses in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from claims.footnotes import DIGIT
from claims.proposals.article import Reference

_HEADER = re.compile(
    r"\W*(?:references|sources|notes|footnotes|endnotes|citations|bibliography|links"
    r"|المراجع|المصادر|مصادر|مراجع|الهوامش|هوامش|الحواشي)\W*",
    re.IGNORECASE,
)
_ENTRY = re.compile(
    rf"\A\s*(?:\[\^?([{DIGIT}]{{1,3}})\]:?|\(?([{DIGIT}]{{1,3}})[.)\]:]|([⁰¹²³⁴-⁹]{{1,3}})"
    rf"|([{DIGIT}]{{1,3}})(?=\s))\s*(?=\S)"
)
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\"«»“”]+", re.IGNORECASE)
_TRAILING = ".,;:!?'’…،؛"
_LONGEST_ENTRY = 4  # lines of one wrapped entry


@dataclass(frozen=True, slots=True)
class ReferenceList:
    """A list found at the end of some lines: it begins at line `first` (its header, if any)."""

    first: int
    references: tuple[Reference, ...]
    headed: bool


def address_in(text: str) -> str | None:
    """The first web address in a text, without the punctuation that follows it."""
    match = _ADDRESS.search(text)
    if match is None:
        return None
    address = match.group().rstrip(_TRAILING)
    while address.endswith(")") and address.count("(") < address.count(")"):
        address = address[:-1].rstrip(_TRAILING)
    return address if "://" in address else f"https://{address}"


def trailing_list(lines: Sequence[str]) -> ReferenceList | None:
    """The numbered list 1, 2, 3… with which the lines end, wrapped entries joined; else None.

    An empty line ends a wrapped entry: text after an empty line that has no number ends the list.
    """
    entries: list[tuple[int, list[str]]] = []
    wrapped: list[str] = []
    first = len(lines)
    while first > 0 and len(wrapped) <= _LONGEST_ENTRY:
        first -= 1
        line = lines[first]
        number = _number(line)
        if not line.strip():
            if wrapped:
                break
        elif number is None or (entries and number != entries[-1][0] - 1):
            wrapped.append(line)
        else:
            entries.append((number, [line, *reversed(wrapped)]))
            wrapped = []
            if number == 1:
                return _found(lines, first, entries)
    return None


def _found(
    lines: Sequence[str], first: int, entries: Sequence[tuple[int, list[str]]]
) -> ReferenceList:
    above = next((i for i in range(first - 1, -1, -1) if lines[i].strip()), None)
    headed = above is not None and _HEADER.fullmatch(lines[above]) is not None
    references = tuple(_reference(number, parts) for number, parts in reversed(entries))
    return ReferenceList(above if headed and above is not None else first, references, headed)


def _number(line: str) -> int | None:
    match = _ENTRY.match(line)
    printed = next((group for group in match.groups() if group), "") if match else ""
    return int(unicodedata.normalize("NFKC", printed)) if printed else None


def _reference(number: int, parts: Sequence[str]) -> Reference:
    joined = " ".join(part.strip() for part in parts)
    text = _ENTRY.sub("", joined, count=1).strip()
    return Reference(number, text, address_in(text))

"""Text without the differences that no reader would call a change. Pure.

Spaces, kinds of quotation marks and dashes, invisible characters, and the Arabic lengthening mark
and vowel signs differ from one rendering of the same words to the next. Letters, digits, capitals
and the rest of the punctuation do not.
"""

from __future__ import annotations

import re
import unicodedata

# Zero-width signs, soft hyphen, byte-order mark, and what turns the direction of text.
_INVISIBLE = "\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_TATWEEL = "\u0640"
_VOWELS = "".join(chr(code) for code in (*range(0x064B, 0x0660), 0x0670))
MARKS = _INVISIBLE + _TURNS + _TATWEEL + _VOWELS
_DOUBLE, _SINGLE = "“”„‟«»❝❞〝〞＂", "‘’‚‛‹›`´′＇"
_DASHES = "‐‑‒–—―−﹘﹣－"
_TABLE = str.maketrans(
    {
        **dict.fromkeys(MARKS, ""),
        **dict.fromkeys(_DOUBLE, '"'),
        **dict.fromkeys(_SINGLE, "'"),
        **dict.fromkeys(_DASHES, "-"),
    }
)
# A sign of a script without spaces is a word of its own; elsewhere a run of letters is.
_ALONE = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff"
WORD = re.compile(
    rf"[{_ALONE}]|[^\W{_ALONE}][^\W{_ALONE}]*(?:[{re.escape(MARKS)}]+[^\W{_ALONE}]*)*", re.UNICODE
)


def plain(text: str) -> str:
    """TEXT in one line, with those differences taken out."""
    return " ".join(unicodedata.normalize("NFKC", text.translate(_TABLE)).translate(_TABLE).split())


def squeezed(text: str) -> str:
    """The same without any space: programs that read pages put spaces in different places."""
    return plain(text).replace(" ", "")


def words_of(text: str) -> list[tuple[str, int, int]]:
    """Words of TEXT in plain form, each with where it begins and ends in TEXT."""
    return [
        (found[0] if found[0].isascii() else plain(found[0]), found.start(), found.end())
        for found in WORD.finditer(text)
    ]

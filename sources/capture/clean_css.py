"""Style sheets of archived pages without anything that asks for something elsewhere. Pure.

Read by the tokens of CSS Syntax Level 3, so that an escape, a comment or a broken string hides
nothing. What is not understood is left to the browser, which is told by its policy to fetch nothing
from elsewhere in any case.
"""

from __future__ import annotations

import re
from collections.abc import Callable

Resolve = Callable[[str], str]  # a reference → what to write instead; "" for nothing

_ESCAPE = r"\\(?:[0-9a-fA-F]{1,6}[ \t\r\n\f]?|[^\r\n\f0-9a-fA-F])"
_NAME = rf"(?:[A-Za-z0-9_\u0080-\U0010ffff-]|{_ESCAPE})+"
_STRING = (
    r"\"(?:\\(?:\r\n|[\s\S])|[^\"\\\r\n\f])*(?:\"|(?=[\r\n\f])|\\?\Z)"
    r"|'(?:\\(?:\r\n|[\s\S])|[^'\\\r\n\f])*(?:'|(?=[\r\n\f])|\\?\Z)"
)
_TOKEN = re.compile(
    rf"(?P<comment>/\*[\s\S]*?(?:\*/|\Z))|(?P<string>{_STRING})"
    rf"|(?P<function>{_NAME}\()|(?P<at>@{_NAME})|(?P<name>{_NAME})|(?P<other>[^\"'/@\\\w\u0080-]+|[\s\S])"
)
_QUOTED = re.compile(rf"[ \t\r\n\f]*(?P<string>{_STRING})(?P<end>[ \t\r\n\f]*\))?")
_BARE = re.compile(r"(?P<address>(?:\\[\s\S]|[^)\\])*)(?:\)|\Z)")
_HEXADECIMAL = re.compile(r"\\([0-9a-fA-F]{1,6})[ \t\r\n\f]?|\\(\r\n|[\s\S])")
_LAST_CHARACTER = 0x10FFFF
# Rules that load a sheet, or change how the rest of this one is read.
_RULES = frozenset({"@import", "@charset", "@namespace", "@document", "@-moz-document"})
# Functions that take an address as a plain string, or a program.
_FUNCTIONS = frozenset(
    {"src(", "image(", "image-set(", "-webkit-image-set(", "cross-fade(", "-webkit-cross-fade(",
     "element(", "-moz-element(", "paint(", "expression(", "attr-url("}
)  # fmt: skip
_MARKUP = re.compile(r"<(?=[/!?A-Za-z])")


def clean_css(sheet: str, resolve: Resolve) -> str:
    """Return SHEET with each address replaced by what RESOLVE gives for it, or by `none`."""
    pieces, at = [], 0
    while at < len(sheet):
        match = _TOKEN.match(sheet, at)
        if match is None:  # the last alternative takes any character
            break
        at = match.end()
        if match["function"]:
            piece, at = _function(sheet, match["function"], at, resolve)
        else:
            piece = _plain(match)
        pieces.append(piece)
    # Nothing in a sheet may close the element that it stands in.
    return _MARKUP.sub(r"\\3c ", "".join(pieces))


def _plain(match: re.Match[str]) -> str:
    if match["comment"]:
        return " "
    if match["at"] and _unescaped(match["at"]).lower() in _RULES:
        return "@left-out"
    return match[0]


def _function(sheet: str, written: str, at: int, resolve: Resolve) -> tuple[str, int]:
    name = _unescaped(written).lower()
    if name == "url(":
        return _address(sheet, at, resolve)
    return (f"left-out-{name}" if name in _FUNCTIONS else written), at


def _address(sheet: str, at: int, resolve: Resolve) -> tuple[str, int]:
    quoted = _QUOTED.match(sheet, at)
    if quoted:
        if not quoted["end"]:
            return "none ", quoted.end()
        return _written(_unescaped(quoted["string"][1:-1]), resolve), quoted.end()
    bare = _BARE.match(sheet, at)
    if bare is None:
        return "none ", len(sheet)
    return _written(_unescaped(bare["address"]).strip(), resolve), bare.end()


def _written(address: str, resolve: Resolve) -> str:
    found = resolve(address)
    return f'url("{found}")' if found and not re.search(r'["\\\s<>]', found) else "none"


def _unescaped(text: str) -> str:
    return _HEXADECIMAL.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    if match[1] is None:
        return match[2] if match[2] not in {"\n", "\r\n", "\r", "\f"} else ""
    code = int(match[1], 16)
    is_text = 0 < code <= _LAST_CHARACTER and not 0xD800 <= code <= 0xDFFF  # noqa: PLR2004 - surrogates
    return chr(code) if is_text else "\ufffd"

"""Pieces of charts that stretch to their column.

Horizontal positions are percent of the width, vertical ones pixels (a number) or percent (text
such as "25%"). There is no viewBox, so text and strokes keep their size on every screen, and no
style: colours come from classes of site.css. The prefix of a class says what it paints.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

Vertical = float | str
NOTHING = SafeString("")


class Tone(StrEnum):
    """Direction: positive is solid and to the right, negative hatched and to the left."""

    POSITIVE = "pos"
    NEGATIVE = "neg"
    NEUTRAL = "neu"


def tone_of(value: float) -> Tone:
    if value == 0:
        return Tone.NEUTRAL
    return Tone.POSITIVE if value > 0 else Tone.NEGATIVE


def number(value: float) -> str:
    """At most two decimals, no trailing zeros, no minus zero."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def percent(value: float) -> str:
    return f"{number(value)}%"


def join(parts: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))


def element(name: str, content: SafeString | str = NOTHING, **attributes: object) -> SafeString:
    """One element; `cls` stands for class, `_` for a hyphen; an empty attribute is left out."""
    pairs = (
        ("class" if key == "cls" else key.replace("_", "-"), value)
        for key, value in attributes.items()
        if value not in ("", None)
    )
    start = format_html_join("", ' {}="{}"', pairs)
    if not content:
        return format_html("<{}{}/>", SafeString(name), start)
    return format_html("<{0}{1}>{2}</{0}>", SafeString(name), start, content)


def rect(
    x: float, width: float, y: Vertical, height: Vertical, cls: str, **attributes: str
) -> SafeString:
    return element(
        "rect",
        cls=cls,
        x=percent(x),
        width=percent(width),
        y=_vertical(y),
        height=_vertical(height),
        **attributes,
    )


def level(y: Vertical, cls: str, x1: float = 0, x2: float = 100) -> SafeString:
    """A line across, at one height."""
    height = _vertical(y)
    return element("line", cls=cls, x1=percent(x1), x2=percent(x2), y1=height, y2=height)


def upright(x: float, y1: Vertical, y2: Vertical, cls: str, **attributes: str) -> SafeString:
    """A line up and down, at one place."""
    at = percent(x)
    return element("line", cls=cls, x1=at, x2=at, y1=_vertical(y1), y2=_vertical(y2), **attributes)


def dot(x: float, y: Vertical, radius: float, cls: str) -> SafeString:
    return element("circle", cls=cls, cx=percent(x), cy=_vertical(y), r=number(radius))


def diamond(x: float, y: float, half: float, cls: str, shift: float = 0) -> SafeString:
    """A diamond around (X percent + SHIFT pixels, Y pixels), HALF pixels from centre to corner."""
    size = number(half)
    path = element(
        "path",
        cls=cls,
        d=f"M{number(shift)} {number(y - half)}l{size} {size}-{size} {size}-{size}-{size}z",
    )
    return element("svg", path, x=percent(x), overflow="visible")


def words(
    text: str, x: float, y: float, cls: str, anchor: str = "middle", **attributes: str
) -> SafeString:
    """A label. ANCHOR start and end follow the direction of the page, like the text itself."""
    return element(
        "text", text, cls=cls, x=percent(x), y=number(y), text_anchor=anchor, **attributes
    )


def hidden(content: SafeString, height: float | None, cls: str = "") -> SafeString:
    """A chart whose numbers stand in the text beside it: silent to a screen reader."""
    size = "" if height is None else number(height)
    return element("svg", content, cls=cls, aria_hidden="true", width="100%", height=size)


def _vertical(value: Vertical) -> str:
    return value if isinstance(value, str) else number(value)

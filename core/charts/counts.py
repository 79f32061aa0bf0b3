"""Things counted on two sides of a line, one mark each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.safestring import SafeString

from core.charts import svg
from core.charts.svg import Tone

CLEAR = 8  # pixels between the line and the first mark


class Marks(NamedTuple):
    """Sizes in pixels. More than `limit` marks on one side become one bar."""

    height: float
    size: float
    gap: float
    limit: int


LARGE = Marks(height=34, size=14, gap=4, limit=7)
SMALL = Marks(height=26, size=9, gap=3, limit=5)


def units(positive: Sequence[bool], negative: Sequence[bool], marks: Marks = LARGE) -> SafeString:
    """Squares to the right, diamonds to the left; filled if true (counted), hollow if not.

    Too many for their marks: a bar whose filled part is the share that counts. Numbers belong
    beside the chart.
    """
    parts = [svg.upright(50, 0, marks.height, "g-axis")]
    parts += _side(positive, Tone.POSITIVE, marks)
    parts += _side(negative, Tone.NEGATIVE, marks)
    return svg.hidden(svg.join(parts), marks.height, "flip")


def _side(flags: Sequence[bool], tone: Tone, marks: Marks) -> list[SafeString]:
    if len(flags) > marks.limit:
        return _bar(flags, tone, marks)
    return [_mark(at, tone, marks, filled=flag) for at, flag in enumerate(flags)]


def _mark(at: int, tone: Tone, marks: Marks, *, filled: bool) -> SafeString:
    cls = f"g-{tone}" if filled else f"g-hollow {tone}"
    offset = CLEAR + at * (marks.size + marks.gap)
    if tone is Tone.NEGATIVE:
        centre = -offset - marks.size / 2
        return svg.diamond(50, marks.height / 2, marks.size / 2 + 1.5, cls, shift=centre)
    return svg.element(
        "rect",
        cls=cls,
        x="50%",
        y=svg.number((marks.height - marks.size) / 2),
        width=svg.number(marks.size),
        height=svg.number(marks.size),
        transform=f"translate({svg.number(offset)})",
    )


def _bar(flags: Sequence[bool], tone: Tone, marks: Marks) -> list[SafeString]:
    """A bar over most of the half: the filled part next to the line, the rest hollow."""
    top, full = (marks.height - marks.size) / 2, 44.0
    filled = full * sum(flags) / len(flags)
    right = tone is Tone.POSITIVE
    solid = "g-pos" if right else "g-hatch"
    start = 53.0 if right else 47.0 - filled
    rest = 53.0 + filled if right else 47.0 - full
    return [
        svg.rect(rest, full - filled, top, marks.size, f"g-hollow {tone}"),
        svg.rect(start, filled, top, marks.size, solid),
    ]

"""Stated probabilities against what happened: dots on a diagonal, each with its range."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from django.utils.safestring import SafeString

from core.chances import in_hundred
from core.charts import svg

HEIGHT, PLOT_HEIGHT, TOP = 318, 260, 10
LABEL, TITLE = 19, 40  # pixels below the plot
LEFT, RIGHT = 9.0, 97.0  # percent of the width; the numbers of the axis stand before LEFT
FEWEST = 5  # claims behind a full dot
SMALLEST, LARGEST, GROWTH = 4.0, 9.0, 0.45  # radius of a dot, pixels; it grows with the root of n


class Said(NamedTuple):
    """N claims that were given about the same probability; all values but n in 0..1.

    `said`: mean of what was stated; `happened`: share that came true, with its range; `start` and
    `end`: bounds of the group.
    """

    said: float
    happened: float
    low: float
    high: float
    n: int
    start: float = 0.0
    end: float = 1.0


def reliability(
    bins: Sequence[Said], *, ident: str, title: str, axis: str, rtl: bool = False
) -> SafeString:
    """The figure: an image with a title and a description made from the data.

    A dot on the dashed line can be taken at its word; below it we said too much. A hollow one
    rests on fewer than 5 claims. AXIS names what runs across; IDENT starts the ids in it.
    """
    middle = _x(0.5, rtl=rtl)
    parts = [
        svg.element("title", title, id=f"{ident}-title"),
        svg.element("desc", describe(bins), id=f"{ident}-desc"),
        *_scale(rtl=rtl),
        _diagonal(rtl=rtl),
        *[part for one in bins for part in _dot(one, rtl=rtl)],
        svg.words(axis, middle, TOP + PLOT_HEIGHT + TITLE, "g-word"),
    ]
    return svg.element(
        "svg",
        svg.join(parts),
        role="img",
        aria_labelledby=f"{ident}-title {ident}-desc",
        width="100%",
        height=str(HEIGHT),
    )


def describe(bins: Sequence[Said]) -> str:
    """The chart in words, for readers who cannot see it; the numbers are in the table below."""
    said = [
        f"said {in_hundred(one.said)} in 100, came true {round(one.happened * 100)} in 100"
        for one in bins
    ]
    return f"{'; '.join(said).capitalize()}." if said else "No claims."


def _x(value: float, *, rtl: bool) -> float:
    place = LEFT + value * (RIGHT - LEFT)
    return 100 - place if rtl else place


def _y(value: float) -> float:
    return TOP + PLOT_HEIGHT * (1 - value)


def _scale(*, rtl: bool) -> list[SafeString]:
    left, right = sorted((_x(0, rtl=rtl), _x(1, rtl=rtl)))
    before = _x(0, rtl=rtl) + (1.2 if rtl else -1.2)
    drawn = []
    for value in (0.0, 0.25, 0.5, 0.75, 1.0):
        words, x = f"{value:.0%}".rstrip("%"), _x(value, rtl=rtl)
        drawn += [
            svg.upright(x, _y(1), _y(0), "g-faint"),
            svg.level(_y(value), "g-faint", left, right),
            svg.words(words, x, _y(0) + LABEL, "g-small"),
            svg.words(words, before, _y(value) + 4, "g-small", "end"),
        ]
    return drawn


def _diagonal(*, rtl: bool) -> SafeString:
    return svg.element(
        "line",
        cls="g-axis g-dashed",
        x1=svg.percent(_x(0, rtl=rtl)),
        x2=svg.percent(_x(1, rtl=rtl)),
        y1=svg.number(_y(0)),
        y2=svg.number(_y(1)),
    )


def _dot(one: Said, *, rtl: bool) -> list[SafeString]:
    x, radius = _x(one.said, rtl=rtl), min(LARGEST, SMALLEST + math.sqrt(one.n) * GROWTH)
    cls = "g-pos" if one.n >= FEWEST else "g-hollow pos"
    return [
        svg.upright(x, _y(one.high), _y(one.low), "g-thread pos"),
        svg.dot(x, _y(one.happened), radius, cls),
    ]

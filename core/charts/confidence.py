"""A probability with its range: as a ruler, as a bar against a bar, and over time in one line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from django.utils.safestring import SafeString

from core.charts import svg
from core.charts.svg import Tone

Height = Callable[[float], float]

EVEN = 0.5
METER_HEIGHT, AXIS = 46, 30
SPARK_HEIGHT = 30
LEVEL_HEIGHT = 10


class Point(NamedTuple):
    """What was known from `at` on, as probabilities in 0..1.

    Without an estimate only the range is drawn. `cause` says what changed it, `href` leads there,
    `number` is its short name.
    """

    at: datetime
    low: float
    high: float
    estimate: float | None = None
    cause: str = ""
    href: str = ""
    number: str = ""


def meter(estimate: float | None, low: float | None, high: float | None) -> SafeString:
    """A ruler from 0 to 1 with the range as a band and the estimate as a needle.

    Without a range the ruler is dashed: nothing is known. Without an estimate there is no needle.
    Carries the class `flip`: the sheet mirrors it where text runs from right to left.
    """
    if low is None or high is None:
        return svg.hidden(svg.level(AXIS, "g-axis g-dashed"), METER_HEIGHT, "flip")
    parts = [svg.level(AXIS, "g-axis"), *_ticks(), *_band(low, high, estimate)]
    if estimate is not None:
        parts += _needle(estimate * 100)
    return svg.hidden(svg.join(parts), METER_HEIGHT, "flip")


def levelbar(value: float, bar: float | None = None) -> SafeString:
    """How full VALUE is, and whether it reaches BAR, both in 0..1."""
    parts = [
        svg.rect(0, 100, 0, LEVEL_HEIGHT, "g-sunken"),
        svg.rect(0, value * 100, 0, LEVEL_HEIGHT, "g-ink"),
    ]
    if bar is not None:
        parts.append(svg.upright(bar * 100, 0, LEVEL_HEIGHT, "g-goal"))
    return svg.hidden(svg.join(parts), LEVEL_HEIGHT, "flip")


def spark(points: Sequence[Point], end: datetime | None = None) -> SafeString:
    """Range and estimate from the first point to END (by default the last point), in 30 pixels."""
    if not points:
        return svg.NOTHING
    places = _places(points, end)
    parts = [svg.level(SPARK_HEIGHT / 2, "g-faint")]
    parts += [_spark_band(point, *span) for point, span in zip(points, places, strict=True)]
    parts += steps(points, places, _spark_y)
    if (last := points[-1].estimate) is not None:
        parts.append(svg.dot(100, _spark_y(last), 3, "g-ink"))
    return svg.hidden(svg.join(parts), SPARK_HEIGHT, "flip")


def steps(
    points: Sequence[Point],
    places: Sequence[tuple[float, float]],
    height: Height,
    cls: str = "g-line",
) -> list[SafeString]:
    """The estimate as a staircase: level while nothing changes, upright where it does."""
    drawn = [
        svg.level(height(point.estimate), cls, *sorted(span))
        for point, span in zip(points, places, strict=True)
        if point.estimate is not None
    ]
    for (before, after), (_, (x, _end)) in zip(pairwise(points), pairwise(places), strict=True):
        if before.estimate is None or after.estimate is None or before.estimate == after.estimate:
            continue
        drawn.append(svg.upright(x, height(before.estimate), height(after.estimate), cls))
    return drawn


def _ticks() -> list[SafeString]:
    return [
        svg.upright(at * 10, AXIS, AXIS + (12 if at % 5 == 0 else 7), _tick_class(at))
        for at in range(11)
    ]


def _tick_class(at: int) -> str:
    return "g-axis" if at % 5 == 0 else "g-rule"


def _band(low: float, high: float, estimate: float | None) -> list[SafeString]:
    middle = (low + high) / 2 if estimate is None else estimate
    tone = Tone.POSITIVE if middle >= EVEN else Tone.NEGATIVE
    x, width = low * 100, (high - low) * 100
    return [
        svg.rect(x, width, 9, 21, f"g-{tone} g-range"),
        svg.rect(x, width, 26, 4, f"g-{tone}"),
        svg.upright(low * 100, 9, AXIS, "g-strong"),
        svg.upright(high * 100, 9, AXIS, "g-strong"),
    ]


def _needle(x: float) -> list[SafeString]:
    needle = svg.element(
        "rect",
        cls="g-ink",
        x=svg.percent(x),
        y="1",
        width="4",
        height="33",
        transform="translate(-2)",
    )
    return [needle, svg.dot(x, 6, 6, "g-ink")]


def _places(points: Sequence[Point], end: datetime | None) -> list[tuple[float, float]]:
    """From where to where each point holds, in percent of the time shown."""
    start, stop = points[0].at, max(end or points[-1].at, points[-1].at)
    span = (stop - start).total_seconds()
    if span == 0:
        return [(0.0, 100.0) for _ in points]
    cuts = [(point.at - start).total_seconds() / span * 100 for point in points]
    return list(pairwise([*cuts, 100.0]))


def _spark_y(value: float) -> float:
    return 2 + (SPARK_HEIGHT - 4) * (1 - value)


def _spark_band(point: Point, x1: float, x2: float) -> SafeString:
    top, bottom = _spark_y(point.high), _spark_y(point.low)
    return svg.rect(x1, x2 - x1, top, bottom - top, "g-band")

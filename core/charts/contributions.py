"""What moved a log-odds: one bar beside each cause, and all of them as a waterfall in a table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from django.utils.safestring import SafeString

from core.chances import in_hundred, logit, sigmoid
from core.charts import svg
from core.charts.svg import Tone, tone_of

FULL = 2.0  # log-odds that fill half of a pull bar
PULL_HEIGHT, SCALE_HEIGHT = 18, 24
WINDOW = (-1.55, 4.75)  # log-odds shown when the data fit: 17.5 to 99.1 in 100
MARGIN = 0.35
GRID = (0.001, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 0.999)
LABEL_GAP = 7.0  # least distance between two labels, percent of the width
KEEP, LIMIT = 8, 12


@dataclass(frozen=True)
class Step:
    """One cause and its contribution in log-odds. `number` is its short name, such as 7."""

    label: str
    contribution: float
    number: str = ""
    note: str = ""
    href: str = ""


@dataclass(frozen=True)
class Row:
    """A step with its cell: `points` is the change in chances in 100 that it made."""

    step: Step
    points: int
    chart: SafeString


@dataclass(frozen=True)
class Waterfall:
    scale: SafeString
    start: int
    start_chart: SafeString
    rows: tuple[Row, ...]
    total_chart: SafeString


@dataclass(frozen=True)
class LogOddsScale:
    """Log-odds from `low` to `high` laid over 0 to 100 percent of a column."""

    low: float
    high: float

    def x(self, log_odds: float) -> float:
        return (log_odds - self.low) / (self.high - self.low) * 100

    def grid(self) -> list[float]:
        """The round probabilities inside the window, as many as leave room for their labels."""
        kept = [0.5]
        for probability in sorted(GRID, key=lambda value: abs(value - 0.5)):
            place = self.x(logit(probability))
            near = min(abs(place - self.x(logit(other))) for other in kept)
            if 0 <= place <= 100 and near >= LABEL_GAP:  # noqa: PLR2004  # percent
                kept.append(probability)
        return sorted(kept)


def scale_for(values: Sequence[float]) -> LogOddsScale:
    """A window of the usual width that holds even odds and all VALUES; wider only if it must be."""
    low = min(WINDOW[0], *(value - MARGIN for value in values))
    high = max(-WINDOW[0], *(value + MARGIN for value in values))
    room = WINDOW[1] - WINDOW[0] - (high - low)
    if room <= 0:
        return LogOddsScale(low, high)
    if high >= -low:
        return LogOddsScale(low, high + room)
    return LogOddsScale(low - room, high)


def pullbar(log_odds: float, full: float = FULL) -> SafeString:
    """A bar from the middle, to the right if the cause made the value likelier.

    FULL log-odds fill one half; a longer bar is cut and ends in an arrow.
    """
    half = min(abs(log_odds) / full, 1) * 50
    tone = tone_of(log_odds)
    parts = [svg.level(9, "g-faint"), _pull(tone, half)]
    if abs(log_odds) > full:
        parts.append(_arrow(tone))
    parts.append(svg.upright(50, 0, PULL_HEIGHT, "g-strong"))
    return svg.hidden(svg.join(parts), PULL_HEIGHT, "flip")


def waterfall(
    start: float,
    steps: Sequence[Step],
    low: float | None = None,
    high: float | None = None,
    *,
    point: bool = True,
    rtl: bool = False,
) -> Waterfall:
    """START and contributions in log-odds; LOW and HIGH, the range of the sum, in 0..1.

    More than LIMIT steps are folded by `strongest`. With POINT false the last row shows the range
    only. RTL mirrors the labels; the other parts carry `flip`.
    """
    shown = strongest(steps)
    sums = list(accumulate((step.contribution for step in shown), initial=start))
    ends = [logit(end) for end in (low, high) if end is not None]
    scale = scale_for([*sums, *ends])
    rows = [
        Row(step, _points(after) - _points(before), _step_chart(scale, before, after))
        for step, (before, after) in zip(shown, pairwise(sums), strict=True)
    ]
    return Waterfall(
        scale=_scale_chart(scale, rtl=rtl),
        start=_points(start),
        start_chart=_start_chart(scale, start),
        rows=tuple(rows),
        total_chart=_total_chart(scale, sums[-1], ends, point=point),
    )


def strongest(steps: Sequence[Step], keep: int = KEEP, limit: int = LIMIT) -> list[Step]:
    """All steps up to LIMIT; beyond, the KEEP strongest in their order and one sum of the rest."""
    if len(steps) <= limit:
        return list(steps)
    ranked = sorted(range(len(steps)), key=lambda at: (-abs(steps[at].contribution), at))
    kept = [steps[at] for at in sorted(ranked[:keep])]
    rest = [steps[at] for at in ranked[keep:]]
    together = math.fsum(step.contribution for step in rest)
    return [*kept, Step(f"{len(rest)} weaker ones together", together)]


def _points(log_odds: float) -> int:
    return in_hundred(sigmoid(log_odds))


def _pull(tone: Tone, half: float) -> SafeString:
    if tone is Tone.POSITIVE:
        return svg.rect(50, half, 3, 12, "g-pos")
    if tone is Tone.NEGATIVE:
        return svg.rect(50 - half, half, 3, 12, "g-hatch")
    return svg.dot(50, 9, 4, "g-neu")


def _arrow(tone: Tone) -> SafeString:
    at, path = (100, "M0 1l7 8-7 8z") if tone is Tone.POSITIVE else (0, "M0 1l-7 8 7 8z")
    shape = svg.element("path", cls=f"g-{tone}", d=path)
    return svg.element("svg", shape, x=svg.percent(at), overflow="visible")


def _gridlines(scale: LogOddsScale) -> list[SafeString]:
    return [
        svg.upright(
            scale.x(logit(probability)),
            "0",
            "100%",
            "g-axis" if probability == 0.5 else "g-faint",  # noqa: PLR2004  # even odds
        )
        for probability in scale.grid()
    ]


def _scale_chart(scale: LogOddsScale, *, rtl: bool) -> SafeString:
    labels = []
    for probability in scale.grid():
        x = scale.x(logit(probability))
        label = svg.number(probability * 100)
        labels.append(svg.words(label, 100 - x if rtl else x, 16, "g-small"))
    return svg.hidden(svg.join(labels), SCALE_HEIGHT)


def _cell(scale: LogOddsScale, *parts: SafeString) -> SafeString:
    return svg.hidden(svg.join([*_gridlines(scale), *parts]), None, "flip")


def _start_chart(scale: LogOddsScale, start: float) -> SafeString:
    x = scale.x(start)
    block = svg.element(
        "rect",
        cls="g-neu",
        x=svg.percent(x),
        y="25%",
        width="8",
        height="50%",
        transform="translate(-4)",
    )
    return _cell(scale, block, svg.upright(x, "25%", "100%", "g-strong"))


def _step_chart(scale: LogOddsScale, before: float, after: float) -> SafeString:
    x1, x2 = scale.x(before), scale.x(after)
    return _cell(
        scale,
        svg.upright(x1, "0", "75%", "g-strong"),
        _step_bar(x1, x2),
        svg.upright(x2, "25%", "100%", "g-strong"),
    )


def _step_bar(x1: float, x2: float) -> SafeString:
    if x1 == x2:
        return svg.dot(x2, "50%", 4, "g-neu")
    return svg.rect(min(x1, x2), abs(x2 - x1), "25%", "50%", "g-pos" if x2 > x1 else "g-hatch")


def _total_chart(
    scale: LogOddsScale, total: float, ends: Sequence[float], *, point: bool
) -> SafeString:
    x, tone = scale.x(total), Tone.POSITIVE if total >= 0 else Tone.NEGATIVE
    parts = []
    if ends:
        places = [scale.x(end) for end in ends]
        width = places[-1] - places[0]
        parts.append(svg.rect(places[0], width, "28%", "44%", f"g-{tone} g-range"))
        parts += [svg.upright(place, "28%", "72%", "g-strong") for place in places]
    parts.append(svg.upright(x, "0", "50%" if point else "28%", "g-strong"))
    if point:
        parts.append(svg.dot(x, "50%", 6, "g-ink"))
    return _cell(scale, *parts)

"""A probability over time with its range, and a strip of the states published meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import NamedTuple

from django.utils.formats import date_format
from django.utils.safestring import SafeString

from core.chances import in_hundred
from core.charts import svg, times
from core.charts.confidence import Point, steps

HEIGHT, PLOT_HEIGHT, TOP, BOTTOM = 240, 192, 20, 168  # with the strip, and without
TICK, LABEL = 5, 19  # pixels below the plot
STRIP, STRIP_END, STRIP_WORDS = 200, 212, 231
LEFT, RIGHT = 7.0, 98.0  # percent of the width; the numbers of the axis stand before LEFT
ROOM = 0.04  # share of the time shown after the last change, when nothing says how long it holds
GLYPH = 14  # pixels
# Least width of a segment, in percent, for its glyph, its word on a wide screen, and on a phone.
GLYPH_SHARE, WIDE_WORD_SHARE, WORD_SHARE = 4.0, 16.0, 38.0
# Least width of the segment before a narrow last one, for the word of the last one to stand there.
WIDE_ROOM_SHARE, ROOM_SHARE = 35.0, 68.0


class Segment(NamedTuple):
    """A state named `label` that held from `start` to `end` (None: still).

    `tone` is the second half of a class `status-…` and of a glyph `g-…` of the sprite.
    """

    start: datetime
    end: datetime | None
    tone: str
    label: str


class Mark(NamedTuple):
    """Something that happened at one moment."""

    at: datetime
    label: str


@dataclass(frozen=True)
class Axis:
    """Time laid over LEFT to RIGHT percent, mirrored where text runs from right to left."""

    start: datetime
    end: datetime
    rtl: bool = False

    def share(self, at: datetime) -> float:
        part = (at - self.start) / (self.end - self.start)
        return min(1.0, max(0.0, part))

    def x(self, at: datetime) -> float:
        place = LEFT + self.share(at) * (RIGHT - LEFT)
        return 100 - place if self.rtl else place

    def span(self, start: datetime, end: datetime) -> tuple[float, float]:
        """Left edge and width, percent."""
        x1, x2 = sorted((self.x(start), self.x(end)))
        return x1, x2 - x1


def axis_for(
    points: Sequence[Point],
    segments: Sequence[Segment] = (),
    end: datetime | None = None,
    *,
    rtl: bool = False,
) -> Axis:
    """From the first point or segment to END, or a little beyond the last change."""
    changes = [point.at for point in points] + [segment.start for segment in segments]
    changes += [segment.end for segment in segments if segment.end]
    first, last = times.widened(min(changes), max(changes))
    stop = max(end, last) if end else last + (last - first) * ROOM
    return Axis(first.astimezone(UTC), stop.astimezone(UTC), rtl)


def timeline(
    points: Sequence[Point],
    segments: Sequence[Segment],
    marks: Sequence[Mark],
    axis: Axis,
    *,
    ident: str,
    title: str,
) -> SafeString:
    """The figure: an image with a title and a description made from the data.

    IDENT starts the ids in it and must be unique in the page. POINTS and SEGMENTS are in order
    of time.
    """
    parts = [
        svg.element("title", title, id=f"{ident}-title"),
        svg.element("desc", describe(points, segments), id=f"{ident}-desc"),
        *_scale(axis),
        *_bands(points, axis),
        *_line(points, axis),
        *_time_scale(axis),
        *[part for segment in segments for part in _strip(segment, axis)],
        *_last_word(segments, axis),
        *[part for mark in marks for part in _mark(mark, axis)],
    ]
    return svg.element(
        "svg",
        svg.join(parts),
        role="img",
        aria_labelledby=f"{ident}-title {ident}-desc",
        width="100%",
        height=str(HEIGHT if segments else PLOT_HEIGHT),
    )


def describe(points: Sequence[Point], segments: Sequence[Segment]) -> str:
    """The course in words, for readers who cannot see it; the numbers are in the table below."""
    said = [f"{_moment(point.at)}: {_said(point)}." for point in points]
    said += [f"{segment.label} from {_moment(segment.start)}." for segment in segments]
    return " ".join(said)


def _moment(at: datetime) -> str:
    return str(date_format(at.astimezone(UTC), "j M Y, H:i"))


def _said(point: Point) -> str:
    between = f"{in_hundred(point.low)} to {in_hundred(point.high)}"
    if point.estimate is None:
        return f"between {between}"
    return f"{in_hundred(point.estimate)}, range {between}"


def _y(value: float) -> float:
    return BOTTOM - value * (BOTTOM - TOP)


def _ends(points: Sequence[Point], axis: Axis) -> list[tuple[Point, datetime, datetime]]:
    cuts = [*(point.at for point in points), axis.end]
    return [(point, a, b) for point, (a, b) in zip(points, pairwise(cuts), strict=True)]


def _scale(axis: Axis) -> list[SafeString]:
    x1, x2 = sorted((axis.x(axis.start), axis.x(axis.end)))
    before = 100 - LEFT + 1.2 if axis.rtl else LEFT - 1.2
    drawn = []
    for value in (0.0, 0.25, 0.5, 0.75, 1.0):
        cls = "g-axis" if value == 0.5 else "g-faint"  # noqa: PLR2004  # even odds
        drawn.append(svg.level(_y(value), cls, x1, x2))
        drawn.append(svg.words(f"{value:.0%}".rstrip("%"), before, _y(value) + 4, "g-small", "end"))
    return drawn


def _bands(points: Sequence[Point], axis: Axis) -> list[SafeString]:
    drawn = []
    for point, start, end in _ends(points, axis):
        x, width = axis.span(start, end)
        drawn.append(svg.rect(x, width, _y(point.high), _y(point.low) - _y(point.high), "g-band"))
    return drawn


def _line(points: Sequence[Point], axis: Axis) -> list[SafeString]:
    places = [(axis.x(start), axis.x(end)) for _, start, end in _ends(points, axis)]
    return steps(points, places, _y, "g-line g-heavy")


def _time_scale(axis: Axis) -> list[SafeString]:
    drawn = []
    for at, label in times.ticks(axis.start, axis.end):
        x = axis.x(at)
        drawn.append(svg.upright(x, BOTTOM, BOTTOM + TICK, "g-axis"))
        drawn.append(svg.words(label, x, BOTTOM + LABEL, "g-small", _anchor(axis.share(at))))
    return drawn


def _anchor(share: float) -> str:
    """Keeps a label inside the figure: the first one grows forwards, the last one backwards."""
    if share < 0.1:  # noqa: PLR2004  # a tenth of the axis
        return "start"
    return "end" if share > 0.9 else "middle"  # noqa: PLR2004  # as above


def _strip(segment: Segment, axis: Axis) -> list[SafeString]:
    start, end = segment.start, segment.end or axis.end
    x, width = axis.span(start, end)
    tone, height = f"status-{segment.tone}", STRIP_END - STRIP
    drawn = [
        svg.rect(x, width, STRIP, height, f"g-strip {tone}"),
        svg.rect(x, width, STRIP, height, f"g-weave {tone}"),
        svg.upright(axis.x(start), STRIP, STRIP_END, "g-gap"),
    ]
    if width >= GLYPH_SHARE:
        drawn.append(_glyph(segment, axis))
    if width >= WIDE_WORD_SHARE:
        cls = _word_class(width, WORD_SHARE)
        drawn.append(_word(segment, axis, cls, "start", GLYPH + 4))
    return drawn


def _last_word(segments: Sequence[Segment], axis: Axis) -> list[SafeString]:
    """The word of a narrow last segment stands before it, where the one before leaves room."""
    if len(segments) < 2:  # noqa: PLR2004  # the last one and the one before
        return []
    before, last = segments[-2:]
    _, width = axis.span(last.start, last.end or axis.end)
    _, room = axis.span(before.start, last.start)
    if width >= WIDE_WORD_SHARE or room < WIDE_ROOM_SHARE:
        return []
    return [_word(last, axis, _word_class(room, ROOM_SHARE), "end", -4)]


def _word_class(share: float, everywhere: float) -> str:
    return "g-word" if share >= everywhere else "g-word g-wide"


def _glyph(segment: Segment, axis: Axis) -> SafeString:
    use = svg.element(
        "use",
        href=f"#g-{segment.tone}",
        x=str(-GLYPH if axis.rtl else 0),
        y=str(STRIP_WORDS - GLYPH + 2),
        width=str(GLYPH),
        height=str(GLYPH),
    )
    return svg.element(
        "svg",
        use,
        cls=f"g-glyph status-{segment.tone}",
        x=svg.percent(axis.x(segment.start)),
        overflow="visible",
    )


def _word(segment: Segment, axis: Axis, cls: str, anchor: str, shift: float) -> SafeString:
    place = f"translate({svg.number(-shift if axis.rtl else shift)})"
    x = axis.x(segment.start)
    return svg.words(segment.label, x, STRIP_WORDS, cls, anchor, transform=place)


def _mark(mark: Mark, axis: Axis) -> list[SafeString]:
    x, after = axis.x(mark.at), axis.share(mark.at) < 0.5  # noqa: PLR2004  # the middle
    shift = 4 if after != axis.rtl else -4
    return [
        svg.upright(x, 8, BOTTOM, "g-strong g-dashed"),
        svg.words(
            mark.label,
            x,
            12,
            "g-strong-word",
            "start" if after else "end",
            transform=f"translate({shift})",
        ),
    ]

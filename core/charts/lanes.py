"""First reports and what repeats them, one lane each, on a shared axis of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.formats import date_format
from django.utils.safestring import SafeString

from core.charts import svg, times
from core.charts.svg import Tone

HEIGHT, MIDDLE = 28, 14
LEFT, RIGHT = 3.0, 97.0
DAY = 86400


@dataclass(frozen=True)
class Copy:
    """Something that repeats a first report; without a time it is only listed."""

    label: str
    note: str = ""
    at: datetime | None = None
    number: str = ""
    href: str = ""


@dataclass(frozen=True)
class Lane:
    """A first report. Without a time it has no chart."""

    label: str
    tone: Tone = Tone.NEUTRAL
    at: datetime | None = None
    number: str = ""
    href: str = ""
    copies: tuple[Copy, ...] = ()


@dataclass(frozen=True)
class DrawnLane:
    lane: Lane
    chart: SafeString


@dataclass(frozen=True)
class Lanes:
    """`labels`: start, middle and end of the axis as text; none if no time is known."""

    labels: tuple[str, ...]
    rows: tuple[DrawnLane, ...]


def lanes(origins: Sequence[Lane]) -> Lanes:
    """All lanes on one axis from the earliest to the latest time in them."""
    moments = [at for origin in origins for at in _moments(origin)]
    if not moments:
        return Lanes((), tuple(DrawnLane(origin, svg.NOTHING) for origin in origins))
    start, end = times.widened(min(moments), max(moments))
    drawn = tuple(DrawnLane(origin, _chart(origin, start, end)) for origin in origins)
    return Lanes(_labels(start, end), drawn)


def _moments(origin: Lane) -> list[datetime]:
    found = (origin.at, *(copy.at for copy in origin.copies))
    return [at for at in found if at is not None]


def _labels(start: datetime, end: datetime) -> tuple[str, ...]:
    short = (end - start).total_seconds() < DAY * 4
    form = "j M, H:i" if short else "j M Y"
    return tuple(
        str(date_format(at.astimezone(UTC), form)) for at in (start, start + (end - start) / 2, end)
    )


def _chart(origin: Lane, start: datetime, end: datetime) -> SafeString:
    if origin.at is None:
        return svg.NOTHING

    def x(at: datetime) -> float:
        return LEFT + (at - start) / (end - start) * (RIGHT - LEFT)

    copies = [x(copy.at) for copy in origin.copies if copy.at is not None]
    first = x(origin.at)
    parts = [svg.level(MIDDLE, "g-faint")]
    parts += [svg.upright(at, 0, HEIGHT, "g-faint") for at in (LEFT, 50, RIGHT)]
    if copies:
        reach = sorted((first, max(copies)))
        parts.append(svg.level(MIDDLE, f"g-thread {origin.tone}", *reach))
    parts += [svg.dot(at, MIDDLE, 5, f"g-hollow {origin.tone}") for at in copies]
    parts.append(_first(first, origin.tone))
    return svg.hidden(svg.join(parts), HEIGHT, "flip lane")


def _first(x: float, tone: Tone) -> SafeString:
    if tone is Tone.NEGATIVE:
        return svg.diamond(x, MIDDLE, 8, "g-neg")
    return svg.dot(x, MIDDLE, 7, f"g-{tone}")

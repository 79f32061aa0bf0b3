"""Charts as template tags: data in, SVG out, mirrored where the page runs from right to left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import get_language_bidi

from core import charts

register = template.Library()

Optional = float | Literal[""] | None  # an undefined variable of a template is an empty text

register.simple_tag(charts.pullbar, name="pull_chart")
register.simple_tag(charts.lanes, name="lanes_of")


@register.simple_tag
def meter_chart(estimate: Optional, low: Optional, high: Optional) -> SafeString:
    return charts.meter(_known(estimate), _known(low), _known(high))


@register.simple_tag
def level_chart(value: float, bar: Optional = None) -> SafeString:
    return charts.levelbar(value, _known(bar))


@register.simple_tag
def spark_chart(points: Sequence[charts.Point], end: datetime | None = None) -> SafeString:
    return charts.spark(points, end or None)


@register.simple_tag
def units_chart(
    positive: Sequence[bool], negative: Sequence[bool], size: str = "large"
) -> SafeString:
    """SIZE is large (tables of a page) or small (rows of a list)."""
    return charts.units(positive, negative, charts.SMALL if size == "small" else charts.LARGE)


@register.simple_tag
def waterfall_of(
    start: float,
    steps: Sequence[charts.Step],
    low: Optional = None,
    high: Optional = None,
    point: bool = True,  # noqa: FBT001, FBT002  # a tag takes plain values
) -> charts.Waterfall:
    """`{% waterfall_of start steps low high as drawn %}`: see `charts.waterfall`."""
    return charts.waterfall(
        start, steps, _known(low), _known(high), point=point, rtl=get_language_bidi()
    )


@register.simple_tag
def timeline_chart(
    points: Sequence[charts.Point],
    segments: Sequence[charts.Segment],
    marks: Sequence[charts.Mark],
    ident: str,
    title: str,
    end: datetime | None = None,
) -> SafeString:
    axis = charts.axis_for(points, segments or (), end or None, rtl=get_language_bidi())
    return charts.timeline(points, segments or (), marks or (), axis, ident=ident, title=title)


@register.simple_tag
def reliability_chart(bins: Sequence[charts.Said], ident: str, title: str, axis: str) -> SafeString:
    return charts.reliability(bins, ident=ident, title=title, axis=axis, rtl=get_language_bidi())


def _known(value: Optional) -> float | None:
    return None if value == "" else value

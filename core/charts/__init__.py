"""Charts as functions from data to SVG. See docs/interface.md for the rules that they follow."""

from __future__ import annotations

from core.charts.confidence import Point, levelbar, meter, spark
from core.charts.contributions import Step, Waterfall, pullbar, waterfall
from core.charts.counts import LARGE, SMALL, units
from core.charts.lanes import Copy, Lane, Lanes, lanes
from core.charts.reliability import Said, reliability
from core.charts.svg import Tone, tone_of
from core.charts.timeline import Mark, Segment, axis_for, timeline

__all__ = [
    "LARGE",
    "SMALL",
    "Copy",
    "Lane",
    "Lanes",
    "Mark",
    "Point",
    "Said",
    "Segment",
    "Step",
    "Tone",
    "Waterfall",
    "axis_for",
    "lanes",
    "levelbar",
    "meter",
    "pullbar",
    "reliability",
    "spark",
    "timeline",
    "tone_of",
    "units",
    "waterfall",
]

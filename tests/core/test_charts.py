"""Charts: whole drawings against kept files, and what must hold for any data.

A drawing that changed on purpose: look at the gallery, then run with GOLDEN=write and review the
difference of the files.
"""

from __future__ import annotations

import math
import os
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from core.charts import (
    LARGE,
    SMALL,
    Lane,
    Mark,
    Point,
    Segment,
    Step,
    Tone,
    axis_for,
    lanes,
    levelbar,
    meter,
    pullbar,
    reliability,
    spark,
    timeline,
    times,
    units,
    waterfall,
)
from core.charts import contributions as parts
from core.specimens import evidence, scores

GOLDEN = Path(__file__).parent / "golden"
NOON = datetime(2016, 11, 12, 12, tzinfo=UTC)
probabilities = st.floats(0.0001, 0.9999)
log_odds = st.floats(-12, 12)


def whole_day(*, rtl: bool = False) -> str:
    axis = axis_for(scores.POINTS, scores.SEGMENTS, scores.at(12, "18:00"), rtl=rtl)
    return timeline(
        scores.POINTS, scores.SEGMENTS, scores.APPROVED, axis, ident="day", title="Score & status"
    )


def seven(**more: object) -> str:
    drawn = waterfall(scores.START, scores.STEPS, 0.9, 0.985, **more)
    charts = [row.chart for row in drawn.rows]
    return "".join([drawn.scale, drawn.start_chart, *charts, drawn.total_chart])


def said_and_happened(*, rtl: bool = False) -> str:
    return reliability(
        scores.BINS, ident="cal", title="Said & happened", axis="How likely we said it was", rtl=rtl
    )


DRAWINGS = {
    "meter-strong": lambda: meter(0.96, 0.9, 0.985),
    "meter-low": lambda: meter(0.12, 0.05, 0.26),
    "meter-range": lambda: meter(None, 0.41, 0.78),
    "meter-none": lambda: meter(None, None, None),
    "level": lambda: levelbar(0.84, 0.9),
    "pull-for": lambda: pullbar(1.6),
    "pull-against": lambda: pullbar(-0.45),
    "pull-nothing": lambda: pullbar(0),
    "pull-beyond": lambda: pullbar(-3.4),
    "waterfall": seven,
    "waterfall-rtl": lambda: seven(rtl=True),
    "waterfall-range": lambda: seven(point=False),
    "units": lambda: units([True, True, False], [True, False]),
    "units-many": lambda: units([True] * 9 + [False] * 3, [False] * 9, SMALL),
    "lanes": lambda: "".join(row.chart for row in lanes(evidence.ORIGINS).rows),
    "reliability": said_and_happened,
    "reliability-rtl": lambda: said_and_happened(rtl=True),
    "spark": lambda: spark(scores.POINTS),
    "timeline": whole_day,
    "timeline-rtl": lambda: whole_day(rtl=True),
}


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(f"<all>{svg}</all>")  # noqa: S314  # our own drawing


def percents(svg: str) -> list[float]:
    found = [
        value
        for element in parsed(svg).iter()
        for key, value in element.attrib.items()
        if key in {"x", "x1", "x2", "cx", "width"} and value.endswith("%")
    ]
    return [float(value.removesuffix("%")) for value in found]


def count(svg: str, cls: str) -> int:
    return sum(cls in element.get("class", "").split() for element in parsed(svg).iter())


@pytest.mark.parametrize("name", DRAWINGS)
def test_drawing_is_the_kept_one(name: str) -> None:
    path = GOLDEN / f"{name}.svg"
    drawn = DRAWINGS[name]().replace("><", ">\n<") + "\n"
    if os.environ.get("GOLDEN") == "write":
        path.write_text(drawn, encoding="utf-8")
    assert drawn == path.read_text(encoding="utf-8")


def test_no_kept_drawing_is_forgotten() -> None:
    assert {path.stem for path in GOLDEN.glob("*.svg")} == set(DRAWINGS)


@pytest.mark.parametrize("name", DRAWINGS)
def test_drawing_holds_no_style_and_is_silent_or_named(name: str) -> None:
    tree = parsed(DRAWINGS[name]())
    assert all("style" not in element.attrib for element in tree.iter())
    for svg in tree:
        if svg.get("aria-hidden") == "true":
            continue
        assert svg.get("role") == "img"
        ids = {element.get("id") for element in svg.iter()}
        assert set(svg.get("aria-labelledby", "").split()) <= ids
        assert {element.tag for element in svg} >= {"title", "desc"}


def test_texts_are_escaped() -> None:
    hostile = '<script>alert("1")</script>'
    axis = axis_for(scores.POINTS)
    drawn = timeline(
        scores.POINTS,
        [Segment(NOON, None, '"><script>', hostile)],
        [Mark(NOON, hostile)],
        axis,
        ident="x",
        title=hostile,
    )
    assert "<script" not in drawn
    assert "&lt;script&gt;" in drawn


@given(probabilities, probabilities, probabilities)
def test_meter_stays_on_its_ruler(one: float, two: float, three: float) -> None:
    low, estimate, high = sorted((one, two, three))
    assert all(0 <= value <= 100 for value in percents(meter(estimate, low, high)))


@given(log_odds)
def test_pull_bar_points_where_the_value_went(value: float) -> None:
    drawn = pullbar(value)
    assert all(0 <= place <= 100 for place in percents(drawn))
    assert count(drawn, "g-hatch") == (value < 0)
    assert ("path" in drawn) == (abs(value) > parts.FULL)


@settings(max_examples=25)
@given(log_odds, st.lists(log_odds, max_size=16))
def test_waterfall_never_leaves_its_cell(start: float, values: list[float]) -> None:
    drawn = waterfall(start, [Step(str(at), value) for at, value in enumerate(values)])
    charts = [drawn.scale, drawn.start_chart, drawn.total_chart, *(r.chart for r in drawn.rows)]
    assert all(-0.01 <= place <= 100.01 for chart in charts for place in percents(chart))


@settings(max_examples=25)
@given(log_odds, st.lists(log_odds, max_size=16))
def test_waterfall_points_add_up_to_the_shown_score(start: float, values: list[float]) -> None:
    drawn = waterfall(start, [Step(str(at), value) for at, value in enumerate(values)])
    total = parts.in_hundred(parts.sigmoid(math.fsum([start, *values])))
    assert abs(drawn.start + sum(row.points for row in drawn.rows) - total) <= 1


@given(st.lists(log_odds, min_size=1, max_size=20))
def test_scale_holds_even_odds_and_every_value(values: list[float]) -> None:
    scale = parts.scale_for(values)
    assert all(0 < scale.x(value) < 100 for value in [0, *values])
    assert scale.high - scale.low >= parts.WINDOW[1] - parts.WINDOW[0] - 1e-9
    places = [scale.x(parts.logit(probability)) for probability in scale.grid()]
    assert all(b - a >= parts.LABEL_GAP for a, b in pairwise(places))


def test_scale_is_the_usual_one_while_the_data_fit_and_moves_when_they_do_not() -> None:
    assert parts.scale_for([-0.4, 3.2]) == parts.LogOddsScale(*parts.WINDOW)
    assert parts.scale_for([-7.0]).low < -7
    fixed = parts.LogOddsScale(*parts.WINDOW)
    assert fixed.x(-7.0) < 0  # what a scale that does not move would draw


def test_refuted_claims_get_a_scale_that_leans_the_other_way() -> None:
    scale = parts.scale_for([-0.2, -4.0])
    assert -scale.low > scale.high


def test_many_steps_are_folded_into_the_strongest_and_one_sum() -> None:
    shown = parts.strongest(scores.MANY)
    assert len(shown) == parts.KEEP + 1
    assert shown[-1].label == "24 weaker ones together"
    assert math.isclose(
        math.fsum(step.contribution for step in shown),
        math.fsum(step.contribution for step in scores.MANY),
    )


def test_a_range_without_a_point_draws_no_needle() -> None:
    assert count(meter(0.6, 0.4, 0.8), "g-ink") == 2
    assert count(meter(None, 0.4, 0.8), "g-ink") == 0
    assert count(waterfall(0, [], 0.4, 0.8).total_chart, "g-ink") == 1
    assert count(waterfall(0, [], 0.4, 0.8, point=False).total_chart, "g-ink") == 0


def test_marks_become_a_bar_when_they_are_too_many() -> None:
    assert count(units([True] * LARGE.limit, []), "g-pos") == LARGE.limit
    crowd = units([True] * 40 + [False] * 40, [])
    assert count(crowd, "g-pos") == count(crowd, "g-hollow") == 1


def test_lanes_without_any_time_are_a_list_without_charts() -> None:
    drawn = lanes([Lane("undated", Tone.POSITIVE)])
    assert drawn.labels == ()
    assert [row.chart for row in drawn.rows] == [""]


def test_right_to_left_mirrors_the_axis_of_time() -> None:
    axis = axis_for(scores.POINTS)
    mirrored = axis_for(scores.POINTS, rtl=True)
    for point in scores.POINTS:
        assert math.isclose(axis.x(point.at) + mirrored.x(point.at), 100)
    assert sorted(percents(whole_day())) != sorted(percents(whole_day(rtl=True)))


def test_a_moment_is_a_timeline_too() -> None:
    point = Point(NOON, 0.2, 0.6, 0.4)
    drawn = timeline([point], [], [], axis_for([point]), ident="x", title="x")
    assert all(0 <= place <= 100 for place in percents(drawn))


@pytest.mark.parametrize(
    ("span", "first", "last"),
    [
        (timedelta(seconds=3), "12:00:00", "12:00:03"),
        (timedelta(minutes=7), "12:00", "12:06"),
        (timedelta(hours=20), "12:00", "06:00"),
        (timedelta(days=30), "17 Nov", "1 Dec"),
        (timedelta(days=200), "2017", "Apr"),
        (timedelta(days=4000), "2020", "2025"),
    ],
)
def test_ticks_are_round_times(span: timedelta, first: str, last: str) -> None:
    labels = [label for _, label in times.ticks(NOON, NOON + span)]
    assert (labels[0], labels[-1]) == (first, last)


@given(st.integers(1, 40 * 366 * 86400))
def test_ticks_fit_a_phone(seconds: int) -> None:
    found = times.ticks(NOON, NOON + timedelta(seconds=seconds))
    assert 1 <= len(found) <= times.MOST + 2
    assert all(NOON <= at <= NOON + timedelta(seconds=seconds) for at, _ in found)


def test_months_are_named_in_the_language_of_the_page() -> None:
    with translation.override("ar"):
        labels = [label for _, label in times.ticks(NOON, NOON + timedelta(days=5))]
    assert labels[0].endswith("نوفمبر")

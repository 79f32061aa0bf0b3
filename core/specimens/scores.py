"""Statuses, scores and their course."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from core.charts import Mark, Point, Said, Segment, Step
from core.specimens.catalogue import Case, Specimen

STATUSES = (
    "unverified",
    "contested",
    "corroborated",
    "confirmed",
    "refuted",
    "unverifiable",
    "superseded",
)
STRONG = {"estimate": 0.96, "low": 0.9, "high": 0.985}
LEANING = {"estimate": 0.61, "low": 0.38, "high": 0.8}
LOW = {"estimate": 0.12, "low": 0.05, "high": 0.26}
RANGE_ONLY = {"estimate": None, "low": 0.41, "high": 0.78}
UNSCORED = {"estimate": None, "low": None, "high": None}


def at(day: int, clock: str) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return datetime(2016, 11, day, hour, minute, tzinfo=UTC)


START = -0.41
STEPS = (
    Step("Post by an armed group’s channel", 0.35, "1", "speaks for its own side", "#e1"),
    Step("State news agency bulletin", 0.10, "2", "a copy of [1]", "#e2"),
    Step("Statement by an opposition operations room", -0.45, "3", "speaks for its own side"),
    Step("International wire report", 0.0, "4"),
    Step("Withdrawal reported by a local outlet", 1.25, "5", "admits its own side’s loss"),
    Step("Daily bulletin of a conflict monitor", 0.80, "6"),
    Step("Photo set from inside the suburb", 1.60, "7"),
)
AGAINST = (
    Step("Two denials by officials", -1.9, "1"),
    Step("Satellite picture shows no damage", -3.1, "2"),
    Step("Eyewitness, second hand", 0.4, "3"),
)
RECORD = {
    "caption": "Settled claims it reported, by topic and by whom it spoke for",
    "record": {
        "by_kind": (
            {"label": "Control", "right": 31, "wrong": 4, "words": "89 in 100, range 77 to 95"},
            {"label": "Casualties", "right": 5, "wrong": 3, "words": "Too few to say"},
        ),
        "by_side": (
            {
                "label": "Speaking for its own side",
                "right": 12,
                "wrong": 6,
                "words": "67 in 100, range 47 to 82",
            },
            {
                "label": "Speaking for no side",
                "right": 24,
                "wrong": 1,
                "words": "96 in 100, range 84 to 99",
            },
        ),
    },
}
MANY = tuple(Step(f"Report number {n}", (-1) ** n * (0.9 / n + 0.05), str(n)) for n in range(1, 33))

POINTS = (
    Point(at(11, "18:40"), 0.24, 0.74, 0.49, "Post by an armed group’s channel", "#e1", "1"),
    Point(at(11, "19:30"), 0.27, 0.75, 0.51, "State news agency bulletin", "#e2", "2"),
    Point(at(11, "22:15"), 0.20, 0.64, 0.40, "Statement by an operations room", "#e3", "3"),
    Point(at(12, "09:48"), 0.49, 0.85, 0.70, "Withdrawal reported", "#e5", "5"),
    Point(at(12, "11:30"), 0.67, 0.93, 0.84, "Daily bulletin", "#e6", "6"),
    Point(at(12, "13:20"), 0.90, 0.985, 0.96, "Photo set", "#e7", "7"),
)
SEGMENTS = (
    Segment(at(11, "18:40"), at(11, "22:15"), "unverified", "Unverified"),
    Segment(at(11, "22:15"), at(12, "16:05"), "contested", "Contested"),
    Segment(at(12, "16:05"), None, "confirmed", "Confirmed"),
)
BINS = (
    Said(0.14, 0.09, 0.05, 0.15, 64, 0.1, 0.2),
    Said(0.33, 0.34, 0.25, 0.44, 88, 0.3, 0.4),
    Said(0.52, 0.47, 0.37, 0.57, 92, 0.5, 0.6),
    Said(0.76, 0.74, 0.66, 0.81, 120, 0.7, 0.8),
    Said(0.93, 0.75, 0.30, 0.95, 4, 0.9, 1.0),
)
APPROVED = (Mark(at(12, "16:05"), "Approved 16:05"),)
QUICK = tuple(
    Point(at(12, "09:00") + timedelta(seconds=seconds), low, high, estimate)
    for seconds, low, high, estimate in (
        (0, 0.3, 0.7, None),
        (7, 0.2, 0.6, 0.41),
        (19, 0.7, 0.95, 0.88),
    )
)
LONG = tuple(
    Point(datetime(year, 3, 1, tzinfo=UTC), low, low + 0.3, low + 0.2)
    for year, low in ((2014, 0.1), (2017, 0.4), (2023, 0.2))
)
LONG_SEGMENTS = tuple(
    Segment(datetime(year, 3, 1, tzinfo=UTC), end, status, status.capitalize())
    for year, end, status in (
        (2014, datetime(2016, 1, 1, tzinfo=UTC), "corroborated"),
        (2016, datetime(2017, 1, 1, tzinfo=UTC), "refuted"),
        (2017, datetime(2022, 1, 1, tzinfo=UTC), "unverifiable"),
        (2022, None, "superseded"),
    )
)

FINDING = (
    "Photos taken inside the suburb and placed on the map by our checkers, and a report from the "
    "side that lost it, both say government forces hold Dhahiyet al-Assad."
)
CALIBRATED = "How likely we said it was, and how often it came true"
REASON = (
    "Two photos matched to the same street corner. An outlet on the losing side reports the "
    "withdrawal. No denial since 22:02."
)


_HERE = {"href": "/c/12/here", "language": "en", "status": "confirmed", "is_here": True}
_RIVAL = {"href": "/c/7/rival", "language": "ar", "status": "contested", "is_here": False}
SHARED = {
    "rows": (
        {**_HERE, "sentence": "Dhahiyet al-Assad was recaptured", "in_hundred": 93},
        {**_RIVAL, "sentence": "الضاحية ما زالت بيد المعارضة", "in_hundred": 3},
    ),
    "none": 4,
}
NOT_SHARED = {
    "rows": ({**_HERE, "sentence": "Dhahiyet al-Assad was recaptured", "in_hundred": None},),
    "none": None,
    "why_not": "One of them has fewer than 3 independent sources.",
}


def _timeline(name: str, **context: object) -> Case:
    ident = "timeline-" + name.split(",", maxsplit=1)[0].replace(" ", "-")
    title = {"ident": ident, "title": f"Score and status, {name}"}
    return Case(name, {"segments": (), "marks": (), **title, **context})


SCORES = (
    Specimen(
        "status",
        tuple(
            Case(name, _status)
            for name, _status in (
                *(
                    (status, {"status": status, "label": status.capitalize()})
                    for status in STATUSES
                ),
                ("plain", {"status": "contested", "label": "Contested", "form": "plain"}),
            )
        ),
    ),
    Specimen("glyph", (Case("alone, silent", {"status": "confirmed"}),)),
    Specimen(
        "transition",
        (
            Case("first", {"before": "", "after": "unverified"}),
            Case("changed", {"before": "unverified", "after": "contested"}),
            Case("proposed", {"before": "contested", "after": "confirmed", "proposed": True}),
        ),
    ),
    Specimen(
        "meter",
        (
            Case("strong, narrow", STRONG),
            Case("leaning, wide", LEANING),
            Case("low", LOW),
            Case("range alone", RANGE_ONLY),
            Case("nothing known, without words", {**UNSCORED, "plain": True}),
        ),
    ),
    Specimen(
        "confidence",
        (
            Case("strong", {**STRONG, "heading": "Score", "level": 3, "why_href": "#why"}),
            Case("low", LOW),
            Case("fewer than three origins", {**RANGE_ONLY, "why_href": "#why"}),
            Case("not scored", UNSCORED),
        ),
    ),
    Specimen(
        "verdict",
        (
            Case(
                "confirmed",
                {
                    "status": "confirmed",
                    "since": at(12, "16:05"),
                    "finding": FINDING,
                    "before": "Contested for 18 hours before that.",
                    "why_href": "#why",
                    **STRONG,
                },
            ),
            Case(
                "contested, changed today",
                {
                    "status": "contested",
                    "since": at(11, "22:15"),
                    **RANGE_ONLY,
                    "changed": "Changed today from Unverified.",
                    "yes": ("An armed group says its allies hold the suburb.",),
                    "no": ("An operations room says its fighters still hold it.",),
                },
            ),
            Case("refuted", {"status": "refuted", "finding": "No such attack took place.", **LOW}),
            Case(
                "unverified, in Arabic",
                {
                    "status": "unverified",
                    "finding": "لم نتحقق بعد من استعادة ضاحية الأسد.",
                    **UNSCORED,
                },
            ),
        ),
    ),
    Specimen(
        "waterfall",
        (
            Case(
                "seven sources",
                {
                    "start": START,
                    "start_label": "Starting point: one side says it took ground",
                    "steps": STEPS,
                    **STRONG,
                },
            ),
            Case(
                "refuted, far beyond the usual scale, range alone",
                {
                    "start": -0.2,
                    "start_label": "Starting point",
                    "steps": AGAINST,
                    "estimate": None,
                    "low": 0.002,
                    "high": 0.09,
                },
            ),
            Case(
                "32 sources",
                {
                    "start": 0.0,
                    "start_label": "Starting point",
                    "steps": MANY,
                    **LEANING,
                },
            ),
        ),
    ),
    Specimen(
        "timeline",
        (
            _timeline(
                "one day", points=POINTS, segments=SEGMENTS, marks=APPROVED, end=at(12, "18:00")
            ),
            _timeline("seconds, first without a point", points=QUICK),
            _timeline("years", points=LONG, segments=LONG_SEGMENTS),
            _timeline("one score", points=POINTS[:1]),
            _timeline("none", points=()),
        ),
    ),
    Specimen(
        "calibration",
        (
            Case(
                "five groups, the last too small",
                {"n": 368, "needed": 30, "bins": BINS, "ident": "cal", "title": CALIBRATED},
            ),
            Case("too early", {"n": 12, "needed": 30, "bins": BINS[:2], "ident": "cal-early"}),
            Case(
                "too early, with the numbers for the desk",
                {"n": 12, "needed": 30, "bins": BINS[:2], "ident": "cal-raw", "raw": True},
            ),
        ),
    ),
    Specimen(
        "log",
        (
            Case(
                "three entries",
                {
                    "entries": (
                        {
                            "at": at(12, "16:05"),
                            "before": "contested",
                            "after": "confirmed",
                            "who": "Approved by M. Osei, proposed by R. Haddad.",
                            "reason": REASON,
                        },
                        {
                            "at": at(11, "22:15"),
                            "before": "unverified",
                            "after": "contested",
                            "who": "Changed by R. Haddad.",
                            "override": True,
                            "reason": "غرفة عمليات المعارضة تقول إن مقاتليها ما زالوا في الضاحية.",
                        },
                        {
                            "at": at(11, "18:40"),
                            "before": "",
                            "after": "unverified",
                            "who": "Added by R. Haddad from an imported article.",
                        },
                    )
                },
            ),
        ),
    ),
    Specimen(
        "stands",
        (
            Case(
                "leave-one-out",
                {
                    "bar": 0.9,
                    "rows": (
                        {"label": "All sources", "estimate": 0.96},
                        {"label": "Without [7], the photos", "estimate": 0.84},
                        {"label": "Without the government’s side", "estimate": 0.77},
                    ),
                },
            ),
        ),
    ),
    Specimen("shares", (Case("shared out", SHARED), Case("not shared out", NOT_SHARED))),
    Specimen("record", (Case("by topic and by side", RECORD),)),
)

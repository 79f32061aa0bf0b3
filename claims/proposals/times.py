"""Expressions of time in English and Arabic: when, how exactly, and whether a year is stated."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from claims.vocabulary import TimePrecision

_ENGLISH_MONTHS = (
    "january february march april may june july august september october november december"
)
_ARABIC_MONTHS = (
    ("كانون الثاني", "يناير"), ("شباط", "فبراير"), ("آذار", "اذار", "مارس"),
    ("نيسان", "أبريل", "ابريل", "إبريل"), ("أيار", "ايار", "مايو"), ("حزيران", "يونيو"),
    ("تموز", "يوليو"), ("آب", "أغسطس", "اغسطس"), ("أيلول", "ايلول", "سبتمبر"),
    ("تشرين الأول", "تشرين الاول", "أكتوبر", "اكتوبر"), ("تشرين الثاني", "نوفمبر"),
    ("كانون الأول", "كانون الاول", "ديسمبر"),
)  # fmt: skip
_MONTHS = {name: at for at, name in enumerate(_ENGLISH_MONTHS.split(), start=1)}
_MONTHS |= {name[:3]: at for name, at in _MONTHS.items()} | {"sept": 9}
_MONTHS |= {name: at for at, names in enumerate(_ARABIC_MONTHS, start=1) for name in names}

_YEAR = r"(?:19|20)\d\d|(?:١٩|٢٠)[٠-٩]{2}"
_DAY = r"(?:[12]\d|3[01]|0?[1-9]|[١٢][٠-٩]|٣[٠١]|[١-٩])"
_SHORT = "jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec"
_EN_MONTH = rf"(?:(?:{_ENGLISH_MONTHS.replace(' ', '|')})\b|(?:{_SHORT})\b\.?)"
_AR_MONTH = "|".join(sorted((n for n in _MONTHS if not n.isascii()), key=len, reverse=True))
_AR_MONTHS = rf"(?:{_AR_MONTH})(?:\s?[/\\(]+\s?(?:{_AR_MONTH})\)?)?"

_VAGUE = (
    r"(?:in )?(?:the )?(?:very )?(?:early|mid|late|beginning of|start of|middle of|end of)[- ]+"
    rf"(?:(?:the )?(?:{_EN_MONTH}(?: (?:{_YEAR}))?|{_YEAR}|(?:this|last|next) \w+|spring|summer"
    r"|autumn|fall|winter|the (?:week|month|year)))"
    r"|(?:recently|lately|in recent (?:days|weeks|months|years|times)|some time ago|for some time"
    r"|(?:a few|several|some|many) (?:days|weeks|months|years) (?:ago|earlier|later|before)"
    r"|last (?:week|month|year|spring|summer|autumn|fall|winter)|in the past"
    r"|around (?:that|the same) time)"
)
_VAGUE_ARABIC = (
    rf"(?:في )?(?:مطلع|أوائل|بداية|بدايات|منتصف|أواخر|نهاية) (?:شهر |عام )?(?:{_AR_MONTHS}|{_YEAR})"
    rf"(?: (?:عام )?(?:{_YEAR}))?"
    r"|مؤخر[اًا]+|قبل (?:أيام|أسابيع|أشهر|سنوات)|في الآونة الأخيرة|منذ (?:فترة|مدة|زمن)"
    r"|(?:الأسبوع|الشهر|العام) الماضي"
)
_DATED = (
    rf"(?P<iso>(?P<y1>{_YEAR})-(?P<m1>\d\d)-(?P<d1>\d\d))\b"
    rf"|\b(?P<d2>{_DAY})\s?[/.]\s?(?P<m2>1[0-2]|0?[1-9])\s?[/.]\s?(?P<y2>{_YEAR})\b"
    rf"|\b(?P<n3>{_EN_MONTH})\s+(?P<d3>{_DAY})(?:st|nd|rd|th)?\b(?:,?\s+(?P<y3>{_YEAR})\b)?"
    rf"|\b(?P<d4>{_DAY})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<n4>{_EN_MONTH})(?:,?\s+(?P<y4>{_YEAR})\b)?"
    rf"|(?<!\w)(?P<d5>{_DAY})\s+(?P<n5>{_AR_MONTHS})(?:\s+(?:من )?(?:عام )?(?P<y5>{_YEAR}))?"
    rf"|\b(?P<n6>{_EN_MONTH}),?\s+(?P<y6>{_YEAR})\b"
    rf"|(?<!\w)(?:[وب]?)(?P<n7>{_AR_MONTHS})\s+(?:عام )?(?P<y7>{_YEAR})"
    rf"|\b(?:in|since|until|by|during|last|this|of|from)\s+(?P<n8>{_EN_MONTH})(?!\s+\d)"
    rf"|\b(?:in|since|until|by|during|of|from|year|between)\s+(?P<y9>{_YEAR})\b"
    rf"|(?:عام|سنة|العام|منذ|في)\s+(?P<y10>{_YEAR})"
)
_TIME = rf"(?P<vague>\b(?:{_VAGUE})\b|(?<!\w)(?:{_VAGUE_ARABIC}))|{_DATED}"
_ARABIC_MONTH = re.compile(_AR_MONTH)
_STATED = re.compile(_YEAR)


@dataclass(frozen=True, slots=True)
class TimeExpression:
    """text[start:end] of what was searched; parts that it does not state are None."""

    start: int
    end: int
    text: str
    precision: TimePrecision
    year: int | None = None
    month: int | None = None
    day: int | None = None


def find_times(text: str) -> Iterator[TimeExpression]:
    """Dates, months, years and vague words for a time, in reading order, none overlapping."""
    for match in _times().finditer(text):
        yield _expression(match)


@cache
def _times() -> re.Pattern[str]:
    """Compiled by whoever first needs it: that takes a twentieth of a start."""
    return re.compile(_TIME, re.IGNORECASE)


def _expression(match: re.Match[str]) -> TimeExpression:
    parts = {name[0]: value for name, value in match.groupdict().items() if value}
    day = int(parts["d"]) if "d" in parts else None
    year = int(parts["y"]) if "y" in parts else None
    month = int(parts["m"]) if "m" in parts else _month(parts.get("n", ""))
    precision = TimePrecision.VAGUE
    if match.group("vague") is None:
        precision = _precision(month, day)
    else:
        year, month = _of_vague(match.group())
    return TimeExpression(match.start(), match.end(), match.group(), precision, year, month, day)


def _precision(month: int | None, day: int | None) -> TimePrecision:
    if day is not None:
        return TimePrecision.DAY
    return TimePrecision.MONTH if month is not None else TimePrecision.YEAR


def _month(name: str) -> int | None:
    if arabic := _ARABIC_MONTH.match(name):
        name = arabic.group()
    return _MONTHS.get(name.lower().rstrip("."))


def _of_vague(text: str) -> tuple[int | None, int | None]:
    """What "late November 2016" does state: the year and the month."""
    year = _STATED.search(text)
    months = (_month(word) for word in re.findall(r"[a-z]+", text.lower()))
    arabic = _ARABIC_MONTH.search(text)
    month = next((m for m in months if m), None) or (_month(arabic.group()) if arabic else None)
    return (int(year.group()) if year else None), month


def stated_years(text: str) -> tuple[int, ...]:
    """The years that a text dates things with, in rising order."""
    return tuple(sorted({e.year for e in find_times(text) if e.year is not None}))


def inferred_year(text: str, *, published: date | None) -> int | None:
    """The year that dates without one most likely mean, or None where nothing tells it.

    That is the year of publication, or the one before if the dates name a month still to come.
    """
    expressions = list(find_times(text))
    if published is None or any(expression.year for expression in expressions):
        return None
    months = [expression.month for expression in expressions if expression.month]
    if not months:
        return None
    return published.year - (min(months) > published.month)


@dataclass(frozen=True, slots=True)
class Period:
    """The days, first and last included, that a sentence tells of; `last` None: open at its end.

    `is_inferred` if the sentence does not state the year itself.
    """

    first: date
    last: date | None
    precision: TimePrecision
    is_inferred: bool


def period_of(sentence: str, *, year: int | None) -> Period | None:
    """When a sentence says that something was, `year` filling in where it states none."""
    for expression in find_times(sentence):
        in_year = expression.year or year
        if in_year is None or (expression.month is None and expression.year is None):
            continue
        days = _days(expression, in_year)
        if days is None:
            continue
        before = sentence[: expression.start].lower().split()[-1:]
        opens = [*before, *expression.text.lower().split()[:1]]
        last = None if _OPEN_ENDED.intersection(opens) else days[1]
        return Period(days[0], last, expression.precision, expression.year is None)
    return None


_OPEN_ENDED = frozenset({"since", "after", "منذ", "بعد"})
_PARTS = (
    ("early|beginning|start|مطلع|أوائل|بداي", 0),
    ("mid|منتصف", 1),
    ("late|end|أواخر|نهاية", 2),
)


def _days(expression: TimeExpression, year: int) -> tuple[date, date] | None:
    """The first and last day of an expression; the ten days of "early", "mid" or "late"."""
    try:
        if expression.day is not None and expression.month is not None:
            day = date(year, expression.month, expression.day)
            return day, day
    except ValueError:  # "February 30": no day of the calendar
        return None
    months = (expression.month, expression.month) if expression.month else (1, 12)
    first = date(year, months[0] or 1, 1)
    last = date(year, months[1] or 12, monthrange(year, months[1] or 12)[1])
    return _third(expression.text, first, last)


def _third(text: str, first: date, last: date) -> tuple[date, date]:
    step = (last - first) / 3
    for words, third in _PARTS:
        if re.search(words, text, re.IGNORECASE):
            begin = first + third * step
            return begin, last if third == 2 else begin + step  # noqa: PLR2004 - the last of three
    return first, last

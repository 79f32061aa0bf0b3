"""Numbers, hashes and times as pages write them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core import chances

register = template.Library()

MINUS, PLUS, NEITHER = "−", "+", "±"
STRONG, MODERATE = 1.0, 0.4  # log-odds
SHOWN = 4  # characters of a hash at each end
FORMS = {
    "full": ("j M Y, H:i", " UTC"),
    "short": ("j M, H:i", ""),
    "day": ("j M Y", ""),
    "clock": ("H:i", ""),
    "exact": ("j M Y, H:i:s", " UTC"),
}

register.filter("percent100", chances.in_hundred)
register.filter("ladder", chances.ladder)


@register.filter
def is_number(value: object) -> bool:
    """Whether there is a number to show; an undefined variable of a template is an empty text."""
    return isinstance(value, int | float)


@register.filter
def signed(value: float, places: int = 2) -> str:
    """With a sign that is as wide as a plus: +1.60, −0.45, ±0.00."""
    text = f"{abs(value):.{places}f}"
    if float(text) == 0:
        return NEITHER + text
    return (PLUS if value > 0 else MINUS) + text


@register.filter
def short(value: float, places: int = 4) -> str:
    """At most PLACES behind the point, and no zeros at the end: 0.5, 1.25, 8."""
    whole, _, rest = f"{value:.{places}f}".partition(".")
    return f"{whole}.{rest}".rstrip("0").rstrip(".")


@register.filter
def strength(log_odds: float) -> str:
    """How far something moved a value, in a word."""
    size = abs(round(log_odds, 2))
    if size >= STRONG:
        return "strong"
    if size >= MODERATE:
        return "moderate"
    return "weak" if size else "no effect"


@register.filter
def chance_range(low: float, high: float) -> SafeString:
    """90–99, kept in its order where text runs from right to left."""
    return format_html("<bdi>{}–{}</bdi>", chances.in_hundred(low), chances.in_hundred(high))


@register.filter
def short_hash(digest: str) -> SafeString:
    """The ends of a hash for the eye; the whole of it for a screen reader's copy and a tooltip."""
    if len(digest) <= SHOWN * 2 + 1:
        return format_html("<bdi>{}</bdi>", digest)
    return format_html(
        '<bdi class="hash" title="{}">{}…{}</bdi>', digest, digest[:SHOWN], digest[-SHOWN:]
    )


@register.simple_tag
def utc_time(at: datetime | None, form: str = "full") -> SafeString:
    """A time element in UTC; FORM is full, short, day, clock or exact. Nothing for None."""
    if at is None:
        return SafeString("")
    moment = at.astimezone(UTC)
    pattern, zone = FORMS[form]
    return format_html(
        '<time datetime="{}">{}{}</time>',
        moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        date_format(moment, pattern),
        zone,
    )


@register.simple_tag
def day(on: date | None) -> SafeString:
    """A calendar date, which has no time zone. Nothing for None."""
    if on is None:
        return SafeString("")
    return format_html('<time datetime="{}">{}</time>', on.isoformat(), date_format(on, "j M Y"))

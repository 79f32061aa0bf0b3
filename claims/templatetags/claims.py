"""Statuses and stances as pages show them."""

from __future__ import annotations

from django import template

from claims.vocabulary import Stance, Status
from core.charts import Tone

register = template.Library()

_TONES = {
    Stance.SUPPORTS: Tone.POSITIVE,
    Stance.CONTRADICTS: Tone.NEGATIVE,
    Stance.CONTEXT: Tone.NEUTRAL,
}


@register.inclusion_tag("components/status.html")
def status(value: str, form: str = "chip") -> dict[str, str]:
    """`{% status claim.status %}`; FORM is chip, plain or word."""
    return {"status": value, "label": Status(value).label, "form": form}


@register.filter
def status_label(value: str) -> str:
    return Status(value).label


@register.filter
def tone(stance: str) -> Tone:
    """The direction in which a stance points: the second half of the classes of charts."""
    return _TONES[Stance(stance)]


@register.filter
def stance_label(value: str) -> str:
    return Stance(value).label

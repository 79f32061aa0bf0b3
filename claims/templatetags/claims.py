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
_STATUSES = {str(member): member for member in Status}
_STANCES = {str(member): member for member in Stance}


@register.inclusion_tag("components/status.html")
def status(value: str, form: str = "chip") -> dict[str, str]:
    """`{% status claim.status %}`; FORM is chip, plain or word."""
    return {"status": value, "label": _STATUSES[value].label, "form": form}


@register.filter
def status_label(value: str) -> str:
    return _STATUSES[value].label


@register.filter
def tone(stance: str) -> Tone:
    """The direction in which a stance points: the second half of the classes of charts."""
    return _TONES[_STANCES[stance]]


@register.filter
def stance_label(value: str) -> str:
    return _STANCES[value].label

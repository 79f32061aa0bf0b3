"""Two people changed the same thing: both texts side by side, and the form kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms

from core.errors import Conflict
from verification.selectors.phrases import moment

NOTHING = "(nothing)"


@dataclass(frozen=True)
class Clash:
    """One field on which two people differ, in words."""

    label: str
    yours: str
    theirs: str


def clashes(form: forms.Form, names: Sequence[str]) -> list[Clash]:
    """The fields of a bound FORM among NAMES whose input differs from what is stored now."""
    return [
        Clash(
            str(form.fields[name].label),
            in_words(form, name, form.cleaned_data[name]),
            in_words(form, name, form.get_initial_for_field(form.fields[name], name)),
        )
        for name in names
        if name in form.changed_data and name in form.cleaned_data
    ]


def in_words(form: forms.Form, name: str, value: Any) -> str:
    """VALUE as the field shows it: the label of a choice, a moment, yes or no."""
    field = form.fields[name]
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(field.widget, forms.Select):
        labels = {str(key): str(label) for key, label in field.widget.choices}
        return labels.get(str(value or ""), NOTHING)
    return str(value or "") or NOTHING


def is_stale(error: Exception) -> bool:
    """Whether a service refused because somebody else was faster."""
    return isinstance(error, Conflict) and error.code == "version_conflict"

"""What a person decides on a model that waits. Shape only."""

from __future__ import annotations

from django import forms

from verification.forms.widgets import written
from verification.services.models import LEAST_REASON

LONGEST_REASON = 2000
TOO_SHORT = f"Say why. {LEAST_REASON} characters or more."


class DecideForm(forms.Form):
    use = forms.ChoiceField(
        label="Decision",
        choices=[("yes", "Use it"), ("no", "Refuse it")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether it is used."},
    )
    reason = forms.CharField(
        label="Why",
        help_text=f"{LEAST_REASON} characters or more, for readers too: name no source "
        "that is withheld and no claim that is not public.",
        min_length=LEAST_REASON,
        max_length=LONGEST_REASON,
        widget=written(3, maxlength=LONGEST_REASON),
        error_messages={"required": TOO_SHORT, "min_length": TOO_SHORT},
    )

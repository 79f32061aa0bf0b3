"""What a person decides on sources that err together. Shape only."""

from __future__ import annotations

from django import forms

from verification.forms.models import LONGEST_REASON, TOO_SHORT
from verification.forms.widgets import written
from verification.services.models import LEAST_REASON


class WhyForm(forms.Form):
    """The reason of one decision. Several stand on one page, each with names of its own."""

    reason = forms.CharField(
        label="Why",
        help_text=f"{LEAST_REASON} characters or more, for the record.",
        min_length=LEAST_REASON,
        max_length=LONGEST_REASON,
        widget=written(2, maxlength=LONGEST_REASON),
        error_messages={"required": TOO_SHORT, "min_length": TOO_SHORT},
    )


class GroupForm(WhyForm):
    """The two buttons send the decision."""

    accept = forms.ChoiceField(
        choices=[("yes", "Accept"), ("no", "Reject")],
        widget=forms.HiddenInput,
        error_messages={"required": "Accept it or reject it."},
    )

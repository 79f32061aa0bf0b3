"""What an editor writes of a drawn claim that nobody can settle. Shape only."""

from __future__ import annotations

from django import forms

from verification.forms.widgets import written
from verification.services.audit_draws import LEAST_TRIED

LONGEST_TRIED = 2000


class AuditQuery(forms.Form):
    after = forms.CharField(required=False, max_length=20)


class CloseForm(forms.Form):
    tried = forms.CharField(
        label="What was tried",
        help_text=f"{LEAST_TRIED} characters or more, for the record.",
        min_length=LEAST_TRIED,
        max_length=LONGEST_TRIED,
        widget=written(3, maxlength=LONGEST_TRIED),
        error_messages={
            "required": f"Say what was tried. {LEAST_TRIED} characters or more.",
            "min_length": f"Say what was tried. {LEAST_TRIED} characters or more.",
        },
    )

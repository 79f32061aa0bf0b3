"""What an editor writes to send a proposal back. Shape only; the service decides."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms

from verification.forms.widgets import written
from verification.send_back import MIN_NOTE, SendBackCode

LONGEST_NOTE = 1000


class InboxQuery(forms.Form):
    after = forms.UUIDField(required=False)


class SendBackForm(forms.Form):
    code = forms.ChoiceField(
        label="What it needs",
        choices=[("", "Choose one"), *((str(code), code.label) for code in SendBackCode)],
        error_messages={"required": "Choose what the proposal needs."},
    )
    note = forms.CharField(
        label="In a sentence",
        help_text=f"{MIN_NOTE} characters or more; its proposer will read it.",
        max_length=LONGEST_NOTE,
        widget=written(3, maxlength=LONGEST_NOTE),
        error_messages={
            "required": f"Say in a sentence what it needs. {MIN_NOTE} characters or more."
        },
    )

    def __init__(self, key: UUID | str, data: Any = None) -> None:
        super().__init__(data, auto_id=f"back-{key}-%s")

    def clean_note(self) -> str:
        note = str(self.cleaned_data["note"])
        length = len(" ".join(note.split()))
        if length < MIN_NOTE:
            raise forms.ValidationError(
                f"Say in a sentence what it needs. {MIN_NOTE} characters or more, now {length}."
            )
        return note

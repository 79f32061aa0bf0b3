"""Holding an archived copy and taking it down. Shape only; the service decides."""

from __future__ import annotations

from django import forms

from sources.services.takedowns import MIN_WORDS, MOST_WORDS
from sources.vocabulary import TakedownBasis
from verification.forms.widgets import written


class TakeDownForm(forms.Form):
    basis = forms.ChoiceField(
        label="Basis",
        choices=[("", "Choose one"), *((str(basis), basis.label) for basis in TakedownBasis)],
        error_messages={"required": "Choose what the takedown rests on."},
    )
    words = forms.CharField(
        label="Why, for the public",
        help_text=f"{MIN_WORDS} to {MOST_WORDS} characters. Don’t repeat what has to go.",
        widget=written(3, maxlength=MOST_WORDS),
        error_messages={"required": "Say why, in a sentence that everybody may read."},
        min_length=MIN_WORDS,
        max_length=MOST_WORDS,
    )

    with_same = forms.BooleanField(
        label="Take these down too", required=False, help_text="They show the bytes of this copy."
    )

    def clean_basis(self) -> TakedownBasis:
        return TakedownBasis(self.cleaned_data["basis"])


class HoldForm(forms.Form):
    reason = forms.CharField(
        label="Why it is held",
        help_text=f"{MIN_WORDS} to {MOST_WORDS} characters, for the record.",
        widget=written(3, maxlength=MOST_WORDS),
        error_messages={"required": "Say why it is held."},
        min_length=MIN_WORDS,
        max_length=MOST_WORDS,
    )

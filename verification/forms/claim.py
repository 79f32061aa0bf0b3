"""The claim's own fields."""

from __future__ import annotations

from typing import Any

from django import forms

from claims.models import Claim
from claims.vocabulary import ClaimKind, Status, TimePrecision
from claims.wording import ADVICE
from verification.forms.widgets import MomentOfDay, ProseField, folded, line, written
from verification.selectors.choices import Choices, party_of
from verification.selectors.wording import claim_words, words_digest

SHORTEST, LONGEST = 10, 240
SETTLED = frozenset({Status.CONFIRMED, Status.REFUTED})


class ClaimForm(forms.Form):
    sentence = forms.CharField(
        label="Sentence",
        help_text=ADVICE,
        min_length=SHORTEST,
        max_length=LONGEST,
        widget=written(2, maxlength=LONGEST),
        error_messages={
            "required": "Write the claim as one sentence.",
            "min_length": f"Write the claim as a sentence of {SHORTEST} characters or more.",
            "max_length": f"The claim is too long: at most {LONGEST} characters. Split it?",
        },
    )
    place_name = forms.CharField(
        label="Where", required=False, max_length=160, widget=line(list="places")
    )
    time_from = MomentOfDay(label="From")
    time_to = MomentOfDay(label="To")
    time_precision = forms.ChoiceField(
        label="How exactly the time is known",
        choices=[(str(one), one.label) for one in TimePrecision],
    )
    kind = forms.ChoiceField(label="Kind", choices=[(str(kind), kind.label) for kind in ClaimKind])
    favours = forms.ChoiceField(label="Favours", required=False)
    time_inferred = forms.BooleanField(
        label="The time is inferred: no source states it", required=False
    )
    would_change_it = ProseField(label="What would change it")
    unknowns = ProseField(label="What is not known")
    version = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, claim: Claim, parties: Choices, data: Any = None, **options: Any) -> None:
        self.present = claim_words(claim)
        initial = {**self.present, "version": claim.version, "seen": words_digest(claim)}
        super().__init__(data, initial=initial, auto_id="claim-%s", **options)
        favours = self.fields["favours"]
        if isinstance(favours, forms.ChoiceField):
            favours.choices = [("", "No side"), *parties]
        self.fields["would_change_it"].required = claim.status in SETTLED
        self.fields["would_change_it"].error_messages["required"] = (
            "A settled claim says what would change it."
        )

    def clean_sentence(self) -> str:
        return folded(self.cleaned_data["sentence"])

    def clean_place_name(self) -> str:
        return folded(self.cleaned_data["place_name"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("time_from"), data.get("time_to")
        if first and last and last < first:
            self.add_error("time_to", "The end is before the beginning.")
        return data

    @property
    def own_fields(self) -> list[str]:
        return [name for name in self.fields if name not in {"version", "seen"}]

    def changes(self) -> dict[str, Any]:
        """What describe_claim takes: the fields that differ from the claim as it is."""
        changed = {
            name: self.cleaned_data[name] for name in self.own_fields if name in self.changed_data
        }
        if "favours" in changed:
            changed["favours"] = party_of(changed["favours"])
        return changed

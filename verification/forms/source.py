"""Judging a source otherwise: first as a question, then with a reason. Shape only."""

from __future__ import annotations

from typing import Any

from django import forms

from sources.models import Source
from sources.vocabulary import Degree, Grade
from verification.forms.widgets import offer, written
from verification.selectors.choices import party_choices, party_of
from verification.selectors.what_if import Tried, own_parties

LONGEST_REASON = 400
LEAST_REASON = 10
NO_REASON = "Say why, in a sentence: readers will see it."
GRADES = [("", "As it is"), *((str(one), f"{one}: {one.label}") for one in Grade)]


class WhatIfForm(forms.Form):
    """What is tried. Nothing chosen: nothing is tried."""

    grade = forms.TypedChoiceField(
        label="With the grade",
        required=False,
        coerce=Grade,
        empty_value=None,
        choices=GRADES,
        error_messages={"invalid_choice": "A grade is a letter from A to F."},
    )
    party = forms.ChoiceField(
        label="Also on the side of",
        required=False,
        error_messages={"invalid_choice": "There is no such side that it is not on already."},
    )

    def __init__(self, source: Source, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.source = source
        own = own_parties(source)
        others = [(slug, name) for slug, name in party_choices() if slug not in own]
        offer(self.fields["party"], [("", "No other side"), *others])

    def tried(self) -> Tried:
        """What a valid form asks for."""
        party = party_of(self.cleaned_data["party"])
        return Tried(source=self.source, grade=self.cleaned_data["grade"], party=party)


class JudgeForm(WhatIfForm):
    """The same to be kept, with a reason; the degree is asked for with a side."""

    degree = forms.ChoiceField(
        label="How close it is to that side",
        choices=[(str(one), one.label) for one in Degree],
    )
    rationale = forms.CharField(
        label="Why",
        help_text="A sentence or two. Readers see it, and the source can dispute it.",
        min_length=LEAST_REASON,
        max_length=LONGEST_REASON,
        widget=written(3, maxlength=LONGEST_REASON),
        error_messages={"required": NO_REASON, "min_length": NO_REASON},
    )

    def __init__(self, source: Source, data: Any = None, **options: Any) -> None:
        super().__init__(source, data, auto_id="judge-%s", **options)
        for name in ("grade", "party"):
            self.fields[name].widget = forms.HiddenInput()
        if not self["party"].value():
            del self.fields["degree"]

    def aside(self) -> str:
        """What is wrong besides the fields: nothing was chosen, so that they are not shown."""
        chosen = self["grade"].value() or self["party"].value()
        return "" if chosen else "Choose a grade or a side."

    def judged(self) -> dict[str, Any]:
        """What judge_source takes."""
        tried = self.tried()
        return {
            "grade": tried.grade,
            "party": tried.party,
            "degree": self.cleaned_data.get("degree", Degree.MEMBER),
            "rationale": self.cleaned_data["rationale"],
        }

"""Judging a source otherwise: first as a question, then with a reason. Shape only."""

from __future__ import annotations

from typing import Any

from django import forms

from claims.selectors.private import is_named, names_of_private_claims
from sources.models import Source
from sources.services.judgement import LEAST_REASON, LONGEST_NOTE, LONGEST_REASON
from sources.vocabulary import Degree, Grade, Safety
from verification.forms.public import ReportQuery
from verification.forms.widgets import folded, line, offer, written
from verification.selectors.choices import party_choices, party_of
from verification.selectors.owners import (
    NOBODY,
    listed,
    owner_in_words,
    owners_like,
    owners_offered,
    owners_written,
)
from verification.selectors.public_reasons import NAMES_SOMEBODY, naming_protected
from verification.selectors.what_if import Tried, own_parties

LONGEST_OWNER = 1000
FOR_THE_DESK = "A sentence or two. It stays in the history that the desk sees."
_TRIED = ("grade", "party", "ended", "owner")
_FOR_READERS = ("grade", "party", "ended")
NO_REASON_GIVEN = "Say why, in a sentence."
NO_REASON = "Say why, in a sentence: readers will see it."
NAMES_A_PRIVATE_CLAIM = "It names a claim that is not public: readers would see it. Leave that out."
GRADES = [("", "As it is"), *((str(one), f"{one}: {one.label}") for one in Grade)]


class DeskSourceQuery(ReportQuery):
    """`history`: the line of the record before which changes are listed."""

    history = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)


class WhatIfForm(forms.Form):
    """What is tried. Nothing chosen: nothing is tried.

    An owner is found by its name, or by its number; some are offered, for all may be many.
    """

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

    ended = forms.ChoiceField(
        label="No longer on the side of",
        required=False,
        error_messages={"invalid_choice": "It is not on that side."},
    )
    owner = forms.CharField(
        label="Owned by",
        required=False,
        max_length=LONGEST_OWNER,
        widget=line(list="owners", autocomplete="off", placeholder="A name, or Nobody"),
        error_messages={"max_length": "No source has a name as long as that."},
    )

    def __init__(self, source: Source, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.source = source
        self._owner: Source | None = None
        self._meant: list[Source] = []
        own, known = own_parties(source), party_choices()
        others = [(slug, name) for slug, name in known if slug not in own]
        offer(self.fields["party"], [("", "No other side"), *others])
        standing = [(slug, name) for slug, name in known if slug in own]
        offer(self.fields["ended"], [("", "No side ends"), *standing])

    def offered(self) -> list[str]:
        """Owners to suggest: those that were perhaps meant, or else likely ones."""
        return [owner_in_words(one) for one in self._meant] or owners_offered(self.source)

    def clean_owner(self) -> str:
        """The owner in words that mean it alone. Refused: nobody, or several, are called so."""
        text = folded(self.cleaned_data["owner"])
        if not text:
            return ""
        if text == "0" or text.casefold() == NOBODY.casefold():
            return NOBODY
        found = owners_written(text)
        if not found:
            raise forms.ValidationError(self._unknown(text))
        if len(found) > 1:
            self._meant = found
            raise forms.ValidationError(f"Several have this name. Write one of: {listed(found)}.")
        (self._owner,) = found
        if self._owner == self.source:
            raise forms.ValidationError("A source cannot own itself.")
        return owner_in_words(self._owner)

    def _unknown(self, text: str) -> str:
        if text.isdecimal():
            return f"There is no source {text}."
        self._meant = owners_like(text, self.source)
        if self._meant:
            return f"No source is called that. Did you mean: {listed(self._meant)}?"
        return (
            "No source is called that. Write its name or number as its page says; "
            "a source has a page once something of it is filed."
        )

    def tried(self) -> Tried:
        """What a valid form asks for."""
        return Tried(
            source=self.source,
            grade=self.cleaned_data["grade"],
            party=party_of(self.cleaned_data["party"]),
            ended=party_of(self.cleaned_data["ended"]),
            owner=self._owner,
            unowned=self.cleaned_data["owner"] == NOBODY,
        )


class NoteForm(forms.Form):
    """Something that the desk should know of a source."""

    text = forms.CharField(
        label="Add a note",
        help_text="For the desk only. It stays in the history.",
        max_length=LONGEST_NOTE,
        widget=written(2, maxlength=LONGEST_NOTE),
        error_messages={"required": "Write the note first."},
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="note-%s")


class RatingForm(forms.Form):
    """What somebody else says of a source, as they say it."""

    rater = forms.CharField(
        label="Who rates it",
        max_length=120,
        widget=line(placeholder="A name that readers know"),
        error_messages={"required": "Say who rates it."},
    )
    value = forms.CharField(
        label="Its rating",
        max_length=80,
        widget=line(placeholder="In their words, such as Mixed"),
        error_messages={"required": "Say how they rate it, in their words."},
    )
    scale = forms.CharField(
        label="On which scale",
        max_length=120,
        widget=line(placeholder="From High to Very low"),
        error_messages={"required": "Say which scale: without it nobody can read the rating."},
    )
    rated_on = forms.DateField(
        label="On which day",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": "Write the day like 2016-11-12."},
    )
    link = forms.URLField(
        label="Where they say it",
        required=False,
        max_length=600,
        assume_scheme="https",
        error_messages={"invalid": "Write the whole address, with https://."},
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="rating-%s")


class JudgeForm(WhatIfForm):
    """The same to be kept, with a reason; the degree is asked for with a side."""

    degree = forms.ChoiceField(
        label="How close it is to that side",
        choices=[(str(one), one.label) for one in Degree],
    )
    until = forms.DateField(
        label="Its last day on that side",
        required=False,
        help_text="Today, if you leave it empty.",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": "Write the day like 2016-11-12."},
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
        for name in _TRIED:
            self.fields[name].widget = forms.HiddenInput()
        if not self["party"].value():
            del self.fields["degree"]
        if not self["ended"].value():
            del self.fields["until"]
        if not self._is_for_readers():
            why = self.fields["rationale"]
            why.help_text = FOR_THE_DESK
            why.error_messages |= dict.fromkeys(("required", "min_length"), NO_REASON_GIVEN)

    def clean_rationale(self) -> str:
        """Refused: readers would see it, and it names what they do not see."""
        why: str = self.cleaned_data["rationale"]
        if not self._is_for_readers():
            return why
        if is_named(why, names_of_private_claims([why])):
            raise forms.ValidationError(NAMES_A_PRIVATE_CLAIM)
        if self.source.safety != Safety.WITHHELD and naming_protected([why]):
            raise forms.ValidationError(NAMES_SOMEBODY)
        return why

    def _is_for_readers(self) -> bool:
        return any(self[name].value() for name in _FOR_READERS)

    def aside(self) -> str:
        """What is wrong besides the fields: nothing was chosen, so that they are not shown."""
        chosen = any(self[name].value() not in {None, ""} for name in _TRIED)
        return "" if chosen else "Choose a grade, a side or an owner."

    def judged(self) -> dict[str, Any]:
        """What judge_source takes."""
        tried = self.tried()
        return {
            "grade": tried.grade,
            "party": tried.party,
            "degree": self.cleaned_data.get("degree", Degree.MEMBER),
            "ended": tried.ended,
            "until": self.cleaned_data.get("until"),
            "owner": tried.owner,
            "unowned": tried.unowned,
            "rationale": self.cleaned_data["rationale"],
        }

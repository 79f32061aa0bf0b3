"""What the lists of the desk may be asked for. Shape only; nothing here is saved."""

from __future__ import annotations

from typing import Any

from django import forms

from verification.selectors.board import BoardView
from verification.selectors.waiting import Group

LONGEST_KEY = 60
MOST_AT_ONCE = 100


class QueueQuery(forms.Form):
    group = forms.ChoiceField(
        required=False, choices=[("", "All"), *((str(one), one.label) for one in Group)]
    )
    after = forms.CharField(required=False, max_length=LONGEST_KEY)


class NumbersField(forms.Field):
    """Numbers of claims, from boxes of one name."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[int]:
        texts = [str(text) for text in value or ()]
        if len(texts) > MOST_AT_ONCE or not all(text.isdecimal() for text in texts):
            raise forms.ValidationError("These are not claims of this list. Reload the page.")
        return [int(text) for text in texts]


class PublishForm(forms.Form):
    """Claims to make public: those that were ticked, or the `one` whose button was pressed."""

    one = forms.IntegerField(required=False, min_value=1)
    claim = NumbersField(required=False)

    def numbers(self) -> list[int]:
        """Which claims; none if nothing was chosen. The form is valid."""
        one = self.cleaned_data["one"]
        return [one] if one else list(self.cleaned_data["claim"])


class BoardQuery(forms.Form):
    view = forms.ChoiceField(
        required=False, choices=[("", "All"), *((str(one), one.label) for one in BoardView)]
    )
    event = forms.IntegerField(required=False, min_value=1)
    after = forms.CharField(required=False, max_length=LONGEST_KEY)


class NotificationQuery(forms.Form):
    show = forms.ChoiceField(required=False, choices=[("unread", ""), ("all", "")])
    before = forms.CharField(required=False, max_length=20)


class ReadForm(forms.Form):
    """`one`: the notification that was read; without it, all of them were."""

    show = forms.ChoiceField(required=False, choices=[("unread", ""), ("all", "")])
    one = forms.IntegerField(required=False, min_value=1, max_value=2**62)

"""What public pages may be asked for. Shape only; nothing here is saved."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from claims.vocabulary import Status
from core.errors import Invalid

LONGEST_SEARCH = 200
LONGEST_KEY = 200


class MomentField(forms.Field):
    """A moment in ISO 8601; without a zone it is UTC, a date alone is the end of that day."""

    def to_python(self, value: Any) -> datetime | None:
        # An address writes a plus sign as a space.
        text = str(value or "").strip().replace(" ", "+")
        return _moment(text) if text else None


def _moment(text: str) -> datetime:
    try:
        day, at = parse_date(text), parse_datetime(text)
    except ValueError:
        day = at = None
    if len(text) == len("2016-11-12") and day is not None:
        return datetime.combine(day, time.max, UTC)
    if at is None:
        raise forms.ValidationError(
            "Write the moment like 2016-11-12T16:05Z, or a day like 2016-11-12."
        )
    return at if at.tzinfo else timezone.make_aware(at, UTC)


class ClaimQuery(forms.Form):
    as_of = MomentField(required=False)
    all = forms.BooleanField(required=False)


class SearchQuery(forms.Form):
    q = forms.CharField(required=False, max_length=LONGEST_SEARCH)
    status = forms.ChoiceField(
        required=False, choices=[("", "Any"), *((str(known), known.label) for known in Status)]
    )
    before = forms.CharField(required=False, max_length=LONGEST_KEY)


class ListQuery(forms.Form):
    before = forms.CharField(required=False, max_length=LONGEST_KEY)
    after = forms.CharField(required=False, max_length=LONGEST_KEY)


class ReportQuery(forms.Form):
    before = forms.UUIDField(required=False)


def asked(form_class: type[forms.Form], query: QueryDict) -> dict[str, Any]:
    """What was asked for, cleaned. Raises Invalid with the first thing that is wrong."""
    form = form_class(query)
    if not form.is_valid():
        raise Invalid(str(next(iter(form.errors.values()))[0]))
    return form.cleaned_data


class DiffQuery(forms.Form):
    """Which text of two copies is compared, and whether only what claims quote is shown."""

    text = forms.ChoiceField(required=False, choices=[("article", ""), ("all", "")])
    only = forms.ChoiceField(required=False, choices=[("evidence", "")])

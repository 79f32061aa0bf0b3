"""Inputs that the desk's forms share."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from django import forms

from claims.vocabulary import Stance

LONGEST_TEXT = 5000
KEYS = {Stance.SUPPORTS: "1", Stance.CONTRADICTS: "2", Stance.CONTEXT: "3"}


class RadioSelect(forms.RadioSelect):
    """A stance as radio buttons that the keys 1, 2 and 3 press."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        key = next((key for stance, key in KEYS.items() if stance == value), None)
        if key is not None:
            option["attrs"] |= {"data-key": key, "aria-keyshortcuts": key}
        return option


class DayAndClock(forms.MultiWidget):
    """A day and, if it is known, the time of that day; both in UTC."""

    use_fieldset = True

    def __init__(self, named: str) -> None:
        super().__init__(
            [
                forms.DateInput(
                    format="%Y-%m-%d", attrs={"type": "date", "aria-label": f"{named}: day"}
                ),
                forms.TimeInput(
                    format="%H:%M",
                    attrs={"type": "time", "aria-label": f"{named}: time, UTC, if known"},
                ),
            ]
        )

    def decompress(self, value: datetime | None) -> list[date | time | None]:
        if value is None:
            return [None, None]
        at = value.astimezone(UTC)
        clock = at.time().replace(second=0, microsecond=0)
        return [at.date(), None if clock == time.min else clock]


class MomentOfDay(forms.MultiValueField):
    """A datetime in UTC from a day and perhaps a clock; without a clock it is the day's start."""

    def __init__(self, *, label: str, required: bool = False, help_text: str = "") -> None:
        super().__init__(
            fields=[
                forms.DateField(
                    required=required, error_messages={"invalid": "Write the day like 2016-11-12."}
                ),
                forms.TimeField(
                    required=False, error_messages={"invalid": "Write the time like 16:05."}
                ),
            ],
            widget=DayAndClock(label),
            label=label,
            required=required,
            require_all_fields=False,
            help_text=help_text,
        )

    def compress(self, data_list: list[Any]) -> datetime | None:
        if not data_list or data_list[0] is None:
            return None
        return datetime.combine(data_list[0], data_list[1] or time.min, UTC)


def offer(field: forms.Field, choices: list[tuple[str, str]]) -> None:
    """Give a field its choices, which only the data know."""
    if isinstance(field, forms.ChoiceField):
        field.choices = choices


def stance_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label="Stance",
        choices=[(str(stance), stance.label) for stance in Stance],
        widget=RadioSelect,
        error_messages={
            "required": "Say what it does to the claim: supports, contradicts or context."
        },
    )


class ProseField(forms.CharField):
    """Text of several lines, optional unless said otherwise; browsers write line ends as two."""

    def __init__(self, *, label: str, rows: int = 2, help_text: str = "") -> None:
        super().__init__(
            label=label,
            help_text=help_text,
            required=False,
            max_length=LONGEST_TEXT,
            widget=written(rows),
        )

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value) or "").replace("\r\n", "\n")


def written(rows: int, **attrs: Any) -> forms.Textarea:
    """A box of ROWS lines whose direction follows what is written in it."""
    return forms.Textarea(attrs={"rows": rows, "dir": "auto", **attrs})


def line(**attrs: Any) -> forms.TextInput:
    return forms.TextInput(attrs={"dir": "auto", **attrs})


def folded(text: Any) -> str:
    return " ".join(str(text or "").split())

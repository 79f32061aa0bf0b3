"""Fields in each of their states."""

from __future__ import annotations

from django import forms

from core.specimens.catalogue import Case, Specimen

STANCES = (("supports", "Supports"), ("contradicts", "Contradicts"), ("context", "Context"))


class SpecimenForm(forms.Form):
    """Fields of each kind that the desk uses."""

    address = forms.URLField(help_text="It starts with https://", assume_scheme="https")
    stance = forms.ChoiceField(label="Says the claim is", choices=STANCES, widget=forms.RadioSelect)
    side = forms.ChoiceField(choices=(("", "Unknown"), ("1", "Government and allies")))
    reason = forms.CharField(
        label="Reason, for readers",
        help_text="20 to 400 characters.",
        widget=forms.Textarea({"rows": 3}),
    )
    on = forms.DateField(
        label="From", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    again = forms.BooleanField(label="Capture it again", required=False)


def form(prefix: str, *, bound: bool = False) -> SpecimenForm:
    data = {f"{prefix}-address": "Aleppo", f"{prefix}-reason": "Too short"} if bound else None
    made = SpecimenForm(data, auto_id=f"{prefix}_%s", prefix=prefix)
    if bound:
        made.add_error("reason", "Say in a sentence what changed. 20 characters or more.")
        made.add_error(None, "[5] changed since you opened this. Look again.")
    return made


FRESH, WRONG = form("fresh"), form("wrong", bound=True)
OPTIONS = (
    {"status": "confirmed", "hint": "usually 90 or more, 5 checks", "checked": True},
    {"status": "corroborated", "hint": ""},
    {"status": "refuted", "hint": "not possible from here", "disabled": True},
)

FORMS = (
    Specimen(
        "errors",
        (
            Case("of a form", {"form": WRONG}),
            Case("none", {"form": FRESH}),
        ),
    ),
    Specimen(
        "field",
        (
            *(Case(name, {"field": FRESH[name]}) for name in FRESH.fields),
            *(
                Case(f"{name}, wrong", {"field": WRONG[name]})
                for name in ("address", "stance", "reason")
            ),
        ),
    ),
    Specimen("pick", (Case("propose a status", {"name": "target", "options": OPTIONS}),)),
)

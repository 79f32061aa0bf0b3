"""Adding sources by their addresses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString

from claims.services.links import RefusedLink
from verification.desk_addresses import open_item_path
from verification.forms.evidence import LONGEST_ADDRESS
from verification.forms.widgets import LONGEST_TEXT, ProseField, stance_field

MOST_ADDRESSES = 20
NO_ADDRESS = "Enter a web address that starts with https://"


class QuickAddForm(forms.Form):
    """One or several addresses, one on each line, filed with one stance."""

    addresses = forms.CharField(
        label="Add a source by its address",
        help_text=(
            "Paste a link or several, one per line. We archive it, look for copies, and ask you "
            "only what we can’t tell."
        ),
        widget=forms.Textarea(
            attrs={
                "rows": 1,
                "placeholder": "https://",
                "inputmode": "url",
                "spellcheck": "false",
                "autocapitalize": "off",
            }
        ),
        error_messages={"required": NO_ADDRESS},
    )
    stance = stance_field()

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, auto_id="quick-%s", **options)

    def clean_addresses(self) -> list[str]:
        """Each address once, in the order given."""
        addresses = list(dict.fromkeys(self.cleaned_data["addresses"].split()))
        if len(addresses) > MOST_ADDRESSES:
            raise forms.ValidationError(
                f"Add at most {MOST_ADDRESSES} at once; these are {len(addresses)}."
            )
        if any(len(address) > LONGEST_ADDRESS for address in addresses):
            raise forms.ValidationError("One of these is too long to be an address.")
        return addresses


class AddPageForm(QuickAddForm):
    """Quick add from any page, in a small window: to which claim, and the words that matter."""

    claim = forms.IntegerField(
        label="For claim",
        help_text="Its number.",
        min_value=1,
        widget=forms.NumberInput(attrs={"list": "claims"}),
        error_messages={"required": "Enter the number of the claim."},
    )
    quote = ProseField(label="The words that matter", rows=3)
    field_order = ("claim", "addresses", "stance", "quote")

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["addresses"].label = "Address"
        self.fields["addresses"].help_text = ""


def add_page_initial(query: Mapping[str, str]) -> dict[str, Any]:
    """What the bookmarklet knows of the page that it was pressed on, cut to what we keep."""
    claim = query.get("claim", "")
    return {
        "addresses": query.get("url", "")[:LONGEST_ADDRESS],
        "quote": query.get("sel", "")[:LONGEST_TEXT],
        "claim": claim if claim.isdecimal() else None,
    }


def refused_in_words(refused: Iterable[RefusedLink], number: int) -> list[SafeString]:
    """Which addresses were not filed on claim NUMBER and why; what is there already is linked."""
    return [_in_words(link, number) for link in refused]


def _in_words(link: RefusedLink, number: int) -> SafeString:
    if link.position is None:
        return format_html("<bdi>{}</bdi>: {}", link.address, link.why)
    return format_html(
        '<bdi>{}</bdi>: {} <a href="{}">Open [{}]</a>',
        link.address,
        link.why,
        open_item_path(number, link.position),
        link.position,
    )

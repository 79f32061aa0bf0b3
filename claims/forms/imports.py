"""What a person sends to import an article and to decide on its proposals. Shape only."""

from __future__ import annotations

from datetime import date
from pathlib import PurePath
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from claims.proposals import LIMIT_BYTES, Form
from claims.proposals.reading import LIMIT_MARKUP_BYTES
from claims.selectors.imports import event_choices

LONGEST_ADDRESS = 8192
FORMS = {
    ".txt": Form.PLAIN,
    ".md": Form.MARKDOWN,
    ".markdown": Form.MARKDOWN,
    ".html": Form.HTML,
    ".htm": Form.HTML,
}


def lines(rows: int, **attrs: Any) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "dir": "auto", **attrs})


def address_input() -> forms.TextInput:
    return forms.TextInput(
        attrs={
            "inputmode": "url",
            "placeholder": "https://",
            "spellcheck": "false",
            "autocapitalize": "off",
        }
    )


class ImportForm(forms.Form):
    """An article as pasted text or as a file, and what is known about it."""

    text = forms.CharField(
        label="The article",
        help_text=(
            f"Paste it whole, with its footnote numbers; at most {LIMIT_BYTES // 1000} kB. "
            "Every sentence that could be shown wrong becomes a proposal."
        ),
        strip=False,
        widget=lines(14),
        error_messages={"required": "Paste the article or choose a file."},
    )
    file = forms.FileField(
        label="Or a file",
        help_text="A .txt, .md or .html file.",
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(FORMS)}),
        error_messages={"empty": "This file is empty."},
    )
    title = forms.CharField(
        label="Title",
        help_text="Where the text does not begin with it.",
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    address = forms.CharField(
        label="Where it was published",
        required=False,
        max_length=LONGEST_ADDRESS,
        widget=address_input(),
    )
    published = forms.DateField(
        label="When it was published",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": "Write the day like 2016-11-12."},
    )
    event = forms.ChoiceField(label="Event", required=False)
    use_required_attribute = False  # a file will do

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, auto_id="import-%s")
        self.fields["text"].required = not files
        self.fields["event"] = forms.ChoiceField(
            label="Event", required=False, choices=[("", "None"), *event_choices()]
        )

    def clean_file(self) -> UploadedFile[Any] | None:
        file: UploadedFile[Any] | None = self.cleaned_data["file"]
        if file is None:
            return None
        if PurePath(file.name or "").suffix.lower() not in FORMS:
            raise forms.ValidationError("Choose a .txt, .md or .html file.")
        if (file.size or 0) > LIMIT_MARKUP_BYTES:
            raise forms.ValidationError("This file is longer than 2 MB. Import it in parts.")
        return file

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("text", "").strip() and cleaned.get("file"):
            self.add_error("file", "Paste the article or choose a file, not both.")
        return cleaned

    @property
    def words(self) -> str | bytes:
        """The article: the bytes of the file, or the text with its title above it."""
        file: UploadedFile[Any] | None = self.cleaned_data["file"]
        if file is not None:
            return bytes(file.read())
        text, title = self.cleaned_data["text"], self.cleaned_data["title"]
        led = text.lstrip().casefold().startswith(title.casefold())
        return text if led else f"{title}\n\n{text}"

    @property
    def form(self) -> Form | None:
        """What the name of the file says it is; None for pasted text, which is looked at."""
        file: UploadedFile[Any] | None = self.cleaned_data["file"]
        return FORMS[PurePath(file.name or "").suffix.lower()] if file else None

    @property
    def day(self) -> date | None:
        day: date | None = self.cleaned_data["published"]
        return day


class ImportQuery(forms.Form):
    before = forms.IntegerField(required=False, min_value=1)
    after = forms.IntegerField(required=False, min_value=1)
    open = forms.IntegerField(required=False, min_value=1)


class SeenForm(forms.Form):
    """A form about one proposal: `seen` tells whether it is still the one that was shown."""

    seen = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)


class DecisionForm(SeenForm):
    decision = forms.ChoiceField(
        choices=[("kept", "Keep"), ("dropped", "Drop"), ("undecided", "Leave undecided")]
    )


class SentenceForm(SeenForm):
    """Reword a proposal; several lines split it."""

    sentence = forms.CharField(
        label="The claim",
        help_text="One sentence that could be shown wrong. Each line becomes a claim of its own.",
        max_length=5000,
        widget=lines(3),
        error_messages={"required": "Write the sentence, or drop the proposal."},
    )

    def sentences(self) -> list[str]:
        """The lines that hold something; the form is valid."""
        text = str(self.cleaned_data["sentence"])
        return [line.strip() for line in text.splitlines() if line.strip()]


class AddForm(forms.Form):
    """A claim that was not proposed: words of the article."""

    quote = forms.CharField(
        label="Add a claim from the text",
        help_text="Paste its words from the article.",
        max_length=2000,
        widget=lines(2),
        error_messages={"required": "Paste the words of the article that make the claim."},
    )


class YearForm(forms.Form):
    year = forms.IntegerField(
        label="Year",
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "required": "Enter the year.",
            "invalid": "Enter the year in four digits.",
        },
    )


class AddressForm(forms.Form):
    """The address of one document that has none."""

    address = forms.CharField(
        label="Address",
        max_length=LONGEST_ADDRESS,
        widget=address_input(),
        error_messages={"required": "Enter a web address that starts with https://"},
    )

    def __init__(self, ident: object, named: str, data: Any = None) -> None:
        """IDENT is unique in the page; NAMED says of what the address is."""
        super().__init__(data, auto_id=f"address-{ident}-%s")
        self.fields["address"].label = f"Address of {named}"

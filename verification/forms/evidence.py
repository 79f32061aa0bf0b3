"""What a person judges about one evidence item. Shape only: services decide what it means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from claims.models import Evidence
from claims.services.judging import NewSource
from claims.vocabulary import Alignment, AlignmentBasis, Directness, Resolution
from sources.vocabulary import SourceKind
from verification.forms.conflict import Clash
from verification.forms.copies import FileForm, file_form
from verification.forms.widgets import ProseField, folded, line, offer, stance_field, written
from verification.selectors.choices import Choices
from verification.selectors.editor_rows import DeskRow

LONGEST_REMARK = 400
LONGEST_ADDRESS = 8192
# Admiralty scale of information credibility, NATO AJP-2.1, apart from the grade of the source.
CREDIBILITY = (
    ("", "Not judged"),
    ("1", "1: confirmed by other sources"),
    ("2", "2: probably true"),
    ("3", "3: possibly true"),
    ("4", "4: doubtful"),
    ("5", "5: improbable"),
    ("6", "6: cannot be judged"),
)
LANGUAGE = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"


def remark_field(label: str, hint: str, missing: str) -> forms.CharField:
    """A sentence that readers will see."""
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=LONGEST_REMARK,
        widget=written(2, maxlength=LONGEST_REMARK),
        error_messages={"required": missing},
    )


class EvidenceForm(forms.Form):
    """The judgements on an item and the source of its document."""

    stance = stance_field()
    directness = forms.ChoiceField(
        label="How close it is", choices=[(str(one), one.label) for one in Directness]
    )
    alignment = forms.ChoiceField(label="Whom it serves to say so", required=False)
    alignment_reason = forms.CharField(
        label="Why not as on record",
        help_text="Only if you set whom it serves yourself.",
        required=False,
        max_length=LONGEST_REMARK,
        widget=line(),
    )
    credibility = forms.TypedChoiceField(
        label="Credibility of what it says",
        choices=CREDIBILITY,
        coerce=int,
        empty_value=None,
        required=False,
    )
    quote = ProseField(label="The words or the picture that matter")
    quote_language = forms.RegexField(
        LANGUAGE,
        label="Language of the quote",
        help_text="Such as ar or en.",
        required=False,
        max_length=12,
        widget=forms.TextInput(attrs={"autocapitalize": "off", "spellcheck": "false"}),
        error_messages={"invalid": "Write the language as a code, such as ar or en."},
    )
    quote_translation = ProseField(label="Our translation")
    note = ProseField(label="Why it bears on the claim")
    paragraph = forms.CharField(label="Paragraph", required=False, max_length=20)
    footnote = forms.CharField(label="Footnote", required=False, max_length=20)
    picture = forms.CharField(label="Picture", required=False, max_length=20)
    source = forms.TypedChoiceField(label="Source", coerce=int, empty_value=None, required=False)
    new_source_name = forms.CharField(
        label="Or a new source", required=False, max_length=160, widget=line()
    )
    new_source_kind = forms.ChoiceField(
        label="Its kind",
        required=False,
        choices=[(str(kind), kind.label) for kind in SourceKind],
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(
        self, row: DeskRow, version: int, sources: Choices, data: Any = None, **options: Any
    ) -> None:
        initial = {**evidence_initial(row.item), "version": version, "seen": row.seen}
        super().__init__(data, initial=initial, auto_id=f"e{row.number}-%s", **options)
        known = row.item.document.source_id is not None
        offer(self.fields["source"], sources if known else [("", "Not known"), *sources])
        record = ("", f"As on record: {row.derived.lower()}")
        offer(self.fields["alignment"], [record, *((str(a), a.label) for a in Alignment)])

    def clean_new_source_name(self) -> str:
        return folded(self.cleaned_data["new_source_name"])

    def judged(self) -> dict[str, Any]:
        """What judge_evidence takes."""
        data = dict(self.cleaned_data)
        for name in ("version", "seen", "new_source_name", "new_source_kind"):
            data.pop(name, None)
        name, kind = self.cleaned_data["new_source_name"], self.cleaned_data["new_source_kind"]
        if name:
            data["source"] = NewSource(name=name, kind=kind or SourceKind.OTHER)
        return data


def evidence_initial(item: Evidence) -> dict[str, Any]:
    overridden = item.alignment_basis == AlignmentBasis.OVERRIDDEN
    return {
        "stance": item.stance,
        "directness": item.directness,
        "alignment": item.alignment if overridden else "",
        "alignment_reason": item.alignment_reason,
        "credibility": item.credibility,
        "quote": item.quote,
        "quote_language": item.quote_language,
        "quote_translation": item.quote_translation,
        "note": item.note,
        "paragraph": item.paragraph,
        "footnote": item.footnote,
        "picture": item.picture,
        "source": item.document.source.number if item.document.source else None,
        "new_source_kind": SourceKind.OUTLET,
    }


class WithdrawForm(forms.Form):
    reason = remark_field(
        "Why it is withdrawn",
        "Readers will see it, and the source struck through.",
        "Say in a sentence why it is withdrawn.",
    )


class ResolveForm(forms.Form):
    resolution = forms.ChoiceField(
        label="What became of it",
        choices=[(str(one), one.label) for one in Resolution],
    )
    text = remark_field(
        "The answer, for readers",
        "Why it does not stand in the way.",
        "Say in a sentence how this is answered.",
    )


class VisualForm(forms.Form):
    how = remark_field(
        "How place and date were checked",
        "Readers will see it: which landmark, which shadow, which earlier copy was looked for.",
        "Say how place and date were checked.",
    )


class LocateForm(forms.Form):
    address = forms.CharField(
        label="Address missing. Paste one",
        max_length=LONGEST_ADDRESS,
        widget=forms.TextInput(
            attrs={"inputmode": "url", "placeholder": "https://", "spellcheck": "false"}
        ),
        error_messages={"required": "Enter a web address that starts with https://"},
    )


@dataclass(frozen=True, kw_only=True)
class ItemForms:
    """The forms of one open row; None where the item does not admit it."""

    number: int
    judge: EvidenceForm
    withdraw: WithdrawForm | None = None
    answer: ResolveForm | None = None
    check: VisualForm | None = None
    locate: LocateForm | None = None
    provide: FileForm | None = None
    clashes: Sequence[Clash] = ()


def item_forms(
    row: DeskRow, version: int, sources: Choices, data: Mapping[str, Any] | None = None
) -> ItemForms:
    """Forms for ROW; DATA holds what was sent, by the name of its form."""
    sent, name = data or {}, f"e{row.number}"
    standing = row.withdrawn_at is None
    return ItemForms(
        number=row.number,
        judge=EvidenceForm(row, version, sources, sent.get("judge")),
        withdraw=WithdrawForm(sent.get("withdraw"), auto_id=f"{name}-withdraw-%s")
        if standing
        else None,
        answer=ResolveForm(sent.get("answer"), initial=_answered(row), auto_id=f"{name}-answer-%s")
        if standing and row.takes_a_side
        else None,
        check=VisualForm(
            sent.get("check"),
            initial={"how": row.item.visual_check},
            auto_id=f"{name}-check-%s",
        )
        if standing and row.is_picture
        else None,
        locate=LocateForm(sent.get("locate"), auto_id=f"{name}-locate-%s")
        if not row.has_address
        else None,
        provide=file_form(row.number)
        if not row.has_address and standing and not row.archived
        else None,
    )


def _answered(row: DeskRow) -> dict[str, str]:
    return {"resolution": row.item.resolution, "text": row.item.resolution_text}

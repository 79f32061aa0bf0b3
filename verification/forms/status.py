"""What a person writes to change a status: only the fields that the change asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import User
from claims.models import Claim
from claims.selectors.claims import claim_for
from claims.vocabulary import Status
from core.errors import DomainError, Missing
from verification.conditions import MAX_FINDING, MIN_REASON, ReasonCode
from verification.conditions.statements import written_length
from verification.forms.widgets import MomentOfDay, ProseField, folded, offer, written
from verification.selectors.editor_rows import DeskRow
from verification.selectors.public_reasons import NAMES_SOMEBODY, naming_protected
from verification.services.status import Change
from verification.workflow import Transition

MAX_REASON = 400
# Which box answers an unmet condition.
ANSWERS = {
    "finding_written": "finding",
    "would_change_it_written": "would_change_it",
    "reason_written": "reason",
    "reason_code_fits": "reason_code",
    "tried_written": "unknowns",
    "review_date_set": "review_due_at",
    "end_set": "time_to",
    "successor_named": "superseded_by",
}
_ASKED = {
    Status.CONFIRMED: ("finding", "would_change_it", "decided_by"),
    Status.REFUTED: ("finding", "would_change_it", "decided_by"),
    Status.UNVERIFIABLE: ("finding", "unknowns", "review_due_at", "decided_by"),
    Status.SUPERSEDED: ("finding", "time_to", "superseded_by", "decided_by"),
    Status.CONTESTED: ("finding", "decided_by"),
    Status.CORROBORATED: ("finding", "decided_by"),
    Status.UNVERIFIED: ("finding", "decided_by"),
}
_REQUIRED = {
    Status.CONFIRMED: ("finding", "would_change_it"),
    Status.REFUTED: ("finding", "would_change_it"),
    Status.UNVERIFIABLE: ("unknowns", "review_due_at"),
    Status.SUPERSEDED: ("time_to", "superseded_by"),
}
_MISSING = {
    "finding": "Write the finding in one sentence.",
    "would_change_it": "Write what would change this finding.",
    "unknowns": "Write what was tried.",
    "review_due_at": "Set a day to look at it again.",
    "time_to": "Set the day on which it ended.",
    "superseded_by": "Enter the number of the claim that follows.",
    "decided_by": "Pick at least one item that decided it.",
}
_FOR_READERS = ("finding", "reason", "would_change_it", "unknowns")
_ALWAYS = ("reason_code", "reason", "target", "version")


class StatusForm(forms.Form):
    finding = forms.CharField(
        label="Finding, the sentence that readers see first",
        help_text=f"At most {MAX_FINDING} characters; it stands alone.",
        required=False,
        max_length=MAX_FINDING,
        widget=written(2, maxlength=MAX_FINDING),
    )
    reason_code = forms.ChoiceField(
        label="Kind of reason", error_messages={"required": "Choose a kind of reason."}
    )
    reason = forms.CharField(
        label="Reason for the change, for readers",
        help_text=f"{MIN_REASON} to {MAX_REASON} characters.",
        max_length=MAX_REASON,
        widget=written(3, maxlength=MAX_REASON),
        error_messages={
            "required": f"Say in a sentence what changed. {MIN_REASON} characters or more."
        },
    )
    would_change_it = ProseField(label="What would change this")
    unknowns = ProseField(
        label="What was tried",
        rows=3,
        help_text="Which leads were followed, and where each ended. Readers will see it.",
    )
    review_due_at = forms.DateField(
        label="Look at it again on",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": "Write the day like 2016-11-12."},
    )
    time_to = MomentOfDay(label="When it ended")
    superseded_by = forms.IntegerField(
        label="Number of the claim that follows", required=False, min_value=1
    )
    decided_by = forms.TypedMultipleChoiceField(
        label="Evidence that decided it",
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )
    target = forms.CharField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        claim: Claim,
        change: Transition,
        rows: Sequence[DeskRow],
        data: Any = None,
        *,
        actor: User,
    ) -> None:
        self.claim, self.asked, self.actor = claim, change, actor
        super().__init__(data, initial=_initial(claim, change), auto_id="status-%s")
        self._keep_what_is_asked()
        self._offer_choices(rows)

    def _keep_what_is_asked(self) -> None:
        asked = ("review_due_at",) if self.asked.reaffirms else _ASKED[self.asked.target]
        for name in [name for name in self.fields if name not in {*asked, *_ALWAYS}]:
            del self.fields[name]
        needed = () if self.asked.reaffirms else _REQUIRED.get(self.asked.target, ())
        for name in (*needed, *(("decided_by",) if self.asked.needs_approval else ())):
            self.fields[name].required = True
            self.fields[name].error_messages["required"] = _MISSING[name]

    def _offer_choices(self, rows: Sequence[DeskRow]) -> None:
        codes = [code for code in ReasonCode if code in self.asked.reason_codes]
        first = [("", "Choose one")] if len(codes) > 1 else []
        offer(self.fields["reason_code"], [*first, *((str(one), one.label) for one in codes)])
        if "decided_by" in self.fields:
            standing = sorted((row for row in rows if not row.withdrawn_at), key=_position)
            offer(
                self.fields["decided_by"],
                [(str(row.number), _label(row)) for row in standing],
            )

    def clean_finding(self) -> str:
        return folded(self.cleaned_data["finding"])

    def clean_reason(self) -> str:
        reason = str(self.cleaned_data["reason"])
        length = written_length(reason)
        if length < MIN_REASON:
            raise forms.ValidationError(
                f"Say in a sentence what changed. {MIN_REASON} characters or more, now {length}."
            )
        return reason

    def clean_superseded_by(self) -> Claim | None:
        number = self.cleaned_data["superseded_by"]
        if number is None:
            return None
        if number == self.claim.number:
            raise forms.ValidationError("A claim cannot follow itself.")
        try:
            return claim_for(self.actor, number)
        except Missing as error:
            raise forms.ValidationError(error.message) from error

    def clean(self) -> None:
        """Refused: readers would see a name that is withheld from them."""
        texts = {name: self.cleaned_data.get(name) for name in _FOR_READERS}
        written = {name: text for name, text in texts.items() if text}
        telling = naming_protected(written.values())
        for name in [name for name, text in written.items() if text in telling]:
            self.add_error(name, NAMES_SOMEBODY)

    def change(self) -> Change:
        """What the services take; the form is valid."""
        said = self.cleaned_data
        return Change(
            target=self.asked.target,
            reason_code=ReasonCode(said["reason_code"]),
            reason=said["reason"],
            finding=said.get("finding", ""),
            would_change_it=said.get("would_change_it", ""),
            unknowns=said.get("unknowns", ""),
            time_to=said.get("time_to"),
            superseded_by=said.get("superseded_by"),
            review_due_at=start_of(said.get("review_due_at")),
            decided_by=tuple(said.get("decided_by", ())),
        )

    def written(self) -> dict[str, Any]:
        """What was written so far, as the conditions look at it; nothing of it need be valid."""
        said = self._said()
        successor = said.get("superseded_by")
        code = said.get("reason_code")
        return {
            "finding": said.get("finding") or "",
            "would_change_it": said.get("would_change_it") or "",
            "tried": said.get("unknowns") or "",
            "reason": said.get("reason") or "",
            "reason_code": ReasonCode(code) if code else None,
            "review_due_at": start_of(said.get("review_due_at")),
            "time_to": said.get("time_to"),
            "superseded_by": successor.number if isinstance(successor, Claim) else None,
        }

    def _said(self) -> Mapping[str, Any]:
        """Valid input, and the raw text where it is not; before anything is sent, what is shown."""
        if not self.is_bound:
            return {
                name: self.get_initial_for_field(one, name) for name, one in self.fields.items()
            }
        self.is_valid()
        texts = ("reason", "finding")
        return {**{name: self.data.get(name, "") for name in texts}, **self.cleaned_data}

    def forget_errors(self) -> None:
        """Keep the input and drop every complaint about it."""
        self._errors = ErrorDict()

    def refuse(self, error: DomainError) -> None:
        """Put the words of a refusal beside the boxes that answer them, the rest on top."""
        unmet: Sequence[Mapping[str, str]] = error.details.get("unmet", ())
        for check in unmet:
            field = ANSWERS.get(check["code"])
            self.add_error(
                field if field in self.fields else None, f"{check['label']}: {check['detail']}."
            )
        if not unmet:
            of_picks = error.code == "nothing_decided" and "decided_by" in self.fields
            self.add_error("decided_by" if of_picks else None, error.message)


def _initial(claim: Claim, change: Transition) -> dict[str, Any]:
    codes = list(change.reason_codes)
    return {
        "target": str(change.target),
        "version": claim.version,
        "would_change_it": claim.would_change_it,
        "unknowns": claim.unknowns,
        "time_to": claim.time_to,
        "reason_code": str(codes[0]) if len(codes) == 1 else "",
    }


def _label(row: DeskRow) -> SafeString:
    return format_html("<bdi>[{}]</bdi> <bdi>{}</bdi>", row.number, row.title)


def _position(row: DeskRow) -> int:
    return row.number


def start_of(day: Any) -> datetime | None:
    """The beginning of a day, UTC."""
    return datetime.combine(day, time.min, UTC) if day else None

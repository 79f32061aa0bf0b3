"""The ways out when a page could not be captured; see templates/components/capture.html."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms

from verification.selectors.editor_captures import Job

LONGEST_ADDRESS = 8192


class FileForm(forms.Form):
    file = forms.FileField(
        label="A saved page, PDF, picture or web archive",
        help_text="Up to 100 MB. The copy is marked as provided: nobody here fetched it.",
        error_messages={
            "required": "Choose a file first.",
            "missing": "Choose a file first.",
            "empty": "The file is empty. Choose another.",
        },
    )


class ElsewhereForm(forms.Form):
    address = forms.CharField(
        label="Address of the copy",
        help_text="The long one, in which the page’s own address stands, from web.archive.org or "
        "archive.today.",
        max_length=LONGEST_ADDRESS,
        widget=forms.TextInput(
            attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}
        ),
        error_messages={"required": "Enter the address of the copy."},
    )


@dataclass(frozen=True)
class WaysOut:
    """The forms of one job: as they were sent, or fresh."""

    file: FileForm
    elsewhere: ElsewhereForm


def file_form(number: int, data: Any = None, files: Any = None) -> FileForm:
    """For a file of item NUMBER; DATA and FILES: what was sent."""
    return FileForm(data, files, auto_id=f"file-{number}-%s")


def elsewhere_form(number: int, data: Any = None) -> ElsewhereForm:
    return ElsewhereForm(data, auto_id=f"elsewhere-{number}-%s")


def with_ways_out(
    jobs: Iterable[Job], sent: tuple[int, forms.Form] | None = None
) -> list[tuple[Job, WaysOut | None]]:
    """JOBS, each with its forms if it admits them. SENT: an item's number and its form as sent."""
    return [(job, _ways_out(job, sent) if job.file_action else None) for job in jobs]


def _ways_out(job: Job, sent: tuple[int, forms.Form] | None) -> WaysOut:
    file, elsewhere = file_form(job.number), elsewhere_form(job.number)
    if sent is not None and sent[0] == job.number:
        file = sent[1] if isinstance(sent[1], FileForm) else file
        elsewhere = sent[1] if isinstance(sent[1], ElsewhereForm) else elsewhere
    return WaysOut(file, elsewhere)

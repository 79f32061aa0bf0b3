"""The ways out when a page could not be captured; see templates/components/capture.html."""

from __future__ import annotations

from django import forms

LONGEST_ADDRESS = 8192


class FileForm(forms.Form):
    file = forms.FileField(
        error_messages={
            "required": "Choose a file first.",
            "empty": "The file is empty. Choose another.",
        }
    )


class ElsewhereForm(forms.Form):
    address = forms.CharField(
        max_length=LONGEST_ADDRESS,
        error_messages={"required": "Enter the address of the copy."},
    )

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": (
            "This address and password do not belong together. Check both; passwords are case "
            "sensitive."
        ),
        "inactive": "This account is closed. Ask an administrator.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"] = forms.EmailField(
            label="E-mail address",
            widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
            error_messages={"required": "Enter your e-mail address."},
        )
        self.fields["password"].error_messages["required"] = "Enter your password."

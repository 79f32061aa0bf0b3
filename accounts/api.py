from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import ApiToken, User
from accounts.selectors import token_for_key


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer KEY`; a key that we do not know is refused, none is a reader."""

    keyword = b"bearer"

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != self.keyword:
            return None
        if len(parts) != 2:  # noqa: PLR2004  # the word and the key
            raise AuthenticationFailed("Send one key: Authorization: Bearer KEY.")
        token = token_for_key(parts[1].decode("latin-1"))
        if token is None:
            raise AuthenticationFailed("This key is unknown or revoked. Ask for a new one.")
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # the package is untyped here
    """How the API's document describes keys; found by its import."""

    target_class = "accounts.api.TokenAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "description": "A key made by issue_token."}

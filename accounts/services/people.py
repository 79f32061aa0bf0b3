from __future__ import annotations

import secrets

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import ApiToken, User
from accounts.roles import Role
from accounts.selectors import key_digest
from core.errors import Invalid


@transaction.atomic
def add_person(
    *, email: str, name: str, role: Role, password: str, is_demonstration: bool = False
) -> User:
    user = User(email=email.lower(), name=name, role=role, is_demonstration=is_demonstration)
    try:
        validate_password(password, user)
        user.set_password(password)
        user.full_clean()
    except ValidationError as error:
        raise Invalid(" ".join(error.messages)) from error
    user.save()
    return user


def make_password() -> str:
    """A password of 20 characters that nobody chose, for an account of the demonstration."""
    return secrets.token_urlsafe(15)


@transaction.atomic
def set_password(*, user: User, password: str) -> User:
    user.set_password(password)
    user.save(update_fields=["password"])
    return user


@transaction.atomic
def issue_token(*, user: User, label: str) -> tuple[ApiToken, str]:
    """A new API token and its key. The key cannot be shown again."""
    key = f"cor_{secrets.token_urlsafe(32)}"
    token = ApiToken.objects.create(user=user, label=label, digest=key_digest(key))
    return token, key


@transaction.atomic
def revoke_token(*, token: ApiToken) -> ApiToken:
    token.revoked_at = timezone.now()
    token.save(update_fields=["revoked_at"])
    return token

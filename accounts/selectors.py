from __future__ import annotations

import hashlib

from accounts.models import ApiToken


def key_digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def token_for_key(key: str) -> ApiToken | None:
    """The live token of KEY, with its user, if the user is active."""
    return (
        ApiToken.objects.select_related("user")
        .filter(digest=key_digest(key), revoked_at__isnull=True, user__is_active=True)
        .first()
    )

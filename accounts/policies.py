from __future__ import annotations

from accounts.models import User
from accounts.roles import Permission
from core.errors import NotAllowed

_WORDS = {
    Permission.READ_DESK: "see the desk",
    Permission.EDIT: "edit claims and sources",
    Permission.PROPOSE: "change or propose a status",
    Permission.APPROVE: "decide a proposal",
    Permission.PUBLISH: "publish or withdraw a claim",
    Permission.ADMINISTER: "administer people and policies",
}


def require(actor: User, permission: Permission) -> None:
    """Raise NotAllowed, in words, unless ACTOR's role has PERMISSION."""
    if not actor.can(permission):
        raise NotAllowed(
            f"Your role ({actor.role_label}) does not allow you to {_WORDS[permission]}. "
            "Ask an administrator if it should."
        )

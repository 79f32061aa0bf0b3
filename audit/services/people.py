"""Who was let in, by whom: the services of accounts, with their line on the record."""

from __future__ import annotations

from accounts.models import ApiToken, User
from accounts.roles import Role
from accounts.services import people
from audit.services.record import record_event, recording


@recording()
def add_person(
    *,
    actor: User | None,
    email: str,
    name: str,
    role: Role,
    password: str,
    is_demonstration: bool = False,
) -> User:
    """A new account. `actor` None: from the command line."""
    user = people.add_person(
        email=email, name=name, role=role, password=password, is_demonstration=is_demonstration
    )
    record_event(
        actor=actor,
        tag="accounts:person:added",
        subject=user,
        after={"name": user.name, "role": user.role, "demonstration": is_demonstration},
    )
    return user


@recording()
def set_password(*, actor: User | None, user: User, password: str) -> User:
    people.set_password(user=user, password=password)
    record_event(actor=actor, tag="accounts:person:password_set", subject=user)
    return user


@recording()
def issue_token(*, actor: User | None, user: User, label: str) -> tuple[ApiToken, str]:
    """A new API token and its key, which cannot be shown again and is not on the record."""
    token, key = people.issue_token(user=user, label=label)
    record_event(
        actor=actor, tag="accounts:token:issued", subject=user, after={"label": token.label}
    )
    return token, key


@recording()
def revoke_token(*, actor: User | None, token: ApiToken) -> ApiToken:
    people.revoke_token(token=token)
    record_event(
        actor=actor, tag="accounts:token:revoked", subject=token.user, after={"label": token.label}
    )
    return token

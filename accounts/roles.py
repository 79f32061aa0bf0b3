"""Roles are ordered sets of permissions, in one table, in code."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    CONTRIBUTOR = "contributor"
    FACT_CHECKER = "fact_checker"
    EDITOR = "editor"
    ADMIN = "admin"
    AUDITOR = "auditor"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Role.CONTRIBUTOR: "Contributor",
    Role.FACT_CHECKER: "Fact-checker",
    Role.EDITOR: "Editor",
    Role.ADMIN: "Administrator",
    Role.AUDITOR: "Auditor",
}


class Permission(StrEnum):
    READ_DESK = "read_desk"  # see drafts, queues and internal notes
    EDIT = "edit"  # claims, evidence, sources, captures, imports
    PROPOSE = "propose"  # a status that needs approval, and statuses that need none
    APPROVE = "approve"  # another person's proposal
    PUBLISH = "publish"  # make a claim public or withdraw it
    ADMINISTER = "administer"  # people, policies, overrides


_CHECKER = frozenset({Permission.READ_DESK, Permission.EDIT, Permission.PROPOSE})
_EDITOR = _CHECKER | {Permission.APPROVE, Permission.PUBLISH}

PERMISSIONS: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.CONTRIBUTOR: frozenset(),
        Role.FACT_CHECKER: _CHECKER,
        Role.EDITOR: _EDITOR,
        Role.ADMIN: _EDITOR | {Permission.ADMINISTER},
        Role.AUDITOR: frozenset({Permission.READ_DESK}),
    }
)


def allows(role: str, permission: Permission) -> bool:
    """Whether ROLE has PERMISSION; an unknown role has none."""
    return any(role == known and permission in held for known, held in PERMISSIONS.items())

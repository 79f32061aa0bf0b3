from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from accounts.roles import Permission, Role, allows
from core.columns import one_of, term


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person of the desk; signs in with an e-mail address; has exactly one role."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    role = term(Role, default=Role.CONTRIBUTOR)
    is_active = models.BooleanField(default=True)
    is_demonstration = models.BooleanField(
        default=False, help_text="Made by the demonstration; its password was printed once."
    )
    joined_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[Any] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [one_of("role", Role, "user_role_known")]

    def can(self, permission: Permission) -> bool:
        return self.is_active and allows(self.role, permission)

    def get_short_name(self) -> str:
        return self.name

    @property
    def initials(self) -> str:
        return "".join(word[0] for word in self.name.split()[:2]).upper()

    @property
    def role_label(self) -> str:
        return Role(self.role).label


class ApiToken(models.Model):
    """A key for programs. Only its SHA-256 is kept; the key itself is shown once."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tokens")
    label = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

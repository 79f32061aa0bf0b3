from __future__ import annotations

import getpass
import io

import pytest
from django.core.management import call_command

from accounts.models import ApiToken, User
from accounts.selectors import token_for_key
from audit.models import AuditEvent
from audit.selectors import chain_faults
from audit.services.people import revoke_token, set_password

pytestmark = pytest.mark.django_db


def tags() -> list[str]:
    return list(AuditEvent.objects.order_by("seq").values_list("tag", flat=True))


def test_letting_somebody_in_is_on_the_record(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getpass", lambda _: "correct horse battery staple")
    call_command("add_person", "ann@example.org", "Ann Bee", "--role=editor", stdout=io.StringIO())
    event = AuditEvent.objects.get()
    assert (event.tag, event.after["role"]) == ("accounts:person:added", "editor")
    assert User.objects.get().check_password("correct horse battery staple")
    assert "horse" not in str(AuditEvent.objects.values())


def test_a_refused_account_leaves_no_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getpass", lambda _: "short")
    with pytest.raises(Exception, match="12 characters"):
        call_command("add_person", "ann@example.org", "Ann", "--role=editor")
    assert not AuditEvent.objects.exists()


def test_keys_come_and_go_on_the_record_but_never_in_it(checker: User) -> None:
    out = io.StringIO()
    call_command("issue_token", checker.email, "script", stdout=out)
    key = out.getvalue().strip()
    revoke_token(actor=checker, token=ApiToken.objects.get())
    set_password(actor=checker, user=checker, password="another long password")
    assert token_for_key(key) is None
    assert tags() == [
        "accounts:token:issued",
        "accounts:token:revoked",
        "accounts:person:password_set",
    ]
    assert key not in str(AuditEvent.objects.values())
    assert list(chain_faults()) == []

from __future__ import annotations

import io

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.models import ApiToken, User
from accounts.roles import PERMISSIONS, Permission, Role, allows
from accounts.selectors import token_for_key
from accounts.services.people import add_person, issue_token, revoke_token
from core.errors import Invalid
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("permission", list(Permission))
def test_a_role_allows_what_the_table_says(role: Role, permission: Permission) -> None:
    assert allows(role, permission) == (permission in PERMISSIONS[role])


def test_an_unknown_role_allows_nothing() -> None:
    assert not any(allows("owner", permission) for permission in Permission)


def test_a_closed_account_can_do_nothing() -> None:
    user = UserFactory.create(role=Role.ADMIN, is_active=False)
    assert not user.can(Permission.READ_DESK)


def test_a_short_password_is_refused_in_words() -> None:
    with pytest.raises(Invalid, match="12 characters"):
        add_person(email="a@example.org", name="Ann", role=Role.EDITOR, password="short")
    assert not User.objects.exists()


def test_a_key_is_kept_only_as_its_digest(checker: User) -> None:
    token, key = issue_token(user=checker, label="script")
    assert key not in str(ApiToken.objects.values())
    assert token_for_key(key) == token
    revoke_token(token=token)
    assert token_for_key(key) is None


def test_issue_token_prints_a_working_key(checker: User) -> None:
    out = io.StringIO()
    call_command("issue_token", checker.email, "script", stdout=out)
    assert token_for_key(out.getvalue().strip()).user == checker


def test_signing_in_with_address_in_any_case(checker: User) -> None:
    client = Client()
    answer = client.post("/desk/sign-in", {"username": checker.email.upper(), "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/desk/")
    assert client.cookies["desk"]["path"] == "/desk/"


def test_a_wrong_password_is_answered_in_words(checker: User) -> None:
    answer = Client().post("/desk/sign-in", {"username": checker.email, "password": "no"})
    assert answer.status_code == 422
    assert b"do not belong together" in answer.content


def test_ten_failures_close_the_door_for_a_while(checker: User) -> None:
    client = Client(REMOTE_ADDR="192.0.2.77")
    for _ in range(10):
        client.post("/desk/sign-in", {"username": checker.email, "password": "no"})
    right = {"username": checker.email, "password": PASSWORD}
    assert client.post("/desk/sign-in", right).status_code == 403
    assert Client(REMOTE_ADDR="192.0.2.78").post("/desk/sign-in", right).status_code == 302


def test_signing_out_needs_a_post(checker: User) -> None:
    client = Client()
    client.force_login(checker)
    assert client.get("/desk/sign-out").status_code == 405
    assert client.post("/desk/sign-out").status_code == 302
    assert "_auth_user_id" not in client.session

"""People of the desk are roles in public: on pages and in the API."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from tests.verification.aleppo import Aleppo

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "path",
    [
        "/c/{0}",
        "/record",
        "/",
        "/api/v1/claims",
        "/api/v1/claims/{0}",
        "/api/v1/claims/{0}/evidence",
        "/api/v1/claims/{0}/assessments",
        "/api/v1/claims/{0}/assessment",
        "/api/v1/claims/{0}/status-events",
        "/api/v1/status-events",
        "/api/v1/sources",
        "/api/v1/snapshots",
    ],
)
def test_no_name_of_the_desk_is_told(path: str, aleppo: Aleppo) -> None:
    claim = aleppo.confirm()
    names = [*User.objects.values_list("name", flat=True)]
    answer = Client().get(path.format(claim.number), follow=True)
    assert answer.status_code == 200
    whole = answer.content.decode()
    assert [name for name in names if name in whole] == []
    assert [one for one in User.objects.values_list("email", flat=True) if one in whole] == []


def test_the_roles_of_both_are_told(aleppo: Aleppo) -> None:
    claim = aleppo.confirm()
    newest, *_ = Client().get(f"/api/v1/claims/{claim.number}/status-events").json()["results"]
    assert (newest["proposer_role"], newest["approver_role"]) == ("fact_checker", "editor")

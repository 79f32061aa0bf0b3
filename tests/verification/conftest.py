"""The Aleppo story for tests of pages."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from accounts.models import User
from accounts.roles import Role
from tests.factories import UserFactory
from tests.verification.aleppo import CHECKER, Aleppo
from tests.verification.page_reading import Page, read


@pytest.fixture
def aleppo(checker: User, editor: User) -> Aleppo:
    return Aleppo(checker, editor)


@pytest.fixture(scope="session")
def confirmed(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Page:
    """The page of the confirmed claim, made once for the tests that only read it."""
    store = override_settings(STORAGE_URL=f"file://{tmp_path_factory.mktemp('objects')}")
    with django_db_blocker.unblock(), store, transaction.atomic():
        checker = UserFactory.create(name=CHECKER, role=Role.FACT_CHECKER)
        story = Aleppo(checker, UserFactory.create(role=Role.EDITOR))
        story.confirm()
        page = read(story.path)
        transaction.set_rollback(True)
    return page

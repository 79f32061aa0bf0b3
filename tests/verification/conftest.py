"""The Aleppo story for tests of pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker
from pytest_django.fixtures import Settings

from accounts.models import User
from accounts.roles import Role
from sources.models import Snapshot
from tests.factories import DocumentFactory, EvidenceFactory, SourceFactory, UserFactory
from tests.verification.aleppo import CHECKER, Aleppo
from tests.verification.page_reading import Page, read
from tests.verification.replay_asking import HOST, MAIN, Archive, archived


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


@pytest.fixture
def replay_hosts(settings: Settings) -> Iterator[None]:
    settings.SNAPSHOT_HOST, settings.PUBLIC_URL = HOST, MAIN
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """A copy of a document that a published claim cites."""

    def make(answers: dict[str, bytes] | bytes, **columns: object) -> Snapshot:
        document = DocumentFactory.create(
            address="https://outlet.example.org/a", source=SourceFactory.create()
        )
        if isinstance(answers, bytes):
            answers = {"https://outlet.example.org/a": answers}
        snapshot = archived(tmp_path, document, answers, **columns)
        EvidenceFactory.create(document=document, snapshot=snapshot)
        return snapshot

    return make

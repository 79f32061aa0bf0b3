"""People, claims and evidence for every test; three people so that each test can say who not."""

from __future__ import annotations

import gc
import os
from collections.abc import Generator, Iterator

import pytest
from django.test import Client, TransactionTestCase
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker

from accounts.models import User
from accounts.roles import Role
from accounts.services.people import issue_token
from tests.emptying import empty_tables
from tests.factories import UserFactory
from tests.migrated_once import use_template
from tests.scheduling import SharersTogether, long_ones_first, processes

# No test is about seconds: on a busy machine an example may take long.
hypothesis_settings.register_profile("corroborate", deadline=None)
hypothesis_settings.load_profile("corroborate")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> SharersTogether:
    return SharersTogether(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    return processes()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    long_ones_first(items)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is imported and collected stays to the end: the collector need not look through it."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """What pytest-django asks for before it makes the database of a process."""
    if os.environ.get("PYTEST_XDIST_WORKER"):
        with django_db_blocker.unblock():
            use_template(tmp_path_factory.getbasetemp().parent)


@pytest.fixture(autouse=True)
def _fast_passwords(settings: object) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _own_folders(settings: object, tmp_path: object) -> None:
    """Each test has its own object store, staging folder and local authority, and no browser."""
    settings.STORAGE_URL = f"file://{tmp_path}/objects"
    settings.STAGING_DIR = tmp_path / "staging"
    settings.LOCAL_AUTHORITY_DIR = tmp_path / "authority"
    settings.CHROMIUM = "none"  # who wants pictures says so


@pytest.fixture(autouse=True, scope="session")
def _empty_tables_quickly() -> Iterator[None]:
    """Tests that commit empty the tables afterwards; append-only triggers would refuse a flush."""
    teardown = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = lambda _: empty_tables()
    yield
    TransactionTestCase._fixture_teardown = teardown


@pytest.fixture
def checker(db: None) -> User:
    return UserFactory.create(name="Rana Haddad", role=Role.FACT_CHECKER)


@pytest.fixture
def editor(db: None) -> User:
    return UserFactory.create(name="Mark Osei", role=Role.EDITOR)


@pytest.fixture
def second_editor(db: None) -> User:
    return UserFactory.create(name="Lina Khoury", role=Role.EDITOR)


@pytest.fixture
def contributor(db: None) -> User:
    return UserFactory.create(name="Sam Stranger", role=Role.CONTRIBUTOR)


@pytest.fixture
def administrator(db: None) -> User:
    return UserFactory.create(name="Ada Admin", role=Role.ADMIN)


@pytest.fixture
def auditor(db: None) -> User:
    return UserFactory.create(name="Otto Auditor", role=Role.AUDITOR)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def checker_client(checker: User) -> Client:
    return signed_in(checker)


@pytest.fixture
def editor_client(editor: User) -> Client:
    return signed_in(editor)


@pytest.fixture
def checker_key(checker: User) -> str:
    return issue_token(user=checker, label="tests")[1]

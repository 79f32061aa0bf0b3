"""A real browser against a running server, and the story as rows that are played once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connections
from django.test import override_settings
from playwright.sync_api import Browser, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import User
from accounts.roles import Role
from claims.models import Claim
from claims.services.imports import import_article
from demo import cast, story
from demo.server import DemoWeb, running_demo_web
from tests.chromium import CHROMIUM
from tests.factories import UserFactory
from tests.journeys.kept_rows import bring_back, forget_everything, keep_rows, wait_alone
from tests.journeys.watched_tab import PATIENCE, Tabs
from verification.services.proposals import approve_proposal

FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="package", autouse=True)
def _rows_beside_playwright() -> Iterator[None]:
    """Playwright keeps an event loop in this thread, in which Django would refuse every query."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


@pytest.fixture(scope="package")
def browser(_rows_beside_playwright: None, django_db_setup: None) -> Iterator[Browser]:
    """A browser for this folder: its event loop must not outlive what is used to it.

    Beside an event loop Django has connections of their own, so the one from before is closed.
    """
    connections.close_all()
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *sandbox])
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def web() -> Iterator[DemoWeb]:
    """The demonstration web, on a port of its own."""
    with running_demo_web(0) as server:
        yield server


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of archived copies, kept from test to test as the rows are that name them."""
    return tmp_path_factory.mktemp("archive")


@pytest.fixture(scope="module", autouse=True)
def _world(web: DemoWeb, archive: Path) -> Iterator[None]:
    """One archive, captures in the request that asks for them, quick passwords."""
    with override_settings(
        STORAGE_URL=f"file://{archive}/objects",
        STAGING_DIR=archive / "staging",
        DEMO_WEB_PORT=web.server_port,
        CAPTURE_LOOPBACK_PORTS=[web.server_port],
        CELERY_TASK_ALWAYS_EAGER=True,
        CHROMIUM="none",
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    ):
        yield


@pytest.fixture(autouse=True)
def _own_folders() -> None:
    """In the place of a fixture that gives each test an archive of its own."""


@pytest.fixture(scope="module")
def site(db: None) -> Iterator[LiveServer]:
    server = LiveServer("127.0.0.1")
    yield server
    server.stop()


@pytest.fixture
def tabs(browser: Browser, site: LiveServer) -> Iterator[Tabs]:
    """Watched tabs; whatever they complain of fails the test."""
    watched = Tabs(browser, site.url)
    yield watched
    watched.close()
    assert not watched.complaints, "\n".join(watched.complaints)


def add_people() -> tuple[User, User]:
    return (
        UserFactory.create(
            email="checker@demo.example", name="Rana Haddad", role=Role.FACT_CHECKER
        ),
        UserFactory.create(email="editor@demo.example", name="Mark Osei", role=Role.EDITOR),
    )


# Before anybody decided on a proposal of the article, as a visitor finds the demonstration, while a
# proposed status waits for the editor, and after its approval.
MOMENTS = ("imported", "contested", "proposed", "confirmed")


@pytest.fixture(scope="session")
def played() -> None:
    """The story, once, and its rows at each of MOMENTS."""
    forget_everything()
    checker, editor = add_people()
    event = story.set_the_stage(checker, editor).event
    text = story.ARTICLE.read_text(encoding="utf-8")
    import_article(actor=checker, text=text, event=event)
    keep_rows("imported")
    claim = story.play(checker=checker, editor=editor, to="contested", say=_nothing)
    keep_rows("contested")
    proposal = story.propose_confirmed(story.set_the_stage(checker, editor), claim)
    keep_rows("proposed")
    approve_proposal(actor=editor, proposal=proposal)
    keep_rows("confirmed")


def _nothing(_line: str) -> None:
    """The story is told to nobody."""


@pytest.fixture(scope="module")
def db(browser: Browser, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Rows for a whole module, which the server sees: not a transaction around each test.

    It has the name of the fixture that it stands for, by which the database is found needed.
    """
    with django_db_blocker.unblock():
        yield
        wait_alone()
        forget_everything()
        connections.close_all()


@pytest.fixture(scope="module")
def story_at(db: None, request: pytest.FixtureRequest) -> Callable[[str], Claim | None]:
    """Bring the story to one of MOMENTS; gives its claim, once there is one."""
    request.getfixturevalue("played")  # not an argument: it needs the rows of this module

    def at(moment: str) -> Claim | None:
        bring_back(moment)
        return Claim.objects.filter(sentence=cast.CLAIM.sentence).first()

    return at

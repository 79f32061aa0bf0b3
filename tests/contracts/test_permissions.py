"""Every address × every role. A new address is not finished until it stands in this table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from pytest_django.fixtures import Settings

from accounts.models import User
from accounts.roles import Role
from accounts.services.people import issue_token
from claims.models import ArticleImport, Claim, ClaimDraft
from claims.services.imports import import_article
from claims.vocabulary import Alignment, Directness, Publication, Stance, Status
from tests.factories import (
    ClaimFactory,
    EventFactory,
    EvidenceFactory,
    PictureFactory,
    SnapshotFactory,
    SourceFactory,
    UserFactory,
)
from tests.verification import replay_asking
from verification.conditions import ReasonCode
from verification.models import StatusProposal
from verification.replay_addresses import replay_address
from verification.services.proposals import propose_status
from verification.services.status import Change

pytestmark = pytest.mark.django_db

STRANGER = "stranger"
FILING = {"address": "https://outlet.example.org/another", "stance": "supports"}
ROLES = [STRANGER, *Role]
EVERYBODY = frozenset(ROLES)
DESK = frozenset({Role.FACT_CHECKER, Role.EDITOR, Role.ADMIN, Role.AUDITOR})
CHECKERS = frozenset({Role.FACT_CHECKER, Role.EDITOR, Role.ADMIN})
EDITORS = frozenset({Role.EDITOR, Role.ADMIN})
PROPOSER = frozenset({Role.FACT_CHECKER})  # the proposal of the world is a fact-checker's
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Access:
    """Who may read an address and who may write to it."""

    read: frozenset[str]
    write: frozenset[str] = NOBODY


PUBLIC = Access(read=EVERYBODY)
READ_DESK = Access(read=DESK)
EDIT = Access(read=NOBODY, write=CHECKERS)
DECIDE = Access(read=NOBODY, write=EDITORS)
CUSTODIANS = frozenset({Role.ADMIN})
CUSTODY = Access(read=NOBODY, write=CUSTODIANS)
TAKE_BACK = Access(read=NOBODY, write=PROPOSER)

TABLE = {
    "health": PUBLIC,
    "gallery": Access(read=NOBODY),  # only with DEBUG
    "openapi": PUBLIC,
    "api:claims": PUBLIC,
    "api:claim": PUBLIC,
    "api:evidence": Access(read=EVERYBODY, write=CHECKERS),
    "api:assessment": PUBLIC,
    "api:assessments": PUBLIC,
    "api:claim_status_events": PUBLIC,
    "api:status_events": PUBLIC,
    "api:sources": PUBLIC,
    "api:source": PUBLIC,
    "api:source_what_if": READ_DESK,
    "api:calibration": PUBLIC,
    "api:snapshots": PUBLIC,
    "api:snapshot": PUBLIC,
    "accounts:sign_in": Access(read=EVERYBODY, write=EVERYBODY),
    "accounts:sign_out": Access(read=NOBODY, write=EVERYBODY),
    "home": PUBLIC,
    "search": PUBLIC,
    "claim_number": PUBLIC,
    "claim": PUBLIC,
    "event_number": PUBLIC,
    "event": PUBLIC,
    "sources": PUBLIC,
    "source_number": PUBLIC,
    "source": PUBLIC,
    "snapshot": PUBLIC,
    "snapshot_warc": PUBLIC,
    "snapshot_picture": PUBLIC,
    "snapshot_bundle": PUBLIC,
    "claim_bundle": PUBLIC,
    "timegate": PUBLIC,
    "timemap": PUBLIC,
    "timemap_page": PUBLIC,
    "snapshot_diff": PUBLIC,
    "methodology": PUBLIC,
    "record": PUBLIC,
    "checkpoints": PUBLIC,
    "desk_import": Access(read=DESK, write=CHECKERS),
    "desk_import_review": READ_DESK,
    "desk_import_decide": EDIT,
    "desk_import_edit": EDIT,
    "desk_import_join": EDIT,
    "desk_import_keep_all": EDIT,
    "desk_import_create": EDIT,
    "desk_import_add": EDIT,
    "desk_import_year": EDIT,
    "desk_import_footnote": EDIT,
    "desk_missing": READ_DESK,
    "desk_missing_locate": EDIT,
    "desk_queue": READ_DESK,
    "desk_calibration": READ_DESK,
    "desk_assisted": READ_DESK,
    "desk_audit": READ_DESK,
    "desk_source": READ_DESK,
    "desk_source_judge": EDIT,
    "desk_source_note": EDIT,
    "desk_source_rate": EDIT,
    "desk_source_unrate": EDIT,
    "desk_models": READ_DESK,
    "desk_model_decide": DECIDE,
    "desk_dependence": READ_DESK,
    "desk_group_decide": DECIDE,
    "desk_group_end": DECIDE,
    "desk_audit_close": DECIDE,
    "desk_health": READ_DESK,
    "desk_health_retry": EDIT,
    "desk_publish": DECIDE,
    "desk_notifications": READ_DESK,
    "desk_notifications_read": Access(read=NOBODY, write=DESK),
    "desk_contested": READ_DESK,
    "desk_review": READ_DESK,
    "desk_proposal": READ_DESK,
    "desk_review_approve": DECIDE,
    "desk_review_send_back": DECIDE,
    "desk_review_take_back": TAKE_BACK,
    "desk_add": Access(read=DESK, write=CHECKERS),
    "desk_claim": Access(read=DESK, write=CHECKERS),
    "desk_evidence_add": EDIT,
    "desk_evidence": EDIT,
    "desk_evidence_withdraw": EDIT,
    "desk_evidence_resolve": EDIT,
    "desk_evidence_visual": EDIT,
    "desk_evidence_locate": EDIT,
    "desk_evidence_capture": EDIT,
    "desk_evidence_file": EDIT,
    "desk_evidence_elsewhere": EDIT,
    "desk_status": Access(read=DESK, write=CHECKERS),
    "desk_take_back": TAKE_BACK,
    "desk_custody": Access(read=CUSTODIANS),
    "desk_custody_take_down": CUSTODY,
    "desk_custody_hold": CUSTODY,
    "desk_custody_release": CUSTODY,
}


@dataclass(frozen=True)
class World:
    claim: Claim
    proposal: StatusProposal
    article: ArticleImport
    draft: ClaimDraft
    people: dict[str, User]

    @cached_property
    def arguments(self) -> dict[str, object]:
        """What stands for the parts of addresses, made once; what a request writes is undone."""
        evidence = self.claim.evidence.get(position=1)
        return {
            "rating": 1,
            "number": self.claim.number,
            "slug": "wrong",
            "key": self.proposal.key,
            "position": 1,
            "event": self.claim.event.number,
            "source": evidence.document.source.number,
            "snapshot": evidence.snapshot.number,
            "other": SnapshotFactory.create(document=evidence.document).number,
            "import": self.article.number,
            "address": evidence.document.address,
            "page": 1,
            "marker": self.article.footnotes.first().marker,
            "document": self.article.footnotes.first().document.number,
        }


@pytest.fixture
def world() -> World:
    people = {role: UserFactory.create(role=role) for role in Role}
    claim = ClaimFactory.create(event=EventFactory.create(), publication=Publication.PUBLISHED)
    for fields in (
        {"directness": Directness.FIRST_HAND_VISUAL, "alignment": Alignment.AGAINST_INTEREST},
        {"stance": Stance.SUPPORTS},
    ):
        source = SourceFactory.graded("B")
        EvidenceFactory.create(claim=claim, document__source=source, **fields)
    proposal = propose_status(
        actor=people[Role.FACT_CHECKER],
        claim=claim,
        change=Change(
            target=Status.CONFIRMED,
            reason_code=ReasonCode.ADMISSION_AGAINST_INTEREST,
            reason="The side that lost it says so itself.",
            finding="The side that lost it says so.",
            would_change_it="A dated picture.",
            decided_by=(1,),
        ),
    )
    article = import_article(
        actor=people[Role.EDITOR], text="A title here\n\nThe town was taken on Monday1.\n"
    )
    PictureFactory.create(snapshot=claim.evidence.get(position=1).snapshot)
    return World(claim, proposal, article, article.drafts.first(), people)


def routes(resolver: URLResolver, space: str = "", prefix: str = "") -> Iterator[tuple[str, str]]:
    """Name with its name space, and pattern, of every address."""
    for entry in resolver.url_patterns:
        pattern = f"{prefix}{entry.pattern}"
        if isinstance(entry, URLResolver):
            inner = f"{entry.namespace}:" if entry.namespace else space
            yield from routes(entry, inner, pattern)
        elif isinstance(entry, URLPattern):
            yield f"{space}{entry.name}", pattern


def address(name: str, pattern: str, world: World) -> str:
    """The pattern with the numbers of the world in it."""
    values = {**world.arguments}
    number = {
        "event": "event",
        "event_number": "event",
        "source": "source",
        "source_number": "source",
        "desk_source": "source",
        "desk_source_judge": "source",
        "desk_source_note": "source",
        "desk_source_rate": "source",
        "desk_source_unrate": "source",
        "api:source": "source",
        "api:source_what_if": "source",
        "snapshot": "snapshot",
        "snapshot_warc": "snapshot",
        "snapshot_picture": "snapshot",
        "snapshot_bundle": "snapshot",
        "snapshot_diff": "snapshot",
        "api:snapshot": "snapshot",
        "desk_missing_locate": "document",
        "desk_custody": "snapshot",
        "desk_custody_take_down": "snapshot",
        "desk_custody_hold": "snapshot",
        "desk_custody_release": "snapshot",
    }.get(name, "import" if "import" in name else "number")
    values["number"] = values[number]
    path = pattern
    for key, value in values.items():
        for kind in ("int", "str", "uuid", "path"):
            path = path.replace(f"<{kind}:{key}>", str(value))
    return f"/{path}"


def ask(client: Client, method: str, path: str, headers: dict[str, str]) -> HttpResponse:
    """One request whose writes are undone."""
    with transaction.atomic():
        if method == "GET":
            answer = client.get(path, headers=headers)
        elif path.startswith("/api/"):
            answer = client.post(path, json.dumps(FILING), "application/json", headers=headers)
        else:
            answer = client.post(path, {}, headers=headers)
        transaction.set_rollback(True)
    for close in answer._resource_closers:  # answer.close() would close the connection too
        close()
    return answer


def passes(answer: HttpResponse) -> bool:
    """Whether the role was let through: what it then got wrong is another matter."""
    to_sign_in = answer.status_code == 302 and "/desk/sign-in" in answer["Location"]
    return not to_sign_in and answer.status_code not in {401, 403, 404, 405}


# The host that replays archived pages knows nobody: everybody reads, nobody writes.
REPLAY_TABLE = {"replay": "", "replay_part": "a/2", "replay_file": "file"}


def test_every_address_of_the_replay_host_stands_in_its_table() -> None:
    assert {name for name, _ in routes(get_resolver("config.replay_urls"))} == set(REPLAY_TABLE)
    assert set(REPLAY_TABLE) & set(TABLE) == set()


@pytest.mark.parametrize("part", REPLAY_TABLE.values())
def test_the_replay_host_is_read_by_everybody_and_written_by_nobody(
    part: str, settings: Settings, tmp_path: Path
) -> None:
    settings.SNAPSHOT_HOST = replay_asking.HOST
    document = EvidenceFactory.create(snapshot=None).document
    page, picture = (replay_asking.response(body) for body in (b"<p>x", b"GIF89a"))
    answers = {"https://a.example/": page, "https://a.example/b": picture}
    snapshot = replay_asking.archived(tmp_path, document, answers)
    address = replay_address(snapshot.number) + part
    assert replay_asking.ask(address).status == 200
    assert replay_asking.ask(address, method="POST").status == 405


def test_every_address_stands_in_the_table() -> None:
    names = {name for name, _ in routes(get_resolver())}
    names = {"openapi" if name == "api:openapi" else name for name in names}
    assert names == set(TABLE)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_reads_and_writes_what_the_table_says(role: str, world: World) -> None:
    client = Client()
    headers = {}
    if role != STRANGER:
        key = issue_token(user=world.people[role], label="matrix")[1]
        headers = {"authorization": f"Bearer {key}"}
        client.force_login(world.people[role])
    signed_in = {name: morsel.value for name, morsel in client.cookies.items()}
    wrong = []
    for name, pattern in routes(get_resolver()):
        access = TABLE["openapi" if name == "api:openapi" else name]
        path = address(name, pattern, world)
        for method, allowed in (("GET", access.read), ("POST", access.write)):
            client.cookies = SimpleCookie(signed_in)  # signing out is one of the addresses
            answer = ask(client, method, path, headers if path.startswith("/api/") else {})
            if passes(answer) != (role in allowed):
                wrong.append(f"{method} {path} ({name}): {answer.status_code}")
    assert wrong == []


def test_without_the_guard_a_stranger_would_pass(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The matrix sees a page whose guard is gone."""
    client = Client()
    path = "/desk/"
    assert not passes(client.get(path))
    monkeypatch.setattr(User, "can", lambda *_: True)
    client.force_login(world.people[Role.CONTRIBUTOR])
    assert passes(client.get(path))

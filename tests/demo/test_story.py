from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from audit.models import AuditEvent
from audit.selectors import chain_faults
from claims.models import Claim, Evidence
from claims.selectors.evidence import evidence_of
from claims.services.evidence import withdraw_evidence
from claims.vocabulary import Status
from core.errors import Upstream
from demo import cast, story, worked_example
from demo.server import running_demo_web
from demo.worked_example import Example
from sources.models import Derivation, Document, Snapshot
from tests.factories import UserFactory
from verification.conditions import checklist, unmet
from verification.models import StatusEvent
from verification.selectors.facts import claim_facts, score_input
from verification.selectors.redaction import who_says
from verification.services.assess_many import assess_all
from verification.workflow import transition

pytestmark = pytest.mark.django_db(transaction=True)
CONFIRMING = transition(Status.CONTESTED, Status.CONFIRMED)


@pytest.fixture
def web(settings: object) -> str:
    with running_demo_web(0) as server:
        settings.DEMO_WEB_PORT = server.server_port
        settings.CAPTURE_LOOPBACK_PORTS = [server.server_port]
        yield server.base_url


@pytest.fixture
def people() -> tuple[User, User]:
    return (
        UserFactory.create(name="Rana Haddad", role=Role.FACT_CHECKER),
        UserFactory.create(name="Mark Osei", role=Role.EDITOR),
    )


def play(people: tuple[User, User], to: str) -> Claim:
    return story.play(checker=people[0], editor=people[1], to=to, say=lambda _: None)


def as_scored(claim: Claim) -> Example:
    items = list(evidence_of(claim))
    names = {str(item.position): who_says(item) for item in items}
    return Example(score_input(claim, items), names)


def shipped(state: str) -> str:
    """The copy that docs/method.md explains; if the story changed, write it anew."""
    return worked_example.as_text({state: worked_example.example(state)})


def test_the_command_plays_up_to_contested_with_everything_filed(web: str) -> None:
    out = io.StringIO()
    call_command("demo", stdout=out)
    claim = Claim.objects.get(sentence=cast.CLAIM.sentence)
    assert Claim.objects.filter(number__lt=claim.number).count() == 11  # it is the twelfth of 18
    assert Claim.objects.count() == 18
    assert claim.status == Status.CONTESTED
    assert claim.evidence.count() == len(cast.FILINGS)
    assert all(item.snapshot.state == "sealed" for item in claim.evidence.all())
    assert list(Derivation.objects.values_list("document__title", flat=True)) == [
        next(filing.title for filing in cast.FILINGS if filing.key == "agency_bulletin")
    ]
    assert {item.alignment_basis for item in claim.evidence.all()} == {"derived"}
    assert Document.objects.filter(address__isnull=True).count() == 8  # of ten footnotes
    assert list(chain_faults()) == []
    open_checks = unmet(checklist(CONFIRMING, claim_facts(claim, evidence_of(claim))))
    assert "contradictions_resolved" in {check.code for check in open_checks}
    times = AuditEvent.objects.values_list("at", flat=True)
    assert max(times) - min(times) < timedelta(minutes=5)  # the record's times are the run's own
    assert out.getvalue().count("password: ") == 2
    password = out.getvalue().split("password: ")[1].split()[0]
    assert Client().login(username="checker@demo.example", password=password)
    assert worked_example.as_text({"contested": as_scored(claim)}) == shipped("contested")
    together = list(assess_all(cause="all of the demonstration at once"))
    assert sum(portion.claims for portion in together) == 18
    assert sum(portion.changed + portion.left_alone for portion in together) == 0  # bit for bit
    again = io.StringIO()
    call_command("demo", stdout=again)
    assert "password: " not in again.getvalue()


def test_the_story_to_its_end_and_what_the_photographs_carry(
    web: str, people: tuple[User, User]
) -> None:
    claim = play(people, "confirmed")
    assert claim.status == Status.CONFIRMED
    assert worked_example.as_text({"confirmed": as_scored(claim)}) == shipped("confirmed")
    photos = claim.evidence.get(directness="first_hand_visual")
    assert (photos.footnote, photos.picture) == ("9", "1 and 2")
    event = claim.status_events.first()
    assert (event.proposer, event.approver) == people
    rows = (Claim, Evidence, Snapshot, StatusEvent, AuditEvent)
    counts = [model.objects.count() for model in rows]
    play(people, "confirmed")
    assert [model.objects.count() for model in rows] == counts  # playing again changes nothing
    before = event.at - timedelta(microseconds=1)
    public = f"/c/{claim.number}"
    reader = Client()
    now = reader.get(public, follow=True).content.decode()
    then = reader.get(public, {"as_of": before.isoformat()}, follow=True).content.decode()
    assert "<title>Confirmed" in now
    assert "<title>Contested" in then
    photo = claim.evidence.get(visual_checked_at__isnull=False)
    withdraw_evidence(
        actor=people[0], claim=claim, position=photo.position, reason="Withdrawn by its author."
    )
    fallen = Claim.objects.get(pk=claim.pk)
    assert fallen.confidence == pytest.approx(claim.assessments.order_by("at").last().estimate)
    assert fallen.confidence < claim.confidence
    assert fallen.status == Status.CONFIRMED  # the score never changes a status


def test_without_leave_for_its_port_nothing_of_loopback_is_captured(
    web: str, people: tuple[User, User], settings: object
) -> None:
    settings.CAPTURE_LOOPBACK_PORTS = []
    with pytest.raises(Upstream, match="not archived"):
        play(people, "contested")
    assert set(Snapshot.objects.values_list("state", flat=True)) == {"refused"}


def test_an_account_of_somebody_else_is_left_alone(db: None) -> None:
    UserFactory.create(email="checker@demo.example")
    with pytest.raises(CommandError, match="not of the demonstration"):
        call_command("demo", stdout=io.StringIO())

"""A source at the desk: everything that is known of it, and judging it otherwise."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from audit.models import AuditEvent
from claims.models import Claim
from claims.vocabulary import Publication, Stance
from sources.models import Affiliation, ExternalRating, Source, SourceAddress, SourceGrade
from sources.vocabulary import AddressKind, Safety
from tests.conftest import signed_in
from tests.factories import EvidenceFactory, PartyFactory, SourceFactory
from tests.verification.desk_pages import Answer, get, send
from tests.verification.settled_rows import settled_report
from verification.models import Forecast, ForecastBasis
from verification.services.assess import assess_claim

pytestmark = pytest.mark.django_db
WHY = "Three of its reports were taken back this year."


@pytest.fixture
def source(checker: User) -> Source:
    """Graded B in spring and D since yesterday; owned, rated, on a side."""
    made: Source = SourceFactory.create(
        name="Quarter Lantern",
        aliases=["The Lantern"],
        owner=SourceFactory.create(name="Lantern Group"),
        languages=["ar"],
    )
    for days, grade, why in ((200, "B", "Right for years."), (1, "D", WHY)):
        SourceGrade.objects.create(
            source=made,
            grade=grade,
            rationale=why,
            graded_by=checker,
            graded_at=timezone.now() - timedelta(days=days),
        )
    Affiliation.objects.create(
        source=made, party=PartyFactory.create(name="Opposition"), rationale="It says so itself."
    )
    ExternalRating.objects.create(
        source=made, rater="Media Watch", value="Mixed", scale="High to low"
    )
    SourceAddress.objects.create(source=made, kind=AddressKind.DOMAIN, value="lantern.example.org")
    return made


def shown(client: Client, source: Source, query: str = "") -> Answer:
    return get(client, f"/desk/s/{source.number}{query}")


def test_it_shows_who_it_is_and_how_it_was_judged(checker_client: Client, source: Source) -> None:
    page = shown(checker_client, source)
    assert page.part("grade").startswith("Grade D: Not usually reliable now")
    assert page.part("grade").count("Rana Haddad, fact-checker") == 2
    assert page.part("grade").index(WHY) < page.part("grade").index("Right for years.")
    assert "Part of this side: Opposition It says so itself." in page.part("side")
    assert "Mixed Media Watch, on its scale “High to low”" in page.part("opinions")
    for words in ("The Lantern", "Lantern Group", "Arabic", "lantern.example.org"):
        assert words in page.part("brief")
    assert f"/desk/s/{source.owner.number}" in page.links()
    assert f"/s/{source.number}" in page.links()


def test_its_owner_lists_what_it_owns(checker_client: Client, source: Source) -> None:
    assert "Owns Quarter Lantern" in shown(checker_client, source.owner).part("brief")


def test_the_record_and_our_scores_are_shown_with_their_counts(
    checker_client: Client, source: Source
) -> None:
    for right in (True, True, False):
        report = settled_report(source, right=right)
        Forecast.objects.create(
            claim=report.claim,
            status_event=report.status_event,
            said=0.8,
            basis=ForecastBasis.BEFORE_EVIDENCE,
            known_at=report.settled_at,
            at_decision=0.9,
            proved_true=right,
            weight=1,
            settled_at=report.settled_at,
        )
    page = shown(checker_client, source)
    assert "Too few settled claims to say (3). Needs 10." in page.part("record")
    assert "We said 80 in 100, on average Came true 2 of 3 Brier score 0.24" in page.part("judged")
    assert "Too early to measure. 3 of 30." in page.part("judged")


def test_a_report_counts_less_for_its_own_side_and_nothing_at_grade_e(
    checker_client: Client, source: Source
) -> None:
    rows = shown(checker_client, source).all("//section[@id='weights']//tbody/tr")
    assert [row.rpartition("side")[0] for row in rows] == [
        "For no ",
        "For its own ",
        "Against its own ",
    ]
    supports = [float(row.split()[-2]) for row in rows]
    assert supports[1] < supports[0] < supports[2]
    SourceGrade.objects.create(source=source, grade="E", rationale=WHY, graded_at=timezone.now())
    rows = shown(checker_client, source).all("//section[@id='weights']//tbody/tr")
    assert {row[-11:] for row in rows} == {"±0.00 ±0.00"}


def test_reports_come_in_pages_with_drafts(checker_client: Client, source: Source) -> None:
    for n in range(27):
        EvidenceFactory.create(
            document__source=source,
            claim__sentence=f"Street {n} was shelled",
            claim__publication=Publication.DRAFT if n == 26 else Publication.PUBLISHED,
            stance=Stance.CONTRADICTS,
        )
    first = shown(checker_client, source)
    reports = first.all("//section[@id='reports']//li")
    assert len(reports) == 25
    assert reports[0].startswith("Street 26 was shelled Contradicts")
    assert "claim not public" in reports[0]
    (older,) = first.tree.xpath("//a[@rel='next']/@href")
    second = shown(checker_client, source, older)
    assert [row[:8] for row in second.all("//section[@id='reports']//li")] == [
        "Street 1",
        "Street 0",
    ]


def test_the_queries_do_not_grow_with_what_it_reported(
    checker_client: Client, source: Source
) -> None:
    settled_report(source)
    with CaptureQueriesContext(connection) as few:
        shown(checker_client, source)
    for _ in range(30):
        settled_report(source)
        EvidenceFactory.create(document__source=source)
    with CaptureQueriesContext(connection) as many:
        shown(checker_client, source)
    assert len(many) == len(few)


def test_the_desk_alone_sees_a_withheld_name(checker_client: Client, source: Source) -> None:
    EvidenceFactory.create(document__source=source)
    Source.objects.filter(pk=source.pk).update(
        safety=Safety.WITHHELD, safety_reason="She lives there."
    )
    page = shown(checker_client, source)
    assert "Name withheld from readers. She lives there." in page.text
    assert page.title == "Quarter Lantern: source"
    public = Client().get(f"/s/{source.number}", follow=True).content.decode()
    assert "Lantern" not in public


def test_there_is_no_page_of_a_source_that_nobody_knows(checker_client: Client) -> None:
    assert get(checker_client, "/desk/s/999999999").status == HTTPStatus.NOT_FOUND


# --- Judging it otherwise


@pytest.fixture
def claim(source: Source) -> Claim:
    found: Claim = EvidenceFactory.create(document__source=source).claim
    assess_claim(claim_id=found.pk)
    return Claim.objects.get(pk=found.pk)


def test_nothing_is_tried_until_somebody_asks(checker_client: Client, source: Source) -> None:
    page = shown(checker_client, source)
    assert "Changes" not in page.part("what-if")
    assert "Save it" not in page.part("what-if")


@pytest.mark.parametrize("query", ["?grade=Q", "?party=nobody", "?grade=A&party=opposition%00"])
def test_what_cannot_be_tried_is_said(query: str, checker_client: Client, source: Source) -> None:
    page = shown(checker_client, source, query)
    assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert page.title.startswith("Error: ")
    assert page.alert
    assert "Save it" not in page.part("what-if")


@pytest.mark.usefixtures("claim")
def test_the_preview_shows_the_score_now_and_then(checker_client: Client, source: Source) -> None:
    page = shown(checker_client, source, "?grade=A")
    assert "Changes 1 score, none across a bar." in page.part("what-if")
    assert "Grade A (completely reliable): 1 open claim, 1 with a score." in page.part("what-if")
    (row,) = page.all("//section[@id='what-if']//tbody/tr")
    now, then = (int(words.split()[0]) for words in page.all("//section[@id='what-if']//tbody//td"))
    assert now < then
    assert "was recaptured" in row


def test_a_grade_that_is_its_own_changes_nothing(checker_client: Client, source: Source) -> None:
    EvidenceFactory.create(document__source=source)
    assert "Changes no score." in shown(checker_client, source, "?grade=D").part("what-if")


def test_what_was_tried_is_kept_with_a_reason(
    claim: Claim, checker_client: Client, source: Source, django_capture_on_commit_callbacks: object
) -> None:
    party = PartyFactory.create(name="Council")
    form = {"grade": "A", "party": party.slug, "degree": "allied", "rationale": WHY}
    with django_capture_on_commit_callbacks(execute=True):
        answer = send(checker_client, f"/desk/s/{source.number}/judge", **form)
    assert answer.location == f"/desk/s/{source.number}"
    assert [row.grade for row in source.grades.all()] == ["A", "D", "B"]
    assert source.affiliations.get(party=party).degree == "allied"
    lines = AuditEvent.objects.filter(reason=WHY).values_list("tag", flat=True)
    assert set(lines) == {"sources:source:graded", "sources:source:affiliated"}
    after = Claim.objects.get(pk=claim.pk)
    assert after.confidence > claim.confidence


@pytest.mark.parametrize(
    ("form", "status", "said"),
    [
        ({"grade": "A", "rationale": "No."}, 422, "Say why, in a sentence: readers will see it."),
        ({"grade": "D", "rationale": WHY}, 409, "Its grade is D already."),
        ({"party": "nobody", "rationale": WHY}, 422, "There is no such side"),
        ({"rationale": WHY}, 422, "Choose a grade, a side or an owner."),
        ({}, 422, "Choose a grade, a side or an owner."),
        ({"owner": "99999999", "rationale": WHY}, 422, "There is no source 99999999."),
        ({"ended": "nobody", "rationale": WHY}, 422, "It is not on that side."),
    ],
)
def test_what_cannot_be_kept_is_said_and_nothing_is_written(
    form: dict[str, str], status: int, said: str, checker_client: Client, source: Source
) -> None:
    page = send(checker_client, f"/desk/s/{source.number}/judge", **form)
    assert (page.status, page.title) == (status, "Error: Quarter Lantern: source")
    assert said in page.text
    assert source.grades.count() == 2
    assert source.affiliations.count() == 1


def test_who_may_not_edit_looks_and_cannot_save(
    claim: Claim, auditor: User, source: Source
) -> None:
    client = signed_in(auditor)
    page = shown(client, source, "?grade=A")
    assert "Changes 1 score" in page.part("what-if")
    assert "Save it" not in page.part("what-if")
    answer = send(client, f"/desk/s/{source.number}/judge", grade="A", rationale=WHY)
    assert answer.status == HTTPStatus.FORBIDDEN
    assert source.grades.count() == 2

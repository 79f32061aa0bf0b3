"""A source at the desk: who copies whom, captures that failed, notes, changes, sides that end."""

from __future__ import annotations

import re
from datetime import date, timedelta
from http import HTTPStatus

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from audit.models import AuditEvent
from claims.models import Claim
from claims.vocabulary import Publication
from core.errors import Conflict, Invalid
from sources.models import (
    Affiliation,
    Derivation,
    Document,
    GroupState,
    Origin,
    Snapshot,
    Source,
    SourceGroup,
)
from sources.services.catalogue import affiliate_source
from sources.services.judgement import change_owner, end_side, judge_source
from sources.vocabulary import CaptureState, DerivationState, Safety
from tests.conftest import signed_in
from tests.factories import (
    ClaimFactory,
    DocumentFactory,
    EvidenceFactory,
    PartyFactory,
    SourceFactory,
)
from tests.verification.desk_pages import Answer, get, send
from verification.selectors import desk_source, source_life

pytestmark = pytest.mark.django_db
WHY = "Its editor left the council and said so in print."
LEFT = "The council closed, and nobody of it writes there."


@pytest.fixture
def source() -> Source:
    made: Source = SourceFactory.create(name="Quarter Lantern")
    return made


def shown(client: Client, source: Source, query: str = "") -> Answer:
    return get(client, f"/desk/s/{source.number}{query}")


def copied(first: Source, *others: Source, state: str = DerivationState.PROPOSED) -> None:
    """A report of FIRST that a document of each of the OTHERS repeats."""
    origin = Origin.objects.create(first_document=DocumentFactory.create(source=first))
    for other in others:
        Derivation.objects.create(
            document=DocumentFactory.create(source=other),
            origin=origin,
            method="a test",
            state=state,
        )


def failed(document: Document, error: str, days: int = 1) -> None:
    Snapshot.objects.create(
        document=document,
        state=CaptureState.FAILED,
        error=error,
        capture_finished_at=timezone.now() - timedelta(days=days),
    )


# --- who copies whom


def test_partners_are_counted_in_both_directions_and_beside(
    checker_client: Client, source: Source
) -> None:
    agency, blog = SourceFactory.create(name="Agency"), SourceFactory.create(name="Blog")
    copied(agency, source)
    copied(agency, source, blog)
    copied(source, blog)
    copied(source, agency, state=DerivationState.REJECTED)
    copied(source, source)
    page = shown(checker_client, source)
    rows = page.all("//section[@id='copying']//tbody/tr")
    assert [" ".join(row.split()) for row in rows] == ["Agency 2 0 0", "Blog 0 1 1"]
    assert {f"/desk/s/{agency.number}", f"/desk/s/{blog.number}"} <= set(page.links())


def test_partners_that_are_too_many_are_counted(
    checker_client: Client, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_life, "MOST_PARTNERS", 2)
    for _ in range(5):
        copied(source, SourceFactory.create())
    assert "And 3 more, less often." in shown(checker_client, source).part("copying")


# --- captures that failed


def test_captures_that_failed_are_counted_by_what_came_of_them(
    checker_client: Client, source: Source
) -> None:
    item = EvidenceFactory.create(document__source=source, document__title="The bridge fell")
    for _ in range(2):
        failed(DocumentFactory.create(source=source), "dns_not_found")
    failed(item.document, "connect_timeout", days=0)
    failed(item.document, "connect_timeout", days=100)
    failed(DocumentFactory.create(source=SourceFactory.create()), "connect_timeout")
    page = shown(checker_client, source)
    assert page.part("captures").startswith("Captures that failed 3 of 4 in the last 90 days")
    rows = [" ".join(row.split()) for row in page.all("//section[@id='captures']//tbody/tr")]
    assert rows == ["There is no site of this name. 2", "The site did not answer in time. 1"]
    (first, *_) = page.all("//section[@id='captures']//li")
    assert first.startswith("The bridge fell")
    assert f"/desk/c/{item.claim.number}#e{item.position}" in page.links()
    assert "/desk/?group=captures" in page.links()


def test_none_that_failed_is_said(checker_client: Client, source: Source) -> None:
    assert "None in the last 90 days." in shown(checker_client, source).part("captures")


# --- notes and history


def test_a_note_is_for_the_desk_and_stays_in_the_history(
    checker_client: Client, checker: User, source: Source
) -> None:
    EvidenceFactory.create(document__source=source)
    path = f"/desk/s/{source.number}/note"
    answer = send(checker_client, path, text="  Call the editor before noon. ")
    assert answer.location == f"/desk/s/{source.number}#history"
    said = shown(checker_client, source).part("history")
    assert "Note Call the editor before noon." in said
    assert checker.name in said
    assert AuditEvent.objects.get(tag="sources:source:noted").actor == checker
    public = get(Client(), f"/s/{source.number}")
    assert "before noon" not in public.response.content.decode()


@pytest.mark.parametrize("text", ["", "   ", "x" * 1001])
def test_no_note_and_one_that_is_too_long_are_refused(
    text: str, checker_client: Client, source: Source
) -> None:
    page = send(checker_client, f"/desk/s/{source.number}/note", text=text)
    assert (page.status, page.title) == (422, "Error: Quarter Lantern: source")
    assert not AuditEvent.objects.filter(tag="sources:source:noted").exists()


def test_who_may_not_edit_reads_notes_and_writes_none(auditor: User, source: Source) -> None:
    client = signed_in(auditor)
    assert "Add a note" not in shown(client, source).part("history")
    answer = send(client, f"/desk/s/{source.number}/note", text="Call the editor.")
    assert answer.status == HTTPStatus.FORBIDDEN


def test_every_change_is_said_in_words(
    checker_client: Client, checker: User, source: Source
) -> None:
    party, house = PartyFactory.create(name="Council"), SourceFactory.create(name="Lantern Group")
    judge_source(actor=checker, source=source, grade="B", party=party, owner=house, rationale=WHY)
    judge_source(actor=checker, source=source, ended=party, unowned=True, rationale=WHY)
    said = shown(checker_client, source).all("//section[@id='history']//li/h3")
    today = timezone.localdate()
    assert said == [
        "Owned by nobody; before, by Lantern Group",
        f"On the side of Council until {today:%Y-%m-%d}, and no longer",
        "Owned by Lantern Group; before, by nobody",
        "On the side of Council",
        "Graded B",
    ]


# --- sides that end, and owners


def test_an_end_is_tried_and_kept_with_its_day(
    checker_client: Client, checker: User, source: Source
) -> None:
    party = PartyFactory.create(name="Council")
    affiliate_source(actor=checker, source=source, party=party, rationale=WHY)
    page = shown(checker_client, source, f"?ended={party.slug}")
    assert "No longer on the side of Council" in page.part("what-if")
    assert "Readers see it, and the source can dispute it." in page.part("what-if")
    form = {"ended": party.slug, "until": "2025-03-01", "rationale": WHY}
    assert (
        send(checker_client, f"/desk/s/{source.number}/judge", **form).status
        == HTTPStatus.SEE_OTHER
    )
    assert source.affiliations.get().to_date == date(2025, 3, 1)
    assert f"until 1 Mar 2025 {WHY} Why it ended: {WHY}" in shown(checker_client, source).part(
        "side"
    )


def test_readers_see_why_a_side_ended_and_not_of_a_person_in_hiding(
    checker: User, source: Source
) -> None:
    EvidenceFactory.create(document__source=source)
    party = PartyFactory.create(name="Council")
    affiliate_source(actor=checker, source=source, party=party, rationale=WHY)
    end_side(actor=checker, source=source, party=party, rationale=f"  {LEFT} ")
    assert source.affiliations.get().end_reason == LEFT
    for safety, count in ((Safety.PUBLIC, 1), (Safety.WITHHELD, 0)):
        source.safety, source.safety_reason = safety, "She lives there."
        source.save()
        public = Client().get(f"/s/{source.number}", follow=True).content.decode()
        assert public.count(LEFT) == public.count("Why it ended:") == count
        (side,) = Client().get(f"/api/v1/sources/{source.number}").json()["sides"]
        assert side["end_reason"] == (LEFT if count else "")
        assert side["to"] == f"{timezone.localdate():%Y-%m-%d}"


@pytest.mark.parametrize("named", ["claim {0.number}", "“{0.sentence}”"])
def test_a_reason_for_readers_names_no_claim_that_they_do_not_see(
    named: str, checker_client: Client, checker: User, source: Source
) -> None:
    claim = ClaimFactory.create(publication=Publication.DRAFT)
    party = PartyFactory.create()
    affiliate_source(actor=checker, source=source, party=party, rationale=WHY)
    why = f"It was wrong on {named.format(claim)}, and the council left."
    path, form = f"/desk/s/{source.number}/judge", {"ended": party.slug, "rationale": why}
    refused = send(checker_client, path, **form)
    assert (refused.status, source.affiliations.get().end_reason) == (422, "")
    assert "It names a claim that is not public" in refused.part("what-if")
    owned = {"owner": SourceFactory.create().name, "rationale": why}
    assert send(checker_client, path, **owned).status == HTTPStatus.SEE_OTHER
    Claim.objects.filter(pk=claim.pk).update(publication=Publication.PUBLISHED)
    assert send(checker_client, path, **form).status == HTTPStatus.SEE_OTHER
    assert source.affiliations.get().end_reason == why


def test_no_side_that_stands_has_a_reason_for_its_end(checker: User, source: Source) -> None:
    side = affiliate_source(
        actor=checker, source=source, party=PartyFactory.create(), rationale=WHY
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Affiliation.objects.filter(pk=side.pk).update(end_reason=LEFT)


def test_who_comes_back_to_a_side_is_on_it_again(checker: User, source: Source) -> None:
    party = PartyFactory.create()
    affiliate_source(actor=checker, source=source, party=party, rationale=WHY)
    end_side(actor=checker, source=source, party=party, rationale=WHY)
    again = affiliate_source(actor=checker, source=source, party=party, rationale=WHY)
    assert again.from_date == timezone.localdate()
    end_side(actor=checker, source=source, party=party, rationale=WHY)
    with pytest.raises(Conflict, match="It left this side today"):
        affiliate_source(actor=checker, source=source, party=party, rationale=WHY)


def test_an_end_that_cannot_be_is_refused(checker: User, source: Source) -> None:
    party, today = PartyFactory.create(), timezone.localdate()
    with pytest.raises(Conflict, match="not on the side"):
        end_side(actor=checker, source=source, party=party, rationale=WHY)
    affiliate_source(
        actor=checker, source=source, party=party, rationale=WHY, from_date=today - timedelta(3)
    )
    for until, rationale in (
        (today + timedelta(1), WHY),
        (today - timedelta(4), WHY),
        (today, "No."),
        (today, "x" * 401),
    ):
        with pytest.raises(Invalid):
            end_side(actor=checker, source=source, party=party, rationale=rationale, until=until)
    assert source.affiliations.get().to_date is None


def test_an_owner_that_cannot_be_is_refused(checker: User, source: Source) -> None:
    house, holding = SourceFactory.create(owner=source), SourceFactory.create()
    holding.owner = house
    holding.save()
    for owner in (source, house, holding):
        with pytest.raises(Conflict, match="own itself"):
            change_owner(actor=checker, source=source, owner=owner, rationale=WHY)
    with pytest.raises(Conflict, match="its owner already"):
        change_owner(actor=checker, source=source, owner=None, rationale=WHY)
    with pytest.raises(Invalid):
        change_owner(actor=checker, source=source, owner=SourceFactory.create(), rationale="No.")


def test_the_owner_of_a_source_in_a_bloc_stays(checker: User, source: Source) -> None:
    group = SourceGroup.objects.create(
        number=1,
        state=GroupState.ACCEPTED,
        figures=[],
        made_at=timezone.now(),
        decided_by=checker,
        decided_at=timezone.now(),
        reason=WHY,
    )
    group.sources.add(source)
    with pytest.raises(Conflict, match="err together"):
        change_owner(actor=checker, source=source, owner=SourceFactory.create(), rationale=WHY)


# --- what it costs


def test_the_queries_do_not_grow_with_partners_failures_and_changes(
    checker_client: Client, source: Source
) -> None:
    def more() -> None:
        other = SourceFactory.create()
        copied(source, other)
        copied(other, source)
        failed(EvidenceFactory.create(document__source=source).document, "dns_not_found")
        send(checker_client, f"/desk/s/{source.number}/note", text="Seen again.")

    more()
    shown(checker_client, source)
    with CaptureQueriesContext(connection) as few:
        shown(checker_client, source)
    for _ in range(30):
        more()
    shown(checker_client, source)  # which says that the last note was taken
    with CaptureQueriesContext(connection) as many:
        page = shown(checker_client, source)
    assert len(many) == len(few)
    (older,) = page.tree.xpath("//section[@id='history']//a[@rel='next']/@href")
    with CaptureQueriesContext(connection) as further:
        shown(checker_client, source, older)
    assert len(further) == len(few) + 1  # for the page after it


def test_older_changes_are_on_pages_by_key_and_none_is_left_out_or_shown_twice(
    checker_client: Client, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_life, "MOST_CHANGES", 3)
    path = f"/desk/s/{source.number}/note"
    for number in range(7):
        send(checker_client, path, text=f"Note number {number}.")
    seen, query = [], ""
    for left in (4, 1, 0):
        page = shown(checker_client, source, query)
        seen += page.all("//section[@id='history']//li/p[not(@class)]")
        rest = page.tree.xpath("//section[@id='history']//a[@rel='next']/@href")
        assert len(rest) == (1 if left else 0)
        query = rest[0] if rest else query
        send(checker_client, path, text="Written while somebody reads on.")
    assert seen == [f"Note number {number}." for number in range(6, -1, -1)]
    back = [page := shown(checker_client, source, _newer(page)) for _ in range(3)]
    assert [part.all("//section[@id='history']//li/p[not(@class)]") for part in back] == [
        [f"Note number {number}." for number in (3, 2, 1)],
        [f"Note number {number}." for number in (6, 5, 4)],
        ["Written while somebody reads on."] * 3,
    ]
    assert "Newer" not in page.part("history")


def _newer(page: Answer) -> str:
    (address,) = page.tree.xpath("//section[@id='history']//a[@rel='prev']/@href")
    return str(address)


def test_a_page_of_the_history_leaves_the_reports_where_they_are(
    checker_client: Client, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_life, "MOST_CHANGES", 1)
    monkeypatch.setattr(desk_source, "SIZE", 1)
    for _ in range(3):
        EvidenceFactory.create(document__source=source)
        send(checker_client, f"/desk/s/{source.number}/note", text="Seen again.")
    (reports,) = shown(checker_client, source).tree.xpath(
        "//section[@id='reports']//a[@rel='next']/@href"
    )
    (history,) = shown(checker_client, source, reports).tree.xpath(
        "//section[@id='history']//a[@rel='next']/@href"
    )
    assert reports.removeprefix("?") in history
    both = shown(checker_client, source, history)
    assert both.tree.xpath("//nav[@class='paging']/@aria-label") == [
        "Pages of its history",
        "Pages of its reports",
    ]
    (on,) = both.tree.xpath("//section[@id='reports']//a[@rel='next']/@href")
    assert re.search(r"history=[0-9]+", history)[0] in on  # type: ignore[index]  # it is there


@pytest.mark.parametrize("key", ["0", "-1", "x", str(2**63)])
def test_a_key_that_none_has_is_refused(key: str, checker_client: Client, source: Source) -> None:
    assert shown(checker_client, source, f"?history={key}").status == 422


def test_before_the_first_change_there_is_none(checker_client: Client, source: Source) -> None:
    send(checker_client, f"/desk/s/{source.number}/note", text="Seen again.")
    part = shown(checker_client, source, "?history=1").part("history")
    assert "Nothing before that is on record. Newer" in part

from __future__ import annotations

import pytest
from desk_pages import Answer, contested_claim, fields_of, get, report, send
from django.test import Client
from django.urls import reverse

from accounts.models import User
from claims.models import Claim, Evidence
from claims.services.claims import edit_claim
from claims.services.evidence import edit_evidence
from claims.vocabulary import Alignment
from sources.models import Snapshot
from sources.vocabulary import CaptureState
from tests.conftest import signed_in
from tests.factories import (
    ClaimFactory,
    EvidenceFactory,
    PartyFactory,
    SnapshotFactory,
    SourceFactory,
)
from verification.services.assess import assess_claim

pytestmark = pytest.mark.django_db


@pytest.fixture
def claim(checker: User) -> Claim:
    return contested_claim(checker)


def path(claim: Claim, *rest: object) -> str:
    return "/".join([f"/desk/c/{claim.number}", *(str(part) for part in rest)])


def waiting(claim: Claim, state: str, **capture: object) -> Evidence:
    item = EvidenceFactory.create(claim=claim, snapshot=None, document__title="Evening bulletin")
    Snapshot.objects.create(document=item.document, state=state, **capture)
    return item


# --- Reading


def test_the_editor_shows_the_claim_its_evidence_score_checks_and_statuses(
    checker_client: Client, claim: Claim
) -> None:
    page = get(checker_client, path(claim))
    assert page.status == 200
    assert page.title == f"Edit: {claim.sentence}"
    assert f"Claim {claim.number}" in page.part("head")
    assert f"Version {claim.version}" in page.part("head")
    assert "2 sources, 2 of them independent" in page.text
    assert "Contradicts" in page.part("e2")
    assert "Checks for" in page.part("score")
    assert page.all("//*[@id='propose']//label//span[contains(@class, 'status')]")
    assert f"/desk/c/{claim.number}/status" in page.tree.xpath("//form/@action")
    assert any(link.endswith("#history") for link in page.links())


def test_a_draft_has_no_public_page_to_link(checker_client: Client) -> None:
    draft = ClaimFactory.create(publication="draft")
    page = get(checker_client, path(draft))
    assert "No public page yet" in page.text
    assert "No sources yet" in page.text


def test_an_unknown_claim_is_missing(checker_client: Client) -> None:
    assert checker_client.get("/desk/c/999999999").status_code == 404


def test_strangers_are_sent_to_sign_in(claim: Claim) -> None:
    response = Client().get(path(claim))
    assert response.status_code == 302
    assert response["Location"].startswith("/desk/sign-in")


def test_a_contributor_may_not_see_it(contributor: User, claim: Claim) -> None:
    assert signed_in(contributor).get(path(claim)).status_code == 403


@pytest.mark.parametrize("opened", ["", "?open=1"])
@pytest.mark.parametrize("count", [3, 30])
def test_twenty_queries_however_many_sources(
    checker_client: Client,
    checker: User,
    count: int,
    opened: str,
    django_assert_max_num_queries: object,
) -> None:
    claim = contested_claim(checker)
    for _ in range(count - 2):
        report(claim, "C")
    waiting(claim, CaptureState.QUEUED)
    assess_claim(claim_id=claim.pk)
    with django_assert_max_num_queries(20):
        page = get(checker_client, f"{path(claim)}{opened}")
    assert len(page.tree.xpath("//ol[@id='ledger']/li")) == count + 1


def test_one_row_is_open_with_what_was_judged(checker_client: Client, claim: Claim) -> None:
    page = get(checker_client, f"{path(claim)}?open=2")
    assert page.tree.xpath("//li[@id='e2']//form")
    assert not page.tree.xpath("//li[@id='e1']//form")
    assert "As on record: speaks for no side" in page.part("e2")
    assert "Withdraw it" in page.part("e2")


@pytest.mark.parametrize("opened", ["99", "x", "-1", "9" * 30])
def test_what_is_no_row_opens_nothing(checker_client: Client, claim: Claim, opened: str) -> None:
    page = get(checker_client, f"{path(claim)}?open={opened}")
    assert page.status == 200
    assert not page.tree.xpath("//ol[@id='ledger']//form")


def test_the_auditor_reads_everything_and_gets_no_form_that_writes(
    auditor: User, claim: Claim
) -> None:
    page = get(signed_in(auditor), f"{path(claim)}?open=1")
    assert page.status == 200
    assert "the suburb is held" in page.part("e1")
    assert claim.sentence in page.part("claim")
    actions = page.tree.xpath("//main//form[@method='post']/@action")
    assert actions == []


@pytest.mark.parametrize("where", ["", "/evidence", "/evidence/1", "/evidence/1/withdraw"])
def test_the_auditor_cannot_write(auditor: User, claim: Claim, where: str) -> None:
    response = signed_in(auditor).post(f"{path(claim)}{where}", {"stance": "supports"})
    assert response.status_code == 403


# --- Captures


def test_a_running_capture_is_a_row_with_its_step_and_looks_again(
    checker_client: Client, claim: Claim, django_db_blocker: object
) -> None:
    waiting(claim, CaptureState.QUEUED)
    page = get(checker_client, path(claim))
    assert "Evening bulletin" in page.part("captures")
    captures = page.tree.get_element_by_id("captures")
    assert captures.get("hx-trigger") == "every 2s"
    assert captures.xpath(".//a[text()='Refresh']")


def test_a_failed_capture_says_why_and_offers_to_try_again(
    checker_client: Client, claim: Claim
) -> None:
    waiting(claim, CaptureState.FAILED, error="dns_not_found")
    page = get(checker_client, path(claim))
    assert "There is no site of this name." in page.part("captures")
    assert page.all("//*[@id='captures']//button")[0] == "Try again"
    assert page.tree.get_element_by_id("captures").get("hx-trigger") is None


def test_an_archived_error_page_is_no_copy(checker_client: Client, claim: Claim) -> None:
    item = EvidenceFactory.create(claim=claim, snapshot=None)
    SnapshotFactory.create(document=item.document, outcome="http_error")
    page = get(checker_client, path(claim))
    assert "The site answered with an error page" in page.part("captures")


def test_trying_again_asks_for_one_more_copy(checker_client: Client, claim: Claim) -> None:
    item = waiting(claim, CaptureState.FAILED, error="dns_not_found")
    response = send(checker_client, path(claim, "evidence", 3, "capture"))
    assert response.status == 303
    assert response.location == f"{path(claim)}#e3"
    newest = item.document.snapshots.order_by("-number").first()
    assert newest.state == CaptureState.QUEUED


def test_looking_again_gets_nothing_until_something_changes(
    checker_client: Client, claim: Claim
) -> None:
    item = waiting(claim, CaptureState.QUEUED)
    page = get(checker_client, path(claim))
    again = str(page.tree.get_element_by_id("captures").get("hx-get"))
    look = {"HX-Request": "true", "HX-Target": "captures"}
    assert checker_client.get(again, headers=look).status_code == 204
    item.document.snapshots.update(state=CaptureState.FAILED, error="dns_not_found")
    news = get(checker_client, again, **look)
    assert news.status == 200
    assert "There is no site of this name." in news.part("captures")
    assert "We couldn’t archive this one" in news.part("e3")
    assert news.tree.get_element_by_id("e3").get("hx-swap-oob") == "true"
    assert not news.tree.xpath("//*[@id='claim']")


def test_a_row_that_somebody_writes_in_is_left_alone(checker_client: Client, claim: Claim) -> None:
    waiting(claim, CaptureState.QUEUED)
    look = {"HX-Request": "true", "HX-Target": "captures"}
    news = get(checker_client, f"{path(claim)}?state=old&watch=3&opened=3", **look)
    assert news.status == 200
    assert not news.tree.xpath("//*[@id='e3']")


# --- The claim itself


def save_claim(client: Client, claim: Claim, *, htmx: str = "", **changes: str) -> Answer:
    sent = fields_of(get(client, path(claim)), path(claim))
    return send(client, path(claim), htmx=htmx, **{**sent, **changes})


def test_saving_the_claim_changes_its_words_place_and_time(
    checker_client: Client, claim: Claim
) -> None:
    side = PartyFactory.create(slug="government")
    saved = save_claim(
        checker_client,
        claim,
        sentence="The suburb was  recaptured by the government",
        place_name="Dhahiyet al-Assad, Aleppo",
        time_from_0="2016-11-11",
        time_to_0="2016-11-12",
        time_to_1="16:05",
        time_precision="hour",
        kind="control",
        favours="government",
        unknowns="Who entered first.",
    )
    assert saved.status == 303
    claim.refresh_from_db()
    assert claim.sentence == "The suburb was recaptured by the government"
    assert claim.place.name == "Dhahiyet al-Assad, Aleppo"
    assert claim.time_to.isoformat() == "2016-11-12T16:05:00+00:00"
    assert (claim.kind, claim.favours) == ("control", side)
    assert claim.unknowns == "Who entered first."


def test_whom_the_claim_favours_decides_whom_its_sources_serve(
    checker_client: Client, claim: Claim
) -> None:
    side = PartyFactory.create(slug="government")
    item = EvidenceFactory.create(
        claim=claim, document__source=SourceFactory.graded("D", party=side)
    )
    assert save_claim(checker_client, claim, favours="government").status == 303
    item.refresh_from_db()
    assert item.alignment == Alignment.SELF_SERVING


def test_a_known_place_is_not_added_twice(checker_client: Client, claim: Claim) -> None:
    save_claim(checker_client, claim, place_name="Minyan")
    other = ClaimFactory.create()
    save_claim(checker_client, other, place_name="minyan")
    claim.refresh_from_db()
    other.refresh_from_db()
    assert claim.place == other.place


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("sentence", "Too short", "Write the claim as a sentence of 10 characters or more."),
        ("sentence", "x" * 241, "at most 240 characters"),
        ("time_to_0", "2016-11-10", "The end is before the beginning."),
        ("time_from_0", "yesterday", "Write the day like 2016-11-12."),
    ],
)
def test_a_claim_of_the_wrong_shape_is_refused_in_words(
    checker_client: Client, claim: Claim, field: str, value: str, words: str
) -> None:
    assert save_claim(checker_client, claim, time_from_0="2016-11-11").status == 303
    page = save_claim(checker_client, claim, **{field: value})
    assert page.status == 422
    assert words in page.alert
    assert value in page.markup


def test_a_stale_version_answers_409_with_both_texts_kept(
    checker_client: Client, editor: User, claim: Claim
) -> None:
    sent = fields_of(get(checker_client, path(claim)), path(claim))
    edit_claim(
        actor=editor,
        claim=claim,
        expected_version=claim.version,
        sentence="Theirs: the suburb fell to the army",
    )
    mine = {**sent, "sentence": "Mine: the suburb was taken by the army"}
    page = send(checker_client, path(claim), **mine)
    assert page.status == 409
    assert page.title.startswith("Error: ")
    clash = " ".join(page.all("//*[@class='clash']"))
    assert "Yours: Mine: the suburb was taken by the army" in clash
    assert "Theirs: Theirs: the suburb fell to the army" in clash
    kept = fields_of(page, path(claim))
    assert kept["sentence"] == "Mine: the suburb was taken by the army"
    assert send(checker_client, path(claim), **kept).status == 303
    claim.refresh_from_db()
    assert claim.sentence == "Mine: the suburb was taken by the army"


def test_with_htmx_the_clash_comes_as_a_part(
    checker_client: Client, editor: User, claim: Claim
) -> None:
    sent = fields_of(get(checker_client, path(claim)), path(claim))
    edit_claim(
        actor=editor, claim=claim, expected_version=claim.version, unknowns="Who entered first."
    )
    page = send(checker_client, path(claim), htmx="claim", **{**sent, "unknowns": "Mine."})
    assert page.status == 409
    assert not page.is_whole
    assert "Theirs: Who entered first." in page.text


def test_evidence_that_was_filed_meanwhile_is_no_clash_with_the_wording(
    checker_client: Client, editor: User, claim: Claim
) -> None:
    sent = fields_of(get(checker_client, path(claim)), path(claim))
    edit_evidence(actor=editor, claim=claim, position=1, note="Raises the version.")
    page = send(checker_client, path(claim), **{**sent, "unknowns": "Mine."})
    assert page.status == 303


def test_the_wording_is_commented_and_never_blocked(checker_client: Client, claim: Claim) -> None:
    saved = save_claim(
        checker_client,
        claim,
        htmx="claim",
        sentence="No counter-offensive was attempted because losses were heavy",
    )
    assert saved.status == 200
    assert "This says why it happened. Split the cause?" in saved.text
    assert "Saved the claim." in saved.text


def test_markup_in_what_people_write_stays_text(checker_client: Client, claim: Claim) -> None:
    save_claim(checker_client, claim, sentence="<script>alert(1)</script> took the suburb")
    assert "<script>alert(1)" not in get(checker_client, path(claim)).markup


def test_every_page_of_the_editor_has_a_name() -> None:
    at = {"number": 1, "position": 2}
    names = ("", "_withdraw", "_resolve", "_visual", "_locate", "_capture")
    assert [reverse(f"desk_evidence{name}", kwargs=at) for name in names]

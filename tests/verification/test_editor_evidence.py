from __future__ import annotations

import pytest
from desk_pages import Answer, contested_claim, fields_of, get, report, send
from django.test import Client

from accounts.models import User
from claims.models import Claim
from claims.services.evidence import edit_evidence
from claims.vocabulary import Alignment, AlignmentBasis, Directness, Stance
from sources.models import Affiliation, Document, Source
from tests.factories import (
    ClaimFactory,
    DocumentFactory,
    EvidenceFactory,
    PartyFactory,
    SourceFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def claim(checker: User) -> Claim:
    return contested_claim(checker)


def path(claim: Claim, *rest: object) -> str:
    return "/".join([f"/desk/c/{claim.number}", *(str(part) for part in rest)])


def edit(client: Client, claim: Claim, position: int, *, htmx: str = "", **changes: str) -> Answer:
    """Open the row, change some of its fields, save."""
    where = path(claim, "evidence", position)
    page = get(client, f"{path(claim)}?open={position}")
    sent = {**fields_of(page, where), **changes}
    return send(client, where, htmx=htmx, **sent)


def test_saving_a_row_changes_it_and_goes_back_to_it(checker_client: Client, claim: Claim) -> None:
    saved = edit(
        checker_client,
        claim,
        1,
        directness=Directness.OFFICIAL_STATEMENT,
        credibility="4",
        quote="We hold it.",
        quote_language="ar",
        quote_translation="We hold it, they say.",
        note="It names the suburb.",
        paragraph="4",
        footnote="8",
    )
    assert saved.status == 303
    assert saved.location == f"{path(claim)}#e1"
    item = claim.evidence.get(position=1)
    assert (item.directness, item.credibility) == (Directness.OFFICIAL_STATEMENT, 4)
    assert (item.quote, item.quote_language) == ("We hold it.", "ar")
    assert (item.note, item.paragraph, item.footnote) == ("It names the suburb.", "4", "8")


def test_with_htmx_the_saved_row_comes_back_closed_with_what_follows(
    checker_client: Client, claim: Claim
) -> None:
    saved = edit(checker_client, claim, 1, htmx="e1", note="It names the suburb.")
    assert saved.status == 200
    assert "HX-Request" in saved.response["Vary"]
    assert not saved.tree.xpath("//li[@id='e1']//form")
    assert saved.tree.get_element_by_id("score").get("hx-swap-oob") == "true"
    assert "Saved [1]." in saved.text
    assert not saved.is_whole


@pytest.mark.parametrize("htmx", ["", "e1"])
def test_an_error_keeps_the_input_and_says_what_to_do(
    checker_client: Client, claim: Claim, htmx: str
) -> None:
    page = edit(checker_client, claim, 1, htmx=htmx, quote_language="arabic!", note="Kept.")
    assert page.status == 422
    assert "Write the language as a code" in page.alert
    assert "Kept." in page.part("e1")
    if not htmx:
        assert page.title.startswith("Error: ")


def test_an_alignment_of_ones_own_needs_a_reason(checker_client: Client, claim: Claim) -> None:
    page = edit(checker_client, claim, 1, alignment=Alignment.AGAINST_INTEREST)
    assert page.status == 422
    assert "From the record this would be" in page.alert
    saved = edit(
        checker_client,
        claim,
        1,
        alignment=Alignment.AGAINST_INTEREST,
        alignment_reason="It had denied this for days.",
    )
    assert saved.status == 303
    item = claim.evidence.get(position=1)
    assert item.alignment == Alignment.AGAINST_INTEREST
    assert item.alignment_basis == AlignmentBasis.OVERRIDDEN


def test_an_overridden_alignment_goes_back_to_the_record(
    checker_client: Client, checker: User, claim: Claim
) -> None:
    edit_evidence(
        actor=checker,
        claim=claim,
        position=1,
        alignment=Alignment.AGAINST_INTEREST,
        alignment_reason="It had denied this for days.",
    )
    saved = edit(
        checker_client, claim, 1, alignment="", alignment_reason="", stance=Stance.CONTRADICTS
    )
    assert saved.status == 303
    item = claim.evidence.get(position=1)
    assert item.alignment_basis == AlignmentBasis.DERIVED


def test_naming_the_source_derives_whom_it_serves_wherever_it_is_cited(
    checker_client: Client, claim: Claim
) -> None:
    side = PartyFactory.create()
    source = SourceFactory.graded("D", party=side)
    document = DocumentFactory.create(source=None)
    claim.favours = side
    claim.save()
    here = EvidenceFactory.create(claim=claim, document=document)
    other = ClaimFactory.create(favours=side)
    there = EvidenceFactory.create(claim=other, document=document)
    saved = edit(checker_client, claim, here.position, source=str(source.number))
    assert saved.status == 303
    for item in (here, there):
        item.refresh_from_db()
        assert item.alignment == Alignment.SELF_SERVING
    document.refresh_from_db()
    assert document.source == source


def test_a_new_source_is_added_in_the_same_step(checker_client: Client, claim: Claim) -> None:
    saved = edit(
        checker_client,
        claim,
        1,
        new_source_name="  Local   news page ",
        new_source_kind="outlet",
    )
    assert saved.status == 303
    source = Source.objects.get(name="Local news page")
    assert claim.evidence.get(position=1).document.source == source
    assert not Affiliation.objects.filter(source=source).exists()


def test_two_people_edit_one_row_and_both_texts_are_shown(
    checker_client: Client, editor: User, claim: Claim
) -> None:
    where = path(claim, "evidence", 1)
    sent = fields_of(get(checker_client, f"{path(claim)}?open=1"), where)
    edit_evidence(actor=editor, claim=claim, position=1, note="Theirs, first.")
    page = send(checker_client, where, **{**sent, "note": "Mine, later."})
    assert page.status == 409
    clash = " ".join(page.all("//*[@class='clash']"))
    assert "Yours: Mine, later." in clash
    assert "Theirs: Theirs, first." in clash
    assert claim.evidence.get(position=1).note == "Theirs, first."
    again = send(checker_client, where, **fields_of(page, where))
    assert again.status == 303
    assert claim.evidence.get(position=1).note == "Mine, later."


def test_a_copy_that_arrives_meanwhile_is_no_clash(
    checker_client: Client, checker: User, claim: Claim
) -> None:
    where = path(claim, "evidence", 1)
    sent = fields_of(get(checker_client, f"{path(claim)}?open=1"), where)
    edit_evidence(actor=checker, claim=claim, position=2, note="Raises the version.")
    assert send(checker_client, where, **{**sent, "note": "Mine."}).status == 303


def test_without_what_was_seen_the_version_alone_decides(
    checker_client: Client, checker: User, claim: Claim
) -> None:
    where = path(claim, "evidence", 1)
    sent = fields_of(get(checker_client, f"{path(claim)}?open=1"), where)
    sent.pop("seen")
    edit_evidence(actor=checker, claim=claim, position=2, note="Raises the version.")
    assert send(checker_client, where, **sent).status == 409


def test_withdrawing_needs_a_reason_and_keeps_the_row(checker_client: Client, claim: Claim) -> None:
    where = path(claim, "evidence", 1, "withdraw")
    refused = send(checker_client, where, reason="no")
    assert refused.status == 422
    assert "Say in a sentence why it is withdrawn" in refused.part("e1")
    assert send(checker_client, where, reason="It is about another suburb.").status == 303
    page = get(checker_client, path(claim))
    assert "It is about another suburb." in page.part("e1")


def test_what_is_withdrawn_is_not_withdrawn_again(checker_client: Client, claim: Claim) -> None:
    where = path(claim, "evidence", 1, "withdraw")
    send(checker_client, where, reason="It is about another suburb.")
    assert send(checker_client, where, reason="It is about another suburb.").status == 409


def test_answering_an_item_on_the_losing_side(checker_client: Client, claim: Claim) -> None:
    where = path(claim, "evidence", 2, "resolve")
    response = send(
        checker_client, where, resolution="outweighed", text="Earlier than the photographs."
    )
    assert response.status == 303
    assert claim.evidence.get(position=2).resolution == "outweighed"
    assert "Answered: outweighed" in get(checker_client, path(claim)).part("e2")


def test_only_a_picture_is_checked_for_place_and_date(checker_client: Client, claim: Claim) -> None:
    report(claim, "C", directness=Directness.FIRST_HAND_VISUAL)
    how = "Corner shop and water tower matched."
    assert send(checker_client, path(claim, "evidence", 3, "visual"), how=how).status == 303
    assert claim.evidence.get(position=3).visual_check == how
    assert send(checker_client, path(claim, "evidence", 1, "visual"), how=how).status == 409


def test_a_missing_address_is_pasted_and_archived(checker_client: Client, claim: Claim) -> None:
    stub = EvidenceFactory.create(
        claim=claim,
        document=Document.objects.create(),
        snapshot=None,
        footnote="8",
    )
    page = get(checker_client, f"{path(claim)}?open=3")
    assert "Address missing. Paste one" in page.part("e3")
    where = path(claim, "evidence", 3, "locate")
    assert send(checker_client, where, address="not an address").status == 422
    assert send(checker_client, where, address="https://found.example.org/9").status == 303
    stub.document.refresh_from_db()
    assert stub.document.address == "https://found.example.org/9"
    assert stub.document.snapshots.count() == 1


def test_an_unknown_position_is_missing(checker_client: Client, claim: Claim) -> None:
    where = path(claim, "evidence", 77, "withdraw")
    assert send(checker_client, where, reason="It is about another suburb.").status == 404

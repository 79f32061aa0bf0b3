from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from claims.models import Claim
from claims.services.claims import publish_claim, withdraw_claim
from claims.vocabulary import Publication
from tests.factories import ClaimFactory
from tests.verification.aleppo import (
    PATH,
    SENTENCE,
    Aleppo,
)
from tests.verification.page_reading import read

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("words", ["", "/an-old-sentence", f"/{PATH.upper()}", f"/{PATH}-more"])
def test_any_other_words_lead_to_the_present_address(aleppo: Aleppo, words: str) -> None:
    response = Client().get(f"/c/{aleppo.claim.number}{words}")
    assert (response.status_code, response["Location"]) == (301, aleppo.path)


def test_what_was_asked_for_survives_the_redirect(aleppo: Aleppo) -> None:
    response = Client().get(f"/c/{aleppo.claim.number}?as_of=2026-11-12T00:00:00Z&all=1")
    assert response["Location"] == f"{aleppo.path}?as_of=2026-11-12T00:00:00Z&all=1"


def test_an_arabic_sentence_has_an_arabic_address() -> None:
    claim = ClaimFactory.create(sentence="استعادت الحكومة ضاحية الأسد", language="ar")
    response = Client().get(f"/c/{claim.number}")
    assert response.status_code == 301
    page = read(response["Location"])
    assert page.status == 200
    assert page.tree.xpath("//h1/@lang") == ["ar"]
    assert page.tree.xpath("//h1/@dir") == ["auto"]


@pytest.mark.parametrize("number", [0, 999_999, 10**30])
def test_an_unknown_number_is_not_found(number: int) -> None:
    assert read(f"/c/{number}").status == 404


def test_strangers_cannot_tell_a_draft_from_nothing(checker: User, checker_client: Client) -> None:
    draft = ClaimFactory.create(publication=Publication.DRAFT)
    ours, none = read(f"/c/{draft.number}"), read("/c/999999")
    assert (ours.status, none.status) == (404, 404)
    assert ours.text.replace(str(draft.number), "N") == none.text.replace("999999", "N")
    assert checker_client.get(f"/c/{draft.number}").status_code == 404


def test_a_published_draft_is_there(editor: User) -> None:
    draft = ClaimFactory.create(publication=Publication.DRAFT)
    publish_claim(actor=editor, claim=draft)
    assert Client().get(f"/c/{draft.number}", follow=True).status_code == 200


def test_a_withdrawn_claim_is_gone_with_its_reason_and_without_its_sentence(
    aleppo: Aleppo, editor: User
) -> None:
    withdraw_claim(actor=editor, claim=aleppo.claim, reason="It named a person who is in danger.")
    page = read(aleppo.path)
    assert page.status == 410
    assert "It named a person who is in danger." in page.text
    assert SENTENCE not in page.markup
    assert page.response["Cache-Control"].startswith("public, max-age=60")


def test_a_merged_claim_leads_to_its_survivor_which_says_so(aleppo: Aleppo) -> None:
    first = ClaimFactory.create(sentence="The army retook the suburb")
    second = ClaimFactory.create(sentence="The army took the suburb", merged_into=first)
    Claim.objects.filter(pk=first.pk).update(merged_into=aleppo.claim)
    response = Client().get(f"/c/{second.number}/the-army-took-the-suburb")
    assert (response.status_code, response["Location"]) == (301, aleppo.path)
    assert f"This page also answers claim {first.number}." in read(aleppo.path).text


def test_a_claim_merged_into_a_draft_is_not_found(aleppo: Aleppo) -> None:
    draft = ClaimFactory.create(publication=Publication.DRAFT)
    merged = ClaimFactory.create(merged_into=draft)
    assert read(f"/c/{merged.number}").status == 404

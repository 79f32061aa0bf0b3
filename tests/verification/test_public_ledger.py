"""Lines of the evidence ledger: order, tags, and why something is not counted."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from claims.models import Evidence
from claims.services.evidence import resolve_evidence, withdraw_evidence
from claims.vocabulary import Alignment, AlignmentBasis, Resolution, Stance
from sources.models import Document, Snapshot
from sources.vocabulary import CaptureState, Safety
from tests.factories import DocumentFactory, EvidenceFactory, SnapshotFactory, SourceFactory
from tests.verification.aleppo import Aleppo
from tests.verification.page_reading import Page, read
from verification.services.assess import assess_claim

pytestmark = pytest.mark.django_db


def page_of(story: Aleppo) -> Page:
    assess_claim(claim_id=story.claim.pk)
    return read(story.path)


def unarchived(story: Aleppo, document: Document, **fields: object) -> Evidence:
    return EvidenceFactory.create(claim=story.claim, document=document, snapshot=None, **fields)


def test_the_strongest_stand_first_then_the_uncounted_then_the_withdrawn(aleppo: Aleppo) -> None:
    aleppo.confirm()
    withdraw_evidence(
        actor=aleppo.checker, claim=aleppo.claim, position=7, reason="The files were recalled."
    )
    unarchived(aleppo, DocumentFactory.create())
    page = page_of(aleppo)
    order = page.all("//li[contains(@class,'evidence')]//h3/span")
    assert order[0] == "[6]"
    assert order[-2:] == ["[8]", "[7]"]
    assert "withdrawn" in page.tree.get_element_by_id("e7").get("class")
    assert "The files were recalled." in page.part("e7")


def test_a_missing_address_is_said(aleppo: Aleppo) -> None:
    nowhere = DocumentFactory.create(address=None, title="", source=None)
    item = unarchived(aleppo, nowhere, footnote="8", stance=Stance.CONTEXT)
    said = page_of(aleppo).part(f"e{item.position}")
    assert "Footnote 8, source not found yet" in said
    assert "Source not known yet" in said
    assert "The address of this source is missing, so it isn’t counted." in said
    assert "Archived copy" not in said


def test_a_footnote_that_nobody_found_takes_no_side(aleppo: Aleppo) -> None:
    nowhere = DocumentFactory.create(address=None, title="", source=None)
    unarchived(aleppo, nowhere, footnote="9", stance=Stance.SUPPORTS)
    page = page_of(aleppo)
    assert "Context, not counted" in page.part("e1")
    assert "1 found: 1 gives context (1 not archived, so not counted)" in page.text


@pytest.mark.parametrize(
    ("capture", "words"),
    [
        ({}, "Not archived yet, so it isn’t counted."),
        ({"state": CaptureState.QUEUED}, "We are archiving this one."),
        ({"state": CaptureState.FAILED}, "We couldn’t archive this one, so it isn’t counted."),
        ({"state": CaptureState.REFUSED}, "We couldn’t archive this one, so it isn’t counted."),
    ],
)
def test_a_source_without_a_copy_is_not_counted(
    aleppo: Aleppo, capture: dict[str, str], words: str
) -> None:
    document = DocumentFactory.create()
    item = unarchived(aleppo, document)
    if capture:
        Snapshot.objects.create(document=document, **capture)
    said = page_of(aleppo).part(f"e{item.position}")
    assert words in said
    assert "not counted" in said


def test_a_copy_of_an_error_page_is_no_copy_of_the_source(aleppo: Aleppo) -> None:
    document = DocumentFactory.create()
    error = SnapshotFactory.create(document=document, outcome="http_error", http_status=500)
    item = EvidenceFactory.create(claim=aleppo.claim, document=document, snapshot=error)
    said = page_of(aleppo).part(f"e{item.position}")
    assert "What we could archive is not the page itself, so it isn’t counted." in said
    assert "Archived copy" not in said


@pytest.mark.parametrize(
    ("resolution", "words"),
    [
        (Resolution.MISTAKEN, "Found to be mistaken, so it isn’t counted."),
        (Resolution.DIFFERENT_EVENT, "Found to be about a different event"),
    ],
)
def test_an_answer_can_take_a_denial_out_of_the_count(
    aleppo: Aleppo, resolution: Resolution, words: str
) -> None:
    aleppo.contest()
    resolve_evidence(
        actor=aleppo.checker,
        claim=aleppo.claim,
        position=3,
        resolution=resolution,
        text="It speaks of the week before.",
    )
    said = page_of(aleppo).part("e3")
    assert words in said
    assert f"{resolution.label}. It speaks of the week before." in said


def test_an_outweighed_denial_still_counts(aleppo: Aleppo) -> None:
    aleppo.contest()
    resolve_evidence(
        actor=aleppo.checker,
        claim=aleppo.claim,
        position=3,
        resolution=Resolution.OUTWEIGHED,
        text="Weaker than what speaks for it.",
    )
    assert "not counted" not in page_of(aleppo).part("e3")


def test_a_source_that_changed_its_mind_is_counted_for_its_last_word(aleppo: Aleppo) -> None:
    first = aleppo.file(1, "Outlet", "C")
    second = EvidenceFactory.create(
        claim=aleppo.claim,
        document__source=first.document.source,
        stance=Stance.CONTRADICTS,
    )
    said = page_of(aleppo).part(f"e{first.position}")
    assert f"Its source said otherwise later, in [{second.position}]" in said


def test_an_item_that_came_after_the_last_score_says_so(aleppo: Aleppo) -> None:
    aleppo.file(1, "Outlet", "C")
    late = EvidenceFactory.create(claim=aleppo.claim)
    assert "Not weighed yet." in read(aleppo.path).part(f"e{late.position}")


def test_context_is_listed_without_effect(aleppo: Aleppo) -> None:
    item = aleppo.file(1, "Wire", "B", stance=Stance.CONTEXT)
    said = page_of(aleppo).part(f"e{item.position}")
    assert "Context, no effect, ±0.00" in said


def test_tags_say_what_weighs_most_first_and_once_in_bold(aleppo: Aleppo) -> None:
    aleppo.confirm()
    page = page_of(aleppo)

    def tags(number: int) -> list[str]:
        return page.all(f"//li[@id='e{number}']//li[contains(@class,'tag')]")

    assert tags(1) == ["First report", "Speaks for its own side"]
    assert tags(2) == ["Speaks for its own side", "Copy of [1]"]
    assert tags(5) == ["Against its own side’s interest", "Original report"]
    assert tags(7)[0] == "Place and date checked"
    assert "Speaks for its own side" not in tags(7), "a checked picture speaks for itself"
    assert page.all("//li[@id='e5']//li[contains(@class,'key')]") == [tags(5)[0]]


def test_who_set_an_alignment_by_hand_has_said_why(aleppo: Aleppo) -> None:
    aleppo.file(
        1,
        "Outlet",
        "C",
        alignment=Alignment.AGAINST_INTEREST,
        alignment_basis=AlignmentBasis.OVERRIDDEN,
        alignment_reason="Its owner lost the quarter.",
    )
    said = page_of(aleppo).part("e1")
    assert "Against its own side’s interest. Its owner lost the quarter." in said


def test_a_quote_has_its_own_language_and_direction(aleppo: Aleppo) -> None:
    aleppo.file(
        1,
        "Outlet",
        "C",
        quote="انسحبت الفصائل من ضاحية الأسد بعد قصف عنيف.",
        quote_language="ar",
        quote_translation="The factions withdrew after heavy shelling.",
        document__language="ar",
    )
    page = page_of(aleppo)
    assert page.tree.xpath("//blockquote/@lang") == ["ar"]
    assert page.tree.xpath("//blockquote/@dir") == ["auto"]
    assert page.tree.xpath("//li[@id='e1']//h3/a/@lang") == ["ar"]
    assert "The factions withdrew after heavy shelling. Our translation." in page.part("e1")


def test_a_date_is_as_exact_as_the_page_was(aleppo: Aleppo) -> None:
    document = DocumentFactory.create(
        published_at=datetime(2016, 11, 12, tzinfo=UTC), published_precision="day"
    )
    item = EvidenceFactory.create(claim=aleppo.claim, document=document)
    said = page_of(aleppo).part(f"e{item.position}")
    assert "12 Nov 2016" in said
    assert "00:00" not in said


def test_a_withheld_source_is_named_nowhere(aleppo: Aleppo) -> None:
    person = SourceFactory.create(
        name="Amal of the bakery", safety=Safety.WITHHELD, safety_reason="Lives there."
    )
    document = DocumentFactory.create(
        source=person, title="Amal writes", address="https://social.example.org/amal"
    )
    item = EvidenceFactory.create(claim=aleppo.claim, document=document)
    page = page_of(aleppo)
    assert "Name withheld to protect a person" in page.part(f"e{item.position}")
    for secret in ("Amal", "amal", "bakery", "Lives there"):
        assert secret not in page.markup
    assert f"/snap/{item.snapshot.number}" not in page.links()


def test_only_addresses_of_the_web_become_links(aleppo: Aleppo) -> None:
    document = DocumentFactory.create(address="javascript:alert(1)", lookup_key="")
    EvidenceFactory.create(claim=aleppo.claim, document=document)
    assert "javascript:" not in page_of(aleppo).markup

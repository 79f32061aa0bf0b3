"""A claim on the desk for the tests of its pages, and how they are read and sent."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.test import Client
from lxml import html
from lxml.html import HtmlElement
from page_reading import Page

from accounts.models import User
from claims.models import Claim
from claims.services.evidence import check_visual, resolve_evidence
from claims.vocabulary import Alignment, Directness, Publication, Resolution, Stance, Status
from sources.models import Source
from tests.factories import ClaimFactory, EvidenceFactory, SourceFactory
from verification.conditions import ReasonCode
from verification.services.assess import assess_claim
from verification.services.status import Change, change_status

HTMX = {"HX-Request": "true"}
REASON = "Two photos matched to a street corner; the losing side admits it."
FINDING = "Photos from inside and an admission say the suburb was retaken."
# What the page asks of who confirms the claim of `decidable_claim`.
CONFIRM = {
    "target": "confirmed",
    "finding": FINDING,
    "reason_code": "conclusive_visual_evidence",
    "reason": REASON,
    "would_change_it": "Dated images that show the other side inside the suburb.",
    "decided_by": ["3", "4"],
}


def report(claim: Claim, grade: str, **fields: Any) -> None:
    source: Source = SourceFactory.graded(grade)
    EvidenceFactory.create(claim=claim, document__source=source, **fields)


def contested_claim(checker: User) -> Claim:
    """[1] supports and [2] contradicts, each for its own side; published and contested."""
    claim = ClaimFactory.create(publication=Publication.PUBLISHED)
    report(claim, "D", alignment=Alignment.SELF_SERVING)
    report(claim, "D", alignment=Alignment.SELF_SERVING, stance=Stance.CONTRADICTS)
    change_status(
        actor=checker,
        claim=claim,
        change=Change(
            target=Status.CONTESTED,
            reason_code=ReasonCode.NEW_CONTRADICTING_EVIDENCE,
            reason="The operations room says its fighters still hold it.",
        ),
    )
    claim.refresh_from_db()
    return claim


def decidable_claim(checker: User) -> Claim:
    """The same with [3] a checked picture and [4] an admission; [2] is answered."""
    claim = contested_claim(checker)
    report(claim, "C", directness=Directness.FIRST_HAND_VISUAL)
    report(claim, "C", alignment=Alignment.AGAINST_INTEREST)
    check_visual(actor=checker, claim=claim, position=3, how="Matched to a street corner.")
    resolve_evidence(
        actor=checker,
        claim=claim,
        position=2,
        resolution=Resolution.OUTWEIGHED,
        text="Earlier than the photographs.",
    )
    assess_claim(claim_id=claim.pk, cause="[4] added")
    claim.refresh_from_db()
    return claim


class Answer(Page):
    """A page, or the part of one that htmx gets."""

    @cached_property
    def tree(self) -> HtmlElement:
        return html.document_fromstring(self.markup)

    @property
    def is_whole(self) -> bool:
        return "<html" in self.markup

    @property
    def location(self) -> str:
        return self.response["Location"]

    @property
    def alert(self) -> str:
        """What the summary of errors says."""
        (found,) = self.all("//*[@role='alert']")
        return found


def get(client: Client, path: str, **headers: str) -> Answer:
    return Answer(client.get(path, headers=headers))


def send(client: Client, path: str, *, htmx: str = "", **data: Any) -> Answer:
    """POST DATA as a form; HTMX is the id of the element that it would replace."""
    headers = {**HTMX, "HX-Target": htmx} if htmx else {}
    return Answer(client.post(path, data, headers=headers))


def fields_of(page: Page, form_action: str) -> dict[str, str]:
    """What a browser would send with the form of this action if nobody touched it.

    A browser drops the line end after the start of a text area.
    """
    (form,) = page.tree.xpath(f"//form[@action='{form_action}'][.//input[@name='version']]")
    values = {name: value.removeprefix("\n") for name, value in form.form_values()}
    values.pop("csrfmiddlewaretoken")
    return values

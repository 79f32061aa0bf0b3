"""The Aleppo claim in rows, quickly: two sides, a copy, pictures, an admission."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import time_machine

from accounts.models import User
from claims.models import ArticleImport, Claim, ClaimDraft, Evidence
from claims.services.evidence import check_visual, resolve_evidence
from claims.vocabulary import Alignment, ClaimKind, Directness, Resolution, Stance, Status
from sources.models import Derivation, Origin, Party
from tests.factories import (
    ClaimFactory,
    EventFactory,
    EvidenceFactory,
    PartyFactory,
    SourceFactory,
)
from verification.conditions import ReasonCode
from verification.services.assess import assess_claim
from verification.services.proposals import approve_proposal, propose_status
from verification.services.status import Change, change_status, override_status

START = datetime(2026, 11, 11, 18, 40, tzinfo=UTC)
SAID = datetime(2016, 11, 11, 18, 22, tzinfo=UTC)
CHECKER = "Rana Haddad"
SENTENCE = "Dhahiyet al-Assad was recaptured by the government"
PATH = "dhahiyet-al-assad-was-recaptured-by-the-government"
FINDING = "Pictures from inside and a report from the side that lost it agree."
WOULD_CHANGE = "Dated images that show the other side inside the suburb."
CONTESTED_REASON = "The operations room says its fighters still hold the suburb."
CONFIRMED_REASON = "Two pictures matched to one street corner; the losing side admits it."


def hours(count: float) -> datetime:
    return START + timedelta(hours=count)


@dataclass
class Aleppo:
    """The story as far as it was told. Evidence items carry the numbers of the mock."""

    checker: User
    editor: User
    government: Party = field(
        default_factory=lambda: PartyFactory.create(name="Government and allies", slug="government")
    )
    opposition: Party = field(
        default_factory=lambda: PartyFactory.create(name="Opposition and allies", slug="opposition")
    )
    claim: Claim = field(init=False)

    def __post_init__(self) -> None:
        with time_machine.travel(START, tick=False):
            event = EventFactory.create(title="Aleppo, November 2016", slug="aleppo")
            self.claim = ClaimFactory.create(
                sentence=SENTENCE, kind=ClaimKind.CONTROL, event=event, favours=self.government
            )

    @property
    def path(self) -> str:
        return f"/c/{self.claim.number}/{PATH}"

    def file(
        self, at: float, name: str, grade: str, party: Party | None = None, **fields: object
    ) -> Evidence:
        """One archived report filed AT hours after the start, and the score with it."""
        count = self.claim.evidence.count()
        with time_machine.travel(hours(at), tick=False):
            item = EvidenceFactory.create(
                claim=self.claim,
                document__source=SourceFactory.graded(grade, party, name=name),
                document__title=f"Report of {name}",
                document__published_at=SAID + timedelta(hours=count),
                document__published_precision="minute",
                **fields,
            )
            assess_claim(claim_id=self.claim.pk, cause=f"{item.label} added")
        return item

    def contest(self) -> Claim:
        channel = self.file(
            0.1, "Grey Ridge channel", "D", self.government, alignment=Alignment.SELF_SERVING
        )
        agency = self.file(
            1, "State Bulletin", "D", self.government, alignment=Alignment.SELF_SERVING
        )
        origin = Origin.objects.create(first_document=channel.document)
        Derivation.objects.create(
            document=agency.document,
            origin=origin,
            similarity=0.91,
            lag=timedelta(minutes=43),
            method="shared wording",
        )
        self.file(
            3,
            "Operations room",
            "D",
            self.opposition,
            alignment=Alignment.SELF_SERVING,
            stance=Stance.CONTRADICTS,
        )
        self._change(
            4,
            Change(
                target=Status.CONTESTED,
                reason_code=ReasonCode.NEW_CONTRADICTING_EVIDENCE,
                reason=CONTESTED_REASON,
            ),
        )
        return self.claim

    def confirm(self) -> Claim:
        self.contest()
        self.file(5, "Longitude Wire", "B", stance=Stance.CONTEXT)
        self.file(15, "Quarter Lantern", "C", self.opposition, alignment=Alignment.AGAINST_INTEREST)
        self.file(17, "Control Lines", "B")
        self.file(
            19,
            "Photo Notebook",
            "C",
            self.government,
            alignment=Alignment.SELF_SERVING,
            directness=Directness.FIRST_HAND_VISUAL,
        )
        self._check_and_answer()
        change = Change(
            target=Status.CONFIRMED,
            reason_code=ReasonCode.CONCLUSIVE_VISUAL_EVIDENCE,
            reason=CONFIRMED_REASON,
            finding=FINDING,
            would_change_it=WOULD_CHANGE,
            decided_by=(7, 5),
        )
        with time_machine.travel(hours(21), tick=False):
            proposal = propose_status(actor=self.checker, claim=self._fresh(), change=change)
        with time_machine.travel(hours(22), tick=False):
            approve_proposal(actor=self.editor, proposal=proposal)
        return self._fresh()

    def reopen(self) -> Claim:
        """A confirmed claim is contested again: a correction."""
        self.file(25, "Second channel", "C", self.opposition, stance=Stance.CONTRADICTS)
        change = Change(
            target=Status.CONTESTED,
            reason_code=ReasonCode.NEW_CONTRADICTING_EVIDENCE,
            reason="A second channel shows its fighters inside the suburb.",
        )
        return self._change(26, change)

    def _check_and_answer(self) -> None:
        with time_machine.travel(hours(20), tick=False):
            check_visual(
                actor=self.checker, claim=self.claim, position=7, how="Matched to a street corner."
            )
            resolve_evidence(
                actor=self.checker,
                claim=self.claim,
                position=3,
                resolution=Resolution.SUPERSEDED,
                text="Earlier than the pictures.",
            )
            assess_claim(claim_id=self.claim.pk, cause="[7] checked")

    def _change(self, at: float, change: Change) -> Claim:
        with time_machine.travel(hours(at), tick=False):
            change_status(actor=self.checker, claim=self._fresh(), change=change)
        return self._fresh()

    def _fresh(self) -> Claim:
        self.claim.refresh_from_db()
        return self.claim


def override(claim: Claim, actor: User, target: Status, later: Claim | None = None) -> None:
    from_the_desk = Change(
        target=target,
        reason_code=ReasonCode.EDITOR_OVERRIDE,
        reason="For a test of the page: " + "a reason that is long enough to be accepted " * 2,
        would_change_it="Anything that shows otherwise.",
        superseded_by=later,
    )
    override_status(actor=actor, claim=claim, change=from_the_desk)


def imported(claim: Claim) -> ArticleImport:
    article = ArticleImport.objects.create(
        title="Aleppo: after the collapse",
        text="…",
        text_digest="0" * 64,
        paragraphs=[
            {"where": 1, "text": "The offensive halted1.", "notes": [[20, 21, 1]]},
            {
                "where": 2,
                "text": "Photos capped the defeat2 and nobody came back3.",
                "notes": [[24, 25, 2], [46, 47, 3]],
            },
            {"where": "caption", "text": "Fighters at the gate.", "notes": []},
            {"where": "caption", "text": "A soldier by the tower.", "notes": []},
        ],
        imported_at=hours(0),
    )
    ClaimDraft.objects.create(
        article=article,
        position=1,
        sentence=claim.sentence,
        proposed=claim.sentence,
        quote="Photos capped the defeat",
        paragraph="2",
        footnotes=[8, 9],
        claim=claim,
    )
    return article

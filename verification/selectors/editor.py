"""Everything that the desk's editor of one claim shows, in at most twenty queries."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from accounts.roles import Permission
from claims.models import Claim
from claims.selectors.claims import claim_for
from claims.vocabulary import ClaimKind
from claims.wording import wording_hints
from core.errors import Missing
from verification.addresses import claim_path
from verification.selectors.editor_captures import Job, in_motion, is_settling, jobs_of
from verification.selectors.editor_rows import DeskLedger, DeskRow, Term, desk_ledger
from verification.selectors.editor_score import ScorePanel, score_panel
from verification.selectors.exclusive import Exclusive, exclusive_of
from verification.selectors.independence import families_of
from verification.selectors.known import Known, known_now
from verification.selectors.phrases import count, listed, time_span
from verification.selectors.targets import (
    Checks,
    Pending,
    Target,
    evidence_checks,
    likeliest_target,
    pending_of,
    pending_proposal,
    targets,
)


@dataclass(frozen=True, kw_only=True)
class EditorPage:
    claim: Claim
    number: int
    sentence: str
    language: str
    status: str
    since: datetime
    version: int
    owner: str
    public_href: str
    article: str
    ledger: DeskLedger
    sources_note: str
    jobs: tuple[Job, ...]
    score: ScorePanel
    exclusive: Exclusive | None
    checks: Checks | None
    targets: tuple[Target, ...]
    pending: Pending | None
    hints: tuple[str, ...]
    may_edit: bool
    may_propose: bool
    polls: bool
    state: str

    @property
    def watched(self) -> str:
        """Positions of the items that the next look should bring anew."""
        return ",".join(str(position) for position in in_motion(self.ledger))

    @property
    def words(self) -> tuple[Term, ...]:
        """The claim's own fields, for who may only read them."""
        claim = self.claim
        said = (
            ("Claim", claim.sentence),
            ("Kind", ClaimKind(claim.kind).label),
            ("Favours", claim.favours.name if claim.favours else ""),
            ("Where", claim.place.name if claim.place else ""),
            ("When", time_span(claim.time_from, claim.time_to, claim.time_precision)),
            ("What would change it", claim.would_change_it),
            ("What is not known", claim.unknowns),
        )
        return tuple(Term(term, text) for term, text in said if text)

    def row(self, number: int) -> DeskRow:
        found = self.ledger.row(number)
        if found is None:
            raise Missing(f"Claim {self.number} has no evidence [{number}].")
        return found

    def rows_at(self, positions: str) -> list[DeskRow]:
        """The rows of a list of positions such as "3,5"; what is no position is left out."""
        wanted = {int(part) for part in positions.split(",") if part.isdecimal()}
        return [row for row in self.ledger.rows if row.number in wanted]


def editor_page(
    actor: User, number: int, *, now: datetime, opened: int | None = None
) -> EditorPage:
    """The editor of claim NUMBER as ACTOR may see it, with the row OPENED open."""
    claim = claim_for(actor, number)
    known = known_now(claim, now)
    ledger = desk_ledger(known, opened, custodian=actor.can(Permission.ADMINISTER))
    pending = pending_of(pending_proposal(claim), actor)
    may_edit, target = actor.can(Permission.EDIT), likeliest_target(claim)
    return EditorPage(
        claim=claim,
        number=claim.number,
        sentence=claim.sentence,
        language=claim.language,
        status=claim.status,
        since=claim.status_since,
        version=claim.version,
        owner=claim.owner.name if claim.owner else "nobody",
        public_href=claim_path(claim.number, claim.sentence) if claim.is_published else "",
        article=_article(claim),
        ledger=ledger,
        sources_note=_sources_note(known),
        jobs=jobs_of(ledger, claim.number, may_act=may_edit),
        score=score_panel(known),
        exclusive=exclusive_of(claim),
        checks=evidence_checks(claim, known.items, target),
        targets=targets(claim, target, pending),
        pending=pending,
        hints=wording_hints(claim.sentence),
        may_edit=may_edit,
        may_propose=actor.can(Permission.PROPOSE),
        polls=is_settling(ledger) or claim.assess_due_at is not None,
        state=_state(known, ledger),
    )


def _article(claim: Claim) -> str:
    """Where the claim was read: In 1 article, footnotes 8 and 9."""
    draft = getattr(claim, "draft", None)
    if draft is None:
        return ""
    notes = [str(marker) for marker in draft.footnotes]
    word = "footnote" if len(notes) == 1 else "footnotes"
    return f"In 1 article, {word} {listed(notes)}" if notes else "In 1 article"


def _sources_note(known: Known) -> str:
    """How many sources stand, how many of them apart; footnotes without an address are none yet."""
    standing = [item for item in known.items if item.withdrawn_at is None]
    found = [item for item in standing if item.document.address is not None]
    stubs = len(standing) - len(found)
    parts = [f"{count(len(found), 'source')}, {len(families_of(found))} of them independent"]
    if not found:
        parts = [] if stubs else ["no sources yet"]
    if stubs:
        parts.append(f"{count(stubs, 'footnote')} without an address")
    return ", ".join(parts)


def _state(page_known: Known, ledger: DeskLedger) -> str:
    """Changes when anything on the page but a person's typing does."""
    newest = page_known.newest
    parts = [
        page_known.claim.version,
        page_known.claim.assess_due_at,
        page_known.claim.stage,
        newest.pk if newest else 0,
        *((one.pk, one.state, one.step, one.attempt) for one in ledger.captures.values()),
    ]
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]

"""What pages of the desk are made of."""

from __future__ import annotations

from dataclasses import dataclass

from core.specimens.catalogue import Case, Specimen
from core.specimens.evidence import ADMISSION, DENIAL, MISSING, PHOTOS, WITHDRAWN
from core.specimens.forms import form
from core.specimens.page import CLAIM, LONG_CLAIM
from core.specimens.scores import FINDING, POINTS, RANGE_ONLY, STRONG, UNSCORED, at

FACTS = ("Original", "First hand", "Archived")
OPEN = {**PHOTOS, "open": True, "close_href": "#", "action": "#", "facts": FACTS}


@dataclass(frozen=True)
class Message:
    text: str
    level_tag: str

    def __str__(self) -> str:
        return self.text


def _job(name: str, state: str, **more: object) -> Case:
    job = {"key": state, "title": "Evening bulletin, regional broadcaster", "state": state, **more}
    return Case(name, {"job": job, "csrf_token": "specimen"})


def _row(number: int, **more: object) -> dict[str, object]:
    sides = {"supports": (True, True, False), "contradicts": (True,)}
    return {"number": number, "href": "#", "sentence": CLAIM, **sides, "age": "22 h", **more}


def _group(name: str, **more: object) -> Case:
    row = {
        "number": 3,
        "found": "Wrong together on 9 of 24 claims; 2.1 expected by chance.",
        "members": (
            {"name": "Evening bulletin", "href": "#"},
            {"name": "شبكة الضاحية", "href": "#"},
        ),
        "pairs": (
            {
                "names": "Evening bulletin and شبكة الضاحية",
                "common": 24,
                "wrong_together": 9,
                "expected": "2.1",
                "at_least": "0.52",
            },
        ),
        **more,
    }
    return Case(name, {"row": row})


def _pending(name: str, **more: object) -> Case:
    proposal = {
        "before": "contested",
        "target": "confirmed",
        "proposer": "R. Haddad",
        "since": at(12, "14:20"),
        "finding": FINDING,
        "reason": "Two photos matched to the same street corner. No denial since 22:02.",
        **more,
    }
    return Case(name, {"pending": proposal, "claim": 12, "csrf_token": "specimen"})


DESK = (
    Specimen(
        "evidence_desk",
        (
            Case("closed", {"item": {**ADMISSION, "facts": FACTS, "edit_href": "#"}}),
            Case("open", {"item": OPEN, "form": form("open"), "csrf_token": "specimen"}),
            Case("without an address", {"item": {**MISSING, "edit_href": "#"}}),
            Case("withdrawn", {"item": WITHDRAWN}),
            Case("against", {"item": {**DENIAL, "facts": FACTS, "edit_href": "#"}}),
        ),
        within="ol",
    ),
    Specimen(
        "capture",
        (
            _job("waiting", "queued", poll_href=""),
            _job("running", "running", step=2, steps=4, doing="saving the text"),
            _job(
                "tried again later",
                "retry_wait",
                error="The server did not answer. Next try 14:20.",
            ),
            _job("archived", "sealed", href="#"),
            _job(
                "failed",
                "failed",
                number=8,
                error="The page asks for a login.",
                actions=(
                    {"text": "Try again", "action": "#"},
                    {"text": "Upload a file", "href": "#"},
                ),
            ),
            _job("refused", "refused", error="We don’t fetch addresses inside networks."),
            _job("cancelled", "cancelled"),
        ),
        within="ul",
    ),
    Specimen(
        "desk_row",
        (
            Case(
                "selected",
                {
                    "select": True,
                    "item": _row(
                        12,
                        status="contested",
                        lead="2 new sources, score 70 to 96.",
                        points=POINTS,
                        note="R. Haddad proposes Confirmed.",
                        owner="R. Haddad",
                        initials="RH",
                        current=True,
                        **STRONG,
                    ),
                },
            ),
            Case(
                "long, many sources, range alone",
                {
                    "select": True,
                    "item": {
                        **_row(13, status="unverified", points=POINTS[:3], **RANGE_ONLY),
                        "sentence": LONG_CLAIM,
                        "supports": (True,) * 9,
                        "contradicts": (False,) * 6,
                    },
                },
            ),
            Case(
                "not scored, no check box",
                {
                    "item": {
                        **_row(14, status="unverified", note="No footnote. ¶5", **UNSCORED),
                        "supports": (),
                        "contradicts": (),
                    }
                },
            ),
        ),
        within="ul",
    ),
    Specimen(
        "views",
        (
            Case(
                "filters",
                {
                    "items": (
                        {"href": "#", "text": "All", "count": 9, "current": True},
                        {"href": "#", "text": "Waiting for approval", "count": 0},
                        {"href": "#", "text": "No owner"},
                    )
                },
            ),
        ),
    ),
    Specimen(
        "changes",
        (
            Case(
                "since a visit",
                {
                    "items": (
                        {"sign": "+", "text": "[7] Photo set added", "effect": "+12"},
                        {
                            "sign": "~",
                            "text": "[5] side changed to Opposition and allies",
                            "effect": "−2",
                        },
                        {"sign": "−", "text": "[2] withdrawn"},
                    )
                },
            ),
        ),
    ),
    Specimen(
        "messages",
        (
            Case(
                "after an action",
                {
                    "messages": (
                        Message("Sent for approval.", "success"),
                        Message("The save didn’t reach us. Your text is still here.", "error"),
                    )
                },
            ),
        ),
    ),
    Specimen(
        "desk_bar",
        (
            Case(
                "signed in",
                {
                    "path": "/desk/review",
                    "name": "R. Haddad",
                    "initials": "RH",
                    "role": "Fact-checker",
                    "counts": {"queue": 14, "review": 3},
                    "csrf_token": "specimen",
                },
            ),
            Case("signed out", {"path": "/desk/sign-in"}),
        ),
    ),
    Specimen(
        "clash",
        (
            Case(
                "two people, two fields",
                {
                    "clashes": (
                        {"label": "Sentence", "yours": CLAIM, "theirs": LONG_CLAIM},
                        {"label": "Where", "yours": "ضاحية الأسد", "theirs": "(nothing)"},
                    )
                },
            ),
            Case("none", {"clashes": ()}),
        ),
    ),
    Specimen(
        "pending",
        (
            _pending("own", own=True),
            _pending("of somebody else", own=False, review_href="#"),
            _pending("for who may not decide it", own=False, finding=""),
        ),
    ),
    Specimen(
        "found_group",
        (
            _group("without claims"),
            _group(
                "with claims behind it",
                more=4,
                errors=(
                    {
                        "href": "#",
                        "sentence": CLAIM,
                        "language": "en",
                        "status": "refuted",
                        "wrong": "Evening bulletin and شبكة الضاحية",
                    },
                ),
            ),
        ),
    ),
    Specimen("keys", (Case("of a board", {"items": ({"keys": "A", "does": "approve"},)}),)),
)

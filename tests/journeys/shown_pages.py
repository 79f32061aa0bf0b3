"""Every page that people see, by the name of its address, and how a test opens it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.test import Client
from django.utils.text import slugify
from playwright.sync_api import Page

from accounts.models import User
from claims.models import ArticleImport, Claim
from tests.journeys.watched_tab import Tabs
from verification.models import StatusProposal

CHECKER, EDITOR = "checker@demo.example", "editor@demo.example"


@dataclass(frozen=True)
class Shown:
    """A page in one of its states. `who` is signed in; `refusal`: the code that it answers with."""

    name: str
    path: str
    who: str = ""
    refusal: int = 0

    @property
    def ident(self) -> str:
        return f"{self.path} {self.who.partition('@')[0]}".strip()

    @property
    def is_public(self) -> bool:
        return not self.path.startswith("/desk")


# Before anybody decided on a proposal of the article.
IMPORTED = [
    Shown("home", "/"),
    Shown("desk_queue", "/desk/", CHECKER),
    Shown("desk_contested", "/desk/contested", EDITOR),
    Shown("desk_import_review", "/desk/import/{import}?open=2", CHECKER),
]
# While a proposal waits for the editor: claim 12 has all its evidence, claim 1 only stubs.
PROPOSED = [
    Shown("home", "/"),
    Shown("search", "/search?q=suburb"),
    Shown("search", "/search?q=zeppelin"),
    Shown("claim", "/c/{claim}/{slug}"),
    Shown("claim", "/c/{plain}/{plain_slug}"),
    Shown("claim", "/c/999999999/none", refusal=404),
    Shown("event", "/e/{event}/{event_slug}"),
    Shown("sources", "/sources"),
    Shown("source", "/s/{source}/{source_slug}"),
    Shown("snapshot", "/snap/{snapshot}"),
    Shown("snapshot", "/snap/{snapshot}?view=details"),
    Shown("methodology", "/methodology"),
    Shown("accounts:sign_in", "/desk/sign-in"),
    Shown("desk_queue", "/desk/", CHECKER),
    Shown("desk_queue", "/desk/", EDITOR),
    Shown("desk_contested", "/desk/contested", EDITOR),
    Shown("desk_review", "/desk/review", CHECKER),
    Shown("desk_review", "/desk/review", EDITOR),
    Shown("desk_proposal", "/desk/review/{proposal}", EDITOR),
    Shown("desk_import", "/desk/import", CHECKER),
    Shown("desk_import_review", "/desk/import/{import}", CHECKER),
    Shown("desk_health", "/desk/health", CHECKER),
    Shown("desk_calibration", "/desk/calibration", CHECKER),
    Shown("desk_audit", "/desk/audit", CHECKER),
    Shown("desk_assisted", "/desk/assisted", CHECKER),
    Shown("desk_models", "/desk/models", CHECKER),
    Shown("desk_source", "/desk/s/{source}?grade=A", EDITOR),
    Shown("desk_dependence", "/desk/dependence", CHECKER),
    Shown("desk_notifications", "/desk/notifications", CHECKER),
    Shown("desk_missing", "/desk/missing", CHECKER),
    Shown("desk_add", "/desk/add?claim={claim}", CHECKER),
    Shown("desk_claim", "/desk/c/{claim}", CHECKER),
    Shown("desk_claim", "/desk/c/{claim}?open={photo}", EDITOR),
    Shown("desk_claim", "/desk/c/{plain}?open=1", CHECKER),
    Shown("desk_claim", "/desk/c/999999999", CHECKER, refusal=404),
    Shown("desk_status", "/desk/c/{claim}/status", CHECKER),
    Shown("desk_status", "/desk/c/{plain}/status?target=confirmed", CHECKER),
]
# After the approval.
CONFIRMED = [
    Shown("claim", "/c/{claim}/{slug}"),
    Shown("claim", "/c/{claim}/{slug}?as_of={before}"),
    Shown("desk_claim", "/desk/c/{claim}", CHECKER),
    Shown("desk_status", "/desk/c/{claim}/status?target=contested", CHECKER),
    Shown("desk_review", "/desk/review", EDITOR),
    Shown("desk_contested", "/desk/contested", EDITOR),
]
# Archived copies in every state, as tests/journeys/archived_rows.py makes them.
ADMIN = "admin@demo.example"
ARCHIVED = [
    Shown("snapshot", "/snap/{copy}"),
    Shown("snapshot", "/snap/{copy}?view=picture"),
    Shown("snapshot", "/snap/{later}?view=picture"),
    Shown("snapshot", "/snap/{drawing}?view=page"),
    Shown("snapshot", "/snap/{unreachable}"),
    Shown("snapshot", "/snap/{cancelled}"),
    Shown("snapshot", "/snap/{taken}", refusal=451),
    Shown("record", "/record"),
    Shown("snapshot_diff", "/snap/{copy}/diff/{later}"),
    Shown("snapshot_diff", "/snap/{copy}/diff/{later}?text=all&only=evidence"),
    Shown("desk_claim", "/desk/c/{claim}?open={without_address}", ADMIN),
    Shown("desk_notifications", "/desk/notifications?show=all", ADMIN),
    Shown("desk_custody", "/desk/snap/{copy}", ADMIN),
    Shown("desk_custody", "/desk/snap/{held}", ADMIN),
    Shown("desk_custody", "/desk/snap/{taken}", ADMIN),
]


def numbers_of(claim: Claim | None) -> dict[str, Any]:
    """What the braces of the paths above stand for, when CLAIM is the story's."""
    article = {"import": ArticleImport.objects.get().number}
    return article | _of_claim(claim) if claim else article


def _of_claim(claim: Claim) -> dict[str, Any]:
    photo = claim.evidence.get(directness="first_hand_visual")
    plain = Claim.objects.order_by("number").first()
    source = photo.document.source
    proposal = StatusProposal.objects.filter(claim=claim).first()
    return {
        "claim": claim.number,
        "slug": slugify(claim.sentence),
        "plain": plain.number,
        "plain_slug": slugify(plain.sentence),
        "event": claim.event.number,
        "event_slug": claim.event.slug,
        "source": source.number,
        "source_slug": slugify(source.name),
        "snapshot": photo.snapshot.number,
        "photo": photo.position,
    } | (_of_proposal(proposal) if proposal else {})


def _of_proposal(proposal: StatusProposal) -> dict[str, Any]:
    proposed = proposal.proposed_at.isoformat().replace("+00:00", "Z")
    return {"proposal": proposal.key, "before": proposed}


def show(tabs: Tabs, shown: Shown, numbers: Mapping[str, Any], **options: Any) -> Page:
    """A tab of its own with the page, its visitor signed in."""
    page = tabs.open(refusals=[shown.refusal], **options)
    if shown.who:
        _give_session(page, shown.who)
    page.goto(shown.path.format_map(numbers))
    return page


def _give_session(page: Page, email: str) -> None:
    """The session's cookie, without the form: it has its own journey."""
    client = Client()
    client.force_login(User.objects.get(email=email))
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies(
        [
            {
                "name": name,
                "value": client.cookies[name].value,
                "domain": "127.0.0.1",
                "path": settings.SESSION_COOKIE_PATH,
            }
        ]
    )

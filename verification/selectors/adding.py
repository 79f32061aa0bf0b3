"""What the small window of the bookmarklet shows after a page was filed."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from verification.selectors.editor import EditorPage, editor_page
from verification.selectors.editor_captures import Job
from verification.selectors.editor_rows import DeskRow


@dataclass(frozen=True)
class FiledNow:
    page: EditorPage
    positions: str
    rows: tuple[DeskRow, ...]
    jobs: tuple[Job, ...]

    @property
    def state(self) -> str:
        return self.page.state

    @property
    def polls(self) -> bool:
        return self.page.polls


def filed_now(actor: User, claim: str, positions: str) -> FiledNow | None:
    """How the captures of the items at POSITIONS ("8,9") go; None if nothing was filed."""
    if not claim.isdecimal() or not positions:
        return None
    page = editor_page(actor, int(claim), now=timezone.now())
    rows = tuple(page.rows_at(positions))
    numbers = {row.number for row in rows}
    jobs = tuple(job for job in page.jobs if job.number in numbers)
    return FiledNow(page, positions, rows, jobs) if rows else None


def bookmarklet(public_url: str) -> str:
    """A link for the bookmarks bar that opens the small window on any page; holds no secret."""
    return (
        "javascript:(()=>{const q=new URLSearchParams({url:location.href,title:document.title,"
        f"sel:String(getSelection())}});open('{public_url}{reverse('desk_add')}?'+q,"
        "'corroborate','width=560,height=820')})()"
    )

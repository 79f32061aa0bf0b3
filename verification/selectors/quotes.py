"""What became of quoted words after they were archived, as pages say it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from claims.models import Evidence
from claims.vocabulary import QuoteState
from core.bidi import with_turns_shown
from sources.selectors.custody import is_private, is_taken_down
from verification.addresses import diff_path, snapshot_path
from verification.selectors.redaction import is_withheld

UNDECIDED = "The score does not change by itself: a person decides what this means for the claim."
# Of a page that is behind a wall or away for a time, readers need no more than a word.
_LEADS = {
    QuoteState.QUOTE_CHANGED: "The quoted words were changed after we archived them.",
    QuoteState.QUOTE_GONE: "The quoted words were taken out after we archived them.",
    QuoteState.GONE: "The page is gone from its address; our copy remains.",
    QuoteState.SOFT_404: "The page seems to be gone from its address; our copy remains.",
    QuoteState.RESTORED: "What had gone is back as we archived it.",
    QuoteState.CHANGED_ELSEWHERE: "The page was changed since; the quoted words were not.",
    QuoteState.BOT_WALL: "A check for robots, or a request to pay, stands before the page now.",
    QuoteState.UNREACHABLE: "The site could not be reached when we last looked.",
}
MOST_NOW = 150
_ALERTS = frozenset(
    {QuoteState.QUOTE_CHANGED, QuoteState.QUOTE_GONE, QuoteState.GONE, QuoteState.SOFT_404}
)
_COMPARED = frozenset(
    {QuoteState.QUOTE_CHANGED, QuoteState.QUOTE_GONE, QuoteState.CHANGED_ELSEWHERE}
)


@dataclass(frozen=True, kw_only=True)
class Moved:
    """One remark at an evidence item; see components/moved.html. `alert`: a person should act."""

    lead: str
    at: datetime | None
    alert: bool
    now: str
    language: str
    undecided: str
    href: str
    action: str


def moved_of(item: Evidence) -> Moved | None:
    """What to say of ITEM; None while its words stand, or nobody looked."""
    state = QuoteState(item.quote_state)
    lead = _LEADS.get(state)
    if lead is None or item.withdrawn_at is not None:
        return None
    shows = not is_withheld(item.document) and not _last_hidden(item)
    return Moved(
        lead=lead,
        at=item.quote_state_since,
        alert=state in _ALERTS,
        now=with_turns_shown(item.quote_now) if shows else "",
        language=item.quote_language or item.document.language,
        undecided=UNDECIDED if state in _ALERTS else "",
        href=_href(item, state) if shows else "",
        action="See what changed" if state in _COMPARED else "See the last capture",
    )


def _href(item: Evidence, state: QuoteState) -> str:
    cited, last = item.snapshot, item.quote_snapshot
    if last is None or cited is None:
        return ""
    if state in _COMPARED:
        return diff_path(cited.number, last.number)
    return snapshot_path(last.number)


def _last_hidden(item: Evidence) -> bool:
    """Words of a copy that nobody may see are not shown at the claim either."""
    last = item.quote_snapshot
    return last is not None and (is_taken_down(last) or is_private(last))


def moved_in_words(item: Evidence) -> str:
    """One sentence with the item's number, for lists of the desk."""
    return f"{item.label} {_LEADS.get(QuoteState(item.quote_state), '')}"


def words_now(item: Evidence) -> str:
    """What stands in the quote's place, shortly; "" where nothing does, or nobody may see it."""
    if not item.quote_now or _last_hidden(item):
        return ""
    return f"It now says: “{with_turns_shown(item.quote_now)[:MOST_NOW]}”"

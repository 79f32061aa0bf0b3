"""How a later capture of a page differs from an earlier one, cheapest question first. Pure.

What the site answered; the bytes; all visible text; the article as two programs read it; title,
date, authors. An answer that is not the page (a check for robots, a request to pay, a failure of
the site) is never an edit, and differences that every request brings are not either.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from sources.capture.outcomes import Outcome
from sources.flags import Flag
from sources.outcomes import holds_the_document
from sources.plain import plain, squeezed
from sources.vocabulary import Change

# Two captures that agree, this far apart in hours, make a removal; one may be a hiccup.
HOURS_BETWEEN = 24
REMOVALS = frozenset({Change.GONE, Change.SOFT_404})
BLOCKED = frozenset({Change.BOT_WALL, Change.UNREACHABLE})
# In order of weight: what a watch is said to have seen when a look shows several.
WEIGHT = (
    Change.GONE,
    Change.SOFT_404,
    Change.BOT_WALL,
    Change.UNREACHABLE,
    Change.RESTORED,
    Change.EDITED,
    Change.TITLE,
    Change.DATE,
    Change.REDIRECTED,
    Change.BOILERPLATE,
    Change.UNCHANGED,
)
WALL_STATUSES = frozenset({401, 402, 403, 407, 429, 451})
WALLS = frozenset({Flag.BOT_WALL, Flag.LOGIN_WALL, Flag.CONSENT_WALL})
INSTEAD = WALLS | {Flag.SOFT_404}
CUT = frozenset({Outcome.TRUNCATED, Outcome.TOO_LARGE})
STILL_THERE = 0.3  # of the earlier paragraphs; with fewer, this may be another page
# Short lines that count or tell the time of the request.
_COUNTER = re.compile(
    r"\b(?:views?|reads?|shares?|comments?|likes?|followers?|visitors?|online|ago|updated|now|today"
    r"|minutes?|hours?|min|sec)\b|مشاهد|قراءة|تعليق|منذ|دقيق|ساع",
    re.IGNORECASE,
)
_COUNTER_WORDS = 8
_DIGITS = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a capture came to, before anybody reads what it holds."""

    outcome: str
    final_url: str
    payload_sha256: str = ""
    status: int | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """What a capture shows. `visible`: all of it; `article`, `second`: as two programs read it."""

    visible: str = ""
    article: str = ""
    second: str = ""
    title: str = ""
    published: str = ""
    authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What a look showed. `holds`: it is the page, and later captures are compared with it.

    No change at all means that nothing can be said: the copy was cut short.
    """

    changes: tuple[Change, ...]
    holds: bool
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def heaviest(self) -> Change:
        return heaviest(self.changes)


def heaviest(changes: Iterable[Change]) -> Change:
    seen = set(changes)
    return next((change for change in WEIGHT if change in seen), Change.UNCHANGED)


def is_good(outcome: str, flags: Iterable[str]) -> bool:
    """Whether a capture is the page itself, so that later ones can be compared with it.

    Many sites mark whole articles as not free, so a paywall's mark alone does not spoil a copy.
    """
    return holds_the_document(outcome) and not {str(flag) for flag in INSTEAD} & set(flags)


def by_answer(before: Answer, after: Answer) -> Finding | None:
    """What the answer alone tells; None: the texts must be read."""
    told = _not_the_page(before, after)
    if told is not None:
        return Finding((told,), holds=False, details=_answered(after))
    if after.outcome in CUT:
        return Finding((), holds=False, details=_answered(after))
    if after.payload_sha256 and after.payload_sha256 == before.payload_sha256:
        moved = _redirected(before, after)
        changes = (Change.REDIRECTED,) if moved else (Change.UNCHANGED,)
        return Finding(changes, holds=True, details=moved)
    return None


def _not_the_page(before: Answer, after: Answer) -> Change | None:
    if after.outcome == Outcome.GONE:
        return Change.GONE
    if _is_walled(before, after):
        return Change.BOT_WALL
    if after.outcome == Outcome.EMPTY:
        return Change.SOFT_404
    is_read = holds_the_document(after.outcome) or after.outcome in CUT
    return None if is_read else Change.UNREACHABLE


def _is_walled(before: Answer, after: Answer) -> bool:
    newly_paid = Flag.PAYWALL in after.flags and Flag.PAYWALL not in before.flags
    walled = newly_paid or any(flag in after.flags for flag in WALLS)
    return walled or after.outcome == Outcome.BOTWALL_SUSPECTED or after.status in WALL_STATUSES


def _answered(after: Answer) -> dict[str, Any]:
    return {"outcome": after.outcome, "status": after.status}


def _redirected(before: Answer, after: Answer) -> dict[str, Any]:
    """Where the address leads now, if elsewhere; http or https, and a final slash, don't matter."""
    if _place(before.final_url) == _place(after.final_url):
        return {}
    return {"from": before.final_url[:500], "to": after.final_url[:500]}


def _place(url: str) -> tuple[str, str, str]:
    parts = urlsplit(url)
    return (parts.netloc.lower().removeprefix("www."), parts.path.rstrip("/"), parts.query)


def by_text(before: Answer, after: Answer, old: Text, new: Text) -> Finding:
    """What the texts tell of two answers that look like the page; nothing, if one is unread."""
    if not old.visible or not new.visible:
        return Finding((), holds=is_good(after.outcome, after.flags))
    remains = share_left(old, new)
    moved = _redirected(before, after)
    if remains < STILL_THERE:
        suspicion = _another_page(after)
        if suspicion is not None:
            also = (Change.REDIRECTED,) if moved else ()
            return Finding(
                (suspicion, *also), holds=False, details={**moved, "left": round(remains, 2)}
            )
    details: dict[str, Any] = dict(moved)
    changes = [Change.REDIRECTED] if moved else []
    changes += _described(old, new, details)
    removed, added = edited_paragraphs(old, new)
    authors = old.authors != new.authors and bool(old.authors and new.authors)
    if removed or added or authors:
        changes.append(Change.EDITED)
        # Numbers only: a copy's words are kept with the copy, which may have to be taken down.
        details["removed"], details["added"] = len(removed), len(added)
    if authors:
        details["authors"] = [list(old.authors), list(new.authors)]
    if not changes:
        changes.append(Change.BOILERPLATE)
    return Finding(tuple(sorted(set(changes), key=WEIGHT.index)), holds=True, details=details)


def _described(old: Text, new: Text, details: dict[str, Any]) -> list[Change]:
    changes = []
    if old.title and new.title and _heading(old.title) != _heading(new.title):
        changes.append(Change.TITLE)
        details["title"] = [old.title[:500], new.title[:500]]
    if old.published and new.published and old.published != new.published:
        changes.append(Change.DATE)
        details["published"] = [old.published, new.published]
    return changes


def _heading(title: str) -> str:
    """Without the count of unread things that some sites put before it."""
    return re.sub(r"^\(\d+\)\s*", "", plain(title))


def share_left(old: Text, new: Text) -> float:
    """How many of the earlier paragraphs are on the later page, 0 to 1."""
    paragraphs = [squeezed(line) for line in _paragraphs(old)]
    if not paragraphs:
        return 0.0
    there = squeezed(new.visible) + squeezed(new.article)
    return sum(1 for one in paragraphs if one in there) / len(paragraphs)


def _another_page(after: Answer) -> Change | None:
    """What stands there instead, when little of the earlier page is left; None: it was rewritten.

    Another site, or what looks like an error page, may be a hiccup: it is a suspicion like 404.
    """
    if Flag.PAYWALL in after.flags:
        return Change.BOT_WALL
    elsewhere = after.outcome == Outcome.REDIRECTED_OFFSITE or Flag.REDIRECTED in after.flags
    return Change.SOFT_404 if elsewhere or Flag.SOFT_404 in after.flags else None


def edited_paragraphs(old: Text, new: Text) -> tuple[list[str], list[str]]:
    """Paragraphs of the article that went, and that came.

    Programs that read pages leave things out, so one counts only if the page itself no longer, or
    only now, shows it.
    """
    if not old.article and not new.article:
        return _differing(_lines(old.visible), _lines(new.visible))
    removed = _only_here(old, new)
    added = _only_here(new, old)
    return removed, added


def _only_here(here: Text, there: Text) -> list[str]:
    shown, other = squeezed(here.visible), squeezed(there.visible or there.article)
    second = squeezed(here.second)
    paragraphs = [(line, squeezed(line)) for line in _lines(here.article)]
    agreeing = sum(1 for _, bare in paragraphs if bare in second)
    asks_second = agreeing * 2 >= len(paragraphs)
    return [
        line
        for line, bare in paragraphs
        if bare not in other
        and (not shown or bare in shown)
        and (not asks_second or bare in second)
        and not is_noise(line)
    ]


def _paragraphs(text: Text) -> list[str]:
    return _lines(text.article) or _lines(text.visible)


def _lines(text: str) -> list[str]:
    return [line.removeprefix("- ") for line in map(plain, text.split("\n")) if line]


def _differing(old: Sequence[str], new: Sequence[str]) -> tuple[list[str], list[str]]:
    before, after = set(old), set(new)
    return (
        [line for line in old if line not in after and not is_noise(line)],
        [line for line in new if line not in before and not is_noise(line)],
    )


def is_noise(line: str) -> bool:
    """Whether a line only counts, or tells the time of the request."""
    return (
        bool(_DIGITS.search(line))
        and len(line.split()) <= _COUNTER_WORDS
        and bool(_COUNTER.search(line))
    )

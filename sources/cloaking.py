"""Whether a browser was shown other words than those that we archived. Pure.

Sites answer programs and browsers differently, and pages are written by their own programs; from
outside the one looks like the other. So this counts, and calls nothing cloaking.
"""

from __future__ import annotations

from sources.plain import words_of

LEAST_WORDS = 20  # fewer say nothing: a picture of a picture, a page of buttons
LITTLE_PERCENT = 50
_TOGETHER = 4


def percent_archived(shown: str, archived: str) -> int | None:
    """How much of what the browser has SHOWN is in the ARCHIVED text, by runs of four words.

    0 to 100; None where too little was shown to say.
    """
    runs = _runs(shown)
    if len(runs) + _TOGETHER - 1 < LEAST_WORDS:
        return None
    return 100 * len(runs & _runs(archived)) // len(runs)


def _runs(text: str) -> set[tuple[str, ...]]:
    words = [word.casefold() for word, _, _ in words_of(text)]
    return {tuple(words[at : at + _TOGETHER]) for at in range(len(words) - _TOGETHER + 1)}


def in_words(percent: int | None) -> str:
    """A sentence for readers where little of what was shown is archived; else ""."""
    if percent is None or percent >= LITTLE_PERCENT:
        return ""
    return (
        f"Of the words that the browser was shown, {percent}% are in the archived page: the page’s "
        "programs wrote the others, or the site gives a browser another page than it gave us."
    )

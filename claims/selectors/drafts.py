"""What an imported article said about a claim, in words."""

from __future__ import annotations

from claims.models import Claim, ClaimDraft
from claims.proposals import Flag

CAPTION = "caption"
_FLAGS = {str(flag): flag.label for flag in Flag}


def place_in_words(paragraph: str) -> str:
    """¶4, or Picture caption."""
    if paragraph == CAPTION:
        return "Picture caption"
    return f"¶{paragraph}" if paragraph else ""


def footnotes_in_words(markers: list[object]) -> str:
    """Footnotes 8 and 9; "" for none."""
    *others, last = [str(marker) for marker in markers] or [""]
    if not others:
        return f"footnote {last}" if last else ""
    return f"footnotes {', '.join(others)} and {last}"


def flags_in_words(flags: list[str]) -> tuple[str, ...]:
    """What to look at before keeping a proposal; unknown flags are left out."""
    return tuple(_FLAGS[flag] for flag in flags if flag in _FLAGS)


def read_where(claim: Claim) -> str:
    """¶4, footnotes 8 and 9, in “Aleppo: …”; "" for a claim that nobody imported.

    Needs `draft__article` loaded to stay without a query.
    """
    draft: ClaimDraft | None = getattr(claim, "draft", None)
    if draft is None:
        return ""
    place = [place_in_words(draft.paragraph), footnotes_in_words(draft.footnotes)]
    return f"{', '.join(part for part in place if part)}, in “{draft.article.title}”"

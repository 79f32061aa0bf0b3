"""A claim's finding as schema.org ClaimReview. Pure.

The rating comes from the status that editors set, never from the score, and only where the
question is settled. https://schema.org/ClaimReview; the limit of 75 characters is what readers of
the markup ask for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from claims.vocabulary import Status

RATINGS: Mapping[Status, int] = {Status.CONFIRMED: 5, Status.REFUTED: 1}
BEST, WORST = 5, 1
LONGEST = 75


@dataclass(frozen=True, kw_only=True)
class Reviewed:
    """A published claim. `url` is absolute; `first_said` is when the claim was first made."""

    url: str
    sentence: str
    language: str
    status: Status
    since: datetime
    publisher: str
    publisher_url: str
    claimant: str = ""
    first_said: datetime | None = None


def shortened(sentence: str, limit: int = LONGEST) -> str:
    """SENTENCE in at most LIMIT characters, cut between words and marked as cut."""
    if len(sentence) <= limit:
        return sentence
    cut = sentence[: limit - 1]
    return f"{cut.rpartition(' ')[0] or cut}…"


def claim_review(claim: Reviewed) -> dict[str, object] | None:
    """The markup, or None while the claim is not settled."""
    rating = RATINGS.get(claim.status)
    if rating is None:
        return None
    return {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "url": claim.url,
        "claimReviewed": shortened(claim.sentence),
        "inLanguage": claim.language,
        "datePublished": claim.since.isoformat(),
        "author": {
            "@type": "Organization",
            "name": claim.publisher,
            "url": claim.publisher_url,
        },
        "reviewRating": {
            "@type": "Rating",
            "ratingValue": rating,
            "bestRating": BEST,
            "worstRating": WORST,
            "alternateName": claim.status.label,
        },
        "itemReviewed": _claim(claim),
    }


def _claim(claim: Reviewed) -> dict[str, object]:
    described: dict[str, object] = {"@type": "Claim", "name": claim.sentence}
    if claim.claimant:
        described["author"] = {"@type": "Organization", "name": claim.claimant}
    if claim.first_said:
        described["datePublished"] = claim.first_said.isoformat()
    return described

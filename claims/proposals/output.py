"""Proposals as plain JSON values: the contract of `manage.py import_article --json`."""

from __future__ import annotations

from typing import Any

from claims.proposals.proposal import Proposal, Proposals


def as_json(proposals: Proposals) -> dict[str, Any]:
    """The proposals as dictionaries, lists, strings and numbers.

    `paragraphs` are the numbered body paragraphs with note markers as printed; a claim's
    `paragraph` counts them from 1 or is "caption". Every `quote` is found in its paragraph.
    """
    article = proposals.article
    return {
        "title": article.title,
        "language": article.language,
        "published": article.published.isoformat() if article.published else None,
        "year": {"stated": list(article.stated_years), "inferred": article.inferred_year},
        "paragraphs": [paragraph.text for paragraph in article.body],
        "captions": [paragraph.text for paragraph in article.captions],
        "dropped": [dropped.text for dropped in article.dropped],
        "footnotes": [
            {"marker": r.number, "address": r.address, "text": r.text} for r in article.references
        ],
        "claims": [_claim(claim) for claim in proposals.claims],
    }


def _claim(claim: Proposal) -> dict[str, Any]:
    return {
        "sentence": claim.sentence,
        "quote": claim.quote,
        "paragraph": claim.where,
        "footnotes": list(claim.footnotes),
        "flags": [flag.value for flag in claim.flags],
        "kind": claim.kind.value,
        "start": claim.start,
        "end": claim.end,
    }

"""Read an article and propose the claims in it. Pure: no framework, no clock, no network.

`read_article` turns plain text, Markdown or HTML into an `Article`; `propose` finds its claims;
`as_json` prints both. Nothing becomes a claim without a person.
"""

from __future__ import annotations

from claims.proposals.article import (
    LIMIT_BYTES,
    Article,
    ArticleTooLong,
    Dropped,
    DropReason,
    NotAnArticle,
    Paragraph,
    Reference,
)
from claims.proposals.output import as_json
from claims.proposals.proposal import Flag, Proposal, Proposals
from claims.proposals.proposing import propose
from claims.proposals.reading import Form, guessed_form, read_article, readable_text

__all__ = [
    "LIMIT_BYTES",
    "Article",
    "ArticleTooLong",
    "DropReason",
    "Dropped",
    "Flag",
    "Form",
    "NotAnArticle",
    "Paragraph",
    "Proposal",
    "Proposals",
    "Reference",
    "as_json",
    "guessed_form",
    "propose",
    "read_article",
    "readable_text",
]

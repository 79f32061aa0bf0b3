"""Claims that are not public and that a text names, so that the text can be kept back."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from django.db import connection

from claims.models import Claim
from claims.vocabulary import Publication

MOST_DIGITS = 9
_NUMBERED = re.compile(r"(?:\bclaims?|/c)[\s/#№]*([0-9]+)", re.IGNORECASE)
_OPENED = f"""
SELECT c.sentence FROM claims_claim c
 WHERE c.publication <> '{Publication.PUBLISHED}' AND lower(left(c.sentence, 10)) = ANY (ARRAY(
   SELECT DISTINCT lower(substr(text, place, 10))
     FROM unnest(%s::text[]) text, generate_series(1, length(text) - 9) place))"""  # noqa: S608  # our own constant
"""Sentences that begin as a text goes on somewhere: by the index claim_private_opening."""


def names_of_private_claims(texts: Sequence[str]) -> tuple[Collection[str], Collection[int]]:
    """Sentences, and numbers, of claims that are not public and may stand in TEXTS. Two queries.

    Only the sentences that begin with ten characters of a text are read, however many claims there
    are. `is_named` says whether one of them stands in a text.
    """
    numbers = {number for text in texts for number in _numbers(text)}
    private = Claim.objects.exclude(publication=Publication.PUBLISHED)
    found = set(private.filter(number__in=numbers).order_by().values_list("number", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(_OPENED, [[_plain(text) for text in texts]])
        sentences = {_plain(sentence) for (sentence,) in cursor.fetchall()}
    return sentences, found


def is_named(text: str, names: tuple[Collection[str], Collection[int]]) -> bool:
    """Whether TEXT holds one of these sentences, or says one of these numbers."""
    sentences, numbers = names
    said = _plain(text).casefold()
    return any(one.rstrip(".").casefold() in said for one in sentences) or any(
        number in numbers for number in _numbers(text)
    )


def _numbers(text: str) -> set[int]:
    return {int(found) for found in _NUMBERED.findall(text) if len(found) <= MOST_DIGITS}


def _plain(text: str) -> str:
    """On one line with single spaces, as a sentence is quoted."""
    return " ".join(text.split())

"""Which claims that are not public a text names."""

from __future__ import annotations

import pytest
from django.db import connection

from claims.selectors import private
from claims.selectors.private import is_named, names_of_private_claims
from claims.vocabulary import Publication
from tests.factories import ClaimFactory

pytestmark = pytest.mark.django_db
SENTENCE = "Ärzte der Klinik wurden am Montag verlegt"


@pytest.mark.parametrize(
    ("publication", "text", "named"),
    [
        (Publication.DRAFT, f"It says: „{SENTENCE.upper()}“, which is early.", True),
        (Publication.WITHDRAWN, SENTENCE, True),
        (Publication.PUBLISHED, SENTENCE, False),
        (Publication.DRAFT, "Ärzte der Klinik sagen etwas anderes", False),
        (Publication.DRAFT, "", False),
    ],
)
def test_a_sentence_is_named_where_it_stands_whole(
    publication: str, text: str, *, named: bool
) -> None:
    ClaimFactory.create(sentence=SENTENCE, publication=publication)
    assert is_named(text, names_of_private_claims([text, "Another text."])) is named


def test_the_sentences_are_found_by_their_index() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {private._OPENED}", [[SENTENCE]])  # its plan
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "claim_private_opening" in plan

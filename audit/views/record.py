"""The published checkpoints: who keeps one can tell later whether anything before it changed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from audit.authorities import LOCAL
from audit.models import Checkpoint, TimestampToken
from audit.selectors.checkpoints import PAGE, published_checkpoints, words_of
from audit.selectors.record_page import record_page
from core.caching import public_page
from core.errors import Invalid

LONGEST_NUMBER = 18  # digits; fits in 64 bits
HOW = (
    "root: RFC 6962 Merkle root over the hashes of lines first_seq to last_seq of the record. "
    "hash: SHA-256 of previous_hash, a line feed, and the canonical JSON of number, first_seq, "
    "last_seq, root, previous_hash and made_at. Keep a hash: it fixes every line before it."
)


@public_page
def checkpoints(request: HttpRequest) -> HttpResponse:
    """The newest checkpoints as JSON; `?before=NUMBER` for those before."""
    rows = published_checkpoints(_before(request))
    more = len(rows) == PAGE and rows[-1].number > 1
    response = JsonResponse(
        {
            "about": HOW,
            "checkpoints": [_shown(row) for row in rows],
            "next": f"?before={rows[-1].number}" if more else None,
        }
    )
    response["Access-Control-Allow-Origin"] = "*"
    return response


@public_page
def record(request: HttpRequest) -> HttpResponse:
    """The same for readers, as a page."""
    return render(request, "public/record.html", {"page": record_page(_before(request))})


def _before(request: HttpRequest) -> int | None:
    raw = request.GET.get("before")
    if raw is None:
        return None
    if not (raw.isascii() and raw.isdecimal() and len(raw) <= LONGEST_NUMBER):
        raise Invalid("before is the number of a checkpoint. Leave it away for the newest ones.")
    return int(raw)


def _shown(row: Checkpoint) -> dict[str, Any]:
    return {**row.content(), "hash": row.hash, "tokens": [_token(one) for one in row.tokens.all()]}


def _token(token: TimestampToken) -> dict[str, Any]:
    return {
        "kind": token.kind,
        "authority": token.authority,
        "local": token.authority == LOCAL,
        "state": token.state,
        "words": words_of(token),
        "stated_at": token.stated_at,
        "bytes_hex": bytes(token.token).hex() if token.token else None,
    }

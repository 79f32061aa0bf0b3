"""What goes into the bundle of a claim, and the words about it that nothing proves."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from claims.models import Claim, Evidence
from core.errors import Missing
from sources.models import Snapshot
from verification.addresses import absolute, claim_path
from verification.selectors.claim_page import claim_at
from verification.selectors.redaction import is_withheld


@dataclass(frozen=True)
class ClaimBundle:
    """The copies that a claim's evidence cites, and the claim in our own words as JSON."""

    snapshots: list[Snapshot]
    words: bytes


def claim_for_readers(number: int) -> Claim:
    """Claim NUMBER if it is public under this number. Missing: it is not, or not any more."""
    claim = claim_at(number)
    if not isinstance(claim, Claim):
        raise Missing(f"There is no public claim {number}. Look at its page for where it went.")
    return claim


def claim_numbered(number: int) -> Claim:
    """Claim NUMBER, public or not. Missing: there is none."""
    claim = Claim.objects.filter(number=number).first()
    if claim is None:
        raise Missing(f"There is no claim {number}.")
    return claim


def snapshot_numbered(number: int) -> Snapshot:
    """Snapshot NUMBER, public or not. Missing: there is none."""
    snapshot = Snapshot.objects.filter(number=number).select_related("warc", "revisits").first()
    if snapshot is None:
        raise Missing(f"There is no archived copy {number}.")
    return snapshot


def bundle_of_claim(claim: Claim) -> ClaimBundle:
    """Two queries. Whose name is withheld is left out, and so is evidence that was withdrawn."""
    items = list(
        Evidence.objects.filter(claim=claim, withdrawn_at__isnull=True)
        .select_related("document__source", "snapshot__warc", "snapshot__revisits__warc")
        .order_by("position")
    )
    shown = [item for item in items if not is_withheld(item.document)]
    copies = {item.snapshot.pk: item.snapshot for item in shown if item.snapshot is not None}
    words = _words(claim, shown, withheld=len(items) - len(shown))
    return ClaimBundle(list(copies.values()), words)


def _words(claim: Claim, shown: list[Evidence], *, withheld: int) -> bytes:
    content = {
        "note": "These are the publisher's own words. Nothing in this bundle proves them.",
        "claim": claim.number,
        "address": absolute(claim_path(claim.number, claim.sentence)),
        "sentence": claim.sentence,
        "status": claim.status,
        "evidence": [_item(item) for item in shown],
        "withheld_to_protect_a_person": withheld,
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def _item(item: Evidence) -> dict[str, Any]:
    return {
        "position": item.position,
        "stance": item.stance,
        "quote": item.quote,
        "document": item.document.address,
        "snapshot": item.snapshot.number if item.snapshot else None,
    }

"""A press in which some copy one wire with its errors, as settled reports, in a few statements."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from claims.models import Claim, Evidence
from sources.models import Source
from tests.factories import ClaimFactory, DocumentFactory, EvidenceFactory, SourceFactory
from tests.verification.settled_rows import FIRST, settled
from verification.models import SettledReport
from verification.scoring import Interest
from verification.services.credibility import change_counts

WORDS = ("Morning Post", "Evening Post", "Weekly Post")


def sources(copiers: int = 3, honest: int = 2) -> tuple[list[Source], list[Source]]:
    """Who copies the wire, and who errs alone."""
    return (
        [SourceFactory.create(name=name) for name in WORDS[:copiers]],
        [SourceFactory.graded("B") for _ in range(honest)],
    )


def settle(
    copiers: Sequence[Source],
    honest: Sequence[Source],
    *,
    claims: int = 40,
    seed: int = 3,
    since: datetime = FIRST,
) -> list[Claim]:
    """CLAIMS on which everybody spoke; wire and honest are each wrong on three in ten."""
    chance = random.Random(seed)  # noqa: S311  # a repeatable simulation
    truth = [chance.random() < 0.5 for _ in range(claims)]
    made = settled([None] * claims, truth, since=since, apart=timedelta(minutes=1))
    documents = {source.pk: DocumentFactory.create(source=source) for source in (*copiers, *honest)}
    said = []
    for claim, true in zip(made, truth, strict=True):
        wire = true != (chance.random() < 0.3)
        said += [(claim, true, source, wire) for source in copiers]
        said += [(claim, true, source, true != (chance.random() < 0.3)) for source in honest]
    spoken: dict[int, int] = {}
    items = []
    for claim, _, source, supports in said:
        spoken[claim.pk] = place = spoken.get(claim.pk, 0) + 1
        items.append(
            Evidence(
                claim=claim,
                position=place,
                document=documents[source.pk],
                stance="supports" if supports else "contradicts",
                directness="reporting",
                quote_digest=f"{place:064}",
                added_at=claim.status_since,
            )
        )
    filed = Evidence.objects.bulk_create(items)
    events = {claim.pk: claim.status_events.get() for claim in made}
    reports = SettledReport.objects.bulk_create(
        SettledReport(
            claim=claim,
            status_event=events[claim.pk],
            evidence=item,
            record=f"source-{source.number}",
            source=source,
            interest=Interest.NONE,
            alignment="neutral",
            claim_kind=claim.kind,
            group="ungraded",
            supports=supports,
            proved_true=true,
            weight=1,
            share=1,
            settled_at=claim.status_since,
        )
        for item, (claim, true, source, supports) in zip(filed, said, strict=True)
    )
    change_counts(ended=[], written=reports, now=since)
    return made


def open_claim(*speakers: Source) -> Claim:
    """An open public claim that all of these support."""
    claim: Claim = ClaimFactory.create(publication="published")
    for source in speakers:
        EvidenceFactory.create(claim=claim, document__source=source, credibility=1)
    return claim

"""Claims whose evidence has every feature that the scorer knows, drawn with a fixed seed."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from claims.models import Claim, Evidence
from claims.vocabulary import Alignment, ClaimKind, Directness, Resolution, Stance
from sources.models import Derivation, Document, Origin, Party, Snapshot, Source, Takedown
from sources.vocabulary import SourceKind
from tests.factories import (
    ClaimFactory,
    DocumentFactory,
    GroupFactory,
    SnapshotFactory,
    SourceFactory,
    StoredObjectFactory,
    UserFactory,
)

START = datetime(2016, 11, 1, tzinfo=UTC)
CLAIMS, DOCUMENTS, REPORTS = 12, 60, 180
COPIES = ("good", "good", "good", "good", "error page", "waiting", "taken down", "none")


class World:
    """Twelve claims of about fifteen reports, of which one has none at all."""

    def __init__(self) -> None:
        self.chance = random.Random(20161112)  # noqa: S311 - the same world in every run
        self.person = UserFactory.create()
        self.stored = StoredObjectFactory.create()
        self.sources = self._sources()
        self.documents = [self._document() for _ in range(DOCUMENTS)]
        self._origins()
        self.copies = {document.pk: self._copy(document) for document in self.documents}
        self.claims: list[Claim] = [
            ClaimFactory.create(kind=self.chance.choice(list(ClaimKind))) for _ in range(CLAIMS)
        ]
        self.filed = dict.fromkeys(self.claims, 0)
        Evidence.objects.bulk_create([self._report(number) for number in range(REPORTS)])

    def _sources(self) -> list[Source]:
        """Numbers of one and of two digits: their names sort otherwise than they do."""
        side = Party.objects.create(name="Government", slug="government")
        grades = (None, "A", "B", "C", "D", "E", "F")
        made = [
            SourceFactory.graded(grades[n % 7], party=side if n % 5 == 0 else None)
            for n in range(14)
        ]
        for number, source in enumerate(made):
            source.kind = list(SourceKind)[number % 4]
            source.save()
        for rated in made[::2]:
            for value in ("mixed", "high"):
                rated.ratings.create(rater="A rater/2", value=value, scale="low to high")
        for owned in made[3:6]:
            owned.owner = made[0]
            owned.save()
        SourceFactory.graded("A")
        self._groups(made)
        made[1].grades.create(grade="D", rationale="looked again", graded_at=timezone.now())
        return made

    def _groups(self, made: list[Source]) -> None:
        """One with an outlet of an owner, whose other outlets then belong to it; one that ended."""
        GroupFactory.accepted(made[4], made[6], made[7])
        GroupFactory.ended(made[8], made[9])
        GroupFactory.accepted(made[10], made[11])

    def _document(self) -> Document:
        day = self.chance.choice([None, *range(20)])
        return DocumentFactory.create(
            source=self.chance.choice([None, *self.sources]),
            published_at=None if day is None else START + timedelta(days=day),
        )

    def _origins(self) -> None:
        for first in self.documents[:4]:
            origin = Origin.objects.create(first_document=first)
            for copy in self.chance.sample(self.documents[4:], 5):
                if not hasattr(copy, "derivation"):
                    state = self.chance.choice(["proposed", "confirmed", "rejected"])
                    Derivation.objects.create(
                        document=copy, origin=origin, method="a test", state=state
                    )

    def _copy(self, document: Document) -> Snapshot | None:
        what = self.chance.choice(COPIES)
        if what == "none":
            return None
        if what == "waiting":
            return SnapshotFactory.waiting(document)
        outcome = "http_error" if what == "error page" else "ok"
        copy: Snapshot = SnapshotFactory.create(
            document=document, outcome=outcome, warc=self.stored
        )
        if what == "taken down":
            Takedown.objects.create(
                snapshot=copy, basis="privacy", words="A person asked.",
                decided_by=self.person, decided_at=timezone.now(),
            )  # fmt: skip
        return copy

    def _report(self, number: int) -> Evidence:
        chance = self.chance
        claim, document = chance.choice(self.claims[:-1]), chance.choice(self.documents)
        resolution = chance.choice([*[""] * 6, *Resolution])
        withdrawn = chance.random() < 0.1
        self.filed[claim] += 1
        return Evidence(
            claim=claim,
            position=self.filed[claim],
            document=document,
            snapshot=self.copies[document.pk],
            stance=chance.choice([Stance.SUPPORTS, *Stance]),
            directness=chance.choice(list(Directness)),
            credibility=chance.choice([None, 1, 2, 3, 4, 5, 6]),
            alignment=chance.choice(list(Alignment)),
            visual_checked_at=START if chance.random() < 0.3 else None,
            quote_digest=f"{number:064}",
            added_at=START + timedelta(days=chance.randrange(20)),
            withdrawn_at=timezone.now() if withdrawn else None,
            withdrawn_reason="filed twice" if withdrawn else "",
            resolution=resolution,
            resolution_text="looked into" if resolution else "",
        )

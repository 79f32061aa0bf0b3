"""What the change watch has seen of documents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from django.db.models import QuerySet

from sources.changes import REMOVALS, heaviest
from sources.models import ChangeEvent, Document, Snapshot
from sources.vocabulary import Change

EDITS = (Change.EDITED, Change.TITLE, Change.DATE)


def run_of(document: Document, kind: Change, *, until: Snapshot) -> QuerySet[ChangeEvent]:
    """Sightings of KIND that nothing has contradicted, up to and with UNTIL, earliest first."""
    events = ChangeEvent.objects.filter(document=document, after__number__lte=until.number)
    back = events.filter(kind=Change.RESTORED).order_by("-after__number").first()
    run = events.filter(kind=kind)
    if back is not None:
        run = run.filter(after__number__gt=back.after.number)
    return run.order_by("after__number")


def open_removal(document: Document) -> ChangeEvent | None:
    """The newest sighting of a removal, unless the page has been back since."""
    last = (
        ChangeEvent.objects.filter(document=document, kind__in=[*REMOVALS, Change.RESTORED])
        .order_by("-after__number", "-pk")
        .first()
    )
    return None if last is None or last.kind == Change.RESTORED else last


def counts_as_removed(snapshot: Snapshot, kind: Change) -> bool:
    """Whether two captures that are far enough apart agree that the page is gone."""
    run = run_of(snapshot.document, kind, until=snapshot)
    return run.filter(confirmed_by__isnull=False).exists()


def changes_seen(snapshot: Snapshot) -> frozenset[Change]:
    """How SNAPSHOT differed from the copy before it; Unchanged if nothing was noted."""
    kinds = ChangeEvent.objects.filter(after=snapshot).values_list("kind", flat=True)
    return frozenset(Change(kind) for kind in kinds) or frozenset({Change.UNCHANGED})


def was_edited_after(snapshot: Snapshot) -> bool:
    return ChangeEvent.objects.filter(
        document=snapshot.document_id, kind__in=EDITS, after__number__gt=snapshot.number
    ).exists()


def heaviest_changes(snapshots: Collection[int]) -> Mapping[int, Change]:
    """The heaviest change that each capture showed, by primary key; one query."""
    found: dict[int, list[Change]] = defaultdict(list)
    events = ChangeEvent.objects.filter(after__in=snapshots)
    for key, kind in events.values_list("after", "kind"):
        found[key].append(Change(kind))
    return {key: heaviest(kinds) for key, kinds in found.items()}

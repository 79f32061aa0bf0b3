"""Archived copies in every state that a page can show, without a single capture."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone
from PIL import Image, ImageDraw

from accounts.models import User
from accounts.roles import Role
from audit.services.checkpoints import make_checkpoint
from audit.services.record import record_event
from claims.models import Claim, Evidence
from claims.vocabulary import QuoteState
from sources.models import (
    ArtifactJob,
    ChangeEvent,
    Document,
    FetchHop,
    LegalHold,
    Snapshot,
    StoredObject,
    Takedown,
)
from sources.services.installation import object_store
from sources.vocabulary import ArtifactKind, CaptureState, Change, JobKind, RobotsVerdict
from tests.factories import (
    ClaimFactory,
    DocumentFactory,
    EvidenceFactory,
    PictureFactory,
    SnapshotFactory,
    SourceFactory,
    TextFactory,
    UserFactory,
)
from tests.journeys.shown_pages import ADMIN
from tests.verification.replay_asking import PNG, archived, response
from verification.models.notification import Notification, NotificationKind

ADDRESS = (
    "https://quarter-lantern.example/2016/11/12/withdrawal-from-dhahiyet-al-assad?part=morning"
)
QUOTE = "Our fighters have retreated from the 1070 project"
LINES = (
    "The operations room said on Saturday that the situation in the west had changed overnight.",
    f"“{QUOTE} after a night of shelling,” it wrote in a statement that three channels repeated.",
    "Residents who spoke to our reporter by telephone said that the bakery road was open again.",
    "غادر آخر باص الحي يوم الخميس، بعد أربعة أيام من إغلاق المدرسة.",
    "See https://maps.example/very/long/address/without/any/place/to/break/it/at/all/1070-project.",
)
HTML = (
    "<!doctype html><html lang='en'><head><title>Withdrawal</title><link rel=stylesheet "
    "href=/look.css></head><body><h1>Withdrawal from the western suburb</h1>"
    + "".join(f"<p>{line}</p>" for line in LINES)
    + "</body></html>"
).encode()
SHEET = b"body{font:17px/1.5 Georgia,serif;max-width:40em;margin:2em auto}h1{color:#7a1f1f}"
# Failed captures, each with what came of it: a person is shown every one in words.
ENDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("login", {"outcome": "http_error", "http_status": 401}),
    ("gone", {"outcome": "gone", "http_status": 404}),
    ("unreachable", {
        "outcome": "unreachable", "error": "connect_timeout", "attempt": 3, "http_status": None,
    }),
    ("refused", {"state": CaptureState.REFUSED, "error": "refused_by_policy"}),
    ("cancelled", {"state": CaptureState.CANCELLED, "error": "robots_disallowed"}),
)  # fmt: skip
UNDER_WAY: tuple[dict[str, Any], ...] = (
    {"state": CaptureState.RUNNING, "step": "staged"},
    {"state": CaptureState.RETRY_WAIT, "error": "first_byte_timeout"},
)


@dataclass
class Rows:
    """Numbers by what they are for, as the paths of pages name them."""

    numbers: dict[str, int] = field(default_factory=dict)

    def name(self, key: str, row: Snapshot | Claim) -> None:
        row.refresh_from_db()
        self.numbers[key] = row.number


def put_rows(folder: Path) -> dict[str, int]:
    """Numbers of the rows: {copy}, {later}, {failed-picture}, {claim} and so on."""
    rows = Rows()
    admin = UserFactory.create(email=ADMIN, role=Role.ADMIN, name="Ada Admin")
    claim = ClaimFactory.create(
        sentence="The opposition left the 1070 Apartment Projects on 11 November 2016", owner=admin
    )
    rows.name("claim", claim)
    item = _watched(rows, folder, claim)
    _kept_and_removed(rows, folder, item, admin)
    _came_to_something_else(rows, claim)
    _tell(admin, item)
    return rows.numbers


def _watched(rows: Rows, folder: Path, claim: Claim) -> Evidence:
    """A page that was captured, pictured and stamped, and had its quoted words changed since."""
    document = DocumentFactory.create(
        address=ADDRESS,
        title="Withdrawal from Dhahiyet al-Assad: what residents and both operations rooms say",
        authors=["A. Writer"],
        published_at=datetime(2016, 11, 12, 9, 48, tzinfo=UTC),
        published_precision="minute",
        published_basis="meta date",
        source=SourceFactory.create(name="Quarter Lantern"),
    )
    first = _copy(folder, document, days=3, robots=RobotsVerdict.DISALLOWED)
    _read(first, LINES)
    _stamp(first)
    ArtifactJob.objects.create(snapshot=first, kind=JobKind.PICTURE)
    PictureFactory.create(
        snapshot=first, stored=_picture(), facts={"width": 1280, "height": 2600, "is_cut": True}
    )
    later = _copy(folder, document, days=1)
    _read(later, tuple(line.replace("retreated", "repositioned") for line in LINES[:4]))
    ArtifactJob.objects.create(snapshot=later, kind=JobKind.PICTURE)
    now = timezone.now()
    ChangeEvent.objects.create(
        document=document, before=first, after=later, kind=Change.EDITED, at=now
    )
    item: Evidence = EvidenceFactory.create(
        claim=claim, document=document, snapshot=first, quote=QUOTE, position=1,
        quote_state=QuoteState.QUOTE_CHANGED, quote_state_since=now, quote_snapshot=later,
        quote_now=QUOTE.replace("retreated", "repositioned"),
    )  # fmt: skip
    rows.name("copy", first)
    rows.name("later", later)
    return item


def _copy(folder: Path, document: Document, *, days: int, **columns: Any) -> Snapshot:
    at = timezone.now() - timedelta(days=days)
    address = str(document.address)
    answers = {
        address: response(HTML),
        "https://quarter-lantern.example/look.css": response(SHEET, "text/css"),
    }
    copy = archived(
        folder, document, answers,
        payload_sha256=f"{days}" * 64, payload_size=48_211, manifest='{"number":1}',
        manifest_sha256="ab" * 32, capture_started_at=at, sealed_at=at, tool="corroborate/0.1",
        worker="worker-1", **columns,
    )  # fmt: skip
    for position, url in enumerate(("http://quarter-lantern.example/w", address)):
        FetchHop.objects.create(
            snapshot=copy, fence=copy.fence, position=position, url=url,
            status=200 if position else 301,
        )  # fmt: skip
    return copy


def _read(copy: Snapshot, lines: tuple[str, ...]) -> None:
    TextFactory.create(snapshot=copy, content="\n".join(lines), sha256="cd" * 32)
    around = ("Quarter Lantern", *lines, "More from the west")
    TextFactory.create(snapshot=copy, kind=ArtifactKind.VISIBLE, content="\n".join(around))


def _stamp(copy: Snapshot) -> None:
    record_event(
        actor=None, tag="sources:snapshot:sealed", subject=copy,
        after={"manifest_sha256": copy.manifest_sha256},
    )  # fmt: skip
    make_checkpoint()


def _picture() -> StoredObject:
    image = Image.new("RGB", (1280, 2600), "white")
    draw = ImageDraw.Draw(image)
    for top in range(60, 2560, 90):
        draw.rectangle((80, top, 1200, top + 50), fill="#dddddd")
    file = io.BytesIO()
    image.save(file, "PNG")
    key = object_store().put(file.getvalue())
    return StoredObject.objects.create(
        sha256=key, size=len(file.getvalue()), media_type="image/png"
    )


def _kept_and_removed(rows: Rows, folder: Path, item: Evidence, admin: User) -> None:
    """A copy that is a file, one under a hold, one that is the same again, one taken down."""
    now = timezone.now()
    drawing = archived(
        folder, item.document, {str(item.document.address): response(PNG, "image/svg+xml")},
        media_type="image/svg+xml", flags=["polyglot"],
    )  # fmt: skip
    rows.name("drawing", drawing)
    held = SnapshotFactory.create()
    LegalHold.objects.create(
        snapshot=held, reason="A case is open at the high court.", placed_by=admin, placed_at=now
    )
    rows.name("held", held)
    SnapshotFactory.create(document=item.document, revisits=item.snapshot)
    taken = SnapshotFactory.create(
        document=item.document, manifest='{"number":2}', manifest_sha256="ef" * 32
    )
    Takedown.objects.create(
        snapshot=taken, basis="court_order", decided_by=admin, decided_at=now,
        words="A court ordered that this is not shown: it names a person who may come to harm.",
    )  # fmt: skip
    rows.name("taken", taken)


def _came_to_something_else(rows: Rows, claim: Claim) -> None:
    """Items whose page could not be captured, or not yet, or that have no address."""
    for words, columns in ENDS:
        item = _without_copy(claim, f"A report of which this came: {words}")
        rows.name(words, _ended(item.document, **columns))
    for columns in UNDER_WAY:
        item = _without_copy(claim, "A report that is under way")
        later = timezone.now() + timedelta(minutes=8)
        waiting = Snapshot.objects.create(
            document=item.document, lease_until=later, next_attempt_at=later, **columns
        )
        rows.name(str(columns["state"]), waiting)
    leaflet = _without_copy(claim, "A leaflet without an address", address=None)
    rows.numbers["without_address"] = leaflet.position


def _without_copy(claim: Claim, title: str, **columns: Any) -> Evidence:
    document = DocumentFactory.create(title=title, **columns)
    item: Evidence = EvidenceFactory.create(claim=claim, document=document, snapshot=None)
    return item


def _ended(document: Document, **columns: Any) -> Snapshot:
    now = timezone.now()
    if columns.get("state", CaptureState.SEALED) == CaptureState.SEALED:
        copy: Snapshot = SnapshotFactory.create(document=document, **columns)
        return copy
    return Snapshot.objects.create(document=document, capture_finished_at=now, **columns)


def _tell(person: User, item: Evidence) -> None:
    for number, kind in enumerate(NotificationKind):
        Notification.objects.create(
            recipient=person, kind=kind, claim=item.claim if number else None, at=timezone.now(),
            words=f"[{item.position}] The quoted words were changed after we archived them.",
            href=f"/desk/c/{item.claim.number}?open=1#e1", cause=f"test:{number}",
            read_at=timezone.now() if number == 1 else None,
        )  # fmt: skip

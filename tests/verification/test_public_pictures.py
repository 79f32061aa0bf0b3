"""The picture of an archived copy on its public page, and its own address."""

from __future__ import annotations

import pytest
from django.test import Client

from claims.models import Evidence
from claims.vocabulary import Publication
from sources.models import Artifact, ArtifactJob, StoredObject
from sources.services.installation import object_store
from sources.vocabulary import ArtifactKind, ArtifactStatus, JobKind, JobState
from tests.factories import ClaimFactory, DocumentFactory, EvidenceFactory, SnapshotFactory
from tests.verification.page_reading import read

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n of a page"
FAILED = "The page kept the browser busy until its time was over."


@pytest.fixture
def cited() -> Evidence:
    """A sealed copy of which a picture was asked for, cited in a public claim."""
    document = DocumentFactory.create()
    snapshot = SnapshotFactory.create(document=document)
    ArtifactJob.objects.create(snapshot=snapshot, kind=JobKind.PICTURE)
    item: Evidence = EvidenceFactory.create(
        claim=ClaimFactory.create(), document=document, snapshot=snapshot
    )
    return item


def _taken(item: Evidence, **columns: object) -> Artifact:
    key = object_store().put(PNG)
    stored = StoredObject.objects.create(sha256=key, size=len(PNG), media_type="image/png")
    given = {
        "kind": ArtifactKind.PICTURE, "tool": "chromium", "tool_version": "1",
        "status": ArtifactStatus.OK, "stored": stored, "sha256": key,
        "facts": {"width": 1280, "height": 4000},
    } | columns  # fmt: skip
    found: Artifact = Artifact.objects.create(snapshot=item.snapshot, **given)
    return found


def _path(item: Evidence) -> str:
    assert item.snapshot is not None
    return f"/snap/{item.snapshot.number}"


def test_the_picture_is_shown_with_its_size_and_words_for_who_does_not_see_it(
    cited: Evidence,
) -> None:
    row = _taken(cited)
    page = read(f"{_path(cited)}?view=picture")
    image = page.tree.xpath("//figure//img")[0]
    assert image.get("src") == f"{_path(cited)}/picture.png"
    assert (image.get("width"), image.get("height"), image.get("loading")) == (
        "1280", "4000", "lazy",
    )  # fmt: skip
    assert image.get("alt").startswith("Picture of the whole page, 1280 by 4000 pixels.")
    assert row.sha256 in page.text
    assert "It may show more than the archived file holds" in page.text


def test_a_failed_picture_is_told_in_words(cited: Evidence) -> None:
    _taken(cited, status=ArtifactStatus.FAILED, reason=FAILED, stored=None, sha256="")
    page = read(f"{_path(cited)}?view=picture")
    assert f"The copy is saved, the picture failed. {FAILED}" in page.text
    assert not page.tree.xpath("//figure")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (JobState.PENDING, "the picture has not been taken yet"),
        (JobState.FAILED, "the picture failed"),
    ],
)
def test_a_picture_that_is_not_there_is_told_in_words(
    cited: Evidence, state: JobState, words: str
) -> None:
    ArtifactJob.objects.update(state=state)
    assert words in read(f"{_path(cited)}?view=picture").text


def test_there_is_no_tab_where_no_picture_was_asked_for_or_none_is_made(cited: Evidence) -> None:
    assert "Picture" in read(_path(cited)).all("//nav[@class='tabs']//a")
    ArtifactJob.objects.update(state=JobState.SKIPPED)
    assert "Picture" not in read(_path(cited)).all("//nav[@class='tabs']//a")


def test_the_picture_is_served_as_a_picture_and_nothing_else(
    cited: Evidence, client: Client
) -> None:
    _taken(cited)
    answer = client.get(f"{_path(cited)}/picture.png")
    assert b"".join(answer.streaming_content) == PNG
    assert answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "Set-Cookie" not in answer
    again = client.get(f"{_path(cited)}/picture.png", headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304


def test_a_picture_of_what_only_a_draft_cites_is_not_found(cited: Evidence, client: Client) -> None:
    _taken(cited)
    cited.claim.__class__.objects.update(publication=Publication.DRAFT)
    assert client.get(f"{_path(cited)}/picture.png").status_code == 404


def test_no_picture_is_not_found(cited: Evidence, client: Client) -> None:
    assert client.get(f"{_path(cited)}/picture.png").status_code == 404

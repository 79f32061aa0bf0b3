from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from audit.models import TimestampToken, TokenKind
from audit.services.checkpoints import make_checkpoint
from audit.services.record import record_event
from claims.models import Evidence
from claims.vocabulary import Publication, Stance
from sources.capture.outcomes import ErrorCode, Outcome
from sources.explanations import ERRORS, OUTCOMES
from sources.models import FetchHop, Snapshot
from sources.services.installation import object_store
from sources.vocabulary import ArtifactStatus, CaptureState, Safety
from tests.factories import (
    ClaimFactory,
    DocumentFactory,
    EvidenceFactory,
    SnapshotFactory,
    SourceFactory,
    StoredObjectFactory,
    TextFactory,
)
from tests.verification.page_reading import read

pytestmark = pytest.mark.django_db
MOST_QUERIES = 9
QUOTE = "the factions withdrew"
TEXT = f"They said\n\nAt dawn {QUOTE} <script>alert(1)</script> \u202efrom\u202c the suburb."


@pytest.fixture
def cited() -> Evidence:
    """A sealed copy with text, quoted in a public claim."""
    SnapshotFactory.waiting(DocumentFactory.create(), number=4000)  # so numbers are no row's own
    document = DocumentFactory.create(
        title="A night of shelling",
        authors=["A. Writer"],
        published_at=datetime(2016, 11, 12, 9, 48, tzinfo=UTC),
        published_precision="minute",
        published_basis="meta date",
        source=SourceFactory.create(name="Quarter Lantern"),
    )
    snapshot = SnapshotFactory.create(document=document, tool="corroborate/0.1")
    TextFactory.create(snapshot=snapshot, content=TEXT)
    claim = ClaimFactory.create(sentence="The suburb was left at dawn")
    item: Evidence = EvidenceFactory.create(
        claim=claim, document=document, snapshot=snapshot, quote=QUOTE
    )
    return item


def path_of(item: Evidence) -> str:
    assert item.snapshot is not None
    return f"/snap/{item.snapshot.number}"


def waiting(item: Evidence, **fields: object) -> str:
    return f"/snap/{Snapshot.objects.create(document=item.document, **fields).number}"


def test_a_copy_shows_its_text_and_where_it_came_from(cited: Evidence) -> None:
    page = read(path_of(cited))
    assert page.title == "Archived copy: A night of shelling"
    assert "Quarter Lantern · A. Writer" in page.text.replace("LanternA", "Lantern · A")
    assert "Published 12 Nov 2016, 09:48 UTC (from meta date)" in page.text
    assert "This is a copy we made." in page.text
    assert page.all("//div[@class='captured']/p")[0] == "They said"


def test_details_say_how_it_came_to_be_and_what_it_is_checked_by(cited: Evidence) -> None:
    page = read(f"{path_of(cited)}?view=details")
    assert page.title == "Details of archived copy: A night of shelling"
    assert page.all("//nav[@class='tabs']//a[@aria-current='page']") == ["Details"]
    facts = dict(zip(page.all("//dl/dt"), page.all("//dl/dd"), strict=True))
    assert facts["SHA-256 of the WARC"] == cited.snapshot.warc.sha256
    assert facts["SHA-256 of the page"] == cited.snapshot.payload_sha256
    assert facts["Size"] == "1,000 bytes"
    assert facts["HTTP status"] == "200"
    assert facts["Why"] == "Asked for by a person"
    assert page.all("//div[@class='captured']") == []


def test_details_say_when_it_was_sealed_and_how_that_is_proved(cited: Evidence) -> None:
    path = f"{path_of(cited)}?view=details"
    assert "Line of the record" not in read(path).text
    # Lines name a copy by its public number, which need not be the row's own.
    assert cited.snapshot.number != cited.snapshot.pk
    record_event(actor=None, tag="sources:snapshot:sealed", subject=cited.snapshot)
    assert "Waiting for the next one, within minutes" in read(path).text
    checkpoint = make_checkpoint()
    assert checkpoint is not None
    TimestampToken.objects.create(
        checkpoint=checkpoint, kind=TokenKind.RFC3161, authority="https://stamps.example/"
    )
    page = read(path)
    assert page.all("//dl/dt").count("Time stamp") == 1
    assert f"{checkpoint.number}, made " in page.text
    assert checkpoint.hash in page.text
    place = f"?before={checkpoint.number + 1}#checkpoint-{checkpoint.number}"
    assert f"/record{place}" in page.links()
    assert f"Checkpoint {checkpoint.number}" in read(f"/record{place}").text
    assert "pending: the authority has not answered yet" in page.text


@pytest.mark.parametrize("asked", ["", "text", "nothing-of-ours", "__class__"])
def test_the_text_is_shown_unless_another_view_is_asked_for(cited: Evidence, asked: str) -> None:
    page = read(f"{path_of(cited)}?view={asked}")
    assert page.all("//nav[@class='tabs']//a[@aria-current='page']") == ["Text"]
    assert "They said" in page.text


def test_a_capture_that_is_not_there_has_no_tabs(cited: Evidence) -> None:
    page = read(waiting(cited, state=CaptureState.QUEUED))
    assert page.all("//nav[@class='tabs']//a") == []


@pytest.mark.fault(41)
def test_captured_text_is_text_and_shows_signs_that_turn_it(cited: Evidence) -> None:
    page = read(path_of(cited))
    assert "<script>alert(1)</script>" in page.text
    assert page.tree.xpath("//script") == []
    assert "⟦RLO⟧from⟦PDF⟧" in page.text
    assert "\u202e" not in page.markup


def test_the_quoted_words_lead_to_their_claim(cited: Evidence) -> None:
    page = read(path_of(cited))
    assert page.all("//mark") == [f"{QUOTE} (quoted in claim {cited.claim.number})"]
    assert f"/c/{cited.claim.number}/the-suburb-was-left-at-dawn#e1" in page.links()


def test_the_copy_names_the_public_claims_that_cite_it(cited: Evidence) -> None:
    EvidenceFactory.create(
        claim=ClaimFactory.create(sentence="The suburb was held", publication=Publication.DRAFT),
        document=cited.document,
        snapshot=cited.snapshot,
    )
    EvidenceFactory.create(
        claim=ClaimFactory.create(sentence="The suburb was burnt"),
        document=cited.document,
        snapshot=cited.snapshot,
        stance=Stance.CONTRADICTS,
    )
    rows = read(path_of(cited)).all("//section[@id='cited']//li/h3")
    assert rows == ["The suburb was left at dawn", "The suburb was burnt"]


def test_disagreement_of_the_readers_is_said(cited: Evidence) -> None:
    TextFactory.create(snapshot=cited.snapshot, tool="other", confidence="low", content="Other.")
    assert "disagree about the text" in read(path_of(cited)).text


@pytest.mark.parametrize(
    ("status", "words"), [(ArtifactStatus.EMPTY, "no text"), (ArtifactStatus.FAILED, "nothing")]
)
def test_a_copy_without_text_says_so(status: str, words: str) -> None:
    item = EvidenceFactory.create()
    TextFactory.create(snapshot=item.snapshot, status=status, content="")
    assert f"The copy holds {words}" in read(path_of(item)).text


def test_the_way_to_the_page_and_other_captures_are_listed(cited: Evidence) -> None:
    urls = ("http://outlet.example.org/a", "https://outlet.example.org/a")
    for position, (url, status) in enumerate(zip(urls, (301, 200), strict=True)):
        FetchHop.objects.create(
            snapshot=cited.snapshot, fence=0, position=position, url=url, status=status
        )
    other = SnapshotFactory.create(document=cited.document)
    SnapshotFactory.create(document=cited.document, outcome="http_error", http_status=401)
    SnapshotFactory.waiting(cited.document, error="dns_not_found")
    page = read(f"{path_of(cited)}?view=details")
    remarks = page.all("//ol[@class='captures']/li/p[@class='fine']")
    assert remarks == ["Waiting.", "The page asks for a login."]
    assert page.all("//ol[@class='hops']/li") == [
        f"{urls[0]} answered 301",
        f"{urls[1]} answered 200",
    ]
    assert f"/snap/{other.number}" in page.links()
    assert "this one" in page.text


def test_a_sealed_error_page_is_called_one() -> None:
    item = EvidenceFactory.create()
    error = SnapshotFactory.create(document=item.document, outcome="http_error", http_status=500)
    TextFactory.create(snapshot=error, content="Internal error")
    page = read(f"/snap/{error.number}")
    assert "The site has trouble of its own (500); this is a copy of its error page." in page.text
    assert "This is not the text of the cited page." in page.text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"state": CaptureState.QUEUED}, "Waiting to be captured."),
        (
            {"state": CaptureState.RUNNING, "step": "sealing", "lease_until": datetime.now(UTC)},
            "We are sealing the copy.",
        ),
        (
            {"state": CaptureState.RETRY_WAIT, "error": "connect_timeout"},
            "The site did not answer in time. We will try again.",
        ),
        (
            {"state": CaptureState.FAILED, "error": "dns_not_found", "error_detail": "10.0.0.1"},
            "We couldn’t archive this page. There is no site of this name.",
        ),
        (
            {"state": CaptureState.REFUSED, "error": "refused_by_policy"},
            "We did not try to archive it. We don’t fetch addresses of this kind.",
        ),
        ({"state": CaptureState.CANCELLED}, "The capture was cancelled."),
        (
            {"state": CaptureState.CANCELLED, "error": "robots_disallowed"},
            "The capture was cancelled. The site asks robots to leave this page alone.",
        ),
    ],
)
def test_a_capture_that_is_not_there_says_where_it_stands(
    cited: Evidence, fields: dict[str, object], words: str
) -> None:
    page = read(waiting(cited, **fields))
    assert page.status == 200
    assert words in page.text
    assert "10.0.0.1" not in page.text
    assert "Download WARC" not in page.text
    assert page.title.startswith("Capture: ")


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"outcome": "http_error", "http_status": 401}, "The page asks for a login."),
        ({"outcome": "gone", "http_status": 404}, "The page is gone: the site answers 404"),
        (
            {"outcome": "unreachable", "http_status": None, "attempt": 3},
            "Unreachable at 3 attempts.",
        ),
    ],
)
def test_what_came_instead_of_the_page_stands_above_every_view(
    cited: Evidence, columns: dict[str, object], words: str
) -> None:
    copy = SnapshotFactory.create(document=cited.document, **columns)
    copy.refresh_from_db()
    for view in ("text", "details"):
        page = read(f"/snap/{copy.number}?view={view}")
        (caution,) = page.all("//p[contains(@class, 'flag')]")
        assert caution.startswith(words)
        assert caution.endswith("It doesn’t count as a copy of the page.")
    assert ("The site sent nothing." in read(f"/snap/{copy.number}").text) is (
        columns["http_status"] is None
    )


@pytest.mark.parametrize("code", ErrorCode)
def test_every_failure_has_words(code: ErrorCode) -> None:
    assert ERRORS[code].endswith(".")


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_has_words(outcome: Outcome) -> None:
    assert bool(OUTCOMES[outcome]) is (outcome is not Outcome.OK)


# --- who may see it


@pytest.mark.parametrize("suffix", ["", "/warc"])
def test_a_copy_that_only_a_draft_cites_is_not_found(suffix: str) -> None:
    claim = ClaimFactory.create(publication=Publication.DRAFT)
    item = EvidenceFactory.create(claim=claim)
    assert read(f"{path_of(item)}{suffix}").status == 404
    assert read(f"/snap/999999{suffix}").status == 404


@pytest.mark.parametrize("suffix", ["", "/warc"])
def test_a_copy_of_a_withheld_source_is_not_found(cited: Evidence, suffix: str) -> None:
    assert read(path_of(cited)).status == 200
    source = cited.document.source
    assert source is not None
    source.safety, source.safety_reason = Safety.WITHHELD, "A person could be hurt."
    source.save()
    assert read(f"{path_of(cited)}{suffix}").status == 404


# --- the file


def stored(item: Evidence, content: bytes) -> None:
    key = object_store().put(content)
    warc = StoredObjectFactory.create(sha256=key, size=len(content))
    Evidence.objects.filter(pk=item.pk).update(
        snapshot=SnapshotFactory.create(document=item.document, warc=warc)
    )
    item.refresh_from_db()


def test_the_archived_file_is_a_download_and_nothing_else(cited: Evidence) -> None:
    stored(cited, b"\x1f\x8b WARC/1.1 <script>alert(1)</script>")
    response = Client().get(f"{path_of(cited)}/warc")
    assert b"".join(response) == b"\x1f\x8b WARC/1.1 <script>alert(1)</script>"
    assert response["Content-Disposition"].startswith("attachment; filename=")
    assert response["Content-Type"] == "application/gzip"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert not response.has_header("Content-Encoding")


def test_the_same_file_is_not_sent_twice(cited: Evidence) -> None:
    stored(cited, b"once")
    path = f"{path_of(cited)}/warc"
    first = Client().get(path)
    assert first["ETag"] == f'"{cited.snapshot.warc.sha256}"'
    assert b"".join(first) == b"once"
    assert Client().get(path, headers={"If-None-Match": first["ETag"]}).status_code == 304


def test_a_file_that_the_store_lost_is_our_fault(
    cited: Evidence, tmp_path: Path, settings: Settings
) -> None:
    settings.STORAGE_URL = f"file://{tmp_path}/elsewhere"
    page = read(f"{path_of(cited)}/warc")
    assert page.status == 502
    assert "The archive cannot find this file." in page.text
    assert str(tmp_path) not in page.text


def test_nothing_to_download_while_nothing_is_sealed(cited: Evidence) -> None:
    assert read(f"{waiting(cited, state=CaptureState.QUEUED)}/warc").status == 404


@pytest.mark.parametrize("view", ["text", "details"])
@pytest.mark.parametrize("count", [1, 20])
def test_the_page_costs_the_same_however_often_it_is_cited(
    cited: Evidence, count: int, view: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        EvidenceFactory.create(document=cited.document, snapshot=cited.snapshot)
        SnapshotFactory.create(document=cited.document)
    with django_assert_max_num_queries(MOST_QUERIES):
        assert read(f"{path_of(cited)}?view={view}").status == 200

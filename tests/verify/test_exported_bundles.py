"""What is exported from a real installation is valid offline, or is refused whole."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from opentimestamps.core.notary import PendingAttestation

from accounts.models import User
from audit.models import Checkpoint, TimestampToken, TokenKind, TokenState
from audit.services.checkpoints import make_checkpoint
from claims.models import Claim, Evidence
from claims.vocabulary import Publication
from core.errors import Conflict
from sources import wacz
from sources.models import ArtifactJob, Snapshot, StoredObject, Takedown
from sources.services.artifacts import make_artifact
from sources.services.brought import provide_file
from sources.services.capture import run_capture
from sources.services.documents import add_document
from sources.services.installation import object_store
from sources.services.timestamps import stamp_checkpoint
from sources.vocabulary import Safety, TakedownBasis
from tests.factories import ClaimFactory, EvidenceFactory, SourceFactory
from tests.sources.conftest import ARTICLE
from tests.sources.foreign_files import PAGE, URL, by_warcio
from tests.sources.origin import Origin, page
from tests.verify.bundle_parts import others_say, unpack
from tests.verify.ots_proofs import Proof
from verification.services import bundles
from verify.corroborate_verify import Report, verify
from verify.corroborate_verify import main as verify_main

pytestmark = pytest.mark.django_db
Sealing = Callable[..., Snapshot]


@pytest.fixture
def sealed(settings: object) -> Iterator[Sealing]:
    """Capture a path of a web server of our own and seal it; with `read`, read its text."""
    with Origin() as origin:
        settings.CAPTURE_LOOPBACK_PORTS = [origin.port]

        def seal(path: str, *, read: bool = False, answer: bytes = page(ARTICLE)) -> Snapshot:
            origin.answers[path] = answer
            document = add_document(actor=None, address=origin.url(path))
            due = timezone.now() - timedelta(seconds=1)
            snapshot = Snapshot.objects.create(
                document=document, next_attempt_at=due, max_attempts=1
            )
            run_capture(snapshot_id=snapshot.pk)
            for job in ArtifactJob.objects.filter(snapshot=snapshot) if read else ():
                make_artifact(job_id=job.pk)
            snapshot.refresh_from_db()
            return snapshot

        yield seal


def stamped() -> list[x509.Certificate]:
    """Make a checkpoint, let the local authority stamp it, and return its root."""
    checkpoint = make_checkpoint()
    assert checkpoint is not None
    assert stamp_checkpoint(number=checkpoint.number) == 1
    folder = Path(django_settings.LOCAL_AUTHORITY_DIR)
    return [x509.load_pem_x509_certificate((folder / "root.pem").read_bytes())]


def exported(what: str, tmp_path: Path) -> Path:
    path = tmp_path / "out.wacz"
    call_command("export_bundle", what, output=path, stdout=io.StringIO())
    return path


def citing(*snapshots: Snapshot, **fields: object) -> Claim:
    claim: Claim = ClaimFactory.create(**fields)
    for snapshot in snapshots:
        EvidenceFactory.create(claim=claim, document=snapshot.document, snapshot=snapshot)
    return claim


def test_the_bundle_of_a_copy_is_valid_offline_and_for_others(
    sealed: Sealing, tmp_path: Path
) -> None:
    snapshot = sealed("/one", read=True)
    roots = stamped()
    path = exported(f"snapshot:{snapshot.number}", tmp_path)
    report = verify(path, roots)
    assert report.reason == ""
    assert report.time != "pending"
    assert report.snapshots[0]["manifest_sha256"] == snapshot.manifest_sha256
    artifacts = next(check for check in report.checks if check.check == "artifacts")
    assert "0 texts" not in artifacts.result
    assert "Validation succeeded" in others_say(path)


def test_the_bundle_of_a_claim_holds_every_cited_copy_and_the_claim_in_words(
    sealed: Sealing, tmp_path: Path
) -> None:
    first, second = sealed("/one"), sealed("/two")
    claim = citing(first, second)
    roots = stamped()
    path = exported(f"claim:{claim.number}", tmp_path)
    report = verify(path, roots)
    assert report.reason == ""
    assert {one["snapshot"] for one in report.snapshots} == {first.number, second.number}
    words = json.loads(unpack(path)["evidence/claim.json"])
    assert words["sentence"] == claim.sentence
    assert [item["snapshot"] for item in words["evidence"]] == [first.number, second.number]


@pytest.mark.parametrize("data", [by_warcio(), PAGE, b"\x89PNG\r\n\x1a\n"])
def test_copies_that_somebody_gave_us_are_exported_and_called_so(
    data: bytes, tmp_path: Path, checker: User, capsys: pytest.CaptureFixture[str]
) -> None:
    document = add_document(actor=None, address=URL)
    (snapshot,) = provide_file(actor=checker, document=document, file=io.BytesIO(data))
    path = exported(f"snapshot:{snapshot.number}", tmp_path)
    assert verify_main([str(path)]) == 0
    assert "nobody fetched it" in capsys.readouterr().out
    assert "Validation succeeded" in others_say(path)


@pytest.mark.parametrize("answer", [b"", b"this is no HTTP at all", page(b"", status="404 No")])
def test_a_failure_is_evidence_that_can_be_exported(
    sealed: Sealing, answer: bytes, tmp_path: Path
) -> None:
    snapshot = sealed("/one", answer=answer)
    path = exported(f"snapshot:{snapshot.number}", tmp_path)
    assert verify(path).reason == ""
    assert "Validation succeeded" in others_say(path)


def test_without_a_checkpoint_one_is_made_and_the_time_is_pending(
    sealed: Sealing, tmp_path: Path
) -> None:
    snapshot = sealed("/one")
    assert not Checkpoint.objects.exists()
    report = verify(exported(f"snapshot:{snapshot.number}", tmp_path))
    assert (report.valid, report.time) == (True, "pending")
    assert Checkpoint.objects.count() == 1


def test_no_line_of_a_person_is_in_a_bundle(sealed: Sealing, tmp_path: Path, checker: User) -> None:
    snapshot = sealed("/one")
    path = exported(f"snapshot:{snapshot.number}", tmp_path)
    rows = [json.loads(line) for line in unpack(path)["evidence/ledger.jsonl"].splitlines()]
    assert rows
    assert {row["content"]["actor"] for row in rows} == {None}
    assert checker.name.encode() not in b"".join(unpack(path).values())


def test_a_damaged_file_is_refused_and_nothing_is_written(sealed: Sealing, tmp_path: Path) -> None:
    snapshot = sealed("/one")
    path = object_store().path(snapshot.warc.sha256)
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(CommandError, match="missing from the store or damaged"):
        exported(f"snapshot:{snapshot.number}", tmp_path)
    path.unlink()
    with pytest.raises(CommandError, match="missing from the store or damaged"):
        exported(f"snapshot:{snapshot.number}", tmp_path)
    assert not list(tmp_path.glob("*.wacz")) + list(tmp_path.glob(".*part"))


def test_a_writer_that_fails_midway_leaves_nothing(
    sealed: Sealing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = sealed("/one")
    monkeypatch.setattr(wacz.WaczWriter, "add_lines", _broken)
    with pytest.raises(RuntimeError):
        exported(f"snapshot:{snapshot.number}", tmp_path)
    assert not list(tmp_path.glob("*.wacz")) + list(tmp_path.glob(".*part"))


def _broken(*_arguments: object) -> None:
    raise RuntimeError


def test_a_copy_that_was_taken_down_is_refused(
    sealed: Sealing, tmp_path: Path, editor: User
) -> None:
    snapshot = sealed("/one")
    Takedown.objects.create(
        snapshot=snapshot, basis=TakedownBasis.COURT_ORDER, words="A court ordered it.",
        decided_by=editor, decided_at=timezone.now(),
    )  # fmt: skip
    with pytest.raises(CommandError, match="A court ordered it"):
        exported(f"snapshot:{snapshot.number}", tmp_path)


@pytest.mark.parametrize("what", ["claim", "claim:x", "snapshot:-1", "document:1", "claim:²"])
def test_what_is_asked_for_in_another_form_is_refused(what: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Say claim:12"):
        exported(what, tmp_path)


@pytest.mark.parametrize("what", ["claim:4711", "snapshot:4711"])
def test_what_does_not_exist_is_refused(what: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no"):
        exported(what, tmp_path)


def download(path: str, tmp_path: Path) -> Report:
    answer = Client().get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/wacz"
    assert "attachment" in answer["Content-Disposition"]
    assert "sandbox" in answer["Content-Security-Policy"]
    assert not answer.cookies
    saved = tmp_path / "download.wacz"
    saved.write_bytes(b"".join(answer.streaming_content))
    assert int(answer["Content-Length"]) == saved.stat().st_size
    return verify(saved)


def test_readers_download_bundles_of_public_claims_and_copies(
    sealed: Sealing, tmp_path: Path
) -> None:
    snapshot = sealed("/one")
    claim = citing(snapshot)
    stamped()
    assert download(f"/snap/{snapshot.number}/bundle.wacz", tmp_path).valid
    assert download(f"/c/{claim.number}/bundle.wacz", tmp_path).valid
    assert not list(Path(django_settings.STAGING_DIR).glob("bundle-*"))


def test_readers_get_no_bundle_of_a_draft_or_of_somebody_withheld(sealed: Sealing) -> None:
    draft = citing(sealed("/one"), publication=Publication.DRAFT)
    hidden = sealed("/two")
    hidden.document.source = SourceFactory.create(
        safety=Safety.WITHHELD, safety_reason="They would be found."
    )
    hidden.document.save()
    claim = citing(hidden)
    client = Client()
    copy = draft.evidence.get().snapshot
    assert client.get(f"/c/{draft.number}/bundle.wacz").status_code == 404
    assert client.get(f"/snap/{copy.number}/bundle.wacz").status_code == 404
    assert client.get(f"/snap/{hidden.number}/bundle.wacz").status_code == 404
    assert client.get(f"/c/{claim.number}/bundle.wacz").status_code == 404  # nothing is left of it
    assert Evidence.objects.filter(claim=claim).exists()


def test_a_bundle_too_large_for_the_web_is_refused_in_words(
    sealed: Sealing, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = sealed("/one")
    citing(snapshot)
    for most in (100, StoredObject.objects.get(pk=snapshot.warc_id).size + 100):
        monkeypatch.setattr(bundles, "MOST_PUBLIC_BYTES", most)
        answer = Client().get(f"/snap/{snapshot.number}/bundle.wacz")
        assert answer.status_code == 409
        assert b"would be larger" in answer.content


def test_a_few_bundles_are_made_at_once_and_no_more(tmp_path: Path) -> None:
    one_of_few = bundles._one_of_few
    busy = pytest.raises(Conflict, match="Try again in a minute")
    with one_of_few(tmp_path), one_of_few(tmp_path), busy, one_of_few(tmp_path):
        pass
    with one_of_few(tmp_path):
        pass


def test_the_promise_of_a_calendar_goes_along(sealed: Sealing, tmp_path: Path) -> None:
    """Whoever has the bundle can ask the calendar for the block, without us."""
    number, roots = sealed("/").number, stamped()
    checkpoint = Checkpoint.objects.get()
    promised = PendingAttestation("https://calendar.example.org")
    TimestampToken.objects.create(
        checkpoint=checkpoint, kind=TokenKind.OPENTIMESTAMPS, state=TokenState.PENDING,
        authority="https://calendar.example.org",
        token=Proof(bytes.fromhex(checkpoint.hash), promised).bytes,
    )  # fmt: skip
    report = verify(exported(f"snapshot:{number}", tmp_path), roots)
    assert report.valid, report.reason
    time = next(one for one in report.checks if one.check == "time")
    assert any("promises a block for" in line for line in time.details)

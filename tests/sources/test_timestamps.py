"""RFC 3161 over real HTTP on loopback: what is granted holds, and what does not hold is refused."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from django.utils import timezone

from audit.authorities import LOCAL
from audit.models import Checkpoint, TimestampToken, TokenState
from audit.selectors.checkpoints import stamp_health, token_problem, words_of
from audit.services import checkpoints
from audit.services.checkpoints import make_checkpoint
from audit.services.record import record_event
from audit.stamping import own, signing, tokens
from audit.stamping.tokens import TokenProblem
from sources.services import timestamps
from sources.services.stamp_rows import take
from sources.services.timestamps import stamp_checkpoint, sweep_stamps
from tests.factories import PartyFactory
from tests.sources.authority import Authority
from tests.sources.origin import Origin

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _unsent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "enqueue", lambda *_a, **_k: None)


@pytest.fixture
def checkpoint() -> Checkpoint:
    record_event(actor=None, tag="sources:party:added", subject=PartyFactory.create())
    made = make_checkpoint()
    assert made is not None
    return made


@pytest.fixture
def authority(origin: Origin, tmp_path: Path, settings: object) -> Authority:
    authority = Authority(origin, tmp_path)
    settings.TIMESTAMP_AUTHORITY_URLS = [authority.setting]
    settings.OWN_SERVICES = [f"127.0.0.1:{origin.port}"]
    return authority


def only_token() -> TimestampToken:
    return TimestampToken.objects.select_related("checkpoint").get()


def make_due() -> None:
    TimestampToken.objects.update(next_attempt_at=timezone.now() - timedelta(seconds=1))


def test_an_authority_stamps_the_hash_of_the_checkpoint(
    authority: Authority, checkpoint: Checkpoint
) -> None:
    assert stamp_checkpoint(number=checkpoint.number) == 1
    token = only_token()
    assert (token.state, token.authority) == (TokenState.GRANTED, authority.name)
    assert bytes.fromhex(checkpoint.hash) in bytes(token.token)
    assert abs(token.stated_at - timezone.now()) < timedelta(minutes=1)
    assert token_problem(token, checkpoint) == ""
    assert stamp_checkpoint(number=checkpoint.number) == 0  # nothing is asked twice
    assert len(authority.asked) == 1


REFUSED = {
    "wrong nonce": "Nonce",
    "no nonce": "Nonce",
    "other hash": "Mismatch",
    "flipped bit": "does not hold",
    "other root": "issuer certificate",
    "expired": "certificate has expired",
    "expired and dated back": "signer has expired",
    "html": "not a time stamp",
    "rejects": "GRANTED",
}
AWAY = {"down": "503", "long": "too long", "cut": "before it was whole"}


@pytest.mark.fault(73)
@pytest.mark.parametrize("mode", REFUSED)
def test_an_answer_that_does_not_hold_is_refused(
    authority: Authority, checkpoint: Checkpoint, mode: str
) -> None:
    authority.mode = mode
    if "expired" in mode:
        assert authority.expired  # made, and trusted, before the roots are read
    assert stamp_checkpoint(number=checkpoint.number) == 0
    token = only_token()
    assert token.state == TokenState.REFUSED
    assert REFUSED[mode] in token.reason
    assert token.token is None
    assert token.next_attempt_at > timezone.now()


@pytest.mark.fault(73)
@pytest.mark.parametrize("mode", AWAY)
def test_an_authority_that_is_away_leaves_the_token_pending(
    authority: Authority, checkpoint: Checkpoint, mode: str
) -> None:
    authority.mode = mode
    stamp_checkpoint(number=checkpoint.number)
    token = only_token()
    assert token.state == TokenState.PENDING
    assert AWAY[mode] in token.reason
    assert words_of(token).startswith("pending")


def test_it_is_asked_again_ever_more_rarely_until_it_answers(
    authority: Authority, checkpoint: Checkpoint
) -> None:
    authority.mode = "down"
    delays = []
    for _ in range(4):
        make_due()
        stamp_checkpoint(number=checkpoint.number)
        delays.append(only_token().next_attempt_at - timezone.now())
    assert delays == sorted(delays)
    assert delays[-1] > 3 * delays[0]
    assert sweep_stamps() == 0  # not due
    authority.mode = "honest"
    make_due()
    assert sweep_stamps() == 1
    assert only_token().reason == ""


@pytest.mark.fault(73)
def test_another_authority_stamps_while_one_is_away(
    authority: Authority, checkpoint: Checkpoint, settings: object, tmp_path: Path
) -> None:
    authority.mode = "down"
    (tmp_path / "second").mkdir()
    with Origin() as second_origin:
        second = Authority(second_origin, tmp_path / "second")
        settings.TIMESTAMP_AUTHORITY_URLS = [authority.setting, second.setting]
        settings.OWN_SERVICES = [f"127.0.0.1:{at.port}" for at in (authority.origin, second_origin)]
        assert stamp_checkpoint(number=checkpoint.number) == 1
    health = stamp_health(now=timezone.now() + timedelta(hours=2))
    assert (health.alarm, health.waiting, health.is_local_only) == ("", 1, False)


def test_a_lost_message_is_made_up_for_by_the_sweep(
    authority: Authority, checkpoint: Checkpoint
) -> None:
    assert sweep_stamps() == 1


def test_of_two_workers_one_asks(authority: Authority, checkpoint: Checkpoint) -> None:
    timestamps._owe(checkpoint)
    token = only_token()
    assert [take(token), take(token)] == [True, False]


def test_a_late_answer_changes_nothing_once_another_attempt_began(
    authority: Authority, checkpoint: Checkpoint
) -> None:
    timestamps._owe(checkpoint)
    token = only_token()
    assert take(token)
    reply = timestamps._ask(timestamps.authority_named(token.authority), checkpoint)
    make_due()
    assert take(only_token())
    assert not timestamps._keep(token, reply)
    assert only_token().state == TokenState.PENDING


@pytest.mark.fault(72)
def test_a_clock_that_differs_is_said(authority: Authority, checkpoint: Checkpoint) -> None:
    authority.mode = "clock an hour wrong"
    stamp_checkpoint(number=checkpoint.number)
    assert "clock and ours differ by" in only_token().reason


def test_an_authority_in_the_private_network_needs_to_be_named(
    authority: Authority, checkpoint: Checkpoint, settings: object
) -> None:
    settings.OWN_SERVICES = []
    stamp_checkpoint(number=checkpoint.number)
    token = only_token()
    assert (token.state, authority.asked) == (TokenState.PENDING, [])
    assert "not public" in token.reason


def test_a_missing_file_of_roots_is_said(
    authority: Authority, checkpoint: Checkpoint, settings: object
) -> None:
    settings.TIMESTAMP_AUTHORITY_URLS = [f"{authority.name}#/nowhere/root.pem"]
    stamp_checkpoint(number=checkpoint.number)
    assert "root certificates cannot be read" in only_token().reason
    assert authority.asked == []


def test_without_an_authority_our_own_clock_stamps_and_is_marked(checkpoint: Checkpoint) -> None:
    assert stamp_checkpoint(number=checkpoint.number) == 1
    token = only_token()
    assert (token.authority, token.state) == (LOCAL, TokenState.GRANTED)
    assert "not time to a stranger" in words_of(token)
    assert token_problem(token, checkpoint) == ""
    assert stamp_health(now=timezone.now()).is_local_only


def test_the_key_of_the_local_authority_is_closed_to_others(
    checkpoint: Checkpoint, settings: object
) -> None:
    first = own.local_signer(settings.LOCAL_AUTHORITY_DIR)
    modes = {path.name: path.stat().st_mode & 0o777 for path in first_files(settings)}
    assert modes == {"root.pem": 0o600, "signer.key": 0o600, "signer.pem": 0o600}
    assert settings.LOCAL_AUTHORITY_DIR.stat().st_mode & 0o777 == 0o700
    assert own.local_signer(settings.LOCAL_AUTHORITY_DIR).root == first.root


def first_files(settings: object) -> Iterator[Path]:
    return settings.LOCAL_AUTHORITY_DIR.iterdir()


def test_a_token_exchanged_together_with_its_root_is_found(
    authority: Authority, checkpoint: Checkpoint
) -> None:
    """Judged by the chain kept beside it alone it would pass; the settings know the real root."""
    stamp_checkpoint(number=checkpoint.number)
    token = only_token()
    forger = own.make_signer(root_name="A real one", now=datetime.now(UTC))
    token.chain_pem = forger.root.public_bytes(Encoding.PEM).decode()
    token.token = signing.grant(
        forger, imprint=bytes.fromhex(checkpoint.hash), nonce=int(token.nonce),
        at=datetime(2020, 1, 1, tzinfo=UTC), serial=1,
    )  # fmt: skip
    assert "does not hold" in token_problem(token, checkpoint)
    token.token = signing.grant(
        forger, imprint=bytes.fromhex(checkpoint.hash), nonce=int(token.nonce),
        at=datetime.now(UTC), serial=1,
    )  # fmt: skip
    tokens.check(  # the negative control
        bytes(token.token), imprint=bytes.fromhex(checkpoint.hash), nonce=int(token.nonce),
        roots=tokens.certificates(token.chain_pem.encode()),
    )  # fmt: skip
    assert "does not hold" in token_problem(token, checkpoint)


def test_a_token_for_another_checkpoint_does_not_hold(
    authority: Authority, checkpoint: Checkpoint
) -> None:
    stamp_checkpoint(number=checkpoint.number)
    record_event(actor=None, tag="sources:party:added", subject=PartyFactory.create())
    other = make_checkpoint()
    assert other is not None
    assert "Mismatch" in token_problem(only_token(), other)


def test_a_granted_token_cannot_be_changed(authority: Authority, checkpoint: Checkpoint) -> None:
    stamp_checkpoint(number=checkpoint.number)
    with pytest.raises(Exception, match="Cannot update"):
        TimestampToken.objects.update(reason="forged")


if OPENSSL := shutil.which("openssl"):

    def test_openssl_accepts_what_the_local_authority_signs(tmp_path: Path) -> None:
        signer = own.make_signer(root_name="For openssl", now=datetime.now(UTC))
        request = tokens.request_for(b"bytes of a stranger")
        answer = signing.grant(
            signer, imprint=request.message_imprint.message, nonce=request.nonce,
            at=datetime.now(UTC), serial=2**62,
        )  # fmt: skip
        (tmp_path / "a.tsr").write_bytes(answer)
        (tmp_path / "q.tsq").write_bytes(request.as_bytes())
        (tmp_path / "root.pem").write_bytes(signer.root.public_bytes(Encoding.PEM))
        check = ["ts", "-verify", "-queryfile", "q.tsq", "-in", "a.tsr", "-CAfile", "root.pem"]
        done = subprocess.run(  # noqa: S603  # our own arguments
            [OPENSSL, *check], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert "Verification: OK" in done.stdout, done.stderr


def test_a_flipped_bit_changes_nothing_that_a_token_says() -> None:
    """Some bits outside the signature may flip; what is stated can never change."""
    signer = own.make_signer(root_name="Flipped", now=datetime.now(UTC))
    request = tokens.request_for(b"bytes")
    imprint, nonce, now = request.message_imprint.message, request.nonce, datetime.now(UTC)
    answer = signing.grant(signer, imprint=imprint, nonce=nonce, at=now, serial=9)
    honest = tokens.check(answer, imprint=imprint, nonce=nonce, roots=[signer.root])
    passed = 0
    for at in range(len(answer)):
        bent = bytearray(answer)
        bent[at] ^= 1 << (at % 8)
        try:
            found = tokens.check(bytes(bent), imprint=imprint, nonce=nonce, roots=[signer.root])
        except TokenProblem:
            continue
        passed += 1
        assert found == honest
    assert passed < 20


def test_a_certificate_for_another_purpose_stamps_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(own, "PURPOSE", ExtendedKeyUsageOID.CODE_SIGNING)
    signer = own.make_signer(root_name="Purpose", now=datetime.now(UTC))
    request = tokens.request_for(b"bytes")
    imprint, nonce = request.message_imprint.message, request.nonce
    answer = signing.grant(signer, imprint=imprint, nonce=nonce, at=datetime.now(UTC), serial=1)
    with pytest.raises(TokenProblem, match="does not hold"):
        tokens.check(answer, imprint=imprint, nonce=nonce, roots=[signer.root])

"""TLS: trusted pages are ok; untrusted ones are kept, loudly marked, with what they showed."""

from __future__ import annotations

import hashlib
import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from sources.capture.fetch import Network
from sources.capture.outcomes import ErrorCode, Outcome
from sources.capture.warc import read_record
from sources.vocabulary import CaptureState
from tests.sources.conftest import QUICK, Capture
from tests.sources.origin import Origin, page, redirect

FILES = Path(__file__).parent / "tls"

Secure = Callable[..., Origin]


@pytest.fixture
def secure() -> Iterator[Secure]:
    with ExitStack() as stack:

        def serve(name: str, newest: ssl.TLSVersion | None = None) -> Origin:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(FILES / f"{name}.pem", FILES / "server.key")
            if newest:
                context.set_ciphers("ALL:@SECLEVEL=0")
                context.minimum_version = context.maximum_version = newest
            return stack.enter_context(Origin(context))

        yield serve


def trusting_test_authority() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=FILES / "ca.pem")


NETWORK = Network(tls=trusting_test_authority)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_trusted_page_is_ok(secure: Secure, capture: Capture, host: str) -> None:
    served = secure("good")
    served.answers["/"] = page(b"hello")
    result = capture(served.url("/", host), policy=served.policy, network=NETWORK)
    assert (result.state, result.outcome) == (CaptureState.SEALED, Outcome.OK)
    assert result.final.tls.is_trusted
    assert result.final.tls.version == "TLSv1.3"
    assert result.final.as_json()["tls"]["chain_sha256"] == [_fingerprint("good")]


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("expired", "expired"),
        ("selfsigned", "self"),
        ("other", "not valid for"),
    ],
)
@pytest.mark.fault(35)
def test_an_untrusted_page_is_kept_and_marked(
    secure: Secure, capture: Capture, store: object, name: str, problem: str
) -> None:
    served = secure(name)
    served.answers["/"] = page(b"hello")
    result = capture(served.url(), policy=served.policy, network=NETWORK)
    assert (result.state, result.outcome) == (CaptureState.SEALED, Outcome.TLS_UNTRUSTED)
    assert problem in result.final.tls.problem
    assert result.final.tls.fingerprints == [_fingerprint(name)]
    with store.open(result.warc_sha256) as warc:
        _, block = read_record(warc, result.records[-1].offset)
        facts = json.loads(b"".join(block))
    assert facts["hops"][0]["tls"]["trusted"] is False
    assert len(facts["hops"][0]["certificates_der"]) == 1


@pytest.mark.fault(35)
def test_an_unknown_authority_is_not_trusted(secure: Secure, capture: Capture) -> None:
    served = secure("good")
    served.answers["/"] = page(b"hello")
    result = capture(served.url(), policy=served.policy)
    assert result.outcome == Outcome.TLS_UNTRUSTED


@pytest.mark.fault(35)
def test_an_untrusted_hop_marks_the_whole_way(secure: Secure, capture: Capture) -> None:
    bad = secure("selfsigned")
    bad.answers["/"] = redirect("/end")
    bad.answers["/end"] = page(b"hello")
    result = capture(bad.url(), policy=bad.policy, network=NETWORK)
    assert result.outcome == Outcome.TLS_UNTRUSTED
    assert len(result.hops) == 2


def test_a_gone_page_is_gone_whoever_signs_it(secure: Secure, capture: Capture) -> None:
    served = secure("selfsigned")
    assert capture(served.url("/x"), policy=served.policy).outcome == Outcome.GONE


def test_a_server_without_tls_fails_with_a_code(
    origin: Origin, capture: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(origin, "_serve", _answer_plainly)
    result = capture(f"https://127.0.0.1:{origin.port}/")
    assert (result.state, result.error) == (CaptureState.SEALED, ErrorCode.TLS_FAILED)


@pytest.mark.fault(36)
def test_a_handshake_that_hangs_is_given_up(
    secure: Secure, capture: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = secure("good")
    monkeypatch.setattr(served, "_serve", _hold)
    result = capture(served.url(), policy=served.policy, network=NETWORK)
    assert (result.state, result.error) == (CaptureState.SEALED, ErrorCode.TLS_TIMEOUT)
    assert result.final.timings["tls"] < 3 * QUICK.tls_seconds * 1000


def _answer_plainly(connection: object) -> None:
    with connection:
        connection.recv(65536)
        connection.sendall(page(b"hello"))


def _hold(connection: object) -> None:
    with connection:
        connection.settimeout(5)
        while connection.recv(65536):
            pass


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")
@pytest.mark.fault(36)
def test_an_old_protocol_is_refused_with_a_code(secure: Secure, capture: Capture) -> None:
    served = secure("good", ssl.TLSVersion.TLSv1_1)
    result = capture(served.url(), policy=served.policy, network=NETWORK)
    assert (result.state, result.error) == (CaptureState.SEALED, ErrorCode.TLS_FAILED)


def _fingerprint(name: str) -> str:
    der = ssl.PEM_cert_to_DER_cert((FILES / f"{name}.pem").read_text())
    return hashlib.sha256(der).hexdigest()

"""TLS that changes, or is too much."""

from __future__ import annotations

import ssl
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.db.models.functions import Now

from sources.capture.outcomes import ErrorCode, Outcome
from sources.models import Snapshot
from sources.services.capture import run_capture
from sources.services.documents import add_document
from sources.vocabulary import CaptureState
from tests.sources.conftest import Capture
from tests.sources.origin import Origin, page

FILES = Path(__file__).parents[1] / "sources" / "tls"
CERTIFICATE = (FILES / "selfsigned.pem").read_text()


def context_of(chain: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
        file.write(chain)
        file.flush()
        context.load_cert_chain(file.name, FILES / "server.key")
    return context


@pytest.fixture
def served() -> Iterator[object]:
    with ExitStack() as stack:
        yield lambda chain: stack.enter_context(Origin(context_of(chain)))


@pytest.mark.fault(36)
def test_a_chain_of_a_megabyte_is_not_taken(served: object, capture: Capture) -> None:
    origin = served(CERTIFICATE + (FILES / "ca.pem").read_text() * 1500)
    origin.answers["/"] = page(b"hello")
    result = capture(origin.url(), policy=origin.policy)
    assert (result.outcome, result.error) == (Outcome.UNREACHABLE, ErrorCode.TLS_FAILED)
    assert result.final.tls is None


@pytest.mark.django_db
@pytest.mark.fault(37)
def test_the_certificates_of_both_attempts_are_kept(served: object, settings: object) -> None:
    origin = served(CERTIFICATE)
    settings.CAPTURE_LOOPBACK_PORTS = [origin.port]
    origin.answers["/"] = page(b"x" * 900)[:-100]  # trouble that is tried again
    document = add_document(actor=None, address=origin.url())
    snapshot = Snapshot.objects.create(document=document, next_attempt_at=Now(), max_attempts=2)
    run_capture(snapshot_id=snapshot.pk)
    origin._context = context_of((FILES / "expired.pem").read_text())
    Snapshot.objects.filter(pk=snapshot.pk).update(state=CaptureState.QUEUED)
    run_capture(snapshot_id=snapshot.pk)
    chains = [hop.tls["chain_sha256"] for hop in snapshot.hops.order_by("fence")]
    assert len(chains) == 2
    assert chains[0] != chains[1]

"""Addresses and redirects that should lead somewhere else: refused, and on the record."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from django.test import Client

from core.errors import Invalid
from sources.models import Document
from sources.services.documents import add_document
from sources.vocabulary import CaptureState
from tests.factories import ClaimFactory
from tests.faults.test_words import captured
from tests.sources.conftest import Queue
from tests.sources.origin import Origin, page, redirect

pytestmark = pytest.mark.django_db
LIMIT = 8192


@pytest.fixture
def inside() -> Iterator[socket.socket]:
    """Something of ours that listens on loopback and must not be asked."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield listener


@pytest.mark.fault(23, 24, 25, 26, 27)
@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "gopher://127.0.0.1:{port}/_x",
        "data:text/html,x",
        "javascript:alert(1)",
        "http://127.0.0.1:{port}/",
        "http://localhost:{port}/",
        "http://[::1]:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://2130706433:{port}/",
        "http://0x7f.1:{port}/",
        "http://127.1:{port}/",
        "http://169.254.169.254/latest/meta-data/",
        "http://user:secret@127.0.0.1:{port}/",
        "http:\\\\127.0.0.1:{port}/",
    ],
)
def test_a_redirect_to_the_inside_is_a_row_that_says_so(
    queued: Queue, open_origin: Origin, inside: socket.socket, location: str
) -> None:
    target = location.format(port=inside.getsockname()[1])
    open_origin.answers["/"] = redirect(target)
    snapshot = captured(queued())
    assert (snapshot.state, snapshot.error) == (CaptureState.REFUSED, "refused_by_policy")
    assert [hop.status for hop in snapshot.hops.all()] == [302, None]
    assert snapshot.hops.last().url == target, "where it led is on the record"
    with pytest.raises(BlockingIOError):
        inside.accept()


@pytest.mark.fault(31)
@pytest.mark.parametrize("rest", ["/a%00b", "/%FF%FE", "/%E0%A4%A", "/?q=%zz", "/" + "x" * 6000])
def test_an_odd_address_is_kept_as_it_is(queued: Queue, open_origin: Origin, rest: str) -> None:
    open_origin.answers[rest.partition("?")[0]] = page(b"<p>here")
    snapshot = captured(queued(rest))
    assert snapshot.document.address == open_origin.url(rest)
    assert snapshot.final_url == open_origin.url(rest)
    assert open_origin.requests[-1].startswith(f"GET {rest} HTTP/1.1\r\n".encode())
    assert len(snapshot.document.address_digest) == len("0" * 64)


@pytest.mark.fault(31)
def test_an_address_of_more_than_8_kb_is_refused_with_words(checker_key: str) -> None:
    address = "https://outlet.example.org/" + "x" * LIMIT
    with pytest.raises(Invalid, match="8 kB"):
        add_document(actor=None, address=address)
    claim = ClaimFactory.create()
    answer = Client().post(
        f"/api/v1/claims/{claim.number}/evidence",
        {"address": address, "stance": "supports"},
        content_type="application/json",
        headers={"Authorization": f"Bearer {checker_key}", "Idempotency-Key": "one"},
    )
    assert answer.status_code == 422
    assert not Document.objects.filter(address__contains="x" * LIMIT).exists()

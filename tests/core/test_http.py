from __future__ import annotations

import pytest
from django.test import RequestFactory

from core.http import client_address


@pytest.mark.parametrize(
    ("forwarded", "proxies", "expected"),
    [
        ("", 0, "10.0.0.9"),
        ("1.2.3.4", 0, "10.0.0.9"),
        ("6.6.6.6, 1.2.3.4", 1, "1.2.3.4"),
        ("6.6.6.6, 1.2.3.4, 10.0.0.1", 2, "1.2.3.4"),
        ("", 1, "10.0.0.9"),
        ("1.2.3.4", 2, "10.0.0.9"),
    ],
)
def test_a_client_cannot_invent_its_address(forwarded: str, proxies: int, expected: str) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.9", HTTP_X_FORWARDED_FOR=forwarded)
    assert client_address(request, proxies) == expected

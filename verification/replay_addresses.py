"""Addresses of the host that replays archived pages: signed, for one copy, good for ten minutes."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing

from core.errors import DomainError, Missing

LOOPBACK = ("127.0.0.1", "localhost")
GOOD_FOR = 600  # seconds
_SIGNER = "verification.replay"


class Expired(DomainError):
    """The address was good, and is no longer."""

    status = 410
    code = "expired"


def replay_address(number: int, part: str = "") -> str:
    """Where copy NUMBER can be looked at for ten minutes; PART is "file" for its bytes."""
    token = signing.TimestampSigner(salt=_SIGNER).sign(str(number))
    return f"{settings.SNAPSHOT_HOST}/r/{token}/{part}"


def copy_of(token: str) -> int:
    """The number of the copy that TOKEN is for. Missing: not signed by us; Expired: too old."""
    try:
        value = signing.TimestampSigner(salt=_SIGNER).unsign(token, max_age=GOOD_FOR)
    except signing.SignatureExpired as problem:
        raise Expired(
            "This address was good for ten minutes. Load the page of the copy again."
        ) from problem
    except signing.BadSignature as problem:
        raise Missing("There is nothing at this address.") from problem
    return int(value)


def main_origins() -> str:
    """The origins whose pages may hold a replayed page in a frame: the site's own, by its names.

    On loopback a site has two, and a person may open it by either.
    """
    parts = urlsplit(settings.PUBLIC_URL)
    if parts.hostname not in LOOPBACK:
        return f"{parts.scheme}://{parts.netloc}"
    port = f":{parts.port}" if parts.port else ""
    return " ".join(f"{parts.scheme}://{name}{port}" for name in LOOPBACK)

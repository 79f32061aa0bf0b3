"""Who stamps the time of our checkpoints, as the settings say."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cryptography.x509 import Certificate, load_der_x509_certificate
from django.conf import settings

from audit.stamping.own import local_signer
from audit.stamping.tokens import TokenProblem, certificates

LOCAL = "local"
LOCAL_WORDS = "our own clock: proves order, not time to a stranger"


@dataclass(frozen=True)
class Authority:
    """A time stamping authority. `name` is its address, or LOCAL; it stands in the token's row."""

    name: str
    roots_file: Path | None = None

    @property
    def is_local(self) -> bool:
        return self.name == LOCAL

    @property
    def words(self) -> str:
        return LOCAL_WORDS if self.is_local else self.name

    def roots(self) -> list[Certificate]:
        """Roots that its tokens may lead to; raises TokenProblem."""
        if self.is_local:
            return [local_signer(Path(settings.LOCAL_AUTHORITY_DIR)).root]
        if self.roots_file is None:
            return list(_system_roots())
        try:
            return certificates(self.roots_file.read_bytes())
        except OSError as problem:
            raise TokenProblem(
                f"The file of root certificates cannot be read: {problem.strerror}."
            ) from problem


def authorities() -> list[Authority]:
    """Those that TIMESTAMP_AUTHORITY_URL names; without any, the local one."""
    named = [_authority(entry) for entry in settings.TIMESTAMP_AUTHORITY_URLS]
    return named or [Authority(LOCAL)]


def authority_named(name: str) -> Authority | None:
    """The authority that a token's row names; None if the settings no longer know it."""
    if name == LOCAL:
        return Authority(LOCAL)
    return next((one for one in authorities() if one.name == name), None)


def _authority(entry: str) -> Authority:
    """`https://tsa.example/tsr` or `https://tsa.example/tsr#/path/of/root.pem`."""
    address, _, path = entry.partition("#")
    return Authority(address, Path(path) if path else None)


@cache
def _system_roots() -> tuple[Certificate, ...]:
    found = ssl.create_default_context().get_ca_certs(binary_form=True)
    return tuple(load_der_x509_certificate(one) for one in found)

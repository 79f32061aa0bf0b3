"""TLS of a capture: verified first; unverified only to record what an untrusted server shows."""

from __future__ import annotations

import hashlib
import ssl
from dataclasses import dataclass
from socket import socket
from typing import Any

from sources.capture.guard import Address
from sources.capture.outcomes import ErrorCode, FetchFailed


@dataclass(frozen=True, slots=True)
class TlsInfo:
    """What the handshake of one connection showed; the chain is DER, leaf first, unverified."""

    version: str
    cipher: str
    problem: str  # empty when the certificate was trusted
    chain: tuple[bytes, ...]

    @property
    def is_trusted(self) -> bool:
        return not self.problem

    @property
    def fingerprints(self) -> list[str]:
        return [hashlib.sha256(certificate).hexdigest() for certificate in self.chain]


class Untrusted(Exception):
    """The server's certificate was not accepted; the argument says why."""


def trusting_context() -> ssl.SSLContext:
    return ssl.create_default_context()


def recording_context() -> ssl.SSLContext:
    """Accept any certificate: what is fetched over it is marked as untrusted, never as ok."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def start_tls(
    plain: socket, address: Address, context: ssl.SSLContext, *, timeout: float, problem: str = ""
) -> tuple[ssl.SSLSocket, TlsInfo]:
    """Shake hands within TIMEOUT seconds; raises Untrusted or FetchFailed, the socket closed."""
    plain.settimeout(timeout)
    try:
        secure = context.wrap_socket(plain, server_hostname=address.host)
    except (OSError, ValueError) as failure:
        plain.close()
        raise _handshake_failure(failure) from failure
    cipher = secure.cipher()
    version = secure.version() or ""
    return secure, TlsInfo(version, cipher[0] if cipher else "", problem, _chain(secure))


def _handshake_failure(failure: OSError | ValueError) -> Exception:
    if isinstance(failure, ssl.SSLCertVerificationError):
        return Untrusted(failure.verify_message)
    if isinstance(failure, TimeoutError):
        return FetchFailed(ErrorCode.TLS_TIMEOUT, "The TLS handshake took too long.")
    return FetchFailed(ErrorCode.TLS_FAILED, "The server and we share no way to speak TLS.")


def _chain(secure: ssl.SSLSocket) -> tuple[bytes, ...]:
    """Return the chain that the server sent; public in Python 3.13, one level deeper before."""
    holder: Any = secure if hasattr(secure, "get_unverified_chain") else secure._sslobj  # type: ignore[attr-defined]  # noqa: SLF001 - as the docstring says
    return tuple(_der(certificate) for certificate in holder.get_unverified_chain() or ())


def _der(certificate: Any) -> bytes:
    if isinstance(certificate, bytes):
        return certificate
    return ssl.PEM_cert_to_DER_cert(certificate.public_bytes())

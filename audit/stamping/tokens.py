"""Asking for a time stamp and judging the answer: RFC 3161, nothing taken on trust. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate, load_der_x509_certificate, load_pem_x509_certificates
from rfc3161_client import (
    HashAlgorithm,
    TimeStampRequest,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

_VERIFY_ERROR = re.compile(r"Verify error: ([^\"]+)")
_REASON = re.compile(r'reason: "([^"]+)"')
MOST_BYTES = 64 * 1024  # of an answer; a token with its certificates has a few kB


class TokenProblem(Exception):
    """The answer proves nothing; the words say why."""


@dataclass(frozen=True)
class Stamped:
    """A token that held: the time that it states, and the one root that it leads to."""

    at: datetime
    root_pem: str
    signer: str  # name in the certificate of who signed
    signer_until: datetime


def request_for(preimage: bytes) -> TimeStampRequest:
    """A request with a fresh nonce, for the SHA-256 of PREIMAGE; asks for the certificates."""
    return (
        TimestampRequestBuilder()
        .data(preimage)
        .hash_algorithm(HashAlgorithm.SHA256)
        .nonce(nonce=True)
        .cert_request(cert_request=True)
        .build()
    )


def check(answer: bytes, *, imprint: bytes, nonce: int, roots: Sequence[Certificate]) -> Stamped:
    """Judge ANSWER (a TimeStampResp in DER); raises TokenProblem.

    Status, nonce, imprint, signature, chain to one of ROOTS at the stated time, and the purpose in
    the signer's certificate. Without the nonce, an old answer to somebody else would pass.
    """
    response = _decoded(answer)
    if not roots:
        raise TokenProblem("No root certificate is known for this authority.")
    _verify(response, imprint, nonce, roots)
    root = _the_root(response, imprint, nonce, roots)
    signer = _signer(response)
    return Stamped(
        at=response.tst_info.gen_time,
        root_pem=root.public_bytes(Encoding.PEM).decode("ascii"),
        signer=signer.subject.rfc4514_string(),
        signer_until=signer.not_valid_after_utc,
    )


def certificates(pem: bytes) -> list[Certificate]:
    """All certificates of a PEM file; raises TokenProblem."""
    try:
        return load_pem_x509_certificates(pem)
    except ValueError as problem:
        raise TokenProblem("The file of root certificates holds none in PEM form.") from problem


def _decoded(answer: bytes) -> TimeStampResponse:
    if len(answer) > MOST_BYTES:
        raise TokenProblem("The answer is too long to be a time stamp.")
    try:
        return decode_timestamp_response(answer)
    except ValueError as problem:
        raise TokenProblem("The answer is not a time stamp.") from problem


def _verify(
    response: TimeStampResponse, imprint: bytes, nonce: int, roots: Sequence[Certificate]
) -> None:
    builder = VerifierBuilder().nonce(nonce)
    for root in roots:
        builder = builder.add_root_certificate(root)
    try:
        builder.build().verify(response, imprint)
    except (VerificationError, ValueError, TypeError) as problem:
        raise TokenProblem(f"The time stamp does not hold: {_words(problem)}.") from problem


def _words(problem: Exception) -> str:
    """What OpenSSL found, without its stack."""
    found = _VERIFY_ERROR.search(str(problem)) or _REASON.search(str(problem))
    return found[1] if found else str(problem).rstrip(".")


def _the_root(
    response: TimeStampResponse, imprint: bytes, nonce: int, roots: Sequence[Certificate]
) -> Certificate:
    """The first of ROOTS by which alone the token holds."""
    for root in roots:
        try:
            _verify(response, imprint, nonce, [root])
        except TokenProblem:
            continue
        return root
    raise TokenProblem("The time stamp leads to no single root certificate.")


def _signer(response: TimeStampResponse) -> Certificate:
    """The certificate that the signature names; it was verified before this is asked."""
    info = next(iter(response.signed_data.signer_infos))
    for encoded in response.signed_data.certificates:
        certificate = load_der_x509_certificate(encoded)
        if (certificate.issuer, certificate.serial_number) == (info.issuer, info.serial_number):
            return certificate
    raise TokenProblem("The time stamp does not hold the certificate of its signer.")

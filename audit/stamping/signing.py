"""Time stamp tokens of an authority of our own: RFC 3161 in CMS (RFC 5652), ECDSA P-256, SHA-256.

Pure: no clock, no files. Neither `cryptography` nor rfc3161-client can sign a TSTInfo, so the
structure is written here, field by field in the order of the standards.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate

from audit.stamping import der

GRANTED, REJECTED = 0, 2
_SHA256 = der.sequence(der.oid("2.16.840.1.101.3.4.2.1"))
_ECDSA_SHA256 = der.sequence(der.oid("1.2.840.10045.4.3.2"))
_SIGNED_DATA = der.oid("1.2.840.113549.1.7.2")
_TST_INFO = der.oid("1.2.840.113549.1.9.16.1.4")
_CONTENT_TYPE = der.oid("1.2.840.113549.1.9.3")
_MESSAGE_DIGEST = der.oid("1.2.840.113549.1.9.4")
_SIGNING_CERTIFICATE_V2 = der.oid("1.2.840.113549.1.9.16.2.47")
# An identifier from a UUID (ITU-T X.667) needs no registration: "stamped by our own clock".
OWN_POLICY = "2.25.217926451367843051093745182377061592468"


@dataclass(frozen=True)
class Signer:
    """A certificate for time stamping, its key, and the root that it leads to."""

    certificate: Certificate
    key: ec.EllipticCurvePrivateKey
    root: Certificate
    policy: str = OWN_POLICY


def grant(signer: Signer, *, imprint: bytes, nonce: int | None, at: datetime, serial: int) -> bytes:
    """A granted TimeStampResp (DER) over IMPRINT, a SHA-256 of 32 bytes, that holds its signer."""
    info = _info(signer, imprint=imprint, nonce=nonce, at=at, serial=serial)
    return der.sequence(der.sequence(der.integer(GRANTED)), _signed(signer, info))


def rejection() -> bytes:
    """A TimeStampResp that grants nothing."""
    return der.sequence(der.sequence(der.integer(REJECTED)))


def _info(signer: Signer, *, imprint: bytes, nonce: int | None, at: datetime, serial: int) -> bytes:
    """TSTInfo, RFC 3161 2.4.2: version, policy, imprint, serial, time, accuracy, nonce."""
    return der.sequence(
        der.integer(1),
        der.oid(signer.policy),
        der.sequence(_SHA256, der.octets(imprint)),
        der.integer(serial),
        der.generalized_time(at),
        der.sequence(der.integer(1)),
        der.integer(nonce) if nonce is not None else b"",
    )


def _signed(signer: Signer, info: bytes) -> bytes:
    """ContentInfo with SignedData, RFC 5652 5.1."""
    certificate = signer.certificate.public_bytes(Encoding.DER)
    data = der.sequence(
        der.integer(3),
        der.set_of(_SHA256),
        der.sequence(_TST_INFO, der.explicit(0, der.octets(info))),
        der.set_of(certificate, tag=der.context(0)),
        der.set_of(_signer_info(signer, info, certificate)),
    )
    return der.sequence(_SIGNED_DATA, der.explicit(0, data))


def _signer_info(signer: Signer, info: bytes, certificate: bytes) -> bytes:
    """SignerInfo, RFC 5652 5.3; what is signed is the set of attributes with its own tag."""
    attributes = (
        _attribute(_CONTENT_TYPE, _TST_INFO),
        _attribute(_MESSAGE_DIGEST, der.octets(hashlib.sha256(info).digest())),
        _attribute(_SIGNING_CERTIFICATE_V2, _certificate_identifier(certificate)),
    )
    issuer = signer.certificate.issuer.public_bytes()
    signature = signer.key.sign(der.set_of(*attributes), ec.ECDSA(SHA256()))
    return der.sequence(
        der.integer(1),
        der.sequence(issuer, der.integer(signer.certificate.serial_number)),
        _SHA256,
        der.set_of(*attributes, tag=der.context(0)),
        _ECDSA_SHA256,
        der.octets(signature),
    )


def _attribute(kind: bytes, value: bytes) -> bytes:
    return der.sequence(kind, der.set_of(value))


def _certificate_identifier(certificate: bytes) -> bytes:
    """SigningCertificateV2, RFC 5035: binds the signature to this certificate by its SHA-256."""
    identifier = der.sequence(der.octets(hashlib.sha256(certificate).digest()))
    return der.sequence(der.sequence(identifier))

"""A time stamping authority for tests that can also be wrong in every way that matters.

Written apart from the product's own, from RFC 3161 and RFC 5652, so that the verifier is tested
against a second reading of them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
TIME_STAMPING = ExtendedKeyUsageOID.TIME_STAMPING
SHA256 = "2.16.840.1.101.3.4.2.1"
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def tlv(tag: int, *contents: bytes) -> bytes:
    content = b"".join(contents)
    if len(content) < 128:
        return bytes([tag, len(content)]) + content
    size = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + content


def seq(*contents: bytes) -> bytes:
    return tlv(0x30, *contents)


def integer(value: int) -> bytes:
    return tlv(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    out = bytearray([first * 40 + second])
    for arc in rest:
        digits = [arc & 0x7F]
        while arc := arc >> 7:
            digits.append(0x80 | arc & 0x7F)
        out += bytes(reversed(digits))
    return tlv(0x06, bytes(out))


def algorithm(dotted: str) -> bytes:
    return seq(oid(dotted), tlv(0x05))


@dataclass
class Authority:
    """A root, a signer under it, and the tokens that they make."""

    kind: str = "rsa"
    purpose: x509.ObjectIdentifier = TIME_STAMPING
    starts: datetime = NOW - timedelta(days=30)
    ends: datetime = NOW + timedelta(days=300)
    root: x509.Certificate = field(init=False)
    signer: x509.Certificate = field(init=False)

    def __post_init__(self) -> None:
        root_key, self._key = self._new_key(), self._new_key()
        name = _name("A root for tests")
        self.root = _certificate(name, name, root_key, root_key, self, is_root=True)
        self.signer = _certificate(name, _name("Stamps"), root_key, self._key, self, is_root=False)

    def _new_key(self) -> Key:
        if self.kind == "rsa":
            return rsa.generate_private_key(public_exponent=65537, key_size=2048)
        return ec.generate_private_key(ec.SECP256R1())

    @property
    def pem(self) -> bytes:
        encoding = serialization.Encoding.PEM
        return self.signer.public_bytes(encoding) + self.root.public_bytes(encoding)

    def stamp(self, imprint: bytes, *, nonce: int | None, at: datetime = NOW) -> bytes:
        """A response that grants a token over IMPRINT."""
        info = seq(
            integer(1),
            oid("1.3.6.1.4.1.4146.2.3"),
            seq(algorithm(SHA256), tlv(0x04, imprint)),
            integer(4711),
            tlv(0x18, at.strftime("%Y%m%d%H%M%SZ").encode()),
            integer(nonce) if nonce is not None else b"",
        )
        return seq(seq(integer(0)), self._token(info))

    def _token(self, info: bytes) -> bytes:
        der = self.signer.public_bytes(serialization.Encoding.DER)
        attributes = b"".join(
            sorted(
                [
                    _attribute("1.2.840.113549.1.9.3", oid("1.2.840.113549.1.9.16.1.4")),
                    _attribute("1.2.840.113549.1.9.4", tlv(0x04, hashlib.sha256(info).digest())),
                    _attribute(
                        "1.2.840.113549.1.9.16.2.47",
                        seq(seq(seq(tlv(0x04, hashlib.sha256(der).digest())))),
                    ),
                ]
            )
        )
        issuer = self.signer.issuer.public_bytes()
        signer_info = seq(
            integer(1),
            seq(issuer, integer(self.signer.serial_number)),
            algorithm(SHA256),
            tlv(0xA0, attributes),
            algorithm("1.2.840.113549.1.1.1" if self.kind == "rsa" else "1.2.840.10045.4.3.2"),
            tlv(0x04, self._sign(tlv(0x31, attributes))),
        )
        signed = seq(
            integer(3),
            tlv(0x31, algorithm(SHA256)),
            seq(oid("1.2.840.113549.1.9.16.1.4"), tlv(0xA0, tlv(0x04, info))),
            tlv(0xA0, der),
            tlv(0x31, signer_info),
        )
        return seq(oid("1.2.840.113549.1.7.2"), tlv(0xA0, signed))

    def _sign(self, message: bytes) -> bytes:
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(message, padding.PKCS1v15(), hashes.SHA256())
        return self._key.sign(message, ec.ECDSA(hashes.SHA256()))


def _attribute(kind: str, value: bytes) -> bytes:
    return seq(oid(kind), tlv(0x31, value))


def _name(words: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, words)])


def _certificate(
    issuer: x509.Name, subject: x509.Name, by: Key, key: Key, made: Authority, *, is_root: bool
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .issuer_name(issuer)
        .subject_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(made.starts)
        .not_valid_after(made.ends)
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
    )
    if not is_root:
        builder = builder.add_extension(x509.ExtendedKeyUsage([made.purpose]), critical=True)
    return builder.sign(by, hashes.SHA256())

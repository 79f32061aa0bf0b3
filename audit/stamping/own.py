"""The local authority: our own clock, for an installation that names no authority elsewhere.

It proves in which order things were written down to whoever trusts this installation, and no time
to a stranger. Its key is made at first use and never leaves its folder.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from audit.stamping import signing
from audit.stamping.signing import Signer

LIFE = timedelta(days=30 * 365)
PURPOSE = ExtendedKeyUsageOID.TIME_STAMPING
NAME = "Corroborate local clock: order, not time"


def local_signer(folder: Path) -> Signer:
    """The authority kept in FOLDER; made there, whole or not at all, if there is none yet."""
    if not folder.is_dir():
        _found(folder)
    root = x509.load_pem_x509_certificate((folder / "root.pem").read_bytes())
    certificate = x509.load_pem_x509_certificate((folder / "signer.pem").read_bytes())
    return Signer(certificate, _load_key(folder / "signer.key"), root)


def stamp(folder: Path, *, imprint: bytes, nonce: int | None) -> bytes:
    """A token of the local authority over IMPRINT, with the time of this machine."""
    return signing.grant(
        local_signer(folder),
        imprint=imprint,
        nonce=nonce,
        at=datetime.now(UTC),
        serial=secrets.randbits(63) + 1,
    )


def make_signer(*, root_name: str, now: datetime, life: timedelta = LIFE) -> Signer:
    """A new root and, under it, a certificate that may stamp time and do nothing else.

    The root's key is forgotten at once: nobody can put a second signer under this root.
    """
    root_key = ec.generate_private_key(ec.SECP256R1())
    name = _name(root_name)
    root = _root(name, root_key, now)
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        _base(_name(f"{root_name}: signer"), name, key, now, life)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([PURPOSE]), critical=True)
        .add_extension(_identifier_of_issuer(root), critical=False)
        .sign(root_key, SHA256())
    )
    return Signer(certificate, key, root)


def _root(name: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime) -> x509.Certificate:
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return (
        _base(name, name, key, now, LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(identifier, critical=False)
        .sign(key, SHA256())
    )


def _found(folder: Path) -> None:
    """Make the folder aside and give it its name at the end; another process may be faster."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".authority-"))
    try:
        signer = make_signer(root_name=NAME, now=datetime.now(UTC))
        _write(aside / "root.pem", signer.root.public_bytes(Encoding.PEM))
        _write(aside / "signer.pem", signer.certificate.public_bytes(Encoding.PEM))
        _write(aside / "signer.key", _key_bytes(signer.key))
        with suppress(OSError):  # somebody else's is there already, and is as good
            aside.rename(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _write(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _key_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _load_key(path: Path) -> ec.EllipticCurvePrivateKey:
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{path} holds no key of an elliptic curve.")
    return key


def _name(words: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, words[:64])])


def _base(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    now: datetime,
    life: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + life)
    )


def _identifier_of_issuer(root: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    identifier = root.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier.value)


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs,
        content_commitment=signs,
        key_cert_sign=not signs,
        crl_sign=not signs,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )

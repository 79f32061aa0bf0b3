"""The few parts of DER (ITU-T X.690) that a time stamp is written in and a request read from."""

from __future__ import annotations

from datetime import UTC, datetime

_SHORT = 0x80  # lengths below it are one byte
_CONSTRUCTED_CONTEXT = 0xA0
SEQUENCE, SET, INTEGER, BOOLEAN, OCTETS, OID = 0x30, 0x31, 0x02, 0x01, 0x04, 0x06
_GENERALIZED_TIME = 0x18


class Malformed(ValueError):
    """The bytes are not what they should be in DER."""


def tlv(tag: int, *contents: bytes) -> bytes:
    """Tag, length and value; CONTENTS are joined."""
    content = b"".join(contents)
    size = len(content)
    if size < _SHORT:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, _SHORT | len(length)]) + length + content


def sequence(*contents: bytes) -> bytes:
    return tlv(SEQUENCE, *contents)


def set_of(*contents: bytes, tag: int = SET) -> bytes:
    """A SET OF, its members in the order that DER asks for; some writers forget it."""
    return tlv(tag, *sorted(contents))


def integer(value: int) -> bytes:
    size = (value + (value < 0)).bit_length() // 8 + 1
    return tlv(INTEGER, value.to_bytes(size, "big", signed=True))


def octets(value: bytes) -> bytes:
    return tlv(OCTETS, value)


def oid(dotted: str) -> bytes:
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    return tlv(OID, *map(_base128, (first * 40 + second, *rest)))


def explicit(number: int, content: bytes) -> bytes:
    """CONTENT inside the context tag [NUMBER]."""
    return tlv(_CONSTRUCTED_CONTEXT | number, content)


def context(number: int) -> int:
    """The tag that stands for SET or SEQUENCE where [NUMBER] IMPLICIT is written."""
    return _CONSTRUCTED_CONTEXT | number


def generalized_time(at: datetime) -> bytes:
    """To the second; not every reader takes fractions."""
    return tlv(_GENERALIZED_TIME, at.astimezone(UTC).strftime("%Y%m%d%H%M%SZ").encode("ascii"))


def _base128(value: int) -> bytes:
    digits = [value & 0x7F]
    while value := value >> 7:
        digits.append(0x80 | (value & 0x7F))
    return bytes(reversed(digits))

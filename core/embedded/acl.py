"""POSIX access control entries of a directory, in the kernel's own format (Linux)."""

from __future__ import annotations

import errno
import os
import stat
import struct
import sys
from pathlib import Path

_NAME = "system.posix_acl_access"
_HEADER = struct.Struct("<I")
_ENTRY = struct.Struct("<HHI")
_VERSION = 2
_NO_ID = 0xFFFFFFFF
_OWNER, _USER, _OWNING_GROUP, _GROUP, _MASK, _OTHER = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20
_BOUNDED = frozenset({_USER, _OWNING_GROUP, _GROUP})
_EXECUTE = 1

# (tag, id) → permission bits; id is _NO_ID for the entries that name nobody.
Entries = dict[tuple[int, int], int]


def allow_passage(folder: Path, uid: int) -> None:
    """Let the user go through `folder`, without seeing what is in it. OSError if impossible."""
    if sys.platform != "linux":
        raise OSError(errno.ENOTSUP, "access control entries are set on Linux only")
    entries = _without_mask(_read(folder))
    entries[_USER, uid] = entries.get((_USER, uid), 0) | _EXECUTE
    entries[_MASK, _NO_ID] = _union(entries)
    os.setxattr(folder, _NAME, _packed(entries))


def withdraw_passage(folder: Path, uid: int) -> None:
    """Remove the user's entry, and with the last named entry the list itself."""
    entries = _without_mask(_read(folder))
    entries.pop((_USER, uid), None)
    if any(tag in {_USER, _GROUP} for tag, _ in entries):
        entries[_MASK, _NO_ID] = _union(entries)
    os.setxattr(folder, _NAME, _packed(entries))


def _read(folder: Path) -> Entries:
    try:
        raw = os.getxattr(folder, _NAME)
    except OSError as error:
        if error.errno != errno.ENODATA:
            raise
        return _from_mode(folder.stat().st_mode)
    return {(tag, who): bits for tag, bits, who in _ENTRY.iter_unpack(raw[_HEADER.size :])}


def _from_mode(mode: int) -> Entries:
    return {
        (_OWNER, _NO_ID): (mode & stat.S_IRWXU) >> 6,
        (_OWNING_GROUP, _NO_ID): (mode & stat.S_IRWXG) >> 3,
        (_OTHER, _NO_ID): mode & stat.S_IRWXO,
    }


def _without_mask(entries: Entries) -> Entries:
    """What each entry effectively grants, so that a wider mask gives nobody else anything."""
    mask = entries.get((_MASK, _NO_ID), stat.S_IRWXO)
    return {
        (tag, who): bits & mask if tag in _BOUNDED else bits
        for (tag, who), bits in entries.items()
        if tag != _MASK
    }


def _union(entries: Entries) -> int:
    bits = 0
    for (tag, _), permission in entries.items():
        if tag in _BOUNDED:
            bits |= permission
    return bits


def _packed(entries: Entries) -> bytes:
    # The kernel wants the entries sorted by tag, then by id.
    return _HEADER.pack(_VERSION) + b"".join(
        _ENTRY.pack(tag, bits, who) for (tag, who), bits in sorted(entries.items())
    )

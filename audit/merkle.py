"""Merkle trees as in RFC 6962: pure, so that a stranger can write it again in twenty lines.

A leaf is the SHA-256 of 0x00 and the 32 raw bytes of a line's hash; a node is the SHA-256 of 0x01
and its two children. A list that is no power of two is split at the largest one below its length.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

HASH_BYTES = 32


@dataclass(frozen=True)
class InclusionProof:
    """Why a leaf is in a tree: its place from 0, the number of leaves, siblings from below."""

    index: int
    size: int
    path: tuple[bytes, ...]


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Root over the raw hashes of lines, read once; raises ValueError if there are none.

    Keeps one hash for each bit of the count, so any length fits in memory.
    """
    peaks: list[tuple[int, bytes]] = []
    for leaf in leaves:
        size, top = 1, leaf_hash(leaf)
        while peaks and peaks[-1][0] == size:
            top = node_hash(peaks.pop()[1], top)
            size *= 2
        peaks.append((size, top))
    if not peaks:
        raise ValueError("A tree needs at least one leaf.")
    _, root = peaks.pop()
    while peaks:
        root = node_hash(peaks.pop()[1], root)
    return root


def prove(leaves: Sequence[bytes], index: int) -> InclusionProof:
    """Proof that the leaf at INDEX is in the tree over LEAVES (PATH of RFC 6962, 2.1.1)."""
    if not 0 <= index < len(leaves):
        raise ValueError("There is no such leaf.")
    path: list[bytes] = []
    first, end = 0, len(leaves)
    while end - first > 1:
        middle = first + _split(end - first)
        if index < middle:
            path.append(root_of(leaves[middle:end]))
            end = middle
        else:
            path.append(root_of(leaves[first:middle]))
            first = middle
    return InclusionProof(index, len(leaves), tuple(reversed(path)))


def is_included(leaf: bytes, proof: InclusionProof, root: bytes) -> bool:
    """Whether PROOF leads from LEAF to ROOT (RFC 9162, 2.1.3.2); never raises for its content."""
    if not 0 <= proof.index < proof.size or any(len(one) != HASH_BYTES for one in proof.path):
        return False
    index, last, found = proof.index, proof.size - 1, leaf_hash(leaf)
    for sibling in proof.path:
        if last == 0:
            return False
        if index % 2 or index == last:
            found = node_hash(sibling, found)
            while index % 2 == 0 and index:
                index, last = index >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        index, last = index >> 1, last >> 1
    return last == 0 and found == root


def _split(size: int) -> int:
    """The largest power of two below SIZE."""
    return 1 << ((size - 1).bit_length() - 1)

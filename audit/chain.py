"""The hash chain of the record: pure, so that a stranger can write it again in ten lines."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


def canonical(value: Mapping[str, Any]) -> bytes:
    """JSON with sorted keys, no spaces, UTF-8: the same bytes for the same content."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def line_hash(previous_hash: str, content: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of the previous line's hash, a line feed, and the canonical content."""
    return hashlib.sha256(previous_hash.encode("ascii") + b"\n" + canonical(content)).hexdigest()


@dataclass(frozen=True)
class Line:
    """One line of the record as stored: its number, its content and its two hashes."""

    seq: int
    content: Mapping[str, Any]
    previous_hash: str
    hash: str


@dataclass(frozen=True)
class Fault:
    seq: int
    problem: str


def faults(lines: Iterable[Line]) -> Iterator[Fault]:
    """What is wrong with a chain that should start at line 1 and have no gap."""
    expected_seq, expected_previous = 1, ""
    for line in lines:
        if line.seq != expected_seq:
            yield Fault(line.seq, f"line {expected_seq} is missing")
        if line.previous_hash != expected_previous:
            yield Fault(line.seq, "does not name the hash of the line before it")
        if line.hash != line_hash(line.previous_hash, line.content):
            yield Fault(line.seq, "its content does not match its hash")
        expected_seq, expected_previous = line.seq + 1, line.hash

"""A page that was the same again refers to the record that holds it (WARC/1.1, section 6.7).

The profile is identical-payload-digest: the record keeps this answer's own headers and leaves the
body out. It refers only to what a reader of the file would take for the same page: a whole
response of the same address and status whose body was the same on the wire, byte for byte, and
whose headers say the same of how it is to be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

from sources.capture.archived import read_head
from sources.capture.hop import Hop
from sources.capture.http1 import Head
from sources.capture.warc import MalformedRecord, payload_digest, read_record

PROFILE = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
# How the bytes of a body become a page.
_READ_BY = ("content-type", "content-encoding", "transfer-encoding")


@dataclass(frozen=True, slots=True)
class Holder:
    """The record that holds the payload: where it is, and what a revisit has to say of it.

    `key` is the primary key of its snapshot; `warc_sha256` names its file in the store.
    """

    key: int
    number: int
    warc_sha256: str
    record_id: str
    target_uri: str
    date: str
    payload_digest: str
    payload_sha256: str

    def fields(self) -> dict[str, str]:
        """What the header of a record says that refers to this one."""
        return {
            "WARC-Profile": PROFILE,
            "WARC-Refers-To": self.record_id,
            "WARC-Refers-To-Target-URI": self.target_uri,
            "WARC-Refers-To-Date": self.date,
            "WARC-Truncated": "length",  # the standard asks for it where a body is left out
        }

    def as_json(self) -> dict[str, str | int]:
        """What a manifest says."""
        return {
            "snapshot": self.number,
            "warc_sha256": self.warc_sha256,
            "payload_sha256": self.payload_sha256,
        }


def is_whole_answer(hop: Hop) -> bool:
    """Whether HOP ended in a response with a body, all of it."""
    is_cut = hop.truncated is not None or hop.error is not None
    return hop.head is not None and hop.payload_bytes > 0 and not is_cut


def same_again(warc: BinaryIO, offset: int, hop: Hop) -> Mapping[str, str] | None:
    """The header of the record at OFFSET, if it holds whole what HOP got again; else None."""
    if hop.head is None or hop.body is None:
        return None
    try:
        fields, block = read_record(warc, offset)
        head, _ = read_head(block)
    except MalformedRecord:
        return None
    stated = (fields.get("warc-type"), fields.get("warc-target-uri"), fields.get("warc-truncated"))
    if stated != ("response", hop.url, None) or not _reads_alike(head, hop.head):
        return None
    return fields if fields.get("warc-payload-digest") == payload_digest(hop.body) else None


def _reads_alike(one: Head, other: Head) -> bool:
    return one.status == other.status and all(
        one.values(name) == other.values(name) for name in _READ_BY
    )

"""Evidence of many claims as columns: what `facts.report` says of one item, for millions.

The two must not drift apart: tests/verification/test_flattened.py compares every field over a world
with every feature. Only the side of a source is left out here, which moves no number.

Rows come by binary COPY, and are joined here rather than by the server: for all claims, documents
and copies are read once; for some claims only theirs are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from claims.vocabulary import ClaimKind, Resolution
from core.wire import Columns, Rows, among, read_rows
from sources.models import GroupState
from sources.outcomes import HOLDS_THE_DOCUMENT
from sources.vocabulary import CaptureState, DerivationState, Grade, SourceKind
from verification.bulk.columns import NO_BLOC, NO_OWNER, Flags, Ints, Reports
from verification.bulk.voices import (
    ALIGNMENTS,
    DIRECTNESSES,
    STANCES,
    VoiceTable,
    voice_numbers,
    weights,
)
from verification.scoring import Directness, Exclusion, Parameters, Stance

KINDS = tuple(ClaimKind)
GRADES: tuple[Grade | None, ...] = (None, *Grade)
SOURCE_KINDS: tuple[SourceKind | None, ...] = (None, *SourceKind)
EXCLUSIONS: tuple[Exclusion | None, ...] = (
    None,
    Exclusion.WITHDRAWN,
    Exclusion.MISTAKEN,
    Exclusion.DIFFERENT_EVENT,
    Exclusion.NOT_ARCHIVED,
)
_RESOLVED = {
    Resolution.MISTAKEN: EXCLUSIONS.index(Exclusion.MISTAKEN),
    Resolution.DIFFERENT_EVENT: EXCLUSIONS.index(Exclusion.DIFFERENT_EVENT),
}
_NO_TIME = np.iinfo(np.int64).max
"""`infinity` of PostgreSQL."""


def _places(column: str, words: Iterable[StrEnum | None], *, other: int) -> str:
    """SQL: the place of the word that COLUMN holds; OTHER for a word that none of these is."""
    cases = " ".join(f"WHEN '{word}' THEN {n}" for n, word in enumerate(words) if word is not None)
    return f"CASE {column} {cases} ELSE {other} END"


_EXCLUDED = f"""CASE WHEN e.withdrawn_at IS NOT NULL THEN {EXCLUSIONS.index(Exclusion.WITHDRAWN)}
 {" ".join(f"WHEN e.resolution = '{word}' THEN {n}" for word, n in _RESOLVED.items())} ELSE 0 END"""

_PACKED = {
    "credibility": (3, "COALESCE(e.credibility, 0)"),
    "stance": (2, _places("e.stance", STANCES, other=3)),
    "directness": (3, _places("e.directness", DIRECTNESSES, other=7)),
    "alignment": (2, _places("e.alignment", ALIGNMENTS, other=3)),
    "excluded": (3, _EXCLUDED),
    "checked": (1, "(e.visual_checked_at IS NOT NULL)::integer"),
}
"""Small numbers, each with its bits, that come in one column: a column costs more than a shift."""


def _in_one_column() -> str:
    terms, shift = [], 0
    for bits, expression in _PACKED.values():
        terms.append(f"(({expression}) << {shift})")
        shift += bits
    return " | ".join(terms)


NO_COPY = 0
EVIDENCE = f"""
SELECT e.claim_id, e.document_id, COALESCE(e.snapshot_id, {NO_COPY}), e.added_at,
       e.position::integer,
       {_in_one_column()}
  FROM claims_evidence e"""  # noqa: S608  # our own constants
EVIDENCE_COLUMNS: Columns = {
    "claim": "i8",
    "document": "i8",
    "copy": "i8",
    "added": "i8",
    "position": "i4",
    "packed": "i4",
}


def _unpacked(rows: Rows) -> Rows:
    plain = [(name, kind) for name, kind in EVIDENCE_COLUMNS.items() if name != "packed"]
    found = np.empty(len(rows), dtype=[*plain, *((name, "i1") for name in _PACKED)])
    for name, _ in plain:
        found[name] = rows[name]
    rest = rows["packed"]
    for name, (bits, _) in _PACKED.items():
        found[name] = rest & (2**bits - 1)
        rest = rest >> bits
    return found


DOCUMENTS = f"""
SELECT d.id, COALESCE(d.source_id, 0), COALESCE(d.published_at, 'infinity'),
       CASE WHEN v.origin_id IS NOT NULL THEN 2 * v.origin_id + 1
            WHEN o.id IS NOT NULL THEN 2 * o.id + 1 ELSE 2 * d.id END
  FROM sources_document d
  LEFT JOIN sources_derivation v ON v.document_id = d.id AND v.state <> '{DerivationState.REJECTED}'
  LEFT JOIN sources_origin o ON o.first_document_id = d.id"""  # noqa: S608  # our own constants
DOCUMENT_COLUMNS: Columns = {"id": "i8", "source": "i8", "published": "i8", "origin": "i8"}

_OUTCOMES = ", ".join(f"'{outcome}'" for outcome in sorted(map(str, HOLDS_THE_DOCUMENT)))
NOT_ARCHIVED = f"""
SELECT s.id FROM sources_snapshot s
 WHERE (s.state = '{CaptureState.SEALED}' AND s.outcome IN ({_OUTCOMES})
        AND NOT EXISTS (SELECT 1 FROM sources_takedown t WHERE t.snapshot_id = s.id)) IS NOT TRUE"""  # noqa: S608  # our own constants
NOT_ARCHIVED_COLUMNS: Columns = {"id": "i8"}


def _sources(owned: str) -> str:
    """SQL: every source, with owners as the table or query OWNED has them."""
    return f"""
SELECT s.id, s.number, COALESCE(o.number, 0), ({_places("g.grade", GRADES, other=0)})::smallint,
       ({_places("s.kind", SOURCE_KINDS, other=0)})::smallint, COALESCE(b.bloc, 0)
  FROM {owned} s
  LEFT JOIN sources_source o ON o.id = s.owner_id
  LEFT JOIN (SELECT DISTINCT ON (source_id) source_id, grade FROM sources_sourcegrade
              ORDER BY source_id, graded_at DESC, id DESC) g ON g.source_id = s.id
  LEFT JOIN (SELECT COALESCE(i.owner_id, i.id) AS house, min(u.number)::bigint AS bloc
               FROM sources_sourcegroup u JOIN sources_groupmember m ON m.group_id = u.id
               JOIN {owned} i ON i.id = m.source_id
              WHERE u.state = '{GroupState.ACCEPTED}' GROUP BY 1) b
         ON b.house = COALESCE(s.owner_id, s.id)
 ORDER BY s.id"""  # noqa: S608  # our own constants and primary keys


SOURCE_COLUMNS: Columns = {
    "id": "i8",
    "number": "i8",
    "owner": "i8",
    "grade": "i2",
    "kind": "i2",
    "bloc": "i8",
}

CLAIMS = f"""
SELECT c.id, ({_places("c.kind", KINDS, other=99)})::smallint, COALESCE(c.confidence, 'NaN'),
       COALESCE(c.confidence_low, 'NaN'), COALESCE(c.confidence_high, 'NaN'),
       c.origins_for, c.origins_against
  FROM claims_claim c"""  # noqa: S608  # our own constants
CLAIM_COLUMNS: Columns = {
    "id": "i8",
    "kind": "i2",
    "confidence": "f8",
    "low": "f8",
    "high": "f8",
    "origins_for": "i2",
    "origins_against": "i2",
}
"""With what each claim shows now; NaN where it has no score."""


@dataclass(frozen=True)
class Library:
    """Documents, and copies that hold none of them, by primary key: all, or what was asked for.

    Of copies the exceptions are read, since nearly all that evidence cites are archived.
    """

    documents: Rows
    not_archived: Ints

    @classmethod
    def whole(cls) -> Library:
        return cls(
            _sorted(read_rows(DOCUMENTS, DOCUMENT_COLUMNS)),
            _ids(read_rows(NOT_ARCHIVED, NOT_ARCHIVED_COLUMNS)),
        )

    @classmethod
    def cited_by(cls, evidence: Rows) -> Library:
        documents = among("d.id", evidence["document"], others=True)
        copies = among("s.id", evidence["copy"], others=True)
        return cls(
            _sorted(read_rows(f"{DOCUMENTS} WHERE {documents}", DOCUMENT_COLUMNS)),
            _ids(read_rows(f"{NOT_ARCHIVED} AND {copies}", NOT_ARCHIVED_COLUMNS)),
        )


@dataclass(frozen=True)
class Flat:
    """Evidence of some claims, each with its document and source; oldest first within a claim.

    `claims`: the claims in order of primary key, also those without evidence. `claim`: place of
    each item's claim among them. The columns of `evidence`, `document` and `source` are those of
    the queries; a row of `source` is all zero where nobody knows the source.
    """

    claims: Rows
    claim: Ints
    evidence: Rows
    document: Rows
    source: Rows
    speaker: Ints
    excluded: Ints

    def __len__(self) -> int:
        return len(self.claim)

    @property
    def visual(self) -> Flags:
        first_hand = DIRECTNESSES.index(Directness.FIRST_HAND_VISUAL)
        passed: Flags = (self.evidence["directness"] == first_hand) & (
            self.evidence["checked"] == 1
        )
        return passed


def sources(moved: tuple[int, int | None] | None = None) -> Rows:
    """Every source with its grade, after a first row of zeros for sources that are not known.

    MOVED: primary keys of a source and of who would own it, to try that.
    """
    owned = _moved(*moved) if moved else "sources_source"
    rows = read_rows(_sources(owned), SOURCE_COLUMNS)
    unknown = np.zeros(1, dtype=rows.dtype)
    return np.concatenate([unknown, rows])


def _moved(source: int, owner: int | None) -> str:
    other = f"{owner:d}" if owner else "NULL"
    owned = f"CASE WHEN id = {source:d} THEN {other} ELSE owner_id END"
    return f"(SELECT id, number, kind, {owned} AS owner_id FROM sources_source)"  # noqa: S608  # whole numbers


def flattened(ids: Ints, known: Rows, library: Library | None = None) -> Flat:
    """The evidence of the claims with these primary keys; KNOWN is what `sources` gave."""
    chosen = among("c.id", ids)
    claims = read_rows(f"{CLAIMS} WHERE {chosen} ORDER BY c.id", CLAIM_COLUMNS)
    filed = f"{EVIDENCE} WHERE {among('e.claim_id', ids)}"
    evidence = _unpacked(read_rows(filed, EVIDENCE_COLUMNS))
    library = library or Library.cited_by(evidence)
    document = library.documents[_rows_of(library.documents["id"], evidence["document"])]
    spoken = np.where(document["published"] == _NO_TIME, evidence["added"], document["published"])
    order = np.lexsort((evidence["position"], spoken, evidence["claim"]))
    evidence, document = evidence[order], document[order]
    speaker = np.searchsorted(known["id"], document["source"])
    return Flat(
        claims=claims,
        claim=np.searchsorted(claims["id"], evidence["claim"]),
        evidence=evidence,
        document=document,
        source=known[speaker],
        speaker=speaker,
        excluded=_excluded(evidence, library.not_archived),
    )


def reports_of(flat: Flat, table: VoiceTable, parameters: Parameters) -> Reports:
    rows = flat.evidence
    stance = rows["stance"].astype(np.int64)
    return Reports(
        claim=flat.claim,
        source=_speaker_names(flat),
        owner=np.where(flat.source["owner"] > 0, source_names(flat.source["owner"]), NO_OWNER),
        bloc=np.where(flat.source["bloc"] > 0, bloc_names(flat.source["bloc"]), NO_BLOC),
        origin=flat.document["origin"].astype(np.int64),
        voice=voice_numbers(flat.speaker, stance, rows["alignment"], flat.visual, table.visual),
        supports=stance == STANCES.index(Stance.SUPPORTS),
        visual=flat.visual,
        eligible=(flat.excluded == 0) & (stance != STANCES.index(Stance.CONTEXT)),
        weight=weights(parameters)[rows["directness"], rows["credibility"]],
    )


def _speaker_names(flat: Flat) -> Ints:
    named: Ints = np.where(
        flat.source["number"] > 0,
        source_names(flat.source["number"]),
        document_names(flat.evidence["document"]),
    )
    return named


_TENS = np.array([10**n for n in range(17)], np.int64)
_SOURCES_AFTER_DOCUMENTS = 2**62


def document_names(numbers: Ints) -> Ints:
    """Whole numbers that sort as the texts document-1, document-10, document-2 … do."""
    digits = np.searchsorted(_TENS, numbers, side="right")
    names: Ints = numbers * _TENS[16 - digits] * 32 + digits
    return names


def source_names(numbers: Ints) -> Ints:
    """The same for source-1 …, which all sort after documents."""
    return document_names(numbers) + _SOURCES_AFTER_DOCUMENTS


def bloc_names(numbers: Ints) -> Ints:
    """The same for group-1 …, which all sort between the two; numbers of up to nine digits."""
    digits = np.searchsorted(_TENS, numbers, side="right")
    names: Ints = numbers * _TENS[9 - digits] * 16 + digits + _SOURCES_AFTER_DOCUMENTS - 2**40
    return names


def _excluded(evidence: Rows, not_archived: Ints) -> Ints:
    missing = (evidence["copy"] == NO_COPY) | np.isin(evidence["copy"], not_archived)
    decided = evidence["excluded"].astype(np.int64)
    found: Ints = np.where(
        (decided == 0) & missing, EXCLUSIONS.index(Exclusion.NOT_ARCHIVED), decided
    )
    return found


def _rows_of(keys: Ints, wanted: Ints) -> Ints:
    """Where the wanted keys stand among all, which are sorted and hold them."""
    if len(keys) and keys[-1] - keys[0] == len(keys) - 1:  # no gap: nothing to search
        place: Ints = wanted - keys[0]
        return place
    return np.searchsorted(keys, wanted)


def _sorted(rows: Rows) -> Rows:
    if (rows["id"][1:] > rows["id"][:-1]).all():
        return rows
    return rows[np.argsort(rows["id"], kind="stable")]


def _ids(rows: Rows) -> Ints:
    return np.sort(rows["id"])

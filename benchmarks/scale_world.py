"""A database of the size that is asked for, in the true tables with all their indexes.

Claims, sources, documents with one archived copy each, and reports, drawn with a seed: sources as
newsrooms are (a few are cited everywhere: Zipf), one in ten owned by another, a third ungraded;
every tenth document begins an origin that two of the next three repeat; each claim cites documents
of its time, so that copies meet on one claim; reports per claim are geometric, 10 on average.

Rows are made by the server from columns that come by COPY. Triggers and foreign keys sleep
meanwhile (session_replication_role), check constraints do not; secondary indexes are dropped and
built again at the end, and tables are analysed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection, transaction

from core.wire import write_rows

BLOCK = 1_000_000
TABLES = (
    "sources_source",
    "sources_sourcegrade",
    "sources_document",
    "sources_storedobject",
    "sources_snapshot",
    "sources_origin",
    "sources_derivation",
    "claims_claim",
    "claims_evidence",
)
DEFAULTS = {
    "character varying": "''",
    "text": "''",
    "jsonb": "'[]'",
    "boolean": "false",
    "uuid": "gen_random_uuid()",
    "timestamp with time zone": "now()",
}
Columns = Mapping[str, npt.NDArray[Any]]


@dataclass(frozen=True)
class Size:
    claims: int
    reports: int
    sources: int
    seed: int

    @property
    def documents(self) -> int:
        """Each is cited twice on average."""
        return max(self.reports // 2, 50)


def fill(size: Size) -> None:
    """Everything of SIZE, as the superuser of an embedded server, in one go."""
    chance = np.random.default_rng(size.seed)
    with transaction.atomic(), _sleeping_guards(), _without_indexes():
        with connection.cursor() as cursor:  # what is written to an emptied table needs no log
            cursor.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")
        _sources(size, chance)
        _documents(size, chance)
        _claims(size, chance)
        _reports(size, chance)
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"VACUUM ANALYZE {table}")


@contextmanager
def _sleeping_guards() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            yield
        finally:
            cursor.execute("SET session_replication_role = origin")


@contextmanager
def _without_indexes() -> Iterator[None]:
    """Primary keys stay: rows come in their order."""
    uniques = """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
                   FROM pg_constraint WHERE contype = 'u' AND conrelid::regclass::text = ANY(%s)"""
    plain = """SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
                WHERE i.indrelid::regclass::text = ANY(%s) AND NOT i.indisprimary"""
    with connection.cursor() as cursor:
        cursor.execute(uniques, [list(TABLES)])
        constraints = cursor.fetchall()
        for table, name, _ in constraints:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        cursor.execute(plain, [list(TABLES)])
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
        yield
        for _, definition in indexes:
            cursor.execute(definition)
        for table, name, definition in constraints:
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')


def _insert(table: str, given: Mapping[str, str], columns: Columns) -> None:
    """Rows of TABLE from COLUMNS, with GIVEN expressions over them (`n` is the primary key)."""
    kinds = {name: np.asarray(column).dtype.str[1:] for name, column in columns.items()}
    types = {"i8": "bigint", "i4": "integer", "i2": "smallint", "f8": "double precision"}
    shape = ", ".join(f"{name} {types[kind]}" for name, kind in kinds.items())
    expressions = {**_plain_values(table), "id": "n", **given}
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS made; CREATE TEMPORARY TABLE made ({shape})")
        for start in range(0, len(columns["n"]), BLOCK):
            cursor.execute("TRUNCATE made")
            part = {name: column[start : start + BLOCK] for name, column in columns.items()}
            write_rows("made", kinds, part)
            cursor.execute(
                f"INSERT INTO {table} ({', '.join(expressions)}) "  # noqa: S608  # our own words
                f"SELECT {', '.join(expressions.values())} FROM made"
            )
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), %s)", [int(columns["n"][-1])]
        )


def _plain_values(table: str) -> dict[str, str]:
    """A value for every column that must have one and has no default."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT column_name, data_type FROM information_schema.columns
                WHERE table_name = %s AND is_nullable = 'NO' AND column_default IS NULL
                  AND is_identity = 'NO'""",
            [table],
        )
        return {name: DEFAULTS.get(kind, "0") for name, kind in cursor.fetchall()}


def _numbered(count: int) -> npt.NDArray[np.int64]:
    return np.arange(1, count + 1, dtype=np.int64)


def _pick(words: str, column: str) -> str:
    """SQL: the word of a list, by a column of places from 1."""
    return f"(string_to_array('{words}', ' '))[{column}]"


def _advance(sequence: str, value: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(%s, %s)", [sequence, value])


def _sources(size: Size, chance: np.random.Generator) -> None:
    numbers = _numbered(size.sources)
    owned = (chance.random(size.sources) < 0.1) & (numbers > size.sources // 200 + 1)
    owner = np.where(owned, chance.integers(1, size.sources // 200 + 2, size.sources), 0)
    _insert(
        "sources_source",
        {
            "number": "n",
            "name": "'Source ' || n",
            "kind": "'outlet'",
            "safety": "'public'",
            "owner_id": "NULLIF(owner, 0)",
        },
        {"n": numbers, "owner": owner},
    )
    _advance("sources_source_number", size.sources)
    graded = numbers[chance.random(size.sources) < 0.67]
    grade = chance.choice(6, len(graded), p=[0.1, 0.25, 0.25, 0.2, 0.05, 0.15]) + 1
    _insert(
        "sources_sourcegrade",
        {"source_id": "source", "grade": _pick("A B C D E F", "grade"), "rationale": "'drawn'"},
        {"n": _numbered(len(graded)), "source": graded, "grade": grade},
    )


def _documents(size: Size, chance: np.random.Generator) -> None:
    numbers = _numbered(size.documents)
    source = chance.zipf(1.2, size.documents) % size.sources + 1
    source[chance.random(size.documents) < 0.02] = 0
    minutes = numbers * 5 + chance.integers(0, 20_000, size.documents)
    _insert(
        "sources_document",
        {
            "number": "n",
            "address": "'https://source-' || source || '.example.org/' || n",
            "address_digest": "lpad(to_hex(n), 64, '0')",
            "lookup_key": "'org,example,source-' || source || ')/' || n",
            "source_id": "NULLIF(source, 0)",
            "title": "'Report number ' || n || ' of an event in the news'",
            "published_at": "timestamptz '2000-01-01' + minutes * interval '1 second'",
            "kind": "'article'",
            "language": "'en'",
        },
        {"n": numbers, "source": source, "minutes": minutes},
    )
    _advance("sources_document_number", size.documents)
    _copies_of_documents(numbers)
    _origins(numbers, chance)


def _copies_of_documents(numbers: npt.NDArray[np.int64]) -> None:
    _insert(
        "sources_storedobject",
        {"sha256": "lpad(to_hex(n), 64, '0')", "size": "50000", "media_type": "'application/warc'"},
        {"n": numbers},
    )
    _insert(
        "sources_snapshot",
        {
            "number": "n",
            "document_id": "n",
            "reason": "'user'",
            "state": "'sealed'",
            "outcome": "CASE WHEN n % 33 = 0 THEN 'http_error' ELSE 'ok' END",
            "http_status": "200",
            "media_type": "'text/html'",
            "warc_id": "n",
            "payload_sha256": "lpad(to_hex(n), 64, '0')",
            "sealed_at": "now()",
        },
        {"n": numbers},
    )
    _advance("sources_snapshot_number", len(numbers))


def _origins(numbers: npt.NDArray[np.int64], chance: np.random.Generator) -> None:
    firsts = numbers[numbers % 10 == 0][:-1]
    _insert("sources_origin", {"first_document_id": "first"}, {"n": firsts // 10, "first": firsts})
    copies = (firsts[:, None] + np.arange(1, 4)).ravel()
    copies = copies[chance.random(len(copies)) < 2 / 3]
    state = chance.choice(3, len(copies), p=[0.3, 0.6, 0.1]) + 1
    _insert(
        "sources_derivation",
        {
            "document_id": "document",
            "origin_id": "document / 10",
            "method": "'drawn'",
            "state": _pick("proposed confirmed rejected", "state"),
        },
        {"n": _numbered(len(copies)), "document": copies, "state": state},
    )


def _claims(size: Size, chance: np.random.Generator) -> None:
    kinds = "control occurrence attribution quantity quote media_authenticity other"
    _insert(
        "claims_claim",
        {
            "number": "n",
            "sentence": "'Event number ' || n || ' happened as it was said to have happened'",
            "language": "'en'",
            "kind": _pick(kinds, "kind"),
            "time_precision": "'vague'",
            "sensitivity": "'normal'",
            "status": "'unverified'",
            "stage": "'open'",
            "publication": "'published'",
            "translations": "'{}'",
            "version": "1",
        },
        {"n": _numbered(size.claims), "kind": chance.integers(1, 8, size.claims)},
    )
    _advance("claims_claim_number", size.claims)


def _reports(size: Size, chance: np.random.Generator) -> None:
    weight = chance.exponential(size=size.claims)
    extra = chance.multinomial(size.reports - size.claims, weight / weight.sum())
    counts = np.minimum(extra + 1, 200)
    claim = np.repeat(_numbered(size.claims), counts)
    place = np.arange(len(claim)) - np.repeat(np.cumsum(counts) - counts, counts)
    _insert(
        "claims_evidence",
        {
            "claim_id": "claim",
            "position": "place",
            "document_id": "document",
            "snapshot_id": "NULLIF(copy, 0)",
            "stance": _pick("supports contradicts context", "stance"),
            "directness": _pick(
                "first_hand_visual first_hand_witness official_statement reporting aggregation",
                "directness",
            ),
            "credibility": "NULLIF(credibility, 0)",
            "alignment": _pick("neutral self_serving against_interest", "alignment"),
            "alignment_basis": "'derived'",
            "visual_checked_at": "CASE WHEN directness = 1 AND n % 2 = 0 THEN now() END",
            "quote": "'the words that were quoted from it'",
            "quote_digest": "lpad(to_hex(n), 64, '0')",
            "quote_state": "'unchecked'",
            "added_at": "timestamptz '2020-01-01' + n * interval '1 second'",
            "withdrawn_at": "CASE WHEN fate = 1 THEN now() END",
            "withdrawn_reason": "CASE WHEN fate = 1 THEN 'filed by mistake' ELSE '' END",
            "resolution": "CASE WHEN fate = 2 THEN 'mistaken' ELSE '' END",
            "resolution_text": "CASE WHEN fate = 2 THEN 'looked into' ELSE '' END",
        },
        {
            "n": _numbered(len(claim)),
            "claim": claim,
            "place": place + 1,
            **_said(_cited(size, claim, chance), chance),
        },
    )


def _cited(
    size: Size, claim: npt.NDArray[np.int64], chance: np.random.Generator
) -> npt.NDArray[np.int64]:
    """Documents of the time of the claim: out of 40, which its neighbours cite as well."""
    middle = claim * size.documents // size.claims
    return (middle + chance.integers(-20, 20, len(claim))) % size.documents + 1


def _said(document: npt.NDArray[np.int64], chance: np.random.Generator) -> Columns:
    def drawn(shares: list[float]) -> npt.NDArray[np.int16]:
        return (chance.choice(len(shares), len(document), p=shares) + 1).astype(np.int16)

    return {
        "document": document,
        "copy": np.where(chance.random(len(document)) < 0.02, 0, document),
        "stance": drawn([0.72, 0.23, 0.05]),
        "directness": drawn([0.08, 0.12, 0.15, 0.5, 0.15]),
        "credibility": drawn([0.5, 0.05, 0.15, 0.15, 0.08, 0.04, 0.03]) - 1,
        "alignment": drawn([0.8, 0.15, 0.05]),
        "fate": drawn([0.01, 0.01, 0.98]),
    }

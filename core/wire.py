"""PostgreSQL's binary COPY to and from numpy, for rows of whole numbers and floats without NULL.

Such rows have one length, so that a block of them is an array as it comes: 16-bit count of fields,
then a 32-bit length before each value, all big-endian
(https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.4). A time is a count of
microseconds since 2000.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from django.db import connection
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGconn

Columns: TypeAlias = Mapping[str, str]
"""numpy type of each column in order: i2, i4, i8 or f8, as the types of the query."""

Rows: TypeAlias = npt.NDArray[np.void]

_HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_TRAILER = b"\xff\xff"
_BLOCK = 65_536
_AMISS = "The query has a NULL, or a column of another type than was said."


def read_rows(query: str, columns: Columns, parameters: Mapping[str, Any] | None = None) -> Rows:
    """The rows of QUERY as a structured array in the machine's byte order."""
    native = np.dtype([(name, kind) for name, kind in columns.items()])
    blocks = [_native(block, native) for block in _blocks(query, columns, parameters)]
    return np.concatenate(blocks) if len(blocks) > 1 else blocks[0]


def among(column: str, ids: npt.NDArray[np.int64], *, others: bool = False) -> str:
    """SQL: COLUMN holds one of these numbers; with OTHERS, perhaps one that lies between them.

    The numbers are written out, and a run of them as its ends: to pass many thousand as a parameter
    takes longer than to read their rows.
    """
    if not len(ids):
        return "false"
    wanted = np.sort(ids)  # np.unique hashes, which takes ten times as long
    wanted = wanted[np.append(True, wanted[1:] != wanted[:-1])]
    first, last = int(wanted[0]), int(wanted[-1])
    room = last - first + 1
    if len(wanted) == room or (others and 2 * len(wanted) >= room):
        return f"{column} BETWEEN {first} AND {last}"
    return f"{column} = ANY('{{{','.join(map(str, wanted.tolist()))}}}'::bigint[])"


def _native(block: Rows, kind: np.dtype[np.void]) -> Rows:
    """Without the lengths between the values, which would double what many rows take."""
    rows = np.empty(len(block), dtype=kind)
    for name in kind.names or ():
        rows[name] = block[name]
    return rows


def write_rows(table: str, columns: Columns, values: Mapping[str, npt.NDArray[Any]]) -> None:
    """Add rows to TABLE, whose named columns have these types."""
    names = ", ".join(columns)
    count = len(next(iter(values.values())))
    with (
        connection.cursor() as cursor,
        cursor.cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)") as copy,
    ):
        copy.write(_HEADER)
        for start in range(0, count, _BLOCK):
            part = {name: column[start : start + _BLOCK] for name, column in values.items()}
            copy.write(_packed(columns, part).tobytes())
        copy.write(_TRAILER)


def _blocks(query: str, columns: Columns, parameters: Mapping[str, Any] | None) -> Iterator[Rows]:
    shape = _wire_type(columns)
    rest, at_start = b"", True
    for data in _messages(query, parameters):
        whole = rest + data
        if at_start:
            whole, at_start = whole[len(_HEADER) :], False
        count = len(whole) // shape.itemsize
        block = np.frombuffer(whole, dtype=shape, count=count)
        _check(block, columns)
        yield block
        rest = whole[count * shape.itemsize :]
    if rest != _TRAILER:
        raise ValueError(_AMISS)


def _messages(query: str, parameters: Mapping[str, Any] | None) -> Iterator[bytes]:
    """What comes, many rows at a time, from libpq: psycopg's own loop takes ten times as long."""
    libpq, statement = _prepared(query, parameters)
    begun = libpq.exec_(statement.encode())
    if begun.status != ExecStatus.COPY_OUT:
        raise error_from_result(begun)
    try:
        yield from _joined(libpq)
    except BaseException:
        connection.close()  # what was not read would be the next query's answer
        raise
    while (ended := libpq.get_result()) is not None:
        if ended.status != ExecStatus.COMMAND_OK:
            raise error_from_result(ended)


def _prepared(query: str, parameters: Mapping[str, Any] | None) -> tuple[PGconn, str]:
    copy = f"COPY ({query}) TO STDOUT (FORMAT BINARY)"
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")  # begins the transaction where one is due
        raw = cursor.cursor
        return raw.connection.pgconn, raw.mogrify(copy, parameters) if parameters else copy


def _joined(libpq: PGconn) -> Iterator[bytes]:
    """Messages come one a row."""
    waiting: list[bytes] = []
    receive, keep = libpq.get_copy_data, waiting.append
    size, data = receive(0)
    while size > 0:
        keep(bytes(data))
        if len(waiting) >= _BLOCK:
            yield b"".join(waiting)
            waiting.clear()
        size, data = receive(0)
    yield b"".join(waiting)


def _check(block: Rows, columns: Columns) -> None:
    """Each row has the shape that was said; a NULL would have no length."""
    sound = (block["fields"] == len(columns)).all() and all(
        (block[f"length of {name}"] == np.dtype(kind).itemsize).all()
        for name, kind in columns.items()
    )
    if not sound:
        raise ValueError(_AMISS)


def _wire_type(columns: Columns) -> np.dtype[np.void]:
    fields: list[tuple[str, str]] = [("fields", ">i2")]
    for name, kind in columns.items():
        fields += [(f"length of {name}", ">i4"), (name, f">{kind}")]
    return np.dtype(fields)


def _packed(columns: Columns, values: Mapping[str, npt.NDArray[Any]]) -> Rows:
    rows = np.empty(len(next(iter(values.values()))), dtype=_wire_type(columns))
    rows["fields"] = len(columns)
    for name, kind in columns.items():
        rows[f"length of {name}"] = np.dtype(kind).itemsize
        rows[name] = values[name]
    return rows

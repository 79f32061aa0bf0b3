"""Many new rows with one statement, without an expression for each of their values."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection, models

# The table itself says how its columns are read from JSON.
_INSERT = """
INSERT INTO {table} ({columns})
SELECT {columns} FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb)
RETURNING {key}
"""


def insert_rows(rows: Sequence[models.Model]) -> None:
    """Write ROWS, new ones of one table, in this order, and tell them their keys.

    What `bulk_create` does at several times the cost. Each value must read as JSON does, or be a
    moment or a word; columns whose default is the database's are not for this.
    """
    if not rows:
        return
    names, statement = _statement(type(rows[0]))
    values = [{name: getattr(row, name) for name in names} for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(statement, [as_json(values)])
        keys = cursor.fetchall()
    for row, (key,) in zip(rows, keys, strict=True):
        row.pk = key


@cache
def _statement(model: type[models.Model]) -> tuple[tuple[str, ...], str]:
    meta = model._meta  # noqa: SLF001  # public in spite of its name
    fields = [field for field in meta.concrete_fields if not field.primary_key]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    statement = _INSERT.format(table=meta.db_table, columns=columns, key=meta.pk.column)
    return tuple(field.attname for field in fields), statement


def as_json(values: Any) -> str:
    """VALUES as PostgreSQL reads them from JSON: moments as ISO 8601, other words as text."""
    return json.dumps(values, default=_as_text)


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)

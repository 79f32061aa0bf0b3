"""How tests that commit leave an empty database behind, quickly."""

from __future__ import annotations

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

# `flush` would have migrations' signals write the same rows anew.
KEPT = {"django_content_type", "auth_permission"}


def empty_tables() -> None:
    """Delete what was committed, append-only rows too.

    `flush` truncates all tables and makes some hundred files anew, whoever wrote three rows. The
    owner of tables may switch their triggers off; replica mode is for superusers alone.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        filled = _filled(cursor)
        off, empty, on = (
            [statement.format(table) for table in filled]
            for statement in (
                "ALTER TABLE {} DISABLE TRIGGER USER",
                "DELETE FROM {}",
                "ALTER TABLE {} ENABLE TRIGGER USER",
            )
        )
        if filled:
            cursor.execute("; ".join([*off, *empty, "SET CONSTRAINTS ALL IMMEDIATE", *on]))


def _filled(cursor: CursorWrapper) -> list[str]:
    """Names, quoted, of the tables that have rows."""
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    quoted = [connection.ops.quote_name(name) for name in names if name not in KEPT]
    cursor.execute(
        " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in quoted)
    )
    return [name for (name,) in cursor.fetchall()]

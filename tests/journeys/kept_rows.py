"""Keep the database's rows under a name and bring them back: a story is played once, not per test.

The copies lie in a schema of their own in the tests' database and go with it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection, transaction

# What migrations fill, not people.
LEFT_ALONE = frozenset({"django_migrations", "django_content_type", "auth_permission"})


class NotForTestsError(AssertionError):
    """The database is not one of those that Django makes for tests."""


def keep_rows(name: str) -> None:
    """Copy every row and every sequence's place to the schema NAME."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {name} CASCADE")
        cursor.execute(f"CREATE SCHEMA {name}")
        for table in _tables():
            cursor.execute(f"CREATE TABLE {name}.{table} AS TABLE public.{table}")
        cursor.execute(
            f"CREATE TABLE {name}.places_of_sequences AS "
            "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"
        )


def bring_back(name: str) -> None:
    """Put the rows of keep_rows(NAME) in the place of whatever is there."""
    with transaction.atomic(), _no_triggers(_tables()), connection.cursor() as cursor:
        _empty(_tables())
        for table in _tables():
            cursor.execute(f"INSERT INTO public.{table} SELECT * FROM {name}.{table}")
        # Foreign keys are checked at the commit, but triggers change back only after that check.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "SELECT setval(sequencename::regclass, coalesce(last_value, 1), "
            f"last_value IS NOT NULL) FROM {name}.places_of_sequences"
        )


def forget_everything() -> None:
    """Empty every table and let every sequence begin anew."""
    with transaction.atomic(), _no_triggers(_tables()), connection.cursor() as cursor:
        _empty(_tables())
        cursor.execute(
            "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false) "
            "FROM pg_sequences WHERE schemaname = 'public'"
        )


def wait_alone() -> None:
    """Until the threads of a server that was stopped have left the database, at most 5 seconds."""
    until = time.monotonic() + 5
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            if cursor.fetchone()[0] == 0:
                return
            time.sleep(0.05)


def _empty(tables: Sequence[str]) -> None:
    name = str(connection.settings_dict["NAME"])
    if not name.startswith("test_"):
        raise NotForTestsError(f"{name} is somebody's database. Nothing was emptied.")
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(tables)}")


@contextmanager
def _no_triggers(tables: Sequence[str]) -> Iterator[None]:
    """The owner of the tables may switch their triggers, which protect history, off and on."""
    _switch_triggers(tables, "DISABLE")
    yield
    _switch_triggers(tables, "ENABLE")


def _switch_triggers(tables: Sequence[str], how: str) -> None:
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE public.{table} {how} TRIGGER USER")


def _tables() -> list[str]:
    return [
        connection.ops.quote_name(table)
        for table in sorted(connection.introspection.table_names())
        if table not in LEFT_ALONE
    ]

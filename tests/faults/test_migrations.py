"""No migration of ours rewrites a table of evidence: with a million rows that locks for minutes."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

EVIDENCE = (
    "sources_storedobject", "sources_snapshot", "sources_fetchhop", "sources_artifact",
    "audit_auditevent", "audit_checkpoint", "audit_timestamptoken",
)  # fmt: skip
# Until the first release nobody has rows in these.
FIRST = {"sources": "0003_archiving", "audit": "0002_"}
REWRITES = re.compile(
    r"ALTER COLUMN \S+ (?:SET DATA )?TYPE|ALTER COLUMN \S+ SET NOT NULL|SET TABLESPACE"
    r"|DEFAULT (?:now\(\)|gen_random_uuid\(\)|nextval|statement_timestamp|clock_timestamp)"
    r"|^UPDATE ",
    re.IGNORECASE,
)


def statements_that_rewrite(sql: str) -> list[str]:
    """Statements of SQL that read and write every row of a table of evidence."""
    return [
        line
        for line in sql.splitlines()
        if REWRITES.search(line) and any(f'"{table}"' in line for table in EVIDENCE)
    ]


def migrations() -> list[tuple[str, str]]:
    loader = MigrationLoader(None)
    return sorted(
        (app, name)
        for app, name in loader.disk_migrations
        if app in FIRST and name > FIRST[app] and not name.startswith(FIRST[app])
    )


@pytest.mark.django_db
@pytest.mark.fault(82)
def test_no_later_migration_rewrites_evidence() -> None:
    assert migrations()
    for app, name in migrations():
        out = StringIO()
        call_command("sqlmigrate", app, name, stdout=out)
        assert statements_that_rewrite(out.getvalue()) == [], f"{app} {name}"


@pytest.mark.fault(82)
@pytest.mark.parametrize(
    ("sql", "is_rewriting"),
    [
        ('ALTER TABLE "sources_snapshot" ALTER COLUMN "fence" TYPE numeric;', True),
        ('ALTER TABLE "sources_snapshot" ADD COLUMN "x" uuid DEFAULT gen_random_uuid();', True),
        ('UPDATE "sources_snapshot" SET "flags" = \'[]\';', True),
        ('ALTER TABLE "sources_snapshot" ADD COLUMN "x" text DEFAULT \'\' NOT NULL;', False),
        ('ALTER TABLE "sources_hostpolicy" ALTER COLUMN "host" TYPE text;', False),
    ],
)
def test_the_rule_knows_a_rewrite(sql: str, is_rewriting: bool) -> None:
    assert bool(statements_that_rewrite(sql)) is is_rewriting


@pytest.mark.django_db
@pytest.mark.fault(82)
@pytest.mark.parametrize(
    ("change", "is_rewriting"),
    [("ADD COLUMN extra text NOT NULL DEFAULT ''", False), ("ALTER fence TYPE numeric", True)],
)
def test_postgresql_agrees_with_the_rule(change: str, is_rewriting: bool) -> None:
    """A table that is rewritten lies in another file afterwards."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE kept (fence bigint)")
        cursor.execute("SELECT pg_relation_filenode('kept')")
        before = cursor.fetchone()
        cursor.execute(f"ALTER TABLE kept {change}")
        cursor.execute("SELECT pg_relation_filenode('kept')")
        assert (cursor.fetchone() != before) is is_rewriting

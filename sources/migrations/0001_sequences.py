from __future__ import annotations

from django.db import migrations

NAMES = ("source", "document", "snapshot")


class Migration(migrations.Migration):
    """Sequences of the permanent public numbers."""

    dependencies: list[tuple[str, str]] = []

    operations = [
        migrations.RunSQL(
            f"CREATE SEQUENCE sources_{name}_number", f"DROP SEQUENCE sources_{name}_number"
        )
        for name in NAMES
    ]

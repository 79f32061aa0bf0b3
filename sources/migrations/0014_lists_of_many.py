from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Indexes without which a page of sources, and the count of damaged objects, read them all."""

    dependencies = [
        ("sources", "0013_side_ended_because"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="source",
            index=models.Index(fields=["name", "number"], name="source_by_name"),
        ),
        migrations.AddIndex(
            model_name="fixitycheck",
            index=models.Index(
                condition=models.Q(("ok", False)), fields=["stored"], name="fixity_failed"
            ),
        ),
    ]

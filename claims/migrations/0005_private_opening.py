"""Sentences of claims that are not public, by how they begin: so that a public text names none."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models.functions import Left, Lower


class Migration(migrations.Migration):
    dependencies = [
        ("claims", "0004_room_for_scores"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(
                Lower(Left("sentence", 10)),
                condition=models.Q(("publication", "published"), _negated=True),
                name="claim_private_opening",
            ),
        ),
    ]

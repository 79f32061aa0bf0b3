from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import CombinedSearchVector, SearchConfig, SearchVector
from django.db import migrations, models

SAID = ("sentence", "finding")


class Migration(migrations.Migration):
    """Indexes without which a search and the list of claims read every claim there is."""

    dependencies = [
        ("claims", "0005_private_opening"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", True)),
                fields=["-changed_at", "-number"],
                name="claim_changed",
            ),
        ),
        migrations.AddIndex(
            model_name="claim",
            index=GinIndex(
                CombinedSearchVector(
                    CombinedSearchVector(
                        SearchVector(*SAID, config="simple"),
                        "||",
                        SearchVector(*SAID, config="english"),
                        SearchConfig("simple"),
                    ),
                    "||",
                    SearchVector(*SAID, config="arabic"),
                    SearchConfig("simple"),
                ),
                name="claim_words",
            ),
        ),
    ]

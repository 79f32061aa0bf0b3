from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import CombinedSearchVector, SearchConfig, SearchVector
from django.db import migrations, models

SAID = ("sentence", "finding")


class Migration(migrations.Migration):
    """Indexes without which a search and the list of claims read every claim there is.

    They make a row that leaves its page dearer, so that each page keeps a little more room for the
    first scores: a claim grows by 24 bytes with them.
    """

    dependencies = [
        ("claims", "0005_private_opening"),
    ]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE claims_claim SET (fillfactor = 45)",
            "ALTER TABLE claims_claim SET (fillfactor = 50)",
        ),
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
                fastupdate=False,
            ),
        ),
    ]

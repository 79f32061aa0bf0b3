from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """`assessment_newest` begins with the claim: a second index was only written."""

    dependencies = [
        ("claims", "0004_room_for_scores"),
        ("verification", "0008_told_of_groups"),
    ]

    operations = [
        migrations.AlterField(
            model_name="assessment",
            name="claim",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="assessments",
                to="claims.claim",
            ),
        ),
    ]

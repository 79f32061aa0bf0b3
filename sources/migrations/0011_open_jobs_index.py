from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sources", "0010_connections")]

    operations = [
        migrations.AddIndex(
            model_name="artifactjob",
            index=models.Index(
                fields=["state", "id"],
                name="job_open",
                condition=models.Q(state__in=["pending", "running", "failed"]),
            ),
        ),
    ]

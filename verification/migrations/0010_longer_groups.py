from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("verification", "0009_one_index_less"),
    ]

    operations = [
        migrations.AlterField(
            model_name="settledreport",
            name="group",
            field=models.CharField(
                help_text="Key of the model's groups, as it was then.", max_length=260
            ),
        ),
    ]

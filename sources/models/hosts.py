from __future__ import annotations

from django.db import models


class HostPolicy(models.Model):
    """How gently one host is asked, shared by all workers: the database keeps the appointments."""

    host = models.CharField(max_length=255, unique=True)
    next_allowed_at = models.DateTimeField(null=True, blank=True)
    min_interval = models.DurationField(
        null=True, blank=True, help_text="Between two requests; empty: the setting."
    )
    backoff_until = models.DateTimeField(
        null=True, blank=True, help_text="The host asked for a pause, or failed often."
    )
    fail_streak = models.PositiveIntegerField(default=0)
    robots = models.TextField(blank=True, help_text="robots.txt as it was read, at most 512 KiB.")
    robots_status = models.PositiveSmallIntegerField(null=True, blank=True)
    robots_error = models.CharField(max_length=60, blank=True)
    robots_fetched_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["host"]

"""Where a worker can die on the way from a request to stamped evidence, in the order of the way.

The number is how long, in seconds, the product then waits at most before it begins again: until a
lease, or the time in which somebody was to do it, has run out, and the next sweep looks. Tests and
benchmarks shorten these waits to a second (`SHORT_WAITS`), so that hundreds of deaths take minutes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from unittest import mock

LEASE, SWEEP, ARTIFACTS, A_MINUTE = 90, 5, 15, 60

POINTS = {
    "claimed": LEASE + SWEEP,
    "in the body": LEASE + SWEEP,
    "staged, not hashed": LEASE + SWEEP,
    "object half put": LEASE + SWEEP,
    "object put, no row": LEASE + SWEEP,
    "row written, not committed": LEASE + SWEEP,
    "committed, no message sent": A_MINUTE + ARTIFACTS,
    "committed, not acknowledged": 0,
    "reading the text": LEASE + ARTIFACTS,
    "text read, not kept": LEASE + ARTIFACTS,
    "text kept, not cited": A_MINUTE + A_MINUTE,
    "record hashed, no stamp owed": A_MINUTE,
    "stamp given, not kept": 2 * A_MINUTE + A_MINUTE,
}

# Those that the process which captures in batches passes; what follows is done by others.
IN_BATCHES = tuple(POINTS)[:8]

SHORT = timedelta(seconds=1)
# What waits a minute or two in the product; leases are a setting (CAPTURE_LEASE_SECONDS).
SHORT_WAITS = (
    ("sources.services.capture.SEND_AGAIN_AFTER", SHORT),
    ("sources.services.artifacts.SEND_AGAIN_AFTER", SHORT),
    ("sources.services.stamp_rows.TAKEN_FOR", SHORT),
    ("verification.services.snapshots.SEND_AGAIN_AFTER", SHORT),
)


@contextmanager
def short_waits() -> Iterator[None]:
    """Let what was left undone be due again after a second instead of a minute or two."""
    with ExitStack() as patches:
        for name, value in SHORT_WAITS:
            patches.enter_context(mock.patch(name, value))
        yield

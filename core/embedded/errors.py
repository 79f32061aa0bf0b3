from __future__ import annotations


class EmbeddedServerError(Exception):
    """An embedded server cannot run here; the message says why and what to do."""

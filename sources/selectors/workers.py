"""Which worker made a copy, as strangers may know it (docs/decisions/0011)."""

from __future__ import annotations

from django.utils.crypto import salted_hmac

_LETTERS = 12


def worker_label(worker: str) -> str:
    """A name for the machine of WORKER ("host:process") that tells nothing of it; "" for nobody.

    The same machine has the same label for as long as SECRET_KEY is the same, so that copies of one
    machine are known as such. Without the key nobody finds the host's name by trying names.
    """
    host = worker.rpartition(":")[0]
    if not host:
        return ""
    digest = salted_hmac("sources.worker", host, algorithm="sha256").hexdigest()
    return f"worker-{digest[:_LETTERS]}"

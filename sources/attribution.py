"""Which source an address belongs to: candidates from the most to the least specific. Pure."""

from __future__ import annotations

from urllib.parse import urlsplit


def attribution_keys(address: str) -> tuple[str, ...]:
    """Keys to look up for a canonical address, most specific first.

    https://t.me/s/front/12 gives t.me/s/front/12, t.me/s/front, t.me/s, t.me; parent domains
    follow as long as two labels are left. A port other than the scheme's own is part of the host.
    """
    parts = urlsplit(address.lower())
    host = parts.netloc.rpartition("@")[2]
    segments = [segment for segment in parts.path.split("/") if segment]
    paths = ["/".join([host, *segments[:count]]) for count in range(len(segments), 0, -1)]
    return (*paths, *_with_parents(host))


def _with_parents(host: str) -> list[str]:
    if ":" in host or host.replace(".", "").isdigit():
        return [host]
    labels = host.split(".")
    return [".".join(labels[start:]) for start in range(max(1, len(labels) - 1))]

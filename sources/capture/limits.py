"""How much a capture may take. Every number is a limit of one capture unless it says otherwise."""

from __future__ import annotations

from dataclasses import dataclass

KIB = 1024
MIB = 1024 * KIB


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of the fetch; seconds are of the monotonic clock, sizes are bytes."""

    dns_seconds: float = 5.0
    connect_seconds: float = 10.0
    tls_seconds: float = 10.0
    first_byte_seconds: float = 20.0
    header_seconds: float = 20.0
    hop_seconds: float = 60.0
    total_seconds: float = 120.0
    min_rate: int = KIB  # bytes a second, over any `rate_seconds`
    rate_seconds: float = 15.0
    header_bytes: int = 64 * KIB
    header_lines: int = 256
    interim_responses: int = 10
    redirects: int = 10
    body_bytes: int = 25 * MIB
    media_bytes: int = 100 * MIB  # for PDF, pictures, sound and video
    decoded_bytes: int = 100 * MIB
    decoded_ratio: int = 200
    ratio_from_bytes: int = MIB  # short pages may compress better than the ratio

    def body_limit(self, media_type: str) -> int:
        family = media_type.partition("/")[0]
        is_media = family in {"image", "audio", "video"} or media_type == "application/pdf"
        return self.media_bytes if is_media else self.body_bytes


@dataclass(frozen=True, slots=True)
class ExtractionLimits:
    """Limits of the child process that reads a page's text."""

    memory_bytes: int = 1024 * MIB
    cpu_seconds: int = 20
    wall_seconds: float = 25.0
    input_bytes: int = 20 * MIB
    text_characters: int = 2_000_000
    pdf_pages: int = 500


@dataclass(frozen=True, slots=True)
class PictureLimits:
    """Limits of the browser that takes the picture of a page; seconds are of the wall clock."""

    total_seconds: float = 30.0
    load_seconds: float = 12.0  # then the page is stopped, and pictured as far as it is
    settle_seconds: float = 0.7
    connect_seconds: float = 10.0
    dns_seconds: float = 5.0
    requests: int = 150
    received_bytes: int = 100 * MIB
    header_bytes: int = 64 * KIB
    memory_bytes: int = 2048 * MIB  # of all the browser's processes together
    width: int = 1280
    window_height: int = 900
    height: int = 16_384
    picture_bytes: int = 40 * MIB

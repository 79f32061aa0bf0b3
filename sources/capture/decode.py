"""Content-Encoding undone in small steps, so that no page can make us hold more than a step."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from sources.capture.limits import Limits

_STEP = 64 * 1024
_GZIP_MAGIC = b"\x1f\x8b"
_GZIP_WINDOW = 31
PLAIN = frozenset({"", "identity"})


class Decoder:
    """Undo gzip incrementally; `error` says what was wrong, what could be read is given out.

    `error` is one of: "" (none), bad_gzip, gzip_truncated, trailing_junk, not_gzip,
    unsupported_encoding, decoded_too_large.
    """

    def __init__(self, encoding: str, limits: Limits) -> None:
        self._limits = limits
        self._is_gzip = encoding in {"gzip", "x-gzip"}
        self._gzip: zlib._Decompress | None = None
        self.error = "" if self._is_gzip or encoding in PLAIN else "unsupported_encoding"
        self._is_stopped = bool(self.error)
        self.encoded_bytes = 0
        self.decoded_bytes = 0

    @property
    def is_too_large(self) -> bool:
        return self.error == "decoded_too_large"

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what DATA decodes to, in steps of at most 64 KiB."""
        if self._is_stopped or not data:
            return
        if self._is_gzip and not self.encoded_bytes and not self._begins_like_gzip(data):
            self._is_gzip, self.error = False, "not_gzip"
        self.encoded_bytes += len(data)
        for step in self._inflated(data) if self._is_gzip else (data,):
            self.decoded_bytes += len(step)
            if self._is_over_limit():
                self._stop("decoded_too_large")
                return
            yield step

    def finish(self) -> None:
        """Note a gzip stream that ended too early."""
        if self._is_gzip and not self._is_stopped and self._gzip and not self._gzip.eof:
            self.error = self.error or "gzip_truncated"

    @staticmethod
    def _begins_like_gzip(data: bytes) -> bool:
        return _GZIP_MAGIC.startswith(data[:2])

    def _inflated(self, data: bytes) -> Iterator[bytes]:
        while data and not self._is_stopped:
            if self._gzip is None or self._gzip.eof:
                self._gzip = zlib.decompressobj(_GZIP_WINDOW)
            try:
                step = self._gzip.decompress(data, _STEP)
            except zlib.error:
                self._stop("bad_gzip")
                return
            if step:
                yield step
            data = self._next_input(self._gzip)

    def _next_input(self, gzip: zlib._Decompress) -> bytes:
        if not gzip.eof:
            return gzip.unconsumed_tail
        if gzip.unused_data and not self._begins_like_gzip(gzip.unused_data):
            self._stop("trailing_junk")
        return gzip.unused_data

    def _is_over_limit(self) -> bool:
        limits = self._limits
        if self.decoded_bytes > limits.decoded_bytes:
            return True
        is_judged = self.decoded_bytes > limits.ratio_from_bytes
        return is_judged and self.decoded_bytes > self.encoded_bytes * limits.decoded_ratio

    def _stop(self, error: str) -> None:
        self.error = error
        self._is_stopped = True


def decoded(pieces: Iterator[bytes], decoder: Decoder) -> Iterator[bytes]:
    """Yield the decoded form of a whole body."""
    for piece in pieces:
        yield from decoder.feed(piece)
    decoder.finish()

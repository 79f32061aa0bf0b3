"""Files that people send: on the disk while they come in, and no larger than agreed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import TemporaryFileUploadHandler


class BoundedUpload(TemporaryFileUploadHandler):
    """Refuses a request that is too large before any of it is kept, and while it comes in.

    A form is read before anybody knows who sent it, so this bound is for everybody.
    """

    received = 0

    def handle_raw_input(
        self, input_data: Any, meta: dict[str, str], content_length: int, *rest: Any
    ) -> None:
        self._refuse(content_length)
        super().handle_raw_input(input_data, meta, content_length, *rest)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.received += len(raw_data)
        self._refuse(self.received)
        return super().receive_data_chunk(raw_data, start)

    @staticmethod
    def _refuse(size: int) -> None:
        if size > settings.MOST_UPLOAD_BYTES:
            most = settings.MOST_UPLOAD_BYTES // 1_000_000
            raise RequestDataTooBig(f"Files may have at most {most} MB.")

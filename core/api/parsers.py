from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser

MOST_BYTES = 100_000


class TooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"
    default_detail = f"The body is larger than {MOST_BYTES:,} bytes. Send less at once."


class _Bounded:
    """A body that ends the reading, not the memory, when there is too much of it."""

    def __init__(self, body: IO[Any]) -> None:
        self._body, self._left = body, MOST_BYTES

    def read(self, size: int = -1) -> Any:
        wanted = self._left + 1 if size < 0 else min(size, self._left + 1)
        part = self._body.read(wanted)
        self._left -= len(part)
        if self._left < 0:
            raise TooLarge
        return part


class BoundedJSONParser(JSONParser):
    """JSON of a bounded size and depth: the framework's own reads whatever is sent."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            return super().parse(_Bounded(stream), media_type, parser_context)  # type: ignore[arg-type]  # read is all that is asked of it
        except RecursionError as error:
            raise ParseError("The JSON is nested too deeply.") from error

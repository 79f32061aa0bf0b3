from __future__ import annotations

from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request

LONGEST_KEY = 18  # digits; a key fits in 64 bits


class KeyPagination(CursorPagination):
    """Pages by key: the hundredth page costs what the first does."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering = "-number"
    cursor_query_param = "cursor"

    def decode_cursor(self, request: Request) -> Cursor | None:
        """Where the page begins. Keys are whole numbers; a cursor that holds none is not ours."""
        cursor: Cursor | None = super().decode_cursor(request)
        key = "0" if cursor is None or cursor.position is None else str(cursor.position)
        if not (key.isdecimal() and len(key) <= LONGEST_KEY):
            raise NotFound(self.invalid_cursor_message)
        return cursor

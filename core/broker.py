"""A worker outlives its broker: what kombu's Redis transport says on a connection that is closed.

With kombu 5.7, acknowledging or giving back a message after the connection was lost reaches for the
closed connection's address, and the AttributeError that comes of it ends the whole worker. As a
connection error it is one of those that the worker logs and survives; the message comes back after
its visibility timeout, and the row that it was about is sent again by the sweep before that.
"""

from __future__ import annotations

from typing import Any

from kombu.transport import redis


class Channel(redis.Channel):
    """A channel that calls a closed connection what it is."""

    def _connparams(self, *arguments: Any, **options: Any) -> dict[str, Any]:
        connection: Any = self.connection  # None once closed, whatever the stubs say
        if connection is None or connection.client is None:
            raise ConnectionError("The connection to the broker is closed.")
        parameters: dict[str, Any] = super()._connparams(*arguments, **options)  # type: ignore[misc]  # private, so not in the stubs
        return parameters


def survive_lost_connections() -> None:
    """Let every Redis connection of this process use our channel."""
    redis.Transport.Channel = Channel

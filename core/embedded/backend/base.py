"""Django's PostgreSQL engine, on a server that the first connection starts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.backends.postgresql import base
from django.db.utils import OperationalError

from core.embedded.backend.client import DatabaseClient
from core.embedded.cluster import Cluster
from core.embedded.errors import EmbeddedServerError
from core.embedded.postgres import ensure_database, ensure_server


def embedded_cluster() -> Cluster:
    """The cluster that the settings name."""
    return Cluster(settings.EMBEDDED_POSTGRES_DIR, settings.VAR_DIR / "log" / "postgres.log")


class DatabaseWrapper(base.DatabaseWrapper):
    client_class = DatabaseClient

    def get_connection_params(self) -> dict[str, Any]:
        parameters: dict[str, Any] = super().get_connection_params()
        cluster = embedded_cluster()
        try:
            server = ensure_server(cluster, settings.EMBEDDED_POSTGRES_OPTIONS)
        except EmbeddedServerError as error:
            raise OperationalError(str(error)) from error
        ensure_database(cluster, server, parameters["dbname"])
        return {**parameters, **server.parameters()}

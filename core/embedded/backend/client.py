from __future__ import annotations

from collections.abc import Iterable

from django.db.backends.postgresql import client

from core.embedded.programs import postgres_program


class DatabaseClient(client.DatabaseClient):
    """`manage.py dbshell` with the psql of the wheel, on the embedded server."""

    executable_name = postgres_program("psql")

    def runshell(self, parameters: Iterable[str]) -> None:
        found = self.connection.get_connection_params()
        names = {"HOST": "host", "PORT": "port", "USER": "user"}
        self.connection.settings_dict.update({key: found[name] for key, name in names.items()})
        super().runshell(parameters)

from __future__ import annotations

import getpass
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.roles import Role
from audit.services.people import add_person
from core.errors import Invalid


class Command(BaseCommand):
    help = "Add a person to the desk. The password is asked for, or read from standard input."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("name")
        parser.add_argument("--role", choices=[str(role) for role in Role], required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        password = getpass.getpass("Password (12 characters or more): ")
        try:
            person = add_person(
                actor=None,
                email=options["email"],
                name=options["name"],
                role=Role(options["role"]),
                password=password,
            )
        except Invalid as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"{person.name} can sign in as {person.email} ({person.role_label}).")

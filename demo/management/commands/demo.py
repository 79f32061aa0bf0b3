from __future__ import annotations

import socket
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.roles import Role
from accounts.services.people import make_password
from audit.services.people import add_person, set_password
from core.errors import DomainError
from demo.server import LOOPBACK, running_demo_web
from demo.story import play

PEOPLE = (
    ("checker@demo.example", "Rana Haddad", Role.FACT_CHECKER),
    ("editor@demo.example", "Mark Osei", Role.EDITOR),
)


class Command(BaseCommand):
    help = (
        "Play the Aleppo story (invented sources) through the real services. Running it again "
        "changes nothing that was already played."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", choices=["contested", "confirmed"], default="contested")
        parser.add_argument(
            "--new-passwords", action="store_true", help="make and print new passwords"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.accounts: list[str] = []
        people = [self._person(*person, renew=options["new_passwords"]) for person in PEOPLE]
        try:
            with demonstration_web():
                claim = play(
                    checker=people[0], editor=people[1], to=options["to"], say=self.stdout.write
                )
        except DomainError as error:
            raise CommandError(error.message) from error
        finally:
            # Printed once and kept nowhere, so they are printed whatever happens.
            self.stdout.write("\n".join(["Accounts of the demonstration:", *self.accounts]))
        self.stdout.write(f"The claim is {claim.status}: {settings.PUBLIC_URL}/c/{claim.number}")
        self.stdout.write(f"The desk: {settings.PUBLIC_URL}/desk/")

    def _person(self, email: str, name: str, role: Role, *, renew: bool) -> User:
        password = make_password()
        known: User | None = User.objects.filter(email=email).first()
        if known is not None and not known.is_demonstration:
            raise CommandError(
                f"{email} belongs to somebody who is not of the demonstration. Nothing was done."
            )
        if known is not None and not renew:
            self.accounts.append(
                f"{role.label}: {email} (password printed at the first run; "
                "`manage.py demo --new-passwords` makes a new one)"
            )
            return known
        person = known or add_person(
            actor=None,
            email=email,
            name=name,
            role=role,
            password=password,
            is_demonstration=True,
        )
        if known is not None:
            set_password(actor=None, user=known, password=password)
        self.accounts.append(f"{role.label}: {email}  password: {password}")
        return person


@contextmanager
def demonstration_web() -> Iterator[None]:
    """The demonstration web: the one that already answers, or one for as long as this runs."""
    with socket.socket() as probe:
        answers = probe.connect_ex((LOOPBACK, settings.DEMO_WEB_PORT)) == 0
    if answers:
        yield
        return
    with running_demo_web(settings.DEMO_WEB_PORT):
        yield

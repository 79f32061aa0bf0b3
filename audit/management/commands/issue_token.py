from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from audit.services.people import issue_token


class Command(BaseCommand):
    help = "Make an API key for a person of the desk. It is printed once and not kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("label", help="what the key is for")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email__iexact=options["email"]).first()
        if user is None:
            raise CommandError(f"Nobody here has the address {options['email']}.")
        _, key = issue_token(actor=None, user=user, label=options["label"])
        self.stdout.write(key)

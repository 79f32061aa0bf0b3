from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.selectors import chain_faults, chain_head


class Command(BaseCommand):
    help = "Check the whole record: no line missing, changed or out of order. Exit 1 if one is."

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(chain_faults())
        for fault in found:
            self.stderr.write(f"line {fault.seq}: {fault.problem}")
        head = chain_head()
        if found:
            raise CommandError(f"The record does not hold: {len(found)} faults.")
        count, hash_ = (head.seq, head.hash) if head else (0, "empty")
        self.stdout.write(f"The record holds: {count} lines, last hash {hash_}.")

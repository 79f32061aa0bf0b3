from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from audit.selectors import chain_faults, chain_head
from audit.selectors.checkpoints import checkpoint_faults, stamp_health


class Command(BaseCommand):
    help = (
        "Check the whole record: no line missing, changed or out of order; every checkpoint's root "
        "and chain; every time stamp. Exit 1 if one does not hold. Compare the roots with those "
        "that were published: whoever rewrites everything can rewrite the checkpoints too."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = [f"line {fault.seq}: {fault.problem}" for fault in chain_faults()]
        wrong += [f"checkpoint {fault.number}: {fault.problem}" for fault in checkpoint_faults()]
        for words in wrong:
            self.stderr.write(words)
        if wrong:
            raise CommandError(f"The record does not hold: {len(wrong)} faults.")
        head = chain_head()
        count, hash_ = (head.seq, head.hash) if head else (0, "empty")
        self.stdout.write(f"The record holds: {count} lines, last hash {hash_}.")
        self.say_checkpoints()

    def say_checkpoints(self) -> None:
        health = stamp_health(now=timezone.now())
        if health.newest is None:
            self.stdout.write("There are no checkpoints yet.")
            return
        newest = health.newest
        clock = " Only this installation's own clock has stamped them." * health.is_local_only
        self.stdout.write(
            f"{newest.number} checkpoints hold, to line {newest.last_seq}; the last is "
            f"{newest.hash}.{clock}"
        )
        if health.waiting:
            self.stdout.write(f"{health.waiting} time stamps are pending.")
        if health.alarm:
            self.stdout.write(health.alarm)

"""Pieces of a table definition that every package uses."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import pgtrigger
from django.db import models


def choices(vocabulary: type[StrEnum]) -> list[tuple[str, str]]:
    """Pairs of value and label of a vocabulary whose members have a `label`."""
    return [(str(member), getattr(member, "label", str(member))) for member in vocabulary]


def one_of(field: str, vocabulary: type[StrEnum], name: str) -> models.CheckConstraint:
    """A check constraint: FIELD holds a value of VOCABULARY (or null)."""
    values = [str(member) for member in vocabulary]
    return models.CheckConstraint(condition=models.Q(**{f"{field}__in": values}), name=name)


def term(vocabulary: type[StrEnum], **options: Any) -> models.CharField[str, str]:
    """A column that holds one word of VOCABULARY; add `one_of` to the constraints."""
    return models.CharField(max_length=40, choices=choices(vocabulary), **options)


class NextNumber(models.Func):
    """The next value of a sequence: permanent public numbers that are not primary keys."""

    function = "nextval"
    template = "%(function)s('%(sequence)s'::regclass)"
    arity = 0

    def __init__(self, sequence: str) -> None:
        super().__init__(output_field=models.BigIntegerField(), sequence=sequence)
        self.sequence = sequence

    def deconstruct(self) -> tuple[str, tuple[str, ...], dict[str, Any]]:
        return "core.columns.NextNumber", (self.sequence,), {}


def public_number(sequence: str) -> models.BigIntegerField[int, int]:
    return models.BigIntegerField(unique=True, editable=False, db_default=NextNumber(sequence))


def append_only(name: str, condition: pgtrigger.Q | None = None) -> Sequence[pgtrigger.Trigger]:
    """Triggers that refuse UPDATE (where CONDITION on OLD holds), DELETE and TRUNCATE."""
    where = {"condition": condition} if condition is not None else {}
    return [
        pgtrigger.Protect(name=f"{name}_no_update", operation=pgtrigger.Update, **where),
        pgtrigger.Protect(name=f"{name}_no_delete", operation=pgtrigger.Delete),
        pgtrigger.Trigger(
            name=f"{name}_no_truncate",
            when=pgtrigger.Before,
            operation=pgtrigger.Truncate,
            level=pgtrigger.Statement,
            func="RAISE EXCEPTION 'this table is append-only: TRUNCATE is refused';",
        ),
    ]

"""Vocabularies: closed sets of stored values with the words that a person reads. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Term(StrEnum):
    """A member is its stored value; `label` is what a person reads. Values are never renamed.

    The label has a default only so that a member can be looked up by its value alone.
    """

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

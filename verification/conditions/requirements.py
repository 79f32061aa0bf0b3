"""From a transition and the facts to the list of checks that a person sees."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from verification.conditions.facts import Check, ClaimFacts, Condition, ReasonCode
from verification.conditions.statements import reason_code_among, reason_written


class Requirements(Protocol):
    """What a transition asks for."""

    @property
    def conditions(self) -> tuple[Condition, ...]: ...

    @property
    def reason_codes(self) -> frozenset[ReasonCode]: ...


def checklist(transition: Requirements, facts: ClaimFacts) -> tuple[Check, ...]:
    """Every check of a transition, met or not: its own, the kind of reason, the reason itself."""
    conditions = list(transition.conditions)
    if transition.reason_codes:
        conditions.append(reason_code_among(transition.reason_codes))
    conditions.append(reason_written)
    return tuple(condition(facts) for condition in conditions)


def unmet(checks: Iterable[Check]) -> tuple[Check, ...]:
    return tuple(check for check in checks if not check.met)

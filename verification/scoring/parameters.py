"""Snapshot H of the model: every number that the scorer uses and that is not a report.

Nothing is learnt yet: with fewer than ten settled claims the intercept is 0 and every effect is
β = 0.8 (scoring.md 4.6), so the defaults are those of 4.7 and 4.16.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from types import MappingProxyType
from typing import Any, Self

from verification.scoring.groups import CHECKED_VISUAL, UNGRADED, upwards
from verification.scoring.independence import Correlations

METHOD = "cred-d/2"
"""Name and version of the method; it changes whenever the same input could score differently."""


@dataclass(frozen=True, slots=True)
class Group:
    """What is believed of sources of one group before their record speaks.

    sensitivity: how often they support a claim that is true; false_support: how often one that is
    false; strength: how many settled reports that belief is worth; false_strength: how many the
    belief about false claims is worth, where a fit found another number for them.
    """

    sensitivity: float
    false_support: float
    strength: float
    false_strength: float | None = None

    def __post_init__(self) -> None:
        strong = self.strength > 0 and self.strength_if_false > 0
        if not (0 < self.sensitivity < 1 and 0 < self.false_support < 1 and strong):
            raise ValueError(f"A group needs two rates inside (0, 1) and a strength, not {self}.")

    @property
    def strength_if_false(self) -> float:
        return self.strength if self.false_strength is None else self.false_strength

    def as_dict(self) -> dict[str, float]:
        row = {
            "sensitivity": self.sensitivity,
            "false_support": self.false_support,
            "strength": self.strength,
        }
        if self.false_strength is not None:
            row["false_strength"] = self.false_strength
        return row


GROUPS: Mapping[str, Group] = MappingProxyType(
    {
        "A": Group(0.95, 0.05, 20),
        "B": Group(0.90, 0.12, 16),
        "C": Group(0.85, 0.25, 10),
        "D": Group(0.75, 0.45, 8),
        "E": Group(0.60, 0.60, 8),
        "F": Group(0.80, 0.40, 4),
        UNGRADED: Group(0.85, 0.30, 8),
        CHECKED_VISUAL: Group(0.90, 0.05, 10),
    }
)

CREDIBILITY_WEIGHTS: Mapping[int, float] = MappingProxyType(
    {1: 1.0, 2: 0.9, 3: 0.7, 4: 0.4, 5: 0.15, 6: 0.6}
)

DIRECTNESS_WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        "first_hand_visual": 1.0,
        "first_hand_witness": 1.0,
        "official_statement": 0.9,
        "reporting": 0.85,
        "aggregation": 0.5,
    }
)


BLOC_CORRELATION = 0.8
"""ρ_b of sources that a person found to err together, as of one owner (scoring.md 3.2, 4.4)."""


def _nothing() -> Mapping[str, float]:
    return MappingProxyType({})


@dataclass(frozen=True)
class Parameters:
    """One immutable snapshot; `version` names it.

    groups: by grade, and parts of these that settled claims told apart (`groups.group_name`).
    prior, priors: probability that a claim is true before any report, by kind of claim.
    intercept: α. effect: β, for sources without an entry in `effects` (b_s by source id).
    interest_shift: δ. interest_strength: κ_z. owner_correlation: ρ of one owner.
    bloc_correlation: ρ_b of owners whose sources err together; snapshots from before there were any
    do not name it, and neither does one that has the default, so that their digests stay.
    crowding: ρ0 between clusters. cap: the most log-odds one report may move.
    coin_floor: rates are kept this far from 0 and 1. spread: standard deviations of the range.
    """

    version: str = "defaults/1"
    groups: Mapping[str, Group] = field(default_factory=lambda: GROUPS)
    credibility_weights: Mapping[int, float] = field(default_factory=lambda: CREDIBILITY_WEIGHTS)
    directness_weights: Mapping[str, float] = field(default_factory=lambda: DIRECTNESS_WEIGHTS)
    prior: float = 0.5
    priors: Mapping[str, float] = field(default_factory=_nothing)
    intercept: float = 0.0
    effect: float = 0.8
    effects: Mapping[str, float] = field(default_factory=_nothing)
    interest_shift: float = 0.5
    interest_strength: float = 8.0
    owner_correlation: float = 0.8
    bloc_correlation: float = BLOC_CORRELATION
    crowding: float = 0.05
    cap: float = 4.6
    coin_floor: float = 1e-4
    spread: float = 1.645

    def __post_init__(self) -> None:
        if not all(0 < prior < 1 for prior in (self.prior, *self.priors.values())):
            raise ValueError("A prior lies inside (0, 1).")
        if not all(effect >= 0 for effect in (self.effect, *self.effects.values())):
            raise ValueError("An effect is never negative: no source is read backwards.")
        within = (self.owner_correlation, self.bloc_correlation)
        if not all(0 <= share < 1 for share in (self.interest_shift, *within, self.crowding)):
            raise ValueError("Interest shift, each correlation and crowding lie in [0, 1).")

    def prior_of(self, kind: str) -> float:
        return self.priors.get(kind, self.prior)

    def belief_about(self, name: str) -> Group:
        """What is believed of a group, or else of the smallest that it is a part of."""
        for group in upwards(name):
            if group in self.groups:
                return self.groups[group]
        raise ValueError(f"The snapshot knows no group {name}.")

    def effect_of(self, source: str) -> float:
        return self.effects.get(source, self.effect)

    @property
    def correlations(self) -> Correlations:
        return Correlations(self.owner_correlation, self.bloc_correlation)

    @classmethod
    def from_dict(cls, row: Mapping[str, Any]) -> Self:
        """The snapshot that `as_dict` wrote, exactly; anything else is refused."""
        known = {entry.name for entry in fields(cls)}
        if row.keys() | {"bloc_correlation"} != known:
            raise ValueError(f"A snapshot has {', '.join(sorted(known))}, and nothing else.")
        groups = {name: Group(**group) for name, group in row["groups"].items()}
        credibility = {int(key): weight for key, weight in row["credibility_weights"].items()}
        return cls(**{**row, "groups": groups, "credibility_weights": credibility})

    @cached_property
    def canonical(self) -> str:
        """JSON with sorted keys; equal snapshots have equal text."""
        return json.dumps(self.as_dict(), sort_keys=True, separators=(",", ":"), allow_nan=False)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of `canonical`: worked out once, not for each score, for it names each source."""
        return hashlib.sha256(self.canonical.encode()).hexdigest()

    def as_dict(self) -> dict[str, object]:
        row: dict[str, object] = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        row["groups"] = {name: group.as_dict() for name, group in self.groups.items()}
        row["credibility_weights"] = {
            str(grade): weight for grade, weight in self.credibility_weights.items()
        }
        row["directness_weights"] = dict(self.directness_weights)
        row["priors"] = dict(self.priors)
        row["effects"] = dict(self.effects)
        if self.bloc_correlation == BLOC_CORRELATION:
            del row["bloc_correlation"]
        return row


DEFAULT_PARAMETERS = Parameters()

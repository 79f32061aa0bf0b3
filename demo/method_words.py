"""The numbers in the words of docs/method.md: every one comes from the rules."""

from __future__ import annotations

from collections.abc import Mapping

from claims.vocabulary import Directness
from verification.learning import calibration, correlation, effects, fit, multiple, rates
from verification.scoring import DEFAULT_PARAMETERS, METHOD

_P = DEFAULT_PARAMETERS
_NAMES = {"ungraded": "no grade", "checked_visual": "checked picture"}


def values() -> Mapping[str, object]:
    """What method_template.md leaves open, but for the worked example."""
    return {
        "method": METHOD,
        "groups": _groups(),
        "shift": _P.interest_shift,
        "kept": 1 - _P.interest_shift,
        "kept_half": 1 - _P.interest_shift / 2,
        "interest_worth": _P.interest_strength,
        "credibilities": _credibilities(),
        "directness": _directness(),
        "effect": _P.effect,
        "cap": _P.cap,
        "owner_share": 1 - _P.owner_correlation,
        "bloc_share": 1 - _P.bloc_correlation,
        "crowding": _P.crowding * 100,
        "common": correlation.COMMON,
        "lowest": correlation.LOWEST,
        "least": correlation.LEAST,
        "one_in": 1 / multiple.FALSE_SHARE,
        "enough": fit.ENOUGH,
        "highest": effects.HIGHEST,
        "group_worth": rates.GROUP_STRENGTH,
        "fewest_alike": rates.FEWEST_ALIKE,
        "bins": calibration.BINS,
    }


def _groups() -> str:
    rows = ["  | grade | u | v | worth |", "  |---|---|---|---|"]
    for name, group in _P.groups.items():
        rows.append(
            f"  | {_NAMES.get(name, name)} | {group.sensitivity:.2f} | {group.false_support:.2f} "
            f"| {group.strength:g} |"
        )
    return "\n".join(rows)


def _credibilities() -> str:
    return ", ".join(f"{grade}: {weight:g}" for grade, weight in _P.credibility_weights.items())


def _directness() -> str:
    return ", ".join(f"{kind.label.lower()} {_P.directness_weights[kind]:g}" for kind in Directness)

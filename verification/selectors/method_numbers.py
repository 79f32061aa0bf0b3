"""The numbers of the formula as the methodology page states them: those of the model in use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from claims.vocabulary import ClaimKind, Directness
from core.chances import sigmoid
from sources.vocabulary import Grade, SourceKind
from verification.learning import effects, tally
from verification.learning.fit import ENOUGH
from verification.learning.rates import FEWEST_ALIKE, GROUP_STRENGTH
from verification.models import ScoringModel
from verification.scoring import METHOD, Group, Parameters
from verification.scoring.groups import CHECKED_VISUAL, UNGRADED, group_name
from verification.selectors.known import FEWEST_FOR_A_POINT
from verification.selectors.records import active_model, parameters_of

_OTHERS = {UNGRADED: "Not graded yet", CHECKED_VISUAL: "Checked picture or video"}
_CREDIBILITIES = {
    1: "Confirmed by others",
    2: "Probably true",
    3: "Possibly true",
    4: "Doubtful",
    5: "Improbable",
    6: "Cannot be judged, or not judged yet",
}


@dataclass(frozen=True)
class Weight:
    label: str
    weight: float


@dataclass(frozen=True)
class Belief:
    """What is believed of a group of sources. `grade`: its letter, empty where it has none.

    `is_part`: of the group before it, those of one kind.
    """

    grade: str
    label: str
    u: float
    v: float
    worth: str
    is_part: bool = False


@dataclass(frozen=True)
class OwnEffects:
    """Sources of which the model learnt how much they count: how many, and from what to what."""

    number: int
    least: float
    most: float


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """`model` None: the desk's own beliefs, nothing was learnt yet.

    `most`: chance in 0..1 to which one report can lift even odds; shares in 0..1.
    """

    method: str
    model: int | None
    made_at: datetime | None
    prior: float
    priors: tuple[Weight, ...]
    intercept: float
    beliefs: tuple[Belief, ...]
    effect: float
    own: OwnEffects | None
    credibilities: tuple[Weight, ...]
    directness: tuple[Weight, ...]
    shift: float
    kept: float
    kept_half: float
    interest_worth: float
    cap: float
    most: float
    owner_share: float
    crowding: float
    spread: float
    fewest: int
    enough: int
    enough_for_a_record: int
    highest_effect: float
    group_worth: float
    fewest_alike: int


def numbers() -> Numbers:
    """One query, and one more where a process reads the model for the first time."""
    model = active_model()
    return numbers_of(model, parameters_of(model))


def numbers_of(model: ScoringModel | None, parameters: Parameters) -> Numbers:
    return Numbers(
        method=model.method if model else METHOD,
        model=model.number if model else None,
        made_at=model.made_at if model else None,
        prior=parameters.prior,
        priors=_priors(parameters),
        intercept=parameters.intercept,
        beliefs=tuple(_beliefs(parameters)),
        effect=parameters.effect,
        own=_own_effects(parameters),
        credibilities=_credibilities(parameters),
        directness=_directness(parameters),
        shift=parameters.interest_shift,
        kept=1 - parameters.interest_shift,
        kept_half=1 - parameters.interest_shift / 2,
        interest_worth=parameters.interest_strength,
        cap=parameters.cap,
        most=sigmoid(parameters.cap),
        owner_share=1 - parameters.owner_correlation,
        crowding=parameters.crowding,
        spread=parameters.spread,
        fewest=FEWEST_FOR_A_POINT,
        enough=ENOUGH,
        enough_for_a_record=tally.ENOUGH,
        highest_effect=effects.HIGHEST,
        group_worth=GROUP_STRENGTH,
        fewest_alike=FEWEST_ALIKE,
    )


def _priors(parameters: Parameters) -> tuple[Weight, ...]:
    known = parameters.priors
    return tuple(Weight(kind.label, known[kind]) for kind in ClaimKind if kind in known)


def _beliefs(parameters: Parameters) -> Iterator[Belief]:
    names = {**{str(grade): grade.label for grade in Grade}, **_OTHERS}
    for name, label in names.items():
        yield _belief("" if name in _OTHERS else name, label, parameters.groups[name])
        for kind in SourceKind:
            part = parameters.groups.get(group_name(name, kind))
            if part is not None:
                yield _belief("", kind.label, part, is_part=True)


def _belief(grade: str, label: str, group: Group, *, is_part: bool = False) -> Belief:
    worth = f"{group.strength:g}"
    if group.strength_if_false != group.strength:
        worth = f"{worth}, {group.strength_if_false:g} for v"
    return Belief(grade, label, group.sensitivity, group.false_support, worth, is_part)


def _own_effects(parameters: Parameters) -> OwnEffects | None:
    """Which sources they are is not told: some are withheld."""
    learnt = parameters.effects.values()
    return OwnEffects(len(learnt), min(learnt), max(learnt)) if learnt else None


def _credibilities(parameters: Parameters) -> tuple[Weight, ...]:
    weights = parameters.credibility_weights
    return tuple(Weight(f"{n}: {label}", weights[n]) for n, label in _CREDIBILITIES.items())


def _directness(parameters: Parameters) -> tuple[Weight, ...]:
    return tuple(Weight(kind.label, parameters.directness_weights[kind]) for kind in Directness)

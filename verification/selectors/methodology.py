"""The numbers and words that the methodology page states: read from the rules, not repeated."""

from __future__ import annotations

from dataclasses import dataclass

from claims.vocabulary import Directness, Status
from core.chances import sigmoid
from verification.scoring import DEFAULT_PARAMETERS, METHOD
from verification.selectors.known import FEWEST_FOR_A_POINT

_NEEDS = {
    Status.UNVERIFIED: "A document or somebody who says it.",
    Status.CONTESTED: "At least one source of standing each way, neither withdrawn nor answered.",
    Status.CORROBORATED: (
        "Two or more credible independent origins, at least one of them not speaking for its own "
        "side, and no credible contradiction left open."
    ),
    Status.CONFIRMED: (
        "Conclusive evidence: a picture whose place and date were checked, an admission by the "
        "side that loses, or two reliable independent origins. Everything counted is archived, "
        "every contradiction is answered, and a second person agreed."
    ),
    Status.REFUTED: "The mirror image of confirmed.",
    Status.UNVERIFIABLE: "What was tried is written down, and a second person agreed.",
    Status.SUPERSEDED: "The time when it ended, what followed, and a second person agreed.",
}


@dataclass(frozen=True)
class Meaning:
    status: str
    label: str
    meaning: str
    needs: str


@dataclass(frozen=True)
class Weight:
    label: str
    weight: float


@dataclass(frozen=True)
class Methodology:
    """`most`: chance in 0..1 to which one report can lift even odds; shares in 0..1."""

    method: str
    statuses: tuple[Meaning, ...]
    directness: tuple[Weight, ...]
    prior: float
    effect: float
    most: float
    owner_share: float
    fewest: int


def methodology_page() -> Methodology:
    parameters = DEFAULT_PARAMETERS
    return Methodology(
        method=METHOD,
        statuses=tuple(
            Meaning(status, status.label, status.meaning, _NEEDS[status]) for status in Status
        ),
        directness=tuple(
            Weight(kind.label, parameters.directness_weights[kind]) for kind in Directness
        ),
        prior=parameters.prior,
        effect=parameters.effect,
        most=sigmoid(parameters.cap),
        owner_share=1 - parameters.owner_correlation,
        fewest=FEWEST_FOR_A_POINT,
    )

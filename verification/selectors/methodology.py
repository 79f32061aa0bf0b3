"""The numbers and words that the methodology page states: read from the rules, not repeated."""

from __future__ import annotations

from dataclasses import dataclass

from claims.vocabulary import Status
from verification.selectors.method_numbers import Numbers, numbers
from verification.selectors.public_models import Changes, model_changes
from verification.selectors.worked_example import Example, worked_example

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
class Methodology:
    """`changes`: the models that were learnt; `example`: a public score, None while there is none.

    `is_older`: only the list of models is another one, everything else is as on the first page.
    """

    statuses: tuple[Meaning, ...]
    numbers: Numbers
    example: Example | None
    changes: Changes
    is_older: bool


def methodology_page(before: str = "") -> Methodology:
    """Ten queries at most. BEFORE: see `model_changes`. Raises Invalid."""
    return Methodology(
        statuses=tuple(
            Meaning(status, status.label, status.meaning, _NEEDS[status]) for status in Status
        ),
        numbers=numbers(),
        example=worked_example(),
        changes=model_changes(before),
        is_older=bool(before),
    )

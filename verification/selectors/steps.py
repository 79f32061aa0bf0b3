"""The steps of an assessment that was made together with many others.

Such a row keeps its numbers and the version of its parameters; its steps are worked out when
somebody reads them, from the evidence as it stands and by the pure scorer. They are shown only if
they come to the stored log-odds: steps that lead somewhere else would explain another number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from claims.models import Claim, Evidence
from verification.models import Assessment
from verification.scoring import assess
from verification.selectors.records import parameters_of, recorded_input

CLOSE_ENOUGH = 1e-9

AROUND_ITSELF = "cred-d/1"
"""The method whose ranges lay around the score's own log-odds."""


def kept_short(*, counted: bool, snapshot: str) -> dict[str, object]:
    """What is stored as the explanation of an assessment whose steps are worked out on reading."""
    return {"steps": "worked out when read", "counted": counted, "snapshot": snapshot}


def is_short(assessment: Assessment) -> bool:
    return "contributions" not in assessment.explanation


def counts_something(assessment: Assessment) -> bool:
    """An assessment of nothing is no score."""
    explanation = assessment.explanation
    return bool(explanation.get("counted", explanation.get("contributions")))


def with_steps(
    assessment: Assessment | None, claim: Claim, items: Callable[[], Sequence[Evidence]]
) -> Assessment | None:
    """ASSESSMENT with its steps, in memory; ITEMS is asked only where they are worked out."""
    if assessment is None or not is_short(assessment):
        return assessment
    counted = counts_something(assessment)
    steps = _steps(assessment, claim, items())
    assessment.explanation = {**steps, "counted": counted}
    return assessment


def _steps(assessment: Assessment, claim: Claim, items: Sequence[Evidence]) -> dict[str, Any]:
    parameters = parameters_of(assessment.scoring_model)
    score = assess(recorded_input(claim, items), parameters)
    if abs(score.log_odds - assessment.log_odds) <= CLOSE_ENOUGH:
        around = {"centre": score.log_odds} if assessment.method == AROUND_ITSELF else {}
        return {**score.as_dict(), **around}
    return {
        "start": score.start.as_dict(),
        "contributions": [],
        "dropped": [],
        "leave_one_out": {},
        "leave_one_side_out": {},
        "snapshot": parameters.version,
        "steps": "what they were worked out from has changed since",
    }

"""The scorer: from reports to a confidence that explains itself (scoring.md 4, method CRED-D).

log-odds = logit(π) + α + Σ supporting − Σ contradicting, where each report adds the logarithm of
its likelihood ratio under the two coins of its source, weighted by credibility and directness,
capped, and discounted for what is not new. Sums are exactly rounded (`math.fsum`), and reports are
sorted by their own properties wherever order matters: the order of the input leaves no trace.
"""

from __future__ import annotations

import hashlib
import json
import math

from verification.scoring.counterfactuals import Counterfactuals
from verification.scoring.explanation import contributions_of
from verification.scoring.interval import log_odds_range, probability
from verification.scoring.ledger import Ledger, open_ledger
from verification.scoring.model import ClaimInput
from verification.scoring.parameters import DEFAULT_PARAMETERS, METHOD, Parameters
from verification.scoring.result import Score, Start
from verification.scoring.selection import dropped


def assess(claim: ClaimInput, parameters: Parameters = DEFAULT_PARAMETERS) -> Score:
    """Confidence in a claim from its reports; equal inputs give equal scores to the last bit."""
    ledger = open_ledger(claim, parameters)
    balance = ledger.balance()
    counterfactuals = Counterfactuals(ledger, balance)
    contributions = contributions_of(ledger, balance)
    log_odds = math.fsum((*ledger.opening, *(entry.value for entry in contributions)))
    variance = math.fsum(entry.variance for entry in contributions)
    centre = math.fsum((*ledger.opening, *(entry.centre for entry in contributions)))
    low, high = log_odds_range(log_odds, centre, variance, parameters.spread)
    return Score(
        method=METHOD,
        snapshot=parameters.version,
        inputs_digest=inputs_digest(claim, parameters),
        estimate=probability(log_odds),
        low=low,
        high=high,
        log_odds=log_odds,
        centre=centre,
        variance=variance,
        start=_start(ledger),
        contributions=contributions,
        dropped=dropped(claim.reports),
        origins_supporting=len(balance.supporting),
        origins_contradicting=len(balance.contradicting),
        leave_one_out=counterfactuals.leave_one_out(),
        leave_one_side_out=counterfactuals.leave_one_side_out(),
    )


def inputs_digest(claim: ClaimInput, parameters: Parameters = DEFAULT_PARAMETERS) -> str:
    """SHA-256, hexadecimal, of the canonical JSON of reports, method, and parameters' digest."""
    reports = json.dumps(claim.as_dict(), sort_keys=True, separators=(",", ":"), allow_nan=False)
    text = f'{{"claim":{reports},"method":"{METHOD}","parameters":"{parameters.digest}"}}'
    return hashlib.sha256(text.encode()).hexdigest()


def _start(ledger: Ledger) -> Start:
    prior = ledger.parameters.prior_of(ledger.claim.kind)
    return Start(prior, ledger.parameters.intercept, math.fsum(ledger.opening))

"""Many claims scored at once, in columns: the numbers of `verification.scoring`, bit for bit.

`verification.scoring.assess` is the truth and explains itself; this package gives what a list needs
of it (estimate, range, log-odds, origins) for millions of reports. The coins of a report are worked
out by the same functions, once for each voice; sums are exactly rounded as there; and powers and
logarithms never come from numpy, whose last bit may differ from that of `math`.
"""

from __future__ import annotations

from verification.bulk.columns import Reports, Scores, Voices
from verification.bulk.scorer import score

__all__ = ["Reports", "Scores", "Voices", "score"]

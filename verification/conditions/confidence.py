"""The gap between a wanted conclusion and the confidence: told to the editor, never a bar."""

from __future__ import annotations

from claims.vocabulary import Status

CONFIRMED_FROM = 0.90
REFUTED_TO = 0.10


def confidence_gap(target: Status, estimate: float | None) -> str | None:
    """Say how far ESTIMATE (a probability; None: no score yet) is from what TARGET usually has."""
    usual = {
        Status.CONFIRMED: (CONFIRMED_FROM, "90 or more"),
        Status.REFUTED: (REFUTED_TO, "10 or less"),
    }
    if target not in usual:
        return None
    bar, words = usual[target]
    if estimate is None:
        return f"There is no score yet; {target.label} usually has {words}."
    if estimate >= bar if target == Status.CONFIRMED else estimate <= bar:
        return None
    return f"The score is {_out_of_hundred(estimate, bar)}; {target.label} usually has {words}."


def _out_of_hundred(estimate: float, bar: float) -> str:
    """Write the score; one that would be rounded on to the bar is "just under" or "just over"."""
    shown, limit = f"{estimate * 100:.0f}", f"{bar * 100:.0f}"
    if shown != limit:
        return f"{shown} in 100"
    return f"just {'under' if estimate < bar else 'over'} {limit} in 100"

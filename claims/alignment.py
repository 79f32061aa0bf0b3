"""Whom it serves that a source says something. Pure."""

from __future__ import annotations

from collections.abc import Collection

from claims.vocabulary import Alignment, Stance


def derived_alignment(
    *, stance: str, source_parties: Collection[int], favours: int | None
) -> Alignment:
    """Alignment that follows from the record: the source's parties and whom the claim favours.

    Supporting a claim that favours one's own side is self-serving, and so is denying a claim that
    favours another side; the reverse of either speaks against one's own interest.
    """
    if stance == Stance.CONTEXT or favours is None or not source_parties:
        return Alignment.NEUTRAL
    own_side_gains = favours in source_parties
    says_yes = stance == Stance.SUPPORTS
    return Alignment.SELF_SERVING if own_side_gains == says_yes else Alignment.AGAINST_INTEREST

"""Scoring many claims at once: their evidence out by COPY, in columns, the numbers in by COPY.

The numbers are those of `assess_claim`, bit for bit. Claims are done in portions, each written in
one transaction with a fixed number of statements, and only those whose numbers changed are written.
Claims that were ever settled go to the pure scorer, each without what its own outcome taught and
with the model of its time, and keep their steps.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from django.db import connection

from core.wire import Rows, read_rows
from verification.bulk import Scores
from verification.bulk.columns import Flags, Ints
from verification.scoring import Parameters
from verification.selectors.desk_scores import Desk
from verification.selectors.flattened import Library, flattened
from verification.selectors.records import ever_settled
from verification.services.assess import assess_together
from verification.services.write_many import Origin, changed_among, write_scores

PORTION = 50_000
"""Claims that are read, scored and written together; memory grows with it."""

SMALL_PORTION = 10_000
"""Where only some claims are scored: so that these are written, too, while others are read."""

MANY = 200_000
"""From so many claims on, all documents are read once instead of those that a portion cites."""

NEXT = "SELECT id FROM claims_claim WHERE id > %(after)s ORDER BY id LIMIT %(portion)s"


@dataclass(frozen=True)
class Portion:
    """What became of some claims. last: the highest primary key; seconds: of the three stages.

    Where one portion is written while the next is read, the stages take longer together than the
    clock says.
    """

    last: int
    claims: int
    reports: int
    changed: int
    left_alone: int
    reading: float
    scoring: float
    writing: float


@dataclass(frozen=True)
class _Scored:
    """A portion before it is written; rows: of the claims that show other numbers now."""

    last: int
    claims: int
    reports: int
    rows: Rows
    scores: Scores
    changed: Flags
    reading: float
    scoring: float


def assess_all(
    *, cause: str, after: int = 0, parameters: Parameters | None = None
) -> Iterator[Portion]:
    """Score every claim whose primary key is above AFTER, so that a run can be taken up again.

    A portion is yielded once it is written, in the order of the keys.
    """
    desk, library = Desk.opened(parameters), Library.whole()
    yield from _written(desk, _all(after), library, cause)


def assess_many(
    *, claim_ids: Ints, cause: str, parameters: Parameters | None = None
) -> Iterator[Portion]:
    """Score the claims with these primary keys. For very many all documents are read once."""
    desk = Desk.opened(parameters)
    library = Library.whole() if len(claim_ids) > MANY else None
    size = PORTION if library else SMALL_PORTION
    portions = (claim_ids[start : start + size] for start in range(0, len(claim_ids), size))
    yield from _written(desk, portions, library, cause)


def _all(after: int) -> Iterator[Ints]:
    while True:
        ids = read_rows(NEXT, {"id": "i8"}, {"after": after, "portion": PORTION})["id"]
        if not len(ids):
            return
        yield ids
        after = int(ids[-1])


def _written(
    desk: Desk, portions: Iterator[Ints], library: Library | None, cause: str
) -> Iterator[Portion]:
    """Score each portion while the one before it is written, over a connection of its own.

    Inside a transaction there is one connection only, so that they take turns.
    """
    origin = Origin(desk.model, desk.parameters.version, cause)
    scored = (_scored(desk, ids, library, cause) for ids in portions)
    if connection.in_atomic_block:
        for one in scored:
            yield _write(one, origin)
        return
    with ThreadPoolExecutor(1, "write-scores") as beside:
        before: Future[Portion] | None = None
        for one in scored:
            begun = beside.submit(_write_and_hang_up, one, origin)
            if before:
                yield before.result()
            before = begun
        if before:
            yield before.result()


def _scored(desk: Desk, ids: Ints, library: Library | None, cause: str) -> _Scored:
    begun = time.perf_counter()
    alone = sorted(ever_settled(ids))
    assess_together(claim_ids=alone, cause=cause)
    flat = flattened(_without(ids, alone), desk.known, library)
    read = time.perf_counter()
    scores = desk.scores(flat)
    changed = changed_among(flat.claims, scores)
    return _Scored(
        last=int(ids[-1]),
        claims=len(flat.claims) + len(alone),
        reports=len(flat),
        rows=flat.claims[changed],
        scores=scores,
        changed=changed,
        reading=read - begun,
        scoring=time.perf_counter() - read,
    )


def _without(ids: Ints, alone: Collection[int]) -> Ints:
    return ids[~np.isin(ids, list(alone))] if alone else ids


def _write_and_hang_up(scored: _Scored, origin: Origin) -> Portion:
    try:
        return _write(scored, origin)
    finally:
        connection.close()  # of this thread


def _write(scored: _Scored, origin: Origin) -> Portion:
    begun = time.perf_counter()
    kept = write_scores(scored.rows, scored.scores, scored.changed, origin)
    return Portion(
        last=scored.last,
        claims=scored.claims,
        reports=scored.reports,
        changed=kept,
        left_alone=len(scored.rows) - kept,
        reading=scored.reading,
        scoring=scored.scoring,
        writing=time.perf_counter() - begun,
    )

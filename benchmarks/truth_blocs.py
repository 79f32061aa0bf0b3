"""Whether a bloc that pushes false claims together is found by its errors, and what it is worth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from benchmarks import truth_ours
from benchmarks.truth_data import TruthSet
from verification.learning import columns
from verification.learning.correlation import CorrelatedGroup, grouped, related
from verification.learning.counts import Settled
from verification.learning.fit import fit_columns
from verification.learning.multiple import FALSE_SHARE
from verification.scoring import DEFAULT_PARAMETERS

Numbers = NDArray[np.int64]


class World(Protocol):
    """pushed: false claims that the bloc pushes; owner: one for the bloc, itself for the others."""

    @property
    def data(self) -> TruthSet: ...
    @property
    def pushed(self) -> NDArray[np.bool_]: ...
    @property
    def owner(self) -> Numbers: ...


def searched(world: World, known: Numbers, judged: Numbers) -> Iterator[tuple[str, float]]:
    """Pairs and groups that are proposed, and scores before and after all of them are accepted."""
    settled = truth_ours.settled_part(world.data, np.sort(known))
    bloc = {str(place) for place in np.flatnonzero(world.owner == world.owner.max())}
    for name, false_share in (("", FALSE_SHARE), ("by the bound alone, ", 0.0)):
        pairs = related(settled, false_share=false_share)
        inside = [bloc.issuperset(pair.sources) for pair in pairs]
        yield f"{name}pairs of members proposed", float(sum(inside))
        yield f"{name}pairs with an honest source proposed", float(len(inside) - sum(inside))
        groups = grouped(pairs)
        sizes = [len(bloc.intersection(group.sources)) for group in groups]
        yield f"{name}members in the largest group", float(max(sizes, default=0))
    yield from _worth(world, settled, judged, grouped(related(settled, false_share=FALSE_SHARE)))


def proposals(sets: Iterable[TruthSet]) -> str:
    """Pairs that are proposed where all labels are known, of those with enough common claims."""
    lines = [f"{'set':<14}{'pairs':>8}{'proposed':>10}{'by the bound alone':>20}{'groups':>8}"]
    for data in sets:
        settled = truth_ours.settled_part(data, data.labelled)
        pairs = related(settled)
        asked = len(related(settled, lowest=-1.0))
        alone = len(related(settled, false_share=0.0))
        sizes = [len(group.sources) for group in grouped(pairs)]
        row = f"{data.name:<14}{asked:>8}{len(pairs):>10}{alone:>20}{len(sizes):>8}"
        lines.append(f"{row}  largest {max(sizes, default=0)}")
    return "\n".join(lines)


def _worth(
    world: World, settled: Settled, judged: Numbers, groups: Sequence[CorrelatedGroup]
) -> Iterator[tuple[str, float]]:
    snapshot, _ = fit_columns(settled, DEFAULT_PARAMETERS, "bloc")
    accepted = np.arange(world.data.sources)
    for group in groups:
        places = [int(name) for name in group.sources]
        accepted[places] = min(places)
    for name, owner in (("without groups", None), ("all groups accepted", accepted)):
        said = columns.sigmoid(truth_ours.log_odds(world.data, settled, snapshot, owner=owner))
        pushed = judged[world.pushed[judged]]
        rejected = float(np.mean(said[pushed] < 0.5)) if pushed.size else float("nan")
        yield f"{name}: pushed claims rejected", rejected
        right = (said[judged] > 0.5) == (world.data.truth[judged] == 1)
        yield f"{name}: accuracy", float(right.mean())

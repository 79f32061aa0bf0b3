"""Sources that err together: a proposal to a person, never a silent grouping (scoring.md 4.4, 1.6).

Two sources that share a wire, a press office or a writer err on the same claims. What they said is
compared after taking out what the outcome of the claim explains, separately for claims that proved
true and for those that proved false: two good sources are not related for being right together.

Two ways lead to a proposal. A shared wire makes all errors of two sources the same, so that few
common claims show it: the lower bound of their partial correlation is high. Sources that push some
claims together and otherwise speak for themselves are only somewhat correlated, however many claims
are settled; they stand out of what is usual between two sources (see `multiple`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from verification.learning.counts import (
    Column,
    Marks,
    Places,
    Settled,
    SettledReport,
    settled_columns,
)
from verification.learning.multiple import FALSE_SHARE, relations, standing_out

COMMON = 30
"""Settled claims that both sources have spoken on."""

LOWEST = 0.85
"""What the lower bound of the correlation reaches where all errors are shared."""

LEAST = 5
"""Fewer common claims say nothing of a partial correlation; with so many a pair says what is usual.
"""

Z95 = 1.959963984540054

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Correlation:
    """Two sources: how alike their errors are, at least (95 %), on how many common claims.

    wrong_together: on so many of these both were wrong. expected: so many if each erred by itself,
    as often as it did on claims that proved true and on those that proved false.
    """

    sources: Pair
    correlation: float
    at_least: float
    common: int
    wrong_together: int
    expected: float


@dataclass(frozen=True, slots=True)
class CorrelatedGroup:
    """Sources of which every pair errs alike. pairs: the one that is least so first."""

    sources: tuple[str, ...]
    pairs: tuple[Correlation, ...]


def correlated_groups(
    settled: Iterable[SettledReport],
    *,
    common: int = COMMON,
    lowest: float = LOWEST,
    false_share: float = FALSE_SHARE,
) -> tuple[CorrelatedGroup, ...]:
    """Groups to propose, largest first; a source is in one at most.

    Complete linkage: a group is joined only where its least related pair still passes. Joining
    through chains of neighbours merged 31 of 35 flight sites (scoring.md 1.6).
    """
    table = settled_columns(settled)
    return grouped(related(table, common=common, lowest=lowest, false_share=false_share))


def correlations(
    settled: Iterable[SettledReport],
    *,
    common: int = COMMON,
    lowest: float = LOWEST,
    false_share: float = FALSE_SHARE,
) -> tuple[Correlation, ...]:
    """Pairs whose lower bound reaches `lowest`, and pairs that stand out, by name.

    false_share: of those that stand out, so many may do so by chance; with 0 none is looked for.
    """
    table = settled_columns(settled)
    return related(table, common=common, lowest=lowest, false_share=false_share)


def related(
    table: Settled,
    *,
    common: int = COMMON,
    lowest: float = LOWEST,
    false_share: float = FALSE_SHARE,
) -> tuple[Correlation, ...]:
    """As `correlations`, of columns."""
    said, spoke = _said(table)
    together = (spoke.T @ spoke).tocoo()
    usable = (together.data >= LEAST) & (together.row < together.col)
    rows, cols, number = (part[usable] for part in (together.row, together.col, together.data))
    asked = number >= common
    if not asked.any():
        return ()
    stands = standing_out(_relations(table, said, (rows, cols)), number, asked, false_share)
    columns = said.tocsc(), spoke.tocsc()
    found = []
    for a, b, stands_out in zip(rows[asked], cols[asked], stands[asked], strict=True):
        pair = _compared(table, columns, a, b)
        if pair is not None and (stands_out or pair.at_least >= lowest):
            found.append(pair)
    return tuple(sorted(found, key=lambda one: one.sources))


def fisher_lower_bound(correlation: float, common: int) -> float:
    """Lower end of the 95 % range: tanh(artanh r − 1.96/√(n − 4)).

    Fisher (1921, 1924): one less than for a plain correlation, since the outcome is held fixed.
    """
    inside = min(max(correlation, -1 + 1e-12), 1 - 1e-12)
    return math.tanh(math.atanh(inside) - Z95 / math.sqrt(common - 4))


def _said(table: Settled) -> tuple[scipy.sparse.csr_array, scipy.sparse.csr_array]:
    """Claims × sources: share of its reports that support, and 1 where the source spoke at all."""
    supporting = _table(table, table.reports.supports.astype(np.float64))
    spoke = _table(table, np.ones(table.reports.claim.size))
    supporting.data /= spoke.data
    spoke.data[:] = 1.0
    return supporting, spoke


def _relations(
    table: Settled, said: scipy.sparse.csr_array, pairs: tuple[Places, Places]
) -> Column:
    """How each of the pairs errs together beyond chance, from counts for each outcome."""
    cells = said.tocoo()
    off = np.abs(cells.data - table.truth[cells.row]) > HALF
    wrong, spoke = (
        scipy.sparse.csr_array((marks.astype(np.float64), (cells.row, cells.col)), shape=said.shape)
        for marks in (off, np.ones_like(off))
    )
    counts = []
    for outcome in (False, True):
        of = np.flatnonzero(table.truth == outcome)
        bad, all_said = wrong[of], spoke[of]
        mine = bad.T @ all_said
        tables = bad.T @ bad, mine, mine.T, all_said.T @ all_said
        counts.append([np.asarray(found.tocsr()[pairs]) for found in tables])
    together, one, other, number = np.stack(counts, axis=-1)
    return relations(together, one, other, number)


def _compared(
    table: Settled,
    columns: tuple[scipy.sparse.csc_array, scipy.sparse.csc_array],
    a: int,
    b: int,
) -> Correlation | None:
    said, spoke = columns
    both = _column(spoke, a) * _column(spoke, b) > 0
    one, other = (_column(said, place)[both] for place in (a, b))
    names = table.reports.sources
    return _correlation((names[a], names[b]), one, other, table.truth[both])


def _table(table: Settled, values: Column) -> scipy.sparse.csr_array:
    shape = (len(table.claims), len(table.reports.sources))
    return scipy.sparse.csr_array(
        (values, (table.reports.claim, table.reports.source)), shape=shape
    )


def _correlation(pair: Pair, one: Column, other: Column, truth: Marks) -> Correlation | None:
    """Partial correlation given the outcome; None where one of the two never errs differently."""
    mine, theirs = _residuals(one, truth), _residuals(other, truth)
    spread = math.sqrt(float(mine @ mine) * float(theirs @ theirs))
    if spread < TINY:
        return None
    found = float(mine @ theirs) / spread
    at_least = fisher_lower_bound(found, truth.size)
    wrong, also = (np.abs(said - truth) > HALF for said in (one, other))
    together = int((wrong & also).sum())
    return Correlation(pair, found, at_least, truth.size, together, _expected(wrong, also, truth))


def _expected(wrong: Marks, also: Marks, truth: Marks) -> float:
    """Common errors of two that err independently, at their rates for each outcome."""
    number, one, other = (
        np.bincount(truth, weights, minlength=2) for weights in (None, wrong, also)
    )
    return float((one * other / np.maximum(number, 1)).sum())


def _residuals(said: Column, truth: Marks) -> Column:
    """What was said minus its mean among the claims of the same outcome."""
    number = np.bincount(truth, minlength=2)
    means = np.bincount(truth, said, minlength=2) / np.maximum(number, 1)
    return np.asarray(said - means[truth.astype(np.intp)])


TINY = 1e-9
HALF = 0.5


def _column(table: scipy.sparse.csc_array, place: int) -> Column:
    """One column, written out."""
    found = np.zeros(table.shape[0])
    inside = slice(table.indptr[place], table.indptr[place + 1])
    found[table.indices[inside]] = table.data[inside]
    return found


def grouped(pairs: Sequence[Correlation]) -> tuple[CorrelatedGroup, ...]:
    """Groups of pairs: the most related are joined first, as long as every pair across passes."""
    links: Mapping[Pair, Correlation] = {pair.sources: pair for pair in pairs}
    groups: dict[str, tuple[str, ...]] = {}
    for pair in sorted(pairs, key=lambda one: (-one.at_least, one.sources)):
        left, right = (groups.get(name, (name,)) for name in pair.sources)
        if left != right and all(_key(a, b) in links for a in left for b in right):
            joined = tuple(sorted((*left, *right)))
            groups.update(dict.fromkeys(joined, joined))
    found = [_group(members, links) for members in set(groups.values())]
    return tuple(sorted(found, key=lambda group: (-len(group.sources), group.sources)))


def _key(a: str, b: str) -> Pair:
    return (a, b) if a < b else (b, a)


def _group(members: tuple[str, ...], links: Mapping[Pair, Correlation]) -> CorrelatedGroup:
    inside = [links[_key(a, b)] for a in members for b in members if a < b]
    inside.sort(key=lambda one: (one.at_least, one.sources))
    return CorrelatedGroup(members, tuple(inside))

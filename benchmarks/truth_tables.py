"""Tables of the results, and the targets in plain words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from statistics import fmean, variance

from benchmarks.truth_runs import FORWARD, OURS, Result

METRICS = {
    "accuracy": ("accuracy", True),
    "brier": ("Brier", False),
    "log_loss": ("log loss", False),
    "ece": ("ECE", False),
}
PRODUCT = "cred-d"


@dataclass(frozen=True)
class Target:
    """One line of the targets. beyond: met with the stretch goal too.

    error: standard error of what was found over the splits, as far as they are drawn at random.
    """

    what: str
    found: float
    must: float
    stretch: float
    met: bool
    beyond: bool
    error: float = 0.0

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def means(results: Iterable[Result], metric: str) -> dict[tuple[float, str, str], float]:
    """Over the seeds, by fraction, set and method."""
    found: dict[tuple[float, str, str], list[float]] = {}
    for one in results:
        found.setdefault((one.fraction, one.set, one.method), []).append(getattr(one, metric))
    return {key: fmean(values) for key, values in found.items()}


def errors(results: Iterable[Result], metric: str) -> dict[tuple[float, str, str], float]:
    """Variance of each of the `means`; 0 where there is one split."""
    found: dict[tuple[float, str, str], list[float]] = {}
    for one in results:
        found.setdefault((one.fraction, one.set, one.method), []).append(getattr(one, metric))
    return {
        key: variance(values) / len(values) if len(values) > 1 else 0.0
        for key, values in found.items()
    }


def tables(results: Sequence[Result]) -> str:
    methods = list(dict.fromkeys(one.method for one in results))
    sets = list(dict.fromkeys(one.set for one in results))
    fractions = sorted({one.fraction for one in results})
    blocks = [
        _per_set(results, metric, fraction, sets, methods)
        for fraction in fractions
        for metric in METRICS
    ]
    return "\n\n".join([*blocks, *(_summary(results, f, sets, methods) for f in fractions)])


def _per_set(
    results: Sequence[Result],
    metric: str,
    fraction: float,
    sets: Sequence[str],
    methods: Sequence[str],
) -> str:
    found = means(results, metric)
    shown = [method for method in methods if any((fraction, s, method) in found for s in sets)]
    lines = [f"{METRICS[metric][0]}, {fraction:.0%} settled", _row("set", shown)]
    lines += [_row(name, [_number(found.get((fraction, name, m))) for m in shown]) for name in sets]
    total = [_mean(found, fraction, sets, method) for method in shown]
    return "\n".join([*lines, _row("mean", [_number(value) for value in total])])


def _summary(
    results: Sequence[Result], fraction: float, sets: Sequence[str], methods: Sequence[str]
) -> str:
    names = [*METRICS, "seconds", "megabytes"]
    found = {metric: means(results, metric) for metric in names}
    lines = [f"Mean over {len(sets)} sets, {fraction:.0%} settled", _row("method", names)]
    for method in methods:
        values = [_mean(found[metric], fraction, sets, method) for metric in names]
        if values[0] is not None:
            lines.append(_row(method, [_number(value) for value in values]))
    return "\n".join(lines)


def _row(name: str, cells: Iterable[str]) -> str:
    return f"{name:<15}" + "".join(f"{cell:>14}" for cell in cells)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _mean(
    found: Mapping[tuple[float, str, str], float],
    fraction: float,
    sets: Sequence[str],
    method: str,
) -> float | None:
    values = [found.get((fraction, name, method)) for name in sets]
    known = [value for value in values if value is not None]
    return fmean(known) if len(known) == len(sets) else None


MEAN_TARGETS = (
    ("brier", 0.05, 0.100, 0.093),
    ("brier", 0.2, 0.085, 0.080),
    ("accuracy", 0.05, 0.865, 0.875),
    ("accuracy", 0.2, 0.884, 0.892),
    ("ece", 0.05, 0.070, 0.060),
    ("ece", 0.2, 0.048, 0.040),
)
"""Metric, fraction, must and stretch, of the mean over the twelve public sets."""


def targets(results: Sequence[Result]) -> list[Target]:
    """Those that these results can answer."""
    sets = list(dict.fromkeys(one.set for one in results))
    found = {metric: means(results, metric) for metric in METRICS}
    noise = {metric: errors(results, metric) for metric in METRICS}
    lines: list[Target | None] = []
    for metric, fraction, must, stretch in MEAN_TARGETS:
        value = _mean(found[metric], fraction, sets, PRODUCT)
        what = f"{METRICS[metric][0]} at {fraction:.0%} settled, mean over {len(sets)} sets"
        line = _target(what, value, must, stretch, higher=METRICS[metric][1])
        if line is not None:
            total = sum(noise[metric][fraction, name, PRODUCT] for name in sets)
            lines.append(replace(line, error=total**0.5 / len(sets)))
    peers = [one.method for one in results if one.method not in OURS]
    for whose, rivals in (("best peer", peers), ("best that reads none backwards", FORWARD)):
        lines.append(_worst(found["brier"], sets, whose, rivals))
    for metric, must, stretch in (("accuracy", 0.94, 0.96), ("brier", 0.05, 0.035)):
        value = found[metric].get((0.2, "emergent-src", PRODUCT))
        what = f"{METRICS[metric][0]} of emergent-src at 20% settled"
        lines.append(_target(what, value, must, stretch, higher=METRICS[metric][1]))
    return [line for line in lines if line is not None]


def _target(
    what: str, found: float | None, must: float, stretch: float, *, higher: bool
) -> Target | None:
    if found is None:
        return None
    sign = 1 if higher else -1
    return Target(
        what=what,
        found=found,
        must=must,
        stretch=stretch,
        met=sign * found >= sign * must,
        beyond=sign * found >= sign * stretch,
    )


def _worst(
    brier: Mapping[tuple[float, str, str], float],
    sets: Sequence[str],
    whose: str,
    rivals: Collection[str],
) -> Target | None:
    """Largest loss against the best of the rivals on one set, at 20 % settled."""
    losses = {}
    for name in sets:
        values = {method: brier.get((0.2, name, method)) for method in rivals}
        known = {method: value for method, value in values.items() if value is not None}
        ours = brier.get((0.2, name, PRODUCT))
        if known and ours is not None:
            best = min(known, key=lambda method: known[method])
            losses[ours - known[best]] = f"{name}, {best}"
    if not losses:
        return None
    worst = max(losses)
    what = f"worst loss of Brier against the {whose} at 20% settled ({losses[worst]})"
    return _target(what, worst, 0.010, 0.004, higher=False)


def words(found: Sequence[Target]) -> str:
    if not found:
        return ""
    lines = ["", f"Targets ({PRODUCT})"]
    for one in found:
        verdict = "met, and the stretch goal" if one.beyond else "met" if one.met else "NOT met"
        goal = f"must {one.must:.3f}, stretch {one.stretch:.3f}"
        noise = f"± {one.error:.4f}" if one.error else ""
        lines.append(f"  {one.found:.4f} {noise:<8}  {verdict:<26} {one.what} ({goal})")
    return "\n".join(lines)


def figures(found: Mapping[str, object]) -> str:
    wide = max(map(len, found))
    return "\n".join(f"  {name:<{wide}}  {_figure(value)}" for name, value in found.items())


def _figure(value: object) -> str:
    return f"{value:.4f}" if isinstance(value, float) else str(value)

"""docs/method.md, written by the scorer: `make docs`.

Every number is worked out by the code that it explains, on the reports of the Aleppo story.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from core.chances import in_hundred
from demo.method_words import values
from demo.worked_example import STATES, Example, example
from verification.scoring import (
    DEFAULT_PARAMETERS,
    Contribution,
    Dropped,
    Interest,
    Report,
    Score,
    assess,
    interest_of,
)

FILE = Path(__file__).resolve().parents[1] / "docs" / "method.md"
TEMPLATE = Path(__file__).resolve().parent / "method_template.md"
_PARAMETERS = DEFAULT_PARAMETERS
_WHY_LESS = {
    "copy_of": "repeats",
    "same_origin": "has the same first report as",
    "same_source": "is of the same source as",
    "same_owner": "has the same owner as",
    "errs_together": "errs together with",
}
_LEFT_OUT = {
    "context": "says nothing for or against the claim",
    "withdrawn": "withdrawn",
    "integrity_failed": "its archived copy failed its check",
    "mistaken": "resolved as mistaken",
    "different_event": "about a different event",
    "not_archived": "without an archived copy",
    "superseded_report": "its own source said otherwise later",
}


def main() -> None:
    FILE.write_text(text(), encoding="utf-8")


def text() -> str:
    """The whole document; the same at each call."""
    told = "\n".join(_state(state) for state in STATES).rstrip()
    return TEMPLATE.read_text(encoding="utf-8").format(**values(), example=told)


def _state(state: str) -> str:
    told = example(state)
    score = assess(told.told)
    return "\n".join(
        [
            f"### The claim when it was {state}",
            "",
            *_weights(told, score),
            *_sum(told, score),
            *_result(score),
            *_left_out(told, score.dropped),
            *_without(told, score),
        ]
    )


def _weights(told: Example, score: Score) -> Iterator[str]:
    """Coins and weights of each report, in the order in which they were filed."""
    yield (
        "| Report | says | grade | u | v | ln | × weight | × effect | × counts | = adds "
        "| to the middle |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|---|"
    reports = {report.key: report for report in told.told.reports}
    for row in _by_number(score.contributions):
        report = reports[row.key]
        yield (
            f"| [{row.key}] {_name(told, row.key)} | {_says(report)} | {_grade(report)} "
            f"| {row.u:.3f} | {row.v:.3f} | {_signed(row.llr)} | {row.weight:.3f} "
            f"| {row.effect:.2f} | {row.discount:.4f} | **{_signed(row.value)}** "
            f"| {_signed(row.centre)} |"
        )
    yield ""
    for row in _by_number(score.contributions):
        yield f"- [{row.key}] {_why(row, reports[row.key])}."
    yield ""


def _sum(told: Example, score: Score) -> Iterator[str]:
    start = score.start
    yield "The sum, largest movement first:"
    yield ""
    yield "| Step | adds | log-odds |"
    yield "|---|---|---|"
    prior = f"even odds, ln({start.prior:g} ÷ {1 - start.prior:g})"
    yield f"| Start: {prior}, and intercept {start.alpha:g} | | {_signed(start.log_odds)} |"
    for row in score.contributions:
        yield (
            f"| [{row.key}] {_name(told, row.key)} | {_signed(row.value)} | {_signed(row.after)} |"
        )
    yield ""


def _result(score: Score) -> Iterator[str]:
    half = _PARAMETERS.spread * score.variance**0.5
    origins = score.origins_supporting + score.origins_contradicting
    yield (
        f"Confidence: 1 ÷ (1 + e^−({_signed(score.log_odds)})) = **{score.estimate:.4f}**, "
        f"{in_hundred(score.estimate)} in 100. The variance of the log-odds is "
        f"{score.variance:.4f}, so the 90 % range is its middle {_signed(score.centre)} ± "
        f"{_PARAMETERS.spread} · √{score.variance:.4f} = ± {half:.4f}: "
        f"**{score.low:.4f} to {score.high:.4f}**. {origins} independent origins carry weight."
    )
    yield ""


def _left_out(told: Example, dropped: Sequence[Dropped]) -> Iterator[str]:
    if not dropped:
        return
    yield "Listed, and not weighed:"
    yield ""
    for row in dropped:
        yield f"- [{row.key}] {_name(told, row.key)}: {_LEFT_OUT[row.reason]}."
    yield ""


def _without(told: Example, score: Score) -> Iterator[str]:
    yield "Would it stand without…?"
    yield ""
    yield "| Left out | confidence |"
    yield "|---|---|"
    for key in sorted(score.leave_one_out, key=int):
        yield f"| [{key}] {_name(told, key)} | {score.leave_one_out[key]:.4f} |"
    for side, estimate in score.leave_one_side_out.items():
        yield f"| everything from {side.replace('-', ' ')} | {estimate:.4f} |"
    yield ""


def _why(row: Contribution, report: Report) -> str:
    """What made the numbers of one report, in one sentence."""
    said = [*_coin_words(report, row), *_weight_words(report)]
    for note in row.notes:
        if note.code in _WHY_LESS:
            said.append(f"counts {row.discount:g} because it {_WHY_LESS[note.code]} [{note.key}]")
        elif note.code == "crowd":
            said.append(f"counts {row.discount:.4f}, because it is not the strongest of its sign")
        elif note.code == "no_better_than_chance":
            said.append("no better than chance, so it counts nothing")
    return "; ".join(said)


def _coin_words(report: Report, row: Contribution) -> Iterator[str]:
    if report.checked_visual:
        yield "place, date and origin of the picture were checked: its publisher matters no more"
        return
    group = _PARAMETERS.groups[report.grade or "ungraded"]
    yield (
        f"a source graded {_grade(report)} begins with u = {group.sensitivity:g}, "
        f"v = {group.false_support:g}, and has {row.settled} settled reports"
    )
    interest = interest_of(report.stance, report.alignment)
    if interest is not Interest.NONE:
        does = "favours" if interest is Interest.FAVOURS else "harms"
        yield f"the claim {does} its own side, which moves ln by {_signed(row.interest_effect)}"


def _weight_words(report: Report) -> Iterator[str]:
    credibility = report.credibility or 6
    yield (
        f"credibility {credibility} ({_PARAMETERS.credibility_weights[credibility]:g}) × "
        f"{report.directness.label.lower()} "
        f"({_PARAMETERS.directness_weights[report.directness]:g})"
    )


def _by_number(rows: Sequence[Contribution]) -> list[Contribution]:
    return sorted(rows, key=lambda row: int(row.key))


def _name(told: Example, key: str) -> str:
    return told.names[key].removesuffix(" (invented)")


def _says(report: Report) -> str:
    return "for" if report.stance == "supports" else "against"


def _grade(report: Report) -> str:
    return "checked" if report.checked_visual else (report.grade or "none")


def _signed(value: float) -> str:
    shown = f"{abs(value):.4f}"
    return shown if float(shown) == 0 else f"{'−' if value < 0 else '+'}{shown}"


if __name__ == "__main__":
    main()

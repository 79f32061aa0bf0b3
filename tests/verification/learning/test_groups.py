"""What is believed of a source before its record: grade, then kind, then what others call it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from settled_cases import PROPERTY

from verification.learning.counts import SettledReport, settled_columns
from verification.learning.fit import fit
from verification.learning.rates import GROUP_STRENGTH, learn_groups
from verification.scoring import (
    DEFAULT_PARAMETERS,
    ClaimInput,
    Directness,
    Group,
    Interest,
    Report,
    Stance,
    assess,
)
from verification.scoring.groups import grade_of, group_name, upwards

BELIEF = DEFAULT_PARAMETERS.groups["B"]


def said(source: str, group: str, *, right: int, wrong: int = 0) -> list[SettledReport]:
    """RIGHT true claims that SOURCE supported, and WRONG ones that it denied."""
    return [
        SettledReport(
            claim=f"{source}-{number}",
            kind="other",
            source=source,
            group=group,
            interest=Interest.NONE,
            supports=number < right,
            proved_true=True,
        )
        for number in range(right + wrong)
    ]


def learnt(*rows: list[SettledReport]) -> dict[str, Group]:
    table = settled_columns([row for part in rows for row in part])
    return dict(learn_groups(table, DEFAULT_PARAMETERS).groups)


def test_a_group_is_named_from_the_largest_to_the_smallest() -> None:
    name = group_name("B", "outlet", "A rater: 1/2")
    assert name == "B/outlet/A rater: 1/2"
    assert list(upwards(name)) == [name, "B/outlet", "B"]
    assert grade_of(name) == "B"
    assert group_name(None, "outlet") == "ungraded/outlet"
    assert group_name("B", None, "A rater: 1/2") == "B"


def test_of_what_a_snapshot_does_not_name_the_level_above_holds() -> None:
    assert DEFAULT_PARAMETERS.belief_about("B/outlet/A rater: mixed") == BELIEF
    with pytest.raises(ValueError, match="no group X/outlet"):
        DEFAULT_PARAMETERS.belief_about("X/outlet")


def test_kinds_of_one_grade_are_told_apart_by_what_settled() -> None:
    agencies = [said(f"wire-{n}", "B/wire_agency", right=20) for n in range(6)]
    activists = [said(f"act-{n}", "B/local_activist", right=4, wrong=16) for n in range(6)]
    found = learnt(*agencies, *activists)
    agency, activist = found["B/wire_agency"], found["B/local_activist"]
    assert activist.sensitivity < found["B"].sensitivity < agency.sensitivity
    together = learnt(
        *(said(f"wire-{n}", "B", right=20) for n in range(6)),
        *(said(f"act-{n}", "B", right=4, wrong=16) for n in range(6)),
    )["B"]
    assert found["B"].sensitivity == together.sensitivity
    assert found["B"].strength > together.strength  # those of one kind differ less


def test_a_part_begins_with_the_mean_of_the_whole_as_so_many_sources() -> None:
    """By hand: μ = (κ_G·μ_above + ω·r)/(κ_G + ω), with ω = κn/(κ + n)."""
    others = [said(f"other-{n}", "B/outlet", right=10) for n in range(5)]
    acts = [said(f"act-{n}", "B/local_activist", right=2, wrong=8) for n in range(5)]
    found = learnt(*others, *acts)
    information = 5 * BELIEF.strength * 10 / (BELIEF.strength + 10)
    begins = GROUP_STRENGTH * found["B"].sensitivity
    expected = (begins + information * 0.2) / (GROUP_STRENGTH + information)
    assert found["B/local_activist"].sensitivity == pytest.approx(expected, rel=1e-12)


def test_what_others_call_a_source_counts_nothing_until_something_settled() -> None:
    def estimate(rated: str | None) -> float:
        report = Report(
            key="1",
            source="new",
            stance=Stance.SUPPORTS,
            directness=Directness.REPORTING,
            source_kind="outlet",
            rated=rated,
        )
        return assess(ClaimInput((report,)), parameters).estimate

    parameters = DEFAULT_PARAMETERS
    assert estimate("A rater: very low") == estimate("A rater: high") == estimate(None)
    low, high = "ungraded/outlet/A rater: very low", "ungraded/outlet/A rater: high"
    rows = [said(f"low-{n}", low, right=2, wrong=8) for n in range(5)]
    rows += [said(f"high-{n}", high, right=10) for n in range(5)]
    parameters = fit([row for part in rows for row in part], DEFAULT_PARAMETERS, "a").parameters
    assert estimate("A rater: very low") < estimate(None) < estimate("A rater: high")
    assert estimate("Another rater: high") == estimate(None)


def test_a_part_of_few_sources_is_not_told_apart() -> None:
    """Its mean would be little else than their records, which would then count twice."""
    others = [said(f"other-{n}", "B/outlet", right=10) for n in range(5)]
    four = [said(f"act-{n}", "B/local_activist", right=2, wrong=8) for n in range(4)]
    assert "B/local_activist" not in learnt(*others, *four)
    five = [*four, said("act-4", "B/local_activist", right=2, wrong=8)]
    assert "B/local_activist" in learnt(*others, *five)
    # One source of its grade alone: what it begins with is mostly what it did.
    alone = learnt(said("act", "B", right=2, wrong=8))["B"].sensitivity
    assert abs(alone - 0.2) < abs(alone - BELIEF.sensitivity)


COUNTS = st.tuples(st.integers(0, 12), st.integers(0, 12)).filter(any)
LEAVES = st.sampled_from(["B", "B/outlet", "B/outlet/x: 1", "A/outlet", "ungraded/other/x: 1"])


@PROPERTY
@given(st.lists(st.tuples(LEAVES, COUNTS), min_size=1, max_size=8))
def test_each_mean_lies_between_what_it_begins_with_and_what_its_sources_did(
    cases: list[tuple[str, tuple[int, int]]],
) -> None:
    found = learnt(
        *(said(f"s{n}", leaf, right=a, wrong=b) for n, (leaf, (a, b)) in enumerate(cases))
    )
    for leaf, _ in cases:
        for name, above in zip(list(upwards(leaf)), list(upwards(leaf))[1:], strict=False):
            inside = [a / (a + b) for other, (a, b) in cases if name in upwards(other)]
            if name not in found:
                continue
            begins = found[above].sensitivity
            low, high = min([begins, *inside]), max([begins, *inside])
            assert low - 1e-12 <= found[name].sensitivity <= high + 1e-12
            assert found[name].strength == found[above].strength

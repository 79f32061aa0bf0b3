"""Sources that err together are proposed as one; those that are right together are not."""

from __future__ import annotations

import random

import pytest

from tests.verification.learning.settled_cases import settled
from verification.learning.correlation import correlated_groups, correlations, fisher_lower_bound
from verification.learning.counts import SettledReport


def world(claims: int = 60, copiers: int = 3, honest: int = 4) -> list[SettledReport]:
    """Copiers repeat one wire with its errors; the honest err by themselves."""
    chance = random.Random(3)  # noqa: S311  # a repeatable simulation
    rows = []
    for number in range(claims):
        true = chance.random() < 0.5
        wire = true if chance.random() < 0.7 else not true
        said = {f"copier {n}": wire for n in range(copiers)}
        said |= {f"honest {n}": true if chance.random() < 0.7 else not true for n in range(honest)}
        rows += [
            settled(f"c{number}", source, supports=supports, proved_true=true)
            for source, supports in said.items()
        ]
    return rows


def proposed(rows: list[SettledReport]) -> list[tuple[str, ...]]:
    return [group.sources for group in correlated_groups(rows)]


def test_sources_that_share_their_errors_are_proposed_as_one() -> None:
    assert proposed(world()) == [("copier 0", "copier 1", "copier 2")]


def test_the_order_of_the_rows_changes_no_proposal() -> None:
    rows = world()
    assert proposed(rows[::-1]) == proposed(rows)


def test_sources_that_are_right_together_are_not_related() -> None:
    rows = [
        settled(f"c{n}", source, supports=n % 2 == 0, proved_true=n % 2 == 0)
        for n in range(60)
        for source in ("s", "t")
    ]
    assert proposed(rows) == []


def test_without_thirty_common_claims_nothing_is_proposed() -> None:
    assert proposed(world(claims=29)) == []


def test_a_chain_of_neighbours_is_not_one_group() -> None:
    """S errs with t on one half of the claims and t with u on the other; s and u never met."""
    chance = random.Random(5)  # noqa: S311  # a repeatable simulation
    rows = []
    for number in range(120):
        true, wrong = chance.random() < 0.5, chance.random() < 0.3
        rows += [
            settled(f"c{number}", source, supports=true != wrong, proved_true=true)
            for source in ("t", "s" if number < 60 else "u")
        ]
    assert len(proposed(rows)) == 1
    assert all(len(group) == 2 for group in proposed(rows))


def test_chance_is_worked_out_for_each_outcome_apart() -> None:
    """On 20 true claims s errs on 10 and t on 4; on 20 false ones s on 5 and t on 8."""
    wrong = {("s", True): 10, ("t", True): 4, ("s", False): 5, ("t", False): 8}
    rows = [
        settled(f"c{n} {true}", name, supports=true != (n < wrong[name, true]), proved_true=true)
        for n in range(20)
        for true in (True, False)
        for name in ("s", "t")
    ]
    (pair,) = correlations(rows, lowest=-1.0)
    assert (pair.common, pair.wrong_together) == (40, 4 + 5)
    assert pair.expected == pytest.approx(10 * 4 / 20 + 5 * 8 / 20)


def test_few_common_claims_leave_the_bound_low() -> None:
    assert fisher_lower_bound(0.9, 30) < 0.85 < fisher_lower_bound(0.95, 60) < 0.95


def hidden_bloc(claims: int = 500, members: int = 6, honest: int = 20) -> list[SettledReport]:
    """Members push a fifth of the false claims together; apart from that all report alike."""
    chance = random.Random(11)  # noqa: S311  # a repeatable simulation
    rows = []
    for number in range(claims):
        true = chance.random() < 0.5
        pushed = not true and chance.random() < 0.2
        for place in range(members + honest):
            name = f"member {place}" if place < members else f"honest {place}"
            pushes = pushed and place < members and chance.random() < 0.9
            supports = pushes or chance.random() < (0.85 if true else 0.25)
            if pushes or chance.random() < 0.3:
                rows.append(settled(f"c{number}", name, supports=supports, proved_true=true))
    return rows


def test_a_bloc_that_shares_only_some_errors_is_found() -> None:
    pairs = correlations(hidden_bloc())
    members = {f"member {n}" for n in range(6)}
    inside = [pair for pair in pairs if members.issuperset(pair.sources)]
    assert len(inside) >= 10
    assert len(pairs) - len(inside) <= 1
    assert all(pair.at_least < 0.85 and pair.wrong_together > pair.expected for pair in inside)
    assert correlations(hidden_bloc(), false_share=0) == ()
    assert members.issuperset(correlated_groups(hidden_bloc())[0].sources)


def test_claims_that_are_hard_for_all_make_no_group() -> None:
    """Every source errs on the same hard claims, three times as often: any two are related."""
    chance = random.Random(13)  # noqa: S311  # a repeatable simulation
    rows = []
    for number in range(300):
        true, error = chance.random() < 0.5, 0.45 if chance.random() < 0.4 else 0.15
        rows += [
            settled(
                f"c{number}", f"s{n}", supports=true != (chance.random() < error), proved_true=true
            )
            for n in range(20)
        ]
    assert len(correlations(rows, lowest=-1.0)) == 190
    assert proposed(rows) == []

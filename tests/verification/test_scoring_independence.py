"""Copies, sources, owners and the crowd, case by case."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from scoring_cases import claim, report

from verification.scoring import (
    DEFAULT_PARAMETERS,
    ClaimInput,
    Contribution,
    Directness,
    Parameters,
    Report,
    Score,
    Stance,
    assess,
    independent_origins,
    origin_groups,
)

FULL = 0.8 * math.log(0.85 / 0.30)
"""What one well-placed report of an ungraded source moves."""

CROWD = 0.95
OWNER = 0.2


def photo(key: str, **changes: Any) -> Report:
    return report(key, checked_visual=True, directness=Directness.FIRST_HAND_VISUAL, **changes)


def steps(score: Score) -> dict[str, Contribution]:
    return {entry.key: entry for entry in score.contributions}


def notes(entry: Contribution) -> list[tuple[str, str | None]]:
    return [(note.code, note.key) for note in entry.notes if note.code != "ungraded"]


def test_independent_sources_count_in_full_but_for_the_crowd() -> None:
    score = assess(claim(report("1"), report("2"), report("3")))
    values = sorted((e.value for e in score.contributions), reverse=True)
    assert values == pytest.approx([FULL, FULL * CROWD, FULL * CROWD**2])
    assert score.origins_supporting == 3
    assert [notes(e) for e in score.contributions] == [[], [("crowd", None)], [("crowd", None)]]


def test_the_crowd_is_counted_for_each_sign_by_itself() -> None:
    score = assess(claim(report("1"), report("2", stance=Stance.CONTRADICTS)))
    assert [e.discount for e in score.contributions] == [1.0, 1.0]
    assert (score.origins_supporting, score.origins_contradicting) == (1, 1)


def test_of_an_origin_only_the_best_counts_and_the_others_name_it() -> None:
    score = assess(
        claim(
            report("first", origin="wire", order=1, credibility=3),
            report("best", origin="wire", order=2, credibility=1),
            report("third", origin="wire", order=3, credibility=2),
        )
    )
    assert score.log_odds == pytest.approx(FULL)
    assert notes(steps(score)["first"]) == [("same_origin", "best")]
    assert notes(steps(score)["third"]) == [("copy_of", "best")]
    assert steps(score)["third"].value == 0.0
    assert score.origins_supporting == 1


def test_of_equal_copies_the_first_report_counts() -> None:
    score = assess(claim(*(report(f"e{n}", origin="wire", order=n) for n in (3, 1, 2))))
    assert [e.key for e in score.contributions] == ["e1", "e2", "e3"]
    assert [e.discount for e in score.contributions] == [1.0, 0.0, 0.0]


def test_copies_are_counted_for_each_sign_by_itself() -> None:
    """A text can be quoted to support and to deny; each side has one origin."""
    score = assess(
        claim(
            report("1", origin="wire"),
            report("2", origin="wire", stance=Stance.CONTRADICTS),
        )
    )
    assert [e.discount for e in score.contributions] == [1.0, 1.0]


def test_outlets_of_one_owner_share_a_bounded_weight() -> None:
    outlets = [report(f"e{n}", owner="ministry", order=n) for n in range(30)]
    score = assess(claim(*outlets))
    assert score.log_odds <= FULL / DEFAULT_PARAMETERS.owner_correlation
    assert [e.discount for e in score.contributions][:3] == pytest.approx([1, OWNER, OWNER**2])
    assert notes(score.contributions[1]) == [("same_owner", "e0")]
    assert score.origins_supporting == 1


def test_owners_of_one_bloc_share_a_bounded_weight() -> None:
    """Each house counts as one does, the strongest whole and the others as outlets of one would."""
    rows = [
        report("1", source="desk", bloc="b", grade="A"),
        report("2", source="paper", owner="house", bloc="b"),
        report("3", source="radio", owner="house", bloc="b"),
        report("4", source="other", grade="C"),
    ]
    score = assess(ClaimInput(tuple(rows)))
    bloc = DEFAULT_PARAMETERS.bloc_correlation
    assert steps(score)["1"].discount == 1.0
    assert steps(score)["2"].discount == pytest.approx(1 - bloc)
    assert steps(score)["3"].discount == pytest.approx((1 - bloc) * OWNER)
    assert steps(score)["4"].discount == pytest.approx(1 - DEFAULT_PARAMETERS.crowding)
    assert notes(steps(score)["2"])[0] == ("errs_together", "1")
    assert notes(steps(score)["3"])[0] == ("same_owner", "2")
    assert score.origins_supporting == independent_origins(rows) == 2


def test_an_owner_in_two_blocs_is_refused() -> None:
    rows = [
        report("1", source="paper", owner="house", bloc="b"),
        report("2", source="radio", owner="house", bloc="c"),
    ]
    with pytest.raises(ValueError, match="house is in two blocs"):
        ClaimInput(tuple(rows))


def test_a_claim_without_blocs_has_the_digest_that_it_had_before_there_were_any() -> None:
    """Otherwise each stored assessment would be made again, with the same numbers."""
    row = report("1").as_dict()
    assert "bloc" not in row
    assert "bloc_correlation" not in DEFAULT_PARAMETERS.as_dict()
    stored = replace(DEFAULT_PARAMETERS, bloc_correlation=0.5)
    assert Parameters.from_dict(stored.as_dict()) == stored
    assert Parameters.from_dict(DEFAULT_PARAMETERS.as_dict()) == DEFAULT_PARAMETERS


def test_an_owner_that_reports_itself_belongs_to_its_outlets() -> None:
    rows = [report("1", source="ministry"), report("2", source="outlet", owner="ministry")]
    assert assess(claim(*rows)).log_odds == pytest.approx(FULL * (1 + OWNER))
    assert independent_origins(rows) == 1


def test_a_copy_in_another_house_counts_with_the_owner_of_the_first() -> None:
    """The wire story of a state agency does not become independent by being reprinted."""
    rows = [
        report("agency", origin="wire", owner="ministry", order=1),
        report("paper", origin="wire", order=2, grade="A"),
        report("television", owner="ministry", order=3),
    ]
    score = assess(claim(*rows))
    assert origin_groups(rows) == dict.fromkeys(("agency", "paper", "television"), "ministry")
    assert steps(score)["paper"].discount == 1.0
    assert steps(score)["television"].discount == pytest.approx(OWNER)
    assert score.origins_supporting == 1


def test_an_origin_keeps_its_owner_when_its_first_report_is_withdrawn() -> None:
    rows = [
        report("agency", origin="wire", owner="ministry", order=1, excluded="withdrawn"),
        report("paper", origin="wire", order=2),
        report("television", owner="ministry", order=3),
    ]
    assert assess(claim(*rows)).origins_supporting == 1


def test_a_source_that_repeats_itself_counts_once_by_its_best() -> None:
    score = assess(
        claim(
            report("strong", source="s", order=1),
            report("weak", source="s", order=2, credibility=4),
        )
    )
    assert score.log_odds == pytest.approx(FULL)
    assert notes(steps(score)["weak"]) == [("same_source", "strong")]


def test_if_the_newest_alone_counted_one_more_support_would_lower_the_score() -> None:
    strong = report("strong", source="s", order=1)
    weak = report("weak", source="s", order=2, credibility=4)
    assert assess(claim(weak)).log_odds < assess(claim(strong)).log_odds
    assert assess(claim(strong, weak)).log_odds == assess(claim(strong)).log_odds


def test_a_source_that_changes_its_mind_counts_by_its_newest_stance() -> None:
    score = assess(
        claim(
            report("old", source="s", order=1),
            report("new", source="s", order=2, stance=Stance.CONTRADICTS),
        )
    )
    assert [e.key for e in score.contributions] == ["new"]
    assert [(d.key, d.reason, d.by) for d in score.dropped] == [("old", "superseded_report", "new")]
    assert score.estimate < 0.5


def test_of_two_reports_at_one_order_the_key_decides_which_is_newer() -> None:
    rows = [
        report("a", source="s"),
        report("b", source="s", stance=Stance.CONTRADICTS),
    ]
    assert [d.key for d in assess(claim(*rows)).dropped] == ["a"]
    assert assess(claim(*rows)) == assess(claim(*reversed(rows)))


@pytest.mark.parametrize("harmless", [{"stance": Stance.CONTEXT}, {"excluded": "withdrawn"}])
def test_context_and_excluded_reports_supersede_nothing(harmless: dict[str, Any]) -> None:
    newer = report("new", **{"source": "s", "order": 2, "stance": Stance.CONTRADICTS} | harmless)
    score = assess(claim(report("old", source="s", order=1), newer))
    assert [e.key for e in score.contributions] == ["old"]
    assert [d.key for d in score.dropped] == ["new"]


def test_a_checked_photograph_and_a_statement_of_its_publisher_both_stand() -> None:
    rows = [
        photo("photo", source="s", order=1),
        report("denial", source="s", order=2, stance=Stance.CONTRADICTS),
    ]
    assert {e.key for e in assess(claim(*rows)).contributions} == {"photo", "denial"}


def test_a_statement_beside_its_own_checked_photograph_adds_little_and_no_origin() -> None:
    score = assess(claim(photo("photo", source="s"), report("statement", source="s")))
    assert notes(steps(score)["statement"]) == [("same_owner", "photo")]
    assert steps(score)["statement"].discount == pytest.approx(OWNER)
    assert score.origins_supporting == 1


def test_two_checked_photographs_of_one_publisher_are_more_than_one_but_bounded() -> None:
    one = assess(claim(photo("p1", source="s"))).log_odds
    two = assess(claim(photo("p1", source="s"), photo("p2", source="s"))).log_odds
    assert two == pytest.approx(one * (1 + OWNER))


def test_a_reposted_checked_photograph_adds_nothing() -> None:
    rows = [photo("p1", origin="photo", order=1), photo("p2", origin="photo", order=2)]
    assert assess(claim(*rows)).log_odds == assess(claim(rows[0])).log_odds


def test_a_source_without_weight_is_no_origin() -> None:
    assert assess(claim(report(grade="E"))).origins_supporting == 0


def test_origins_can_be_counted_among_chosen_reports() -> None:
    rows = [
        report("1", origin="wire", source="agency", order=1),
        report("2", origin="wire", order=2),
        report("3"),
    ]
    assert independent_origins(rows) == 2
    assert independent_origins(rows, among=["1", "2"]) == 1
    assert independent_origins(rows, among=[]) == 0
    assert origin_groups(rows)["2"] == "agency"


def by_leader(clusters: list[list[float]]) -> float:
    """The rejected rule: clusters ranked by their best report and not by their total."""
    ranked = sorted(clusters, key=max, reverse=True)
    return sum(
        CROWD**rank * sum(size * OWNER**place for place, size in enumerate(sorted(c)[::-1]))
        for rank, c in enumerate(ranked)
    )


def test_ranking_clusters_by_their_leader_would_break_monotonicity() -> None:
    before, after = [[1.0, 1.0, 1.0], [0.999]], [[1.0, 1.0, 1.0], [1.001]]
    assert by_leader(after) < by_leader(before)


def test_clusters_are_ranked_by_their_total() -> None:
    """The owner with three reports stays first although another source has the best one."""
    house = [report(f"h{n}", owner="ministry", credibility=2) for n in range(3)]
    score = assess(claim(*house, report("best", credibility=1)))
    assert steps(score)["h0"].discount == 1.0
    assert steps(score)["best"].discount == pytest.approx(CROWD)


def test_of_equally_strong_owners_the_name_decides_whatever_came_first() -> None:
    rows = [report("1", source="b"), report("2", source="a")]
    for given in (rows, rows[::-1]):
        discounts = {e.source: e.discount for e in assess(claim(*given)).contributions}
        assert discounts == {"a": 1.0, "b": pytest.approx(CROWD)}


def test_sums_do_not_depend_on_order_only_because_they_are_exact() -> None:
    rows = [report(f"e{n}", grade=grade) for n, grade in enumerate("ABCDFF")]
    values = [entry.value for entry in assess(claim(*rows)).contributions]
    orders = list(permutations(values))
    assert len({math.fsum(order) for order in orders}) == 1
    assert len({sum(order) for order in orders}) > 1

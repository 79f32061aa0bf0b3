"""Counts and scores that follow events one by one are those of a full recompute, bit for bit."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verification.learning.settled_cases import PROPERTY, settled
from verification.learning.counts import settled_columns, tally
from verification.scoring import ClaimInput, Directness, Report, Stance, TrackRecord, assess

Event = tuple[int, int, int, bool]
"""What happens (0 to 4), on which of 4 claims, by which of 3 sources, and a stance or outcome."""

EVENTS = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(0, 2), st.booleans()), max_size=25
)


class Desk:
    """Reports and outcomes; records and scores are kept up by each event, touching the fewest."""

    def __init__(self) -> None:
        self.reports: dict[tuple[int, int], bool] = {}
        self.outcomes: dict[int, bool] = {}
        self.records: defaultdict[int, TrackRecord] = defaultdict(TrackRecord)
        self.scores = {claim: self.scored(claim, self.records) for claim in range(4)}

    def happen(self, event: Event) -> None:
        what, claim, source, word = event
        touched = {claim}
        if what <= 1:
            touched |= self.settle(claim, None)
            self.say(claim, source, word if what == 0 else None)
        elif what <= 3:
            touched |= self.settle(claim, word)
        else:
            touched |= self.settle(claim, None)
        for one in touched:
            self.scores[one] = self.scored(one, self.records)

    def say(self, claim: int, source: int, stance: bool | None) -> None:
        self.reports.pop((claim, source), None)
        if stance is not None:
            self.reports[claim, source] = stance

    def settle(self, claim: int, outcome: bool | None) -> set[int]:
        """Settle, settle again, or reopen; gives the claims that its sources speak on."""
        before = self.outcomes.pop(claim, None)
        speaking = {source for place, source in self.reports if place == claim}
        for source in speaking:
            supports = self.reports[claim, source]
            record = self.records[source]
            if before is not None:
                record = record.without(supports=supports, proved_true=before)
            if outcome is not None:
                record = record.including(supports=supports, proved_true=outcome)
            self.records[source] = record
        if outcome is not None:
            self.outcomes[claim] = outcome
        return {place for place, source in self.reports if source in speaking}

    def scored(self, claim: int, records: dict[int, TrackRecord]) -> str:
        outcome = self.outcomes.get(claim)
        reports = [
            _report(source, supports, records.get(source, TrackRecord()), outcome)
            for (place, source), supports in self.reports.items()
            if place == claim
        ]
        return assess(ClaimInput(tuple(reports))).to_json()

    def from_scratch(self) -> dict[int, TrackRecord]:
        rows = [
            settled(str(claim), str(source), supports=supports, proved_true=self.outcomes[claim])
            for (claim, source), supports in self.reports.items()
            if claim in self.outcomes
        ]
        table = settled_columns(rows)
        cells = zip(table.reports.sources, tally(table)[:, 0].tolist(), strict=True)
        return {
            int(source): TrackRecord(true[0] + true[1], true[1], false[0] + false[1], false[1])
            for source, (false, true) in cells
        }


def _report(source: int, supports: bool, record: TrackRecord, outcome: bool | None) -> Report:
    """The claim's own outcome is left out of the record that judges it."""
    if outcome is not None:
        record = record.without(supports=supports, proved_true=outcome)
    return Report(
        key=str(source),
        source=str(source),
        stance=Stance.SUPPORTS if supports else Stance.CONTRADICTS,
        directness=Directness.REPORTING,
        record=record,
    )


@settings(PROPERTY, max_examples=100)
@given(EVENTS)
def test_what_follows_events_is_what_a_full_recompute_gives(events: list[Event]) -> None:
    desk = Desk()
    for event in events:
        desk.happen(event)
    records = desk.from_scratch()
    kept = {source: record for source, record in desk.records.items() if record.settled}
    assert kept == records
    assert desk.scores == {claim: desk.scored(claim, records) for claim in range(4)}


@settings(PROPERTY, max_examples=100)
@given(EVENTS)
def test_what_nobody_settled_moves_no_source_and_no_other_claim(events: list[Event]) -> None:
    desk = Desk()
    for event in events:
        desk.happen(event)
    desk.happen((4, 0, 0, False))
    before = dict(desk.scores)
    desk.happen((0, 0, 1, True))
    assert {**desk.scores, 0: ""} == {**before, 0: ""}
    assert desk.from_scratch().keys() <= desk.records.keys()

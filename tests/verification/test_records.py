"""What settled claims teach of their sources, in the database: exact, and never of themselves."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, InternalError, ProgrammingError, connection, transaction
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from claims.models import Claim
from claims.selectors.evidence import evidence_of
from claims.vocabulary import Alignment, Stance, Status
from sources.models import Source, SourceGrade
from tests.factories import ClaimFactory, EvidenceFactory, SourceFactory
from tests.verification.aleppo import Aleppo, override
from tests.verification.settled_rows import moved
from verification.learning.settling import record_of
from verification.models import Credibility, RecordChange, SettledReport, Slice
from verification.scoring import Interest, TrackRecord, assess
from verification.selectors.facts import score_input
from verification.selectors.records import scoring_of, scorings_of
from verification.selectors.steps import is_short
from verification.services import outcomes
from verification.services.assess import assess_claim
from verification.services.credibility import refresh_all, slices_of
from verification.services.outcomes import spread_change, sweep_changes, sweep_outcomes, touched_by
from verification.services.snapshots import source_graded

pytestmark = pytest.mark.django_db


def said(claim: Claim, source: Source, stance: Stance = Stance.SUPPORTS, **fields: object) -> None:
    EvidenceFactory.create(claim=claim, document__source=source, stance=stance, **fields)


def claim_of(*sources: Source) -> Claim:
    claim = ClaimFactory.create()
    for source in sources:
        said(claim, source)
    return claim


@pytest.fixture
def sources() -> list[Source]:
    return [SourceFactory.graded(grade) for grade in ("B", "C", None, "D")]


def record(source: Source, part: Slice = Slice.ALL, value: str = "") -> TrackRecord:
    row = Credibility.objects.filter(source=source, slice=part, value=value).first()
    return TrackRecord(row.n1, row.n1_plus, row.n0, row.n0_plus) if row else TrackRecord()


def score(claim: Claim) -> float:
    scoring = scoring_of(claim, list(evidence_of(claim)))
    return assess(scoring.told, scoring.parameters).log_odds


def test_a_confirmed_claim_counts_for_each_of_its_sources(
    administrator: User, sources: list[Source]
) -> None:
    claim = claim_of(*sources[:2])
    said(claim, sources[2], Stance.CONTRADICTS)
    override(claim, administrator, Status.CONFIRMED)
    assert [record(source) for source in sources] == [
        TrackRecord(1, 1, 0, 0),
        TrackRecord(1, 1, 0, 0),
        TrackRecord(1, 0, 0, 0),
        TrackRecord(),
    ]
    assert record(sources[0], Slice.CLAIM_KIND, claim.kind) == TrackRecord(1, 1, 0, 0)
    assert record(sources[0], Slice.ALIGNMENT, Alignment.NEUTRAL) == TrackRecord(1, 1, 0, 0)


def test_reopening_takes_back_what_was_counted(administrator: User, sources: list[Source]) -> None:
    claim = claim_of(*sources[:2])
    override(claim, administrator, Status.REFUTED)
    assert record(sources[0]) == TrackRecord()
    said(claim, sources[2], Stance.CONTRADICTS)
    override(claim, administrator, Status.CONTESTED)
    override(claim, administrator, Status.REFUTED)
    assert record(sources[0]) == TrackRecord(0, 0, 1, 1)
    override(claim, administrator, Status.CONTESTED)
    assert record(sources[0]) == TrackRecord()
    assert not SettledReport.objects.filter(reopened_at=None).exists()


def test_what_has_ended_keeps_its_truth(administrator: User, sources: list[Source]) -> None:
    claim = claim_of(*sources[:2])
    override(claim, administrator, Status.CONFIRMED)
    override(claim, administrator, Status.SUPERSEDED, ClaimFactory.create())
    assert record(sources[0]) == TrackRecord(1, 1, 0, 0)
    assert RecordChange.objects.count() == 1


def test_an_override_into_the_opposite_turns_the_record(
    administrator: User, sources: list[Source]
) -> None:
    claim = claim_of(*sources[:2])
    said(claim, sources[2], Stance.CONTRADICTS)
    override(claim, administrator, Status.CONFIRMED)
    override(claim, administrator, Status.REFUTED)
    assert record(sources[0]) == TrackRecord(0, 0, 1, 1)


def test_an_outcome_never_enters_the_claim_s_own_score(
    administrator: User, sources: list[Source]
) -> None:
    """Counted with the others it would raise what its sources weigh, and so confirm itself."""
    for _ in range(3):
        override(claim_of(*sources[:2]), administrator, Status.CONFIRMED)
    claim, other = claim_of(*sources[:2]), claim_of(*sources[:2])
    before = score(claim)
    assert before == score(other)
    override(claim, administrator, Status.CONFIRMED)
    assert score(claim) == before
    assert score(other) > before


def test_what_is_filed_after_the_outcome_earns_nothing(
    administrator: User, sources: list[Source]
) -> None:
    claim = claim_of(*sources[:2])
    override(claim, administrator, Status.CONFIRMED)
    said(claim, sources[3])
    override(claim, administrator, Status.CONFIRMED)
    assert record(sources[3]) == TrackRecord()


def test_checked_pictures_have_a_record_of_their_own(aleppo: Aleppo) -> None:
    aleppo.confirm()
    rows = {row.evidence.label: row for row in SettledReport.objects.select_related("evidence")}
    assert rows["[7]"].record == "checked_visual"
    assert rows["[7]"].source is None
    assert (rows["[3]"].supports, rows["[3]"].interest) == (False, "harms")
    assert "[2]" not in rows  # repeats [1]
    assert "[4]" not in rows  # context
    told = scoring_of(ClaimFactory.create(), [])
    assert told.model is None


def test_the_story_s_numbers_are_as_without_records(aleppo: Aleppo) -> None:
    claim = aleppo.confirm()
    before = claim.confidence
    assess_claim(claim_id=claim.pk)
    claim.refresh_from_db()
    assert claim.confidence == before
    assert claim.assessments.count() == claim.assessments.values("inputs_digest").distinct().count()


def test_exactly_the_claims_that_the_sources_speak_of_are_scored_again(
    administrator: User, sources: list[Source]
) -> None:
    claim = claim_of(*sources[:2])
    touched, apart = claim_of(sources[0], sources[3]), claim_of(sources[3])
    for each in (touched, apart):
        assess_claim(claim_id=each.pk)
    override(claim, administrator, Status.CONFIRMED)
    change = RecordChange.objects.get()
    assert set(touched_by(change.records)) == {claim, touched}
    assert spread_change(change_id=change.pk) == 1
    assert spread_change(change_id=change.pk) == 0
    touched.refresh_from_db()
    apart.refresh_from_db()
    assert touched.assess_due_at is not None
    assert apart.assess_due_at is None


def test_many_claims_are_scored_together_and_get_what_each_would_get_by_itself(
    administrator: User, sources: list[Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    touched = [claim_of(*sources[n : n + 2]) for n in (0, 1, 2, 0)]
    override(settled := claim_of(*sources[:2]), administrator, Status.CONFIRMED)
    monkeypatch.setattr(outcomes, "AT_ONCE", 2)
    change = RecordChange.objects.get(status_event__claim=settled)
    assert spread_change(change_id=change.pk) == 3
    for claim in touched:
        kept = claim.assessments.order_by("-pk").first()
        if claim is touched[2]:
            assert kept is None  # its sources earned nothing
            continue
        assert kept is not None
        assert is_short(kept)
        assert kept.cause == f"claim {settled.number} became confirmed"
        assert kept.log_odds == score(claim)


def test_the_assessment_says_which_claim_was_settled(
    administrator: User, sources: list[Source], django_capture_on_commit_callbacks: object
) -> None:
    claim, touched = claim_of(*sources[:2]), claim_of(sources[0])
    assess_claim(claim_id=touched.pk)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]  # a fixture
        override(claim, administrator, Status.CONFIRMED)
    newest = touched.assessments.first()
    assert newest is not None
    assert newest.cause == f"claim {claim.number} became confirmed"
    again = touched.assessments.count()
    assess_claim(claim_id=touched.pk, cause="again")
    assert touched.assessments.count() == again


def test_what_was_settled_before_records_were_kept_is_caught_up(
    administrator: User, sources: list[Source]
) -> None:
    claim = ClaimFactory.create()
    for source in sources[:2]:
        said(claim, source, added_at=claim.status_since)
    said(claim, sources[2])
    moved(claim, Status.CONFIRMED)
    assert record(sources[0]) == TrackRecord()
    assert sweep_outcomes() == 1
    assert record(sources[0]) == TrackRecord(1, 1, 0, 0)
    assert record(sources[2]) == TrackRecord()
    assert sweep_outcomes() == 0


def recount() -> Counter[tuple[str, str, str, int, int, int, int]]:
    counts: dict[tuple[str, str, str], list[int]] = {}
    for row in SettledReport.objects.filter(reopened_at=None):
        for part, value in slices_of(row):
            cell = counts.setdefault((row.record, str(part), value), [0, 0, 0, 0])
            cell[0 if row.proved_true else 2] += 1
            cell[1 if row.proved_true else 3] += row.supports
    return Counter((*key, *cell) for key, cell in counts.items())


def stored() -> Counter[tuple[str, str, str, int, int, int, int]]:
    rows = Credibility.objects.values_list(
        "record", "slice", "value", "n1", "n1_plus", "n0", "n0_plus"
    )
    return Counter(row for row in rows if any(row[3:]))


def shown() -> list[tuple[float, float, float]]:
    return list(Credibility.objects.order_by("pk").values_list("estimate", "low", "high"))


def from_scratch(claim: Claim) -> float | None:
    """Counted anew from the settled reports of all other claims; no stored count is read."""
    others = list(SettledReport.objects.filter(reopened_at=None).exclude(claim=claim))
    told = score_input(claim, list(evidence_of(claim)))

    def counted(name: str, interest: Interest) -> TrackRecord:
        found = TrackRecord()
        for row in others:
            if (row.record, row.interest) == (name, interest.value):
                found = found.including(supports=row.supports, proved_true=row.proved_true)
        return found

    reports = tuple(
        replace(
            report,
            record=counted(record_of(report), report.interest),
            neutral_record=counted(record_of(report), Interest.NONE),
        )
        for report in told.reports
    )
    found = assess(replace(told, reports=reports))
    return found.estimate if found.contributions else None


def happen(chance: random.Random, claims: list[Claim], sources: list[Source], by: User) -> None:
    claim = chance.choice(claims)
    if chance.random() < 0.4:
        stance = chance.choice([Stance.SUPPORTS, Stance.CONTRADICTS])
        said(claim, chance.choice(sources), stance, alignment=chance.choice(list(Alignment)))
        assess_claim(claim_id=claim.pk)
    else:
        target = chance.choice([Status.REFUTED, Status.CONFIRMED, Status.CONTESTED])
        override(claim, by, target)


@pytest.mark.parametrize("seed", range(3))
def test_what_was_kept_step_by_step_is_what_comes_out_from_scratch(
    administrator: User, sources: list[Source], seed: int
) -> None:
    """Counts, and the scores on the claims once those that are due were scored: to the last bit."""
    chance = random.Random(seed)  # noqa: S311  # reproducible on purpose
    claims = [claim_of(*chance.sample(sources, 3)) for _ in range(4)]
    for claim in claims:
        assess_claim(claim_id=claim.pk)
    for _ in range(14):
        happen(chance, claims, sources, administrator)
    assert stored() == recount()
    for change in RecordChange.objects.all():
        spread_change(change_id=change.pk)
    for due in Claim.objects.filter(assess_due_at__isnull=False):
        assess_claim(claim_id=due.pk)
    kept = [Claim.objects.get(pk=claim.pk).confidence for claim in claims]
    assert kept == [from_scratch(claim) for claim in claims]
    numbers = shown()
    refresh_all()
    assert shown() == numbers
    together = [scorings_of(claims)[claim.pk] for claim in claims]
    assert [assess(one.told, one.parameters).estimate for one in together] == kept


def test_records_of_many_claims_take_one_query(administrator: User, sources: list[Source]) -> None:
    claims: Sequence[Claim] = [claim_of(*sources) for _ in range(3)]
    items = {claim.pk: list(evidence_of(claim)) for claim in claims}
    with CaptureQueriesContext(connection) as asked:
        scorings_of(claims, items)
    assert len(asked) == 2  # the records, and whether a model is in use


def test_a_settled_report_only_ever_ends(administrator: User, sources: list[Source]) -> None:
    override(claim_of(*sources[:2]), administrator, Status.CONFIRMED)
    row = SettledReport.objects.first()
    assert row is not None
    for change in ({"supports": False}, {"weight": 0.1}):
        with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
            SettledReport.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.pk = None
        row.save()


def test_a_change_whose_message_was_lost_is_spread_by_the_sweep(
    administrator: User, sources: list[Source]
) -> None:
    claim, touched = claim_of(*sources[:2]), claim_of(sources[0])
    assess_claim(claim_id=touched.pk)
    override(claim, administrator, Status.CONFIRMED)  # its message is not sent in this test
    assert sweep_changes() == 0  # it may still be under way
    with (
        time_machine.travel(timezone.now() + timedelta(minutes=2)),
        TestCase.captureOnCommitCallbacks(execute=True),
    ):
        assert sweep_changes() == 1
    newest = touched.assessments.first()
    assert newest is not None
    assert newest.cause == f"claim {claim.number} became confirmed"
    assert RecordChange.objects.filter(spread_at=None).count() == 0


def test_another_grade_moves_the_number_of_a_source_and_not_its_counts(
    administrator: User, sources: list[Source]
) -> None:
    override(claim_of(*sources[:2]), administrator, Status.CONFIRMED)
    before = Credibility.objects.get(source=sources[0], slice=Slice.ALL)
    assert (before.n, before.says_enough) == (1, False)
    SourceGrade.objects.create(
        source=sources[0], grade="E", rationale="for a test", graded_at=timezone.now()
    )
    source_graded(source_id=sources[0].pk)
    after = Credibility.objects.get(source=sources[0], slice=Slice.ALL)
    assert after.estimate < before.estimate
    assert record(sources[0]) == TrackRecord(1, 1, 0, 0)

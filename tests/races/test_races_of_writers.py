"""Writers who need the same claim and the record: they wait for each other, never in a circle."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from accounts.models import User
from audit.selectors import chain_faults
from claims.models import Claim
from claims.services import claims, describing, evidence, filing, judging, publishing
from claims.vocabulary import Publication, Stance
from tests.factories import ClaimFactory
from tests.races.at_once import Meeting, at_once

Decidable = Callable[..., Claim]


def withdrawal(checker: User, claim: Claim) -> Callable[[], object]:
    return lambda: evidence.withdraw_evidence(
        actor=checker, claim=claim, position=2, reason="The speaker took it back today."
    )


def assert_both_written(results: list[object]) -> None:
    assert not [result for result in results if isinstance(result, Exception)], results
    assert list(chain_faults()) == []


def test_a_link_is_filed_while_another_item_is_withdrawn(
    decidable: Decidable, checker: User, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = decidable()
    meeting = Meeting()
    meeting.before(monkeypatch, filing, "file_evidence")
    meeting.before(monkeypatch, evidence, "evidence_at")
    results = at_once(
        lambda: filing.file_address(
            actor=editor,
            claim=claim,
            address="https://outlet.example.org/new",
            stance=Stance.CONTEXT,
        ),
        withdrawal(checker, claim),
    )
    assert_both_written(results)


def test_a_place_is_named_while_an_item_is_withdrawn(
    decidable: Decidable, checker: User, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = decidable()
    meeting = Meeting()
    meeting.before(monkeypatch, describing, "edit_claim")
    meeting.before(monkeypatch, evidence, "evidence_at")
    place, _ = results = at_once(
        lambda: describing.describe_claim(
            actor=editor, claim=claim, expected_version=claim.version, place_name="Suburb"
        ),
        withdrawal(checker, claim),
    )
    # Whoever comes second sees a newer version: a refusal in words is right, a deadlock is not.
    if getattr(place, "code", "") == "version_conflict":
        results = results[1:]
    assert_both_written(results)


def test_a_source_is_named_while_an_item_is_withdrawn(
    decidable: Decidable, checker: User, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = decidable()
    meeting = Meeting()
    meeting.before(monkeypatch, judging, "_lock_citing")
    meeting.before(monkeypatch, evidence, "_save_changed")
    results = at_once(
        lambda: judging.judge_evidence(
            actor=editor, claim=claim, position=1, source=judging.NewSource("New outlet", "outlet")
        ),
        withdrawal(checker, claim),
    )
    assert_both_written(results)


def test_drafts_are_published_together_while_one_is_edited(
    transactional_db: None, checker: User, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafts = [ClaimFactory.create(publication=Publication.DRAFT) for _ in range(2)]
    claim = drafts[1]
    meeting = Meeting()
    published = publishing.publish_claim

    def then_meet(**who: object) -> Claim:
        done = published(**who)
        meeting.wait()
        return done

    monkeypatch.setattr(publishing, "publish_claim", then_meet)
    meeting.before(monkeypatch, claims, "_assign")
    edited, _ = results = at_once(
        lambda: claims.edit_claim(
            actor=checker, claim=claim, expected_version=claim.version, unknowns="Who was there."
        ),
        lambda: publishing.publish_drafts(actor=editor, numbers=[one.number for one in drafts]),
    )
    if getattr(edited, "code", "") == "version_conflict":
        results = results[1:]
    assert_both_written(results)

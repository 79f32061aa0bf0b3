"""Sources that err together: found, decided on by a person, and discounted as one house is."""

from __future__ import annotations

import re
from datetime import timedelta
from http import HTTPStatus
from itertools import combinations

import numpy as np
import pytest
from django.db import InternalError, ProgrammingError, transaction
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import User
from audit.models import AuditEvent
from claims.models import Claim
from claims.vocabulary import Status
from core.errors import Conflict, Invalid, NotAllowed
from sources.models import GroupMember, GroupState, Source, SourceGroup
from sources.vocabulary import Safety
from tests.conftest import signed_in
from tests.factories import GroupFactory, SourceFactory
from tests.verification.aleppo import override
from tests.verification.bloc_rows import open_claim, settle, sources
from tests.verification.desk_pages import get
from tests.verification.page_reading import read
from verification.addresses import claim_path
from verification.models import Notification, SettledReport
from verification.services import dependence
from verification.services.assess import assess_claim
from verification.services.assess_many import assess_many
from verification.services.dependence import (
    decide_group,
    end_group,
    propose_groups,
    spread_group,
    sweep_groups,
)

pytestmark = pytest.mark.django_db
PATH = "/desk/dependence"
WHY = "All three take their copy from one news desk."


@pytest.fixture
def press() -> tuple[list[Source], list[Source]]:
    copiers, honest = sources()
    settle(copiers, honest)
    return copiers, honest


@pytest.fixture
def proposed(press: tuple[list[Source], list[Source]]) -> SourceGroup:
    (group,) = propose_groups()
    return group


def members(group: SourceGroup) -> list[Source]:
    return list(group.sources.order_by("number"))


def numbers(claim: Claim) -> tuple[float | None, float | None, float | None, int]:
    claim.refresh_from_db()
    return claim.confidence, claim.confidence_low, claim.confidence_high, claim.origins_for


def scored(*claims: Claim) -> list[tuple[float | None, float | None, float | None, int]]:
    for claim in claims:
        assess_claim(claim_id=claim.pk)
    return [numbers(claim) for claim in claims]


def rescored(group: SourceGroup, capture: DjangoCaptureOnCommitCallbacks) -> int:
    """What the messages of a decision do: they run at once in tests."""
    with capture(execute=True):
        return spread_group(group_id=group.pk)


# --- Finding


def test_a_planted_bloc_is_proposed_once_with_what_was_found(
    press: tuple[list[Source], list[Source]], editor: User
) -> None:
    copiers, _ = press
    (group,) = propose_groups()
    assert members(group) == copiers
    assert (group.state, group.decided_by) == (GroupState.PROPOSED, None)
    wrong = [
        set(source.settled_reports.exclude(supports=True, proved_true=True)
            .exclude(supports=False, proved_true=False).values_list("claim", flat=True))
        for source in copiers
    ]  # fmt: skip
    for figures, (one, other) in zip(group.figures, combinations(wrong, 2), strict=True):
        assert (figures["common"], figures["wrong_together"]) == (40, len(one & other))
        assert figures["expected"] < figures["wrong_together"] / 2
        assert figures["at_least"] >= 0.85
    assert propose_groups() == []
    assert Notification.objects.get(recipient=editor).href == f"{PATH}#group-1"
    assert AuditEvent.objects.filter(tag="verification:group:proposed").count() == 1


def test_without_a_bloc_nothing_is_proposed() -> None:
    settle([], sources(0, 5)[1])
    assert propose_groups() == []
    assert not SourceGroup.objects.exists()


def test_outlets_of_one_owner_are_discounted_already_and_not_proposed() -> None:
    copiers, honest = sources()
    Source.objects.filter(pk__in=[copiers[1].pk, copiers[2].pk]).update(owner=copiers[0])
    settle(copiers, honest)
    assert propose_groups() == []


def test_a_proposal_that_is_no_longer_found_is_set_aside(proposed: SourceGroup) -> None:
    SettledReport.objects.filter(source__in=members(proposed)[:2]).update(
        reopened_at=timezone.now()
    )
    assert propose_groups() == []
    proposed.refresh_from_db()
    assert proposed.state == GroupState.REPLACED


def test_what_was_refused_is_proposed_again_only_when_the_evidence_grew(
    proposed: SourceGroup, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide_group(actor=editor, number=1, accept=False, reason=WHY)
    assert propose_groups() == []
    copiers = members(proposed)
    settle(copiers, [], claims=29, seed=5, since=timezone.now() + timedelta(days=1))
    assert propose_groups() == []
    settle(copiers, [], claims=1, seed=6, since=timezone.now() + timedelta(days=2))
    (again,) = propose_groups()
    assert (again.number, members(again)) == (2, copiers)


def test_without_that_rule_a_refusal_would_be_asked_again_each_night(
    proposed: SourceGroup, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide_group(actor=editor, number=1, accept=False, reason=WHY)
    monkeypatch.setattr(dependence, "COMMON", 0)
    assert len(propose_groups()) == 1


# --- Deciding


def test_only_who_approves_decides_and_says_why(
    proposed: SourceGroup, checker: User, editor: User
) -> None:
    with pytest.raises(NotAllowed):
        decide_group(actor=checker, number=1, accept=True, reason=WHY)
    with pytest.raises(Invalid):
        decide_group(actor=editor, number=1, accept=True, reason="no")
    accepted = decide_group(actor=editor, number=1, accept=True, reason=WHY)
    assert (accepted.state, accepted.decided_by) == (GroupState.ACCEPTED, editor)
    with pytest.raises(Conflict):
        decide_group(actor=editor, number=1, accept=False, reason=WHY)
    assert propose_groups() == []  # what counts already is not news
    with pytest.raises(NotAllowed):
        end_group(actor=checker, number=1, reason=WHY)
    end_group(actor=editor, number=1, reason="They have parted since.")
    with pytest.raises(Conflict):
        end_group(actor=editor, number=1, reason=WHY)
    assert propose_groups() == []
    tags = AuditEvent.objects.filter(tag__startswith="verification:group:").order_by("seq")
    assert list(tags.values_list("tag", "reason")) == [
        ("verification:group:proposed", ""),
        ("verification:group:accepted", WHY),
        ("verification:group:ended", "They have parted since."),
    ]


def test_an_owner_is_in_one_bloc_at_most(editor: User) -> None:
    one, other, third, owner = (SourceFactory.create() for _ in range(4))
    outlet = SourceFactory.create(owner=owner)
    GroupFactory.accepted(one, owner)
    for number, pair in enumerate([(other, one), (other, outlet)], start=2):
        GroupFactory.of(*pair)
        with pytest.raises(Conflict, match="in group 1 already"):
            decide_group(actor=editor, number=number, accept=True, reason=WHY)
    GroupFactory.of(other, third)
    assert decide_group(actor=editor, number=4, accept=True, reason=WHY).state == "accepted"


@pytest.mark.parametrize("change", [{"figures": []}, {"number": 7}, {"made_at": timezone.now()}])
def test_what_was_found_is_never_changed(proposed: SourceGroup, change: dict[str, object]) -> None:
    with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
        SourceGroup.objects.update(**change)


def test_a_decision_and_the_members_stay(proposed: SourceGroup, editor: User) -> None:
    decide_group(actor=editor, number=1, accept=False, reason=WHY)
    GroupFactory.create()  # one without members, which nothing else would keep
    for refused in (
        lambda: SourceGroup.objects.filter(number=1).update(state=GroupState.PROPOSED),
        lambda: SourceGroup.objects.filter(number=2).delete(),
        lambda: GroupMember.objects.update(source=members(proposed)[0]),
        lambda: GroupMember.objects.all().delete(),
    ):
        with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
            refused()


# --- What follows for the scores


def test_an_accepted_group_moves_open_claims_of_its_sources_and_no_others(
    proposed: SourceGroup,
    press: tuple[list[Source], list[Source]],
    editor: User,
    administrator: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    copiers, honest = press
    touched, settled = (open_claim(*copiers, honest[0]) for _ in range(2))
    other, one_alone = open_claim(*honest), open_claim(copiers[0])
    override(settled, administrator, Status.CONFIRMED)
    claims = [touched, other, one_alone, settled]
    before = scored(*claims)
    group = decide_group(actor=editor, number=1, accept=True, reason=WHY)
    assert rescored(group, django_capture_on_commit_callbacks) == 2
    after = [numbers(claim) for claim in claims]
    assert after[1:] == before[1:]
    assert after[0][0] < before[0][0]
    assert (before[0][3], after[0][3]) == (4, 2)
    assert scored(*claims) == after, "a settled claim keeps the groups of its time"
    assert "was accepted" in touched.assessments.latest("pk").cause
    assert rescored(group, django_capture_on_commit_callbacks) == 0
    group = end_group(actor=editor, number=1, reason=WHY)
    assert rescored(group, django_capture_on_commit_callbacks) == 2
    assert [numbers(claim) for claim in claims] == before


def test_many_claims_at_once_get_the_numbers_of_each_alone(
    press: tuple[list[Source], list[Source]],
) -> None:
    copiers, honest = press
    GroupFactory.accepted(*copiers)
    claims = [open_claim(*copiers, *honest), open_claim(*copiers[:2]), open_claim(*honest)]
    alone = scored(*claims)
    Claim.objects.filter(pk__in=[claim.pk for claim in claims]).update(
        confidence=0.5, confidence_low=0.4, confidence_high=0.6
    )
    ids = np.array([claim.pk for claim in claims], np.int64)
    assert [part.changed for part in assess_many(claim_ids=ids, cause="a test")] == [3]
    assert [numbers(claim) for claim in claims] == alone


def test_the_page_says_what_it_counts_and_names_nobody_who_is_withheld(
    press: tuple[list[Source], list[Source]],
) -> None:
    copiers, _ = press
    Source.objects.filter(pk=copiers[0].pk).update(
        safety=Safety.WITHHELD, safety_reason="A person is in danger.", name="Nadia Sayegh"
    )
    GroupFactory.accepted(*copiers)
    claim = open_claim(*copiers)
    scored(claim)
    page = read(claim_path(claim.number, claim.sentence))
    # Which of equals counts in full depends on their numbers, which no test chooses.
    assert re.search(r"counts 0\.2 of a source because it errs together with \[\d\]", page.text)
    assert "Nadia Sayegh" not in page.markup
    told = str(claim.assessments.latest("pk").explanation)
    assert "errs_together" in told
    assert "Nadia" not in told


def test_a_decision_whose_message_was_lost_is_sent_again(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    group = GroupFactory.accepted(SourceFactory.create(), SourceFactory.create())
    assert sweep_groups() == 0
    later = timezone.now() + timedelta(minutes=2)
    with django_capture_on_commit_callbacks(execute=True):
        assert sweep_groups(now=later) == 1
    group.refresh_from_db()
    assert group.spread_at is not None
    assert sweep_groups(now=later) == 0


# --- The page


def test_the_page_tells_the_evidence_in_words_and_takes_the_decision(
    proposed: SourceGroup, editor: User, checker: User
) -> None:
    weakest = proposed.figures[0]
    page = get(signed_in(checker), PATH)
    assert (
        f"wrong together on {weakest['wrong_together']} of 40 claims; "
        f"{weakest['expected']:.1f} expected by chance"
    ) in page.text
    assert "Morning Post, Evening Post and Weekly Post" in page.text
    assert len(page.all("//article//details//tbody/tr")) == min(12, weakest["wrong_together"])
    assert "An editor or an administrator decides." in page.text
    assert page.all("//article//button") == []
    desk = signed_in(editor)
    for sent in ({"accept": "yes", "reason": "ok"}, {"reason": WHY}):
        assert desk.post(f"{PATH}/1", sent).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert desk.post(f"{PATH}/1", {"accept": "yes", "reason": WHY}).status_code == 303
    assert WHY in get(desk, PATH).part("in-use")
    late = desk.post(f"{PATH}/1", {"accept": "no", "reason": WHY})
    assert late.status_code == HTTPStatus.CONFLICT
    assert "Somebody was faster" in late.content.decode()
    assert desk.post(f"{PATH}/1/end", {"reason": "no"}).status_code == 422
    assert desk.post(f"{PATH}/1/end", {"reason": "They have parted since."}).status_code == 303
    assert "They have parted since." in get(desk, PATH).part("done")


def test_the_page_of_a_source_says_whom_it_errs_with(checker: User) -> None:
    owner, other, outside = (SourceFactory.create() for _ in range(3))
    outlet = SourceFactory.create(owner=owner)
    GroupFactory.accepted(owner, other)
    desk = signed_in(checker)
    for source, words in ((other, owner.name), (outlet, other.name)):
        page = get(desk, f"/desk/s/{source.number}")
        assert "Errs together with" in page.part("brief")
        assert words in page.part("brief")
        assert f"{PATH}#group-1" in page.links()
    assert "Errs together" not in get(desk, f"/desk/s/{outside.number}").text


def test_nothing_found_says_when_something_would_be(checker: User) -> None:
    assert "No group waits." in get(signed_in(checker), PATH).text

"""What others say of a source: written down, shown, learnt from, and taken back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from audit.models import AuditEvent
from claims.selectors.evidence import evidence_of, evidence_to_score
from core.errors import Conflict, Invalid, Missing, NotAllowed
from sources.models import ExternalRating, Source
from sources.selectors.ratings import newest_ratings
from sources.services.ratings import rate_source, take_back_rating
from sources.vocabulary import Safety
from tests.factories import ClaimFactory, EvidenceFactory, SourceFactory
from tests.verification.desk_pages import get, send
from verification.models import ScoringModel
from verification.models.scoring_model import ModelState
from verification.scoring import DEFAULT_PARAMETERS, Group
from verification.selectors.facts import score_input
from verification.services.assess import assess_claim

pytestmark = pytest.mark.django_db
WRONG = "It was another outlet of that name."


@pytest.fixture
def source() -> Source:
    made: Source = SourceFactory.create(name="Quarter Lantern", kind="outlet")
    return made


def rated(actor: User, source: Source, **fields: object) -> ExternalRating:
    given = {"rater": "Media Watch", "value": "Mixed", "scale": "High to low", **fields}
    return rate_source(actor=actor, source=source, **given)


def test_a_rating_is_kept_with_who_said_it_and_stands_on_the_record(
    checker: User, source: Source
) -> None:
    rated(checker, source, rated_on=date(2026, 3, 1), link="https://watch.example.org/lantern")
    line = AuditEvent.objects.get(tag="sources:source:rated")
    assert line.after == {
        "rater": "Media Watch",
        "value": "Mixed",
        "scale": "High to low",
        "rated_on": "2026-03-01",
        "link": "https://watch.example.org/lantern",
    }
    with pytest.raises(Conflict, match="stands here already"):
        rated(checker, source, rated_on=date(2026, 3, 1))


def test_the_newest_by_its_day_counts_and_one_without_a_day_is_older(
    checker: User, source: Source
) -> None:
    rated(checker, source, value="High", rated_on=date(2026, 3, 1))
    rated(checker, source, value="Low", rated_on=date(2025, 3, 1))
    rated(checker, source, value="Mixed")
    assert newest_ratings([source.pk]) == {source.pk: "Media Watch: High"}
    item = EvidenceFactory.create(document__source=source)
    for items in (evidence_of(item.claim), evidence_to_score(item.claim)):
        (report,) = score_input(item.claim, list(items)).reports
        assert (report.source_kind, report.rated) == ("outlet", "Media Watch: High")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"rater": " "}, "Rater"),
        ({"value": ""}, "Value"),
        ({"scale": ""}, "Scale"),
        ({"rater": "x" * 121}, "Rater"),
        ({"rated_on": date(2999, 1, 1)}, "a day that has not come"),
        ({"link": "javascript:alert(1)"}, "begins with https"),
        ({"link": "https://"}, "Link"),
    ],
)
def test_what_is_no_rating_is_refused_in_words(
    checker: User, source: Source, fields: dict[str, object], words: str
) -> None:
    with pytest.raises(Invalid, match=words):
        rated(checker, source, **fields)
    assert not source.ratings.exists()


def test_who_may_not_edit_rates_nothing(auditor: User, checker: User, source: Source) -> None:
    with pytest.raises(NotAllowed):
        rated(auditor, source)
    rating = rated(checker, source)
    with pytest.raises(NotAllowed):
        take_back_rating(actor=auditor, source=source, rating_id=rating.pk, reason=WRONG)


def test_one_that_was_wrong_is_taken_back_and_stays_on_the_record(
    checker: User, source: Source
) -> None:
    rating = rated(checker, source)
    with pytest.raises(Invalid, match="Say why"):
        take_back_rating(actor=checker, source=source, rating_id=rating.pk, reason="wrong")
    with pytest.raises(Missing):
        take_back_rating(
            actor=checker, source=SourceFactory.create(), rating_id=rating.pk, reason=WRONG
        )
    take_back_rating(actor=checker, source=source, rating_id=rating.pk, reason=WRONG)
    assert newest_ratings() == {}
    line = AuditEvent.objects.get(tag="sources:source:rating_taken_back")
    assert (line.before["value"], line.reason) == ("Mixed", WRONG)


def test_a_learnt_model_tells_ratings_apart_and_a_new_rating_moves_the_score(
    checker: User, source: Source, django_capture_on_commit_callbacks: object
) -> None:
    """By nothing else than what settled claims showed of sources that are rated so."""
    groups = {**DEFAULT_PARAMETERS.groups, "ungraded/outlet/Media Watch: Low": Group(0.6, 0.5, 8)}
    ScoringModel.objects.create(
        number=1,
        method="cred-d/2",
        parameters={**DEFAULT_PARAMETERS.as_dict(), "groups": as_rows(groups)},
        inputs_digest="0" * 64,
        figures={},
        moves={},
        made_at=timezone.now(),
        state=ModelState.ACTIVE,
        activated_at=timezone.now(),
    )
    claim = ClaimFactory.create()
    EvidenceFactory.create(claim=claim, document__source=source)
    assess_claim(claim_id=claim.pk)
    before = claim.assessments.latest("pk").estimate
    rated(checker, source, value="High")
    assess_claim(claim_id=claim.pk)
    assert claim.assessments.latest("pk").estimate == before
    rated(checker, source, value="Low", rated_on=timezone.localdate() - timedelta(days=1))
    assess_claim(claim_id=claim.pk)
    assert claim.assessments.latest("pk").estimate < before


def as_rows(groups: dict[str, Group]) -> dict[str, object]:
    return {name: group.as_dict() for name, group in groups.items()}


# --- the desk's page


def test_a_checker_writes_one_down_and_takes_it_back(
    checker_client: Client, source: Source
) -> None:
    path = f"/desk/s/{source.number}"
    assert "No rating by others is written down." in get(checker_client, path).part("opinions")
    form = {"rater": "Media Watch", "value": "Mixed", "scale": "High to low"}
    send(checker_client, f"{path}/rate", **form)
    page = get(checker_client, path)
    assert "Mixed Media Watch, on its scale “High to low”" in page.part("opinions")
    assert "Media Watch calls it “Mixed”" in page.part("history")
    rating = source.ratings.get()
    refused = send(checker_client, f"{path}/ratings/{rating.pk}/take-back", reason="no")
    assert refused.status == 422
    assert "Say why, in a sentence." in refused.part("opinions")
    send(checker_client, f"{path}/ratings/{rating.pk}/take-back", reason=WRONG)
    assert "Taken back: Media Watch calls it “Mixed”" in get(checker_client, path).part("history")
    assert not source.ratings.exists()


def test_what_is_missing_is_asked_for_and_what_was_typed_is_kept(
    checker_client: Client, source: Source
) -> None:
    page = send(checker_client, f"/desk/s/{source.number}/rate", rater="Media Watch", link="no way")
    assert page.status == 422
    for words in ("in their words", "which scale", "Write the whole address"):
        assert words in page.part("opinions")
    assert page.tree.xpath("//input[@name='rater']/@value") == ["Media Watch"]


def test_a_rating_that_stands_already_is_refused_on_the_page(
    checker_client: Client, checker: User, source: Source
) -> None:
    rated(checker, source)
    form = {"rater": "Media Watch", "value": "Mixed", "scale": "High to low"}
    page = send(checker_client, f"/desk/s/{source.number}/rate", **form)
    assert page.status == 409
    assert "This rating stands here already." in page.part("opinions")


def test_who_only_reads_sees_no_forms(client: Client, auditor: User, source: Source) -> None:
    client.force_login(auditor)
    page = get(client, f"/desk/s/{source.number}")
    assert "Write down a rating" not in page.part("opinions")
    answer = client.post(f"/desk/s/{source.number}/rate", {"rater": "x"})
    assert answer.status_code == 403


def test_readers_and_programs_see_it_unless_the_name_is_withheld(
    client: Client, checker: User, source: Source
) -> None:
    EvidenceFactory.create(document__source=source)
    rated(checker, source, rated_on=date(2026, 3, 1), link="https://watch.example.org/lantern")
    page = f"/s/{source.number}"
    assert b"Media Watch" in client.get(page, follow=True).content
    path = f"/api/v1/sources/{source.number}"
    assert client.get(path).json()["ratings"] == [
        {
            "rater": "Media Watch",
            "value": "Mixed",
            "scale": "High to low",
            "rated_on": "2026-03-01",
            "link": "https://watch.example.org/lantern",
        }
    ]
    Source.objects.update(safety=Safety.WITHHELD, safety_reason="It is in danger.")
    assert client.get(path).json()["ratings"] == []
    assert b"Media Watch" not in client.get(page, follow=True).content

"""What others say of a source: written down with who said it, and taken back if that was wrong."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import User
from accounts.policies import require
from accounts.roles import Permission
from audit.services.record import record_event, recording
from core.errors import Conflict, Invalid, Missing
from core.jobs import enqueue
from sources.models import ExternalRating, Source

LEAST_REASON = 10


@recording()
def rate_source(
    *,
    actor: User,
    source: Source,
    rater: str,
    value: str,
    scale: str,
    rated_on: date | None = None,
    link: str = "",
) -> ExternalRating:
    """RATER calls SOURCE a VALUE of its SCALE. The newest of a source counts, by its day.

    Readers see it. It moves no score until settled claims show what such words are worth.
    """
    require(actor, Permission.EDIT)
    source = Source.objects.select_for_update().get(pk=source.pk)
    if rated_on is not None and rated_on > timezone.localdate():
        raise Invalid("It cannot have been rated on a day that has not come.")
    rating = ExternalRating(
        source=source,
        rater=rater.strip(),
        value=value.strip(),
        scale=scale.strip(),
        rated_on=rated_on,
        link=link.strip(),
    )
    _check(rating)
    said = {"rater": rating.rater, "value": rating.value, "rated_on": rated_on}
    if source.ratings.filter(**said).exists():
        raise Conflict("This rating stands here already. Look at the page again.")
    rating.save()
    record_event(actor=actor, tag="sources:source:rated", subject=source, after=_as_row(rating))
    enqueue("verification.source_graded", source_id=source.pk)
    return rating


@recording()
def take_back_rating(*, actor: User, source: Source, rating_id: int, reason: str) -> None:
    """It was wrong to write this down: it is shown and counted no more, and stays on the record."""
    require(actor, Permission.EDIT)
    if len(reason.strip()) < LEAST_REASON:
        raise Invalid("Say why, in a sentence.")
    rating = source.ratings.select_for_update().filter(pk=rating_id).first()
    if rating is None:
        raise Missing("This rating does not stand here any more. Look at the page again.")
    before = _as_row(rating)
    rating.delete()
    record_event(
        actor=actor,
        tag="sources:source:rating_taken_back",
        subject=source,
        before=before,
        reason=reason.strip(),
    )
    enqueue("verification.source_graded", source_id=source.pk)


def _check(rating: ExternalRating) -> None:
    if rating.link and not rating.link.startswith(("https://", "http://")):
        raise Invalid("A link begins with https:// or http://.")
    try:
        rating.full_clean()
    except ValidationError as error:
        name, said = next(iter(error.message_dict.items()))
        raise Invalid(f"{name.replace('_', ' ').capitalize()}: {said[0]}") from error


def _as_row(rating: ExternalRating) -> dict[str, str]:
    on = f"{rating.rated_on:%Y-%m-%d}" if rating.rated_on else ""
    return {
        "rater": rating.rater,
        "value": rating.value,
        "scale": rating.scale,
        "rated_on": on,
        "link": rating.link,
    }

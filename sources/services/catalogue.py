"""Parties and sources: who says it, on which side, how reliable."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify

from accounts.models import User
from accounts.policies import require
from accounts.roles import Permission
from audit.services.record import record_event, recording
from core.errors import Conflict, Invalid
from core.jobs import enqueue
from sources.models import Affiliation, Party, Source, SourceAddress, SourceGrade
from sources.vocabulary import AddressKind, Degree, Grade, SourceKind


@recording()
def add_party(*, actor: User, name: str, aliases: Sequence[str] = ()) -> Party:
    require(actor, Permission.EDIT)
    party = Party(name=name.strip(), slug=slugify(name)[:80], aliases=list(aliases))
    party.full_clean()
    party.save()
    record_event(actor=actor, tag="sources:party:added", subject=party, after={"name": party.name})
    return party


@recording()
def add_source(
    *,
    actor: User | None,
    name: str,
    kind: str = SourceKind.OTHER,
    names: dict[str, str] | None = None,
    languages: Sequence[str] = (),
    addresses: Sequence[tuple[AddressKind, str]] = (),
    owner: Source | None = None,
    description: str = "",
) -> Source:
    """A new source with the addresses that belong to it alone. `actor` None: found by a capture."""
    if actor is not None:
        require(actor, Permission.EDIT)
    source = Source(
        name=name.strip()[:160],
        kind=kind,
        names=names or {},
        languages=list(languages),
        owner=owner,
        description=description,
    )
    source.full_clean(exclude=["number"])
    source.save()
    for address_kind, value in addresses:
        _claim_address(source, address_kind, value)
    record_event(
        actor=actor, tag="sources:source:added", subject=source, after={"name": source.name}
    )
    return source


def _claim_address(source: Source, kind: AddressKind, value: str) -> None:
    try:
        with transaction.atomic():
            SourceAddress.objects.create(source=source, kind=kind, value=value.lower())
    except IntegrityError as error:
        holder = SourceAddress.objects.select_related("source").get(value=value.lower()).source
        raise Conflict(
            f"{value} already belongs to {holder.public_name}. Use that source, or move the "
            "address there first.",
            source=holder.number,
        ) from error


@recording()
def affiliate_source(
    *,
    actor: User,
    source: Source,
    party: Party,
    rationale: str,
    degree: str = Degree.MEMBER,
    from_date: date | None = None,
) -> Affiliation:
    require(actor, Permission.EDIT)
    if len(rationale.strip()) < 10:  # noqa: PLR2004  # a word is not a reason
        raise Invalid("Say why, in a sentence: this label is public and can be disputed.")
    if source.affiliations.filter(party=party, to_date__isnull=True).exists():
        raise Conflict(f"It is on the side of {party.name} already. Look at the page again.")
    if source.affiliations.filter(party=party, from_date=from_date).exists():
        from_date = timezone.localdate()  # it was on this side before, from a day nobody knows
    if source.affiliations.filter(party=party, from_date=from_date).exists():
        raise Conflict("It left this side today. Wait a day, or say since when it is back.")
    affiliation = Affiliation(
        source=source, party=party, degree=degree, from_date=from_date, rationale=rationale.strip()
    )
    affiliation.full_clean()
    affiliation.save()
    record_event(
        actor=actor,
        tag="sources:source:affiliated",
        subject=source,
        after={"party": party.name, "degree": degree},
        reason=rationale,
    )
    enqueue("verification.side_changed", source_id=source.pk, actor_id=actor.pk)
    return affiliation


@recording()
def grade_source(*, actor: User, source: Source, grade: str, rationale: str) -> SourceGrade:
    """Give a source an Admiralty reliability grade; earlier grades stay on the record."""
    require(actor, Permission.EDIT)
    if len(rationale.strip()) < 10:  # noqa: PLR2004  # a word is not a reason
        raise Invalid("Say why this grade, in a sentence: readers will see it.")
    given = SourceGrade(
        source=source,
        grade=Grade(grade),
        rationale=rationale.strip(),
        graded_by=actor,
        graded_at=timezone.now(),
    )
    given.full_clean()
    given.save()
    record_event(
        actor=actor,
        tag="sources:source:graded",
        subject=source,
        after={"grade": grade},
        reason=rationale,
    )
    enqueue("verification.source_graded", source_id=source.pk)
    return given

"""What the desk's forms offer to choose from."""

from __future__ import annotations

from accounts.models import User
from claims.models import Claim, Place
from claims.selectors.claims import claims_for
from sources.models import Party, Source

MOST_SUGGESTIONS = 60
Choices = list[tuple[str, str]]


def source_choices() -> Choices:
    """Number and name of every source, by name; its kind tells two of one name apart."""
    return [
        (str(source.number), f"{source.name} ({source.get_kind_display().lower()})")
        for source in Source.objects.only("number", "name", "kind").order_by("name", "number")
    ]


def party_choices() -> Choices:
    return [(party.slug, party.name) for party in Party.objects.only("slug", "name")]


def party_of(slug: str) -> Party | None:
    return Party.objects.filter(slug=slug).first() if slug else None


def place_names() -> list[str]:
    """Names to suggest while somebody types where it was."""
    return list(Place.objects.order_by("-number").values_list("name", flat=True)[:MOST_SUGGESTIONS])


def recent_claims(actor: User) -> list[Claim]:
    """Claims that ACTOR may mean: those that changed last."""
    found = claims_for(actor).filter(merged_into=None).only("number", "sentence")
    return list(found.order_by("-changed_at", "-number")[:MOST_SUGGESTIONS])

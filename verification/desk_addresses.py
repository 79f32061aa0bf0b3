"""Where pages of the desk are."""

from __future__ import annotations

import uuid

from django.urls import reverse


def desk_claim_path(number: int) -> str:
    return reverse("desk_claim", kwargs={"number": number})


def item_path(number: int, position: int) -> str:
    """The claim's editor at the row of an evidence item."""
    return f"{desk_claim_path(number)}#e{position}"


def open_item_path(number: int, position: int) -> str:
    """The same with that row open."""
    return f"{desk_claim_path(number)}?open={position}#e{position}"


def desk_status_path(number: int, target: str = "") -> str:
    path = reverse("desk_status", kwargs={"number": number})
    return f"{path}?target={target}" if target else path


def recapture_path(number: int, position: int) -> str:
    return reverse("desk_evidence_capture", kwargs={"number": number, "position": position})


def provide_path(number: int, position: int) -> str:
    return reverse("desk_evidence_file", kwargs={"number": number, "position": position})


def elsewhere_path(number: int, position: int) -> str:
    return reverse("desk_evidence_elsewhere", kwargs={"number": number, "position": position})


def custody_path(number: int) -> str:
    """Where archived copy NUMBER is held, released or taken down."""
    return reverse("desk_custody", kwargs={"number": number})


def desk_source_path(number: int) -> str:
    return reverse("desk_source", kwargs={"number": number})


def models_path() -> str:
    return reverse("desk_models")


def dependence_path(number: int | None = None) -> str:
    """Sources that err together; the group NUMBER of them."""
    return reverse("desk_dependence") + (f"#group-{number}" if number else "")


def proposal_path(key: uuid.UUID) -> str:
    return reverse("desk_proposal", kwargs={"key": key})

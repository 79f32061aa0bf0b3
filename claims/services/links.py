"""Filing several links at once: each stands or falls alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from accounts.policies import require
from accounts.roles import Permission
from claims.models import Claim, Evidence
from claims.services.filing import file_address
from core.errors import Conflict, Invalid


@dataclass(frozen=True)
class RefusedLink:
    """`position`: the item under which the page is filed already, if that is why."""

    address: str
    why: str
    position: int | None = None


@dataclass(frozen=True)
class FiledLinks:
    evidence: tuple[Evidence, ...]
    refused: tuple[RefusedLink, ...]


def file_links(
    *, actor: User, claim: Claim, addresses: Sequence[str], stance: str, **judged: Any
) -> FiledLinks:
    """File each of ADDRESSES on CLAIM; what is refused takes nothing away from the others."""
    require(actor, Permission.EDIT)
    filed, refused = [], []
    for address in addresses:
        try:
            filed.append(
                file_address(actor=actor, claim=claim, address=address, stance=stance, **judged)
            )
        except (Invalid, Conflict) as error:
            refused.append(RefusedLink(address, error.message, error.details.get("position")))
    return FiledLinks(tuple(filed), tuple(refused))

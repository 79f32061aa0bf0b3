"""What every page of the desk shows besides its own content."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from core.middleware import DESK
from verification.selectors.waiting import desk_counts


def desk(request: HttpRequest) -> dict[str, object]:
    """Numbers beside the links of the desk's bar; asked for only if the bar is drawn."""
    user = getattr(request, "user", None)
    if not (request.path.startswith(DESK) and isinstance(user, User)):
        return {}
    return {"desk_counts": SimpleLazyObject(lambda: desk_counts(user))}

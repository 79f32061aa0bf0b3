"""Who may open a desk page."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

from accounts.models import User
from accounts.policies import require
from accounts.roles import Permission
from core.http import SiteRequest

P = ParamSpec("P")


class DeskRequest(SiteRequest):
    """A request of somebody who is signed in."""

    user: User


DeskView = Callable[Concatenate[DeskRequest, P], HttpResponse]


def desk(
    permission: Permission = Permission.READ_DESK,
) -> Callable[[DeskView[P]], Callable[Concatenate[HttpRequest, P], HttpResponse]]:
    """A desk page: strangers are sent to sign in, a role without PERMISSION is refused in words."""

    def decorate(view: DeskView[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            require(request.user, permission)
            return view(cast("DeskRequest", request), *args, **kwargs)

        return cast("Callable[Concatenate[HttpRequest, P], HttpResponse]", guarded)

    return decorate

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from accounts.forms import SignInForm
from core.errors import NotAllowed
from core.http import client_address

MOST_FAILURES = 10
WITHIN_SECONDS = 600


class SignIn(LoginView):
    """E-mail address and password; ten failures from one address in ten minutes close the door."""

    template_name = "desk/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: str, **kwargs: object) -> HttpResponse:
        if cache.get(_failures_key(request), 0) >= MOST_FAILURES:
            raise NotAllowed(
                "Too many failed attempts from here. Wait ten minutes and try again.",
                code="too_many_attempts",
            )
        return super().post(request, *args, **kwargs)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        _count(_failures_key(self.request))
        response = super().form_invalid(form)
        response.status_code = 422
        return response


class SignOut(LogoutView):
    next_page = "/"


def _failures_key(request: HttpRequest) -> str:
    return f"sign-in-failures-{client_address(request, settings.TRUSTED_PROXIES)}"


def _count(key: str) -> None:
    cache.add(key, 0, WITHIN_SECONDS)
    try:
        cache.incr(key)
    except ValueError:  # it ran out between the two lines
        cache.set(key, 1, WITHIN_SECONDS)

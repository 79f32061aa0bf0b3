from __future__ import annotations

from django.urls import path

from accounts.views import SignIn, SignOut

app_name = "accounts"
urlpatterns = [
    path("desk/sign-in", SignIn.as_view(), name="sign_in"),
    path("desk/sign-out", SignOut.as_view(), name="sign_out"),
]

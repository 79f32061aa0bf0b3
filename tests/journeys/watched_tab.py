"""Tabs of a real browser that are watched: what a page should not do fails the test."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

EXPECTED = (
    # Chromium's echo of each refused answer; answers are judged by their codes, not by this.
    "Failed to load resource: the server responded with a status of",
    # htmx about a preview that it took back itself, because a newer one was on its way.
    "htmx:sendAbort",
    "htmx:afterRequest",
)
PATIENCE = 30_000  # milliseconds; two busy cores are slow, and a capture happens in the request


@dataclass
class Tabs:
    """Opens tabs on SITE and collects what went wrong in any of them."""

    browser: Browser
    site: str
    complaints: list[str] = field(default_factory=list)
    opened: list[BrowserContext] = field(default_factory=list)

    def open(
        self,
        *,
        script: bool = True,
        width: int = 1280,
        scheme: str = "light",
        refusals: Collection[int] = (),
        **options: Any,
    ) -> Page:
        """A tab of its own person: no cookie, nothing kept. REFUSALS: expected error codes."""
        context = self.browser.new_context(
            base_url=self.site,
            java_script_enabled=script,
            viewport={"width": width, "height": 844 if width < 500 else 900},
            color_scheme=scheme,
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(PATIENCE)
        self.opened.append(context)
        context.on("request", self._asked)
        context.on("console", self._wrote)
        context.on("weberror", lambda error: self._complain(f"script: {error.error}"))
        context.on("response", lambda response: self._answered(response, refusals))
        return context.new_page()

    def close(self) -> None:
        for context in self.opened:
            context.close()

    def _asked(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme != "data" and address.hostname != "127.0.0.1":
            self._complain(f"asked for {request.url}")

    def _wrote(self, message: ConsoleMessage) -> None:
        noted = message.type == "error" or "Content Security Policy" in message.text
        if noted and not message.text.startswith(EXPECTED):
            self._complain(f"console: {message.text}")

    def _answered(self, response: Response, refusals: Collection[int]) -> None:
        if response.status >= 400 and response.status not in refusals:
            self._complain(f"{response.status} for {response.request.method} {response.url}")

    def _complain(self, text: str) -> None:
        self.complaints.append(text)

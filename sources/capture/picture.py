"""The picture of a page as a browser draws it. It never raises for what a page does.

The page's scripts run, in a browser that reaches nothing except through our proxy; so the picture
may show more than the archived bytes, and its failure says nothing about them.
"""

from __future__ import annotations

import base64
import time
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Any

from sources.capture.browser import Browser, running_browser
from sources.capture.devtools import (
    BrowserBusy,
    BrowserGone,
    CommandRefused,
    Devtools,
    Event,
)
from sources.capture.fetch import Network
from sources.capture.guard import Policy, Refused, parse_address
from sources.capture.limits import PictureLimits
from sources.capture.proxy import Asked, PinningProxy
from sources.capture.relay import HOME

_MEMORY_SECONDS = 0.5
_WORDS_SECONDS = 3.0
_MOST_WORDS = 200_000  # characters
_WORDS = f"document.body ? document.body.innerText.slice(0, {_MOST_WORDS}) : ''"
_CRASHED = "The page broke the browser, as one does that takes too much memory."
_LED_AWAY = "The page led the browser to an address that we do not open."


class NoPicture(Exception):
    """There will be no picture; the argument says why, in words for readers."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, or the reason why there is none; what the browser asked for, and was shown.

    `words`: the text of the page as the browser laid it out; "" if it could not be had.
    """

    reason: str = ""
    png: bytes = b""
    width: int = 0
    height: int = 0
    is_cut: bool = False
    final_url: str = ""
    tool_version: str = ""
    words: str = ""
    asked: tuple[Asked, ...] = ()
    dismissed: tuple[str, ...] = ()


def take_picture(
    url: str,
    *,
    chromium: str,
    policy: Policy,
    limits: PictureLimits | None = None,
    network: Network | None = None,
) -> Picture:
    """Open URL in CHROMIUM, the path of a browser, and return what it looks like."""
    limits = limits or PictureLimits()
    try:
        parse_address(url, policy)
    except Refused as refused:
        return Picture(reason=str(refused))
    with PinningProxy(policy, limits, network or Network()) as proxy:
        sitting = None
        try:
            with running_browser(chromium, proxy.port) as browser:
                sitting = _Sitting(browser, proxy, limits)
                return sitting.picture(url)
        except NoPicture as problem:
            words = str(problem)
        except BrowserBusy:
            words = "The page kept the browser busy until its time was over."
        except (BrowserGone, CommandRefused, ValueError):
            words = "The browser ended before there was a picture."
        except OSError as problem:
            words = f"The browser could not be started ({problem.strerror})."
        return Picture(
            reason=words,
            asked=tuple(proxy.asked),
            dismissed=tuple(sitting.dismissed) if sitting else (),
            tool_version=sitting.version if sitting else "",
        )


@dataclass(slots=True)
class _Sitting:
    """One page in front of one browser."""

    browser: Browser
    proxy: PinningProxy
    limits: PictureLimits
    version: str = ""
    dismissed: list[str] = field(default_factory=list)
    _tools: Devtools = field(init=False)
    _until: float = field(init=False)
    _context: str = ""
    _target: str = ""
    _session: str = ""
    _is_loaded: bool = False
    _asked: int = 0
    _frame: dict[str, Any] = field(default_factory=dict)
    _is_answer: bool = True
    _looked_at: float = 0.0

    def __post_init__(self) -> None:
        self._until = time.monotonic() + self.limits.total_seconds
        self._tools = Devtools(
            self.browser.reading, self.browser.writing, self._hear, self._look_at_memory
        )

    def picture(self, url: str) -> Picture:
        self._open_tab()
        self._sign_in()
        self._load(url)
        self._refuse_error_page()
        width, height, is_cut = self._unfold()
        png = self._photograph(width, height)
        return Picture(
            png=png,
            words=self._words(),
            width=width,
            height=height,
            is_cut=is_cut,
            final_url=str(self._frame.get("url", "")),
            tool_version=self.version,
            asked=tuple(self.proxy.asked),
            dismissed=tuple(self.dismissed),
        )

    def _call(self, method: str, **parameters: Any) -> Event:
        return self._tools.call(method, session=self._session, until=self._until, **parameters)

    def _open_tab(self) -> None:
        self.version = str(self._call("Browser.getVersion")["product"]).rpartition("/")[2][:40]
        # Of the browser's own profile nothing gets past the proxy: it never learns the password.
        self._context = self._call(
            "Target.createBrowserContext",
            proxyServer=f"http://127.0.0.1:{self.proxy.port}",
            proxyBypassList="<-loopback>",
        )["browserContextId"]
        self._target = self._call(
            "Target.createTarget", url="about:blank", browserContextId=self._context
        )["targetId"]
        self._call(
            "Browser.setDownloadBehavior",
            behavior="deny", browserContextId=self._context, eventsEnabled=True,
        )  # fmt: skip
        found = self._call("Target.attachToTarget", targetId=self._target, flatten=True)
        self._call("Target.setDiscoverTargets", discover=True)
        self._session = found["sessionId"]
        for domain in ("Page", "Network"):
            self._call(f"{domain}.enable")
        self._call("Network.setBypassServiceWorker", bypass=True)
        self._size(self.limits.window_height)

    def _sign_in(self) -> None:
        """Let the browser learn the proxy's password, which it then keeps for all requests."""
        self._call("Fetch.enable", handleAuthRequests=True, patterns=[{"urlPattern": HOME}])
        self._open(HOME)
        self._call("Fetch.disable")
        self._asked = 0

    def _load(self, url: str) -> None:
        """Open URL and wait until it is loaded and quiet, or its time is over: then stop it."""
        if self._open(url):
            self._pause()
            return
        self._tools.send("Emulation.setScriptExecutionDisabled", session=self._session, value=True)
        self._tools.send("Runtime.terminateExecution", session=self._session)
        self._tools.send("Page.stopLoading", session=self._session)

    def _open(self, url: str) -> bool:
        """Open URL; whether it was loaded before its time was over."""
        self._is_loaded = False
        self._tools.send("Page.navigate", session=self._session, url=url)
        patience = min(self._until, time.monotonic() + self.limits.load_seconds)
        return self._tools.wait(lambda: self._is_loaded, patience)

    def _pause(self) -> None:
        self._tools.wait(lambda: False, time.monotonic() + self.limits.settle_seconds)

    def _refuse_error_page(self) -> None:
        """For an error without words, browsers show a page of their own; the shell an empty one."""
        unreachable = str(self._frame.get("unreachableUrl", ""))
        if not unreachable and not self._is_answer:
            unreachable = str(self._frame.get("url", ""))
        if not unreachable:
            return
        is_refused = any(_is_same(row.url, unreachable) for row in self.proxy.refused)
        raise NoPicture(_LED_AWAY if is_refused else "The browser could not open the page.")

    def _unfold(self) -> tuple[int, int, bool]:
        """Make the window as high as the page, up to the limit; return width, height, is cut."""
        size = self._call("Page.getLayoutMetrics")["cssContentSize"]
        full = max(int(size["height"]), 1)
        height = min(max(full, self.limits.window_height), self.limits.height)
        self._size(height)
        self._pause()
        return self.limits.width, height, full > height

    def _size(self, height: int) -> None:
        self._call(
            "Emulation.setDeviceMetricsOverride",
            width=self.limits.width, height=height, deviceScaleFactor=1, mobile=False,
        )  # fmt: skip

    def _photograph(self, width: int, height: int) -> bytes:
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        shot = self._call("Page.captureScreenshot", format="png", clip=clip)
        png = base64.b64decode(shot["data"])
        if not png or len(png) > self.limits.picture_bytes:
            raise NoPicture("The picture is larger than we keep.")
        return png

    def _words(self) -> str:
        """Asked for in a world of its own, of which the page's programs know nothing."""
        until = min(self._until, time.monotonic() + _WORDS_SECONDS)
        call = partial(self._tools.call, session=self._session, until=until)
        try:
            world = call("Page.createIsolatedWorld", frameId=self._frame["id"])
            found = call(
                "Runtime.evaluate",
                contextId=world["executionContextId"], expression=_WORDS, returnByValue=True,
            )  # fmt: skip
            return str(found["result"].get("value", ""))[:_MOST_WORDS]
        except (BrowserBusy, CommandRefused, KeyError):
            return ""

    def _look_at_memory(self) -> None:
        now = time.monotonic()
        if now < self._looked_at + _MEMORY_SECONDS:
            return
        self._looked_at = now
        if self.browser.memory() > self.limits.memory_bytes:
            raise NoPicture("The page took more memory than a picture may cost.")

    def _hear(self, event: Event) -> None:
        hearers = {
            "Page.loadEventFired": self._hear_loaded,
            "Page.frameNavigated": self._hear_frame,
            "Network.requestWillBeSent": self._hear_request,
            "Network.responseReceived": self._hear_answer,
            "Page.javascriptDialogOpening": self._hear_dialog,
            "Target.targetCreated": self._hear_target,
            "Browser.downloadWillBegin": self._hear_download,
            "Target.targetCrashed": self._hear_crashed,
            "Fetch.requestPaused": self._hear_intercepted,
            "Fetch.authRequired": self._hear_password_asked,
        }
        hear = hearers.get(event["method"])
        if hear:
            hear(event.get("params", {}))

    def _hear_loaded(self, _about: Event) -> None:
        self._is_loaded = True

    def _hear_crashed(self, about: Event) -> None:
        """The process that draws the page ended: out of memory, most often."""
        if about["targetId"] == self._target:
            raise NoPicture(_CRASHED)

    def _hear_frame(self, about: Event) -> None:
        if "parentId" not in about["frame"]:
            self._frame = about["frame"]

    def _hear_request(self, about: Event) -> None:
        """The proxy does not see into tunnels, so the browser's own count holds for them."""
        self._asked += not about["request"]["url"].startswith(("data:", "blob:", "about:"))
        if self._asked == self.limits.requests + 1:
            self._tools.send("Network.setBlockedURLs", session=self._session, urls=["*"])

    def _hear_answer(self, about: Event) -> None:
        """Whether the page itself was answered with anything that a picture could show."""
        if about.get("type") == "Document" and about.get("frameId") == self._target:
            self._is_answer = _is_shown(about["response"])

    def _hear_dialog(self, about: Event) -> None:
        self._dismiss(str(about["type"]))
        leave = about["type"] == "beforeunload"
        self._tools.send("Page.handleJavaScriptDialog", session=self._session, accept=leave)

    def _hear_target(self, about: Event) -> None:
        info = about["targetInfo"]
        is_ours = info.get("browserContextId") != self._context or info["targetId"] == self._target
        if is_ours or info["type"] not in {"page", "service_worker"}:
            return
        self._dismiss("pop-up" if info["type"] == "page" else "service worker")
        self._tools.send("Target.closeTarget", targetId=info["targetId"])

    def _hear_download(self, _about: Event) -> None:
        self._dismiss("download")

    def _hear_intercepted(self, about: Event) -> None:
        self._tools.send(
            "Fetch.continueRequest", session=self._session, requestId=about["requestId"]
        )

    def _hear_password_asked(self, about: Event) -> None:
        answer = {
            "response": "ProvideCredentials",
            "username": self.proxy.username,
            "password": self.proxy.password,
        }
        if about["authChallenge"].get("source") != "Proxy":
            answer = {"response": "CancelAuth"}
        self._tools.send(
            "Fetch.continueWithAuth", session=self._session, requestId=about["requestId"],
            authChallengeResponse=answer,
        )  # fmt: skip

    def _dismiss(self, what: str) -> None:
        if len(self.dismissed) < 50:  # noqa: PLR2004 - a log for people
            self.dismissed.append(what[:40])


def _is_shown(response: Event) -> bool:
    """Not an error without a word, as our proxy's are, and not the words behind a password."""
    status = int(response["status"])
    headers = {name.lower(): value for name, value in response["headers"].items()}
    return status != HTTPStatus.UNAUTHORIZED and not (
        status >= HTTPStatus.BAD_REQUEST and headers.get("content-length") == "0"
    )


def _is_same(asked: str, shown: str) -> bool:
    """Whether a logged address is the one SHOWN; of tunnels only host and port are known."""
    return shown == asked or shown.startswith(asked.rstrip("/") + "/")

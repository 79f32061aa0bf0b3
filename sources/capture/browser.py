"""A headless Chromium of our own for one picture: its own profile, our proxy, killed whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

# The pipe of the debugging protocol has to be files 3 and 4; nothing else of ours is open in there.
_LAUNCH = 'ulimit -c 0; exec "$@" 3<&0 4>&1 </dev/null >/dev/null 2>&1'
_WITHOUT = (
    "Translate,MediaRouter,OptimizationHints,AutofillServerCommunication,WebTransport,"
    "CertificateTransparencyComponentUpdater,NetworkTimeServiceQuerying,PreloadPages"
)
_FLAGS = (
    "--headless", "--remote-debugging-pipe", "--no-first-run", "--no-default-browser-check",
    # Nothing but our proxy, not even for loopback, which Chromium would ask directly.
    "--proxy-bypass-list=<-loopback>",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--disable-quic", "--dns-prefetch-disable", "--no-pings",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    # Nothing of the browser's own accord.
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-default-apps", "--disable-extensions", "--disable-domain-reliability",
    "--disable-client-side-phishing-detection", "--disable-breakpad", "--disable-crash-reporter",
    "--metrics-recording-only", "--disable-field-trial-config",
    f"--disable-features={_WITHOUT}",
    # Nothing that asks a person, sounds, or lasts.
    "--deny-permission-prompts", "--mute-audio", "--autoplay-policy=user-gesture-required",
    "--password-store=basic", "--use-mock-keychain", "--disable-gpu", "--disable-dev-shm-usage",
    "--hide-scrollbars", "--disk-cache-size=10000000", "--renderer-process-limit=4",
    "--js-flags=--max-old-space-size=512",
)  # fmt: skip
_END_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Browser:
    """A running browser: its process, which leads a group, and the two ends of its pipe."""

    process: subprocess.Popen[bytes]
    reading: int
    writing: int

    def memory(self) -> int:
        """Bytes that its processes hold, as far as the system tells (Linux)."""
        pages = sum(_resident(self.process.pid)) if sys.platform == "linux" else 0
        return pages * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def running_browser(chromium: str, proxy_port: int) -> Iterator[Browser]:
    """Start CHROMIUM behind the proxy; whatever happens, nothing of it is left. May raise OSError.

    It ends with us too: a browser whose pipe is closed quits.
    """
    with tempfile.TemporaryDirectory(prefix="picture-", ignore_cleanup_errors=True) as profile:
        theirs_in, writing = os.pipe()
        reading, theirs_out = os.pipe()
        try:
            process = subprocess.Popen(  # noqa: S603 - nothing of a page is in the command
                ["/bin/sh", "-c", _LAUNCH, "sh", *_command(chromium, proxy_port, profile)],
                stdin=theirs_in,
                stdout=theirs_out,
                stderr=subprocess.DEVNULL,
                cwd=profile,
                env=_environment(profile),
                start_new_session=True,
            )
            os.close(theirs_in)
            os.close(theirs_out)
            try:
                yield Browser(process, reading, writing)
            finally:
                _kill(process)
        finally:
            os.close(reading)
            os.close(writing)


def _command(chromium: str, proxy_port: int, profile: str) -> list[str]:
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium refuses it to root
    return [
        chromium,
        *_FLAGS,
        *sandbox,
        f"--proxy-server=http://127.0.0.1:{proxy_port}",
        f"--user-data-dir={profile}/profile",
        "about:blank",
    ]


def _environment(folder: str) -> dict[str, str]:
    return {"PATH": os.defpath, "HOME": folder, "TMPDIR": folder, "LANG": "C.UTF-8", "TZ": "UTC"}


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=_END_SECONDS)


def _resident(session: int) -> Iterator[int]:
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        with suppress(OSError, ValueError, IndexError):  # it ended while we looked
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(fields[3]) == session:
                yield int(fields[21])

"""The browsers of this machine that tests drive; Debian builds all of them from one source."""

from __future__ import annotations

import shutil

_NAMES = ("chromium-headless-shell", "chromium")

BROWSERS = [path for name in _NAMES if (path := shutil.which(name))]
# The shell has no windows to draw, and starts with a third of the processor time.
CHROMIUM = BROWSERS[0] if BROWSERS else ""

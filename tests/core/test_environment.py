"""A setting that cannot be meant is refused at the start, with what to write instead."""

from __future__ import annotations

import pytest

from config import env


@pytest.mark.parametrize("text", ["1.5", "-0.1", "nan", "15"])
def test_what_is_no_share_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIT_RATE", text)
    with pytest.raises(env.EnvironmentProblem, match=r"AUDIT_RATE.*Write it as 0\.015"):
        env.share("AUDIT_RATE", 0.015)


@pytest.mark.parametrize(("text", "share"), [("", 0.015), ("0", 0.0), ("1", 1.0), ("0.02", 0.02)])
def test_a_share_is_read(text: str, share: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIT_RATE", text)
    assert env.share("AUDIT_RATE", 0.015) == share

"""The tokens: the sheet is current, text and marks are readable, statuses can be told apart."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from claims.vocabulary import Status
from core import tokens
from core.contrast import Vision, distance

SOURCE = tokens.load()
SHEETS = Path(settings.BASE_DIR) / "static" / "css"


def marks(theme: str, names: tuple[str, ...]) -> list[str]:
    return [SOURCE.theme(theme)[f"s-{name}-mark"] for name in names]


def closest(colours: list[str], vision: Vision) -> float:
    return min(distance(a, b, vision) for a, b in itertools.combinations(colours, 2))


def test_the_sheet_is_current() -> None:
    call_command("tokens", "--check")


def test_a_stale_sheet_is_refused(tmp_path: Path, settings: object) -> None:
    (tmp_path / "static" / "css").mkdir(parents=True)
    (tmp_path / "static" / tokens.SHEET).write_text("/* old */")
    settings.BASE_DIR = tmp_path
    with pytest.raises(CommandError, match="stale"):
        call_command("tokens", "--check")
    call_command("tokens")
    call_command("tokens", "--check")


def test_every_pair_has_its_contrast() -> None:
    assert tokens.failures(SOURCE) == []
    assert len(tokens.pairs(SOURCE)) * len(tokens.THEMES) >= 178


def test_too_little_contrast_is_found_and_not_written(
    tmp_path: Path, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    pale = replace(SOURCE, light={**SOURCE.light, "ink-3": "#9A9A9A"})
    found = tokens.failures(pale)
    assert {(failure.theme, failure.pair.front) for failure in found} == {("light", "ink-3")}
    settings.BASE_DIR = tmp_path
    monkeypatch.setattr(tokens, "load", lambda: pale)
    with pytest.raises(CommandError, match="ink-3 on paper"):
        call_command("tokens")
    assert list(tmp_path.iterdir()) == []


def test_both_themes_name_the_same_colours() -> None:
    assert SOURCE.light.keys() == SOURCE.dark.keys()


def test_there_is_a_colour_for_every_status_and_no_other() -> None:
    assert set(SOURCE.statuses) == {str(status) for status in Status}


def test_paper_is_always_light() -> None:
    sheet = tokens.sheet(SOURCE)
    before_screen = sheet.split("@media", maxsplit=1)[0]
    assert SOURCE.dark["paper"] not in before_screen
    assert all(rule.startswith(" screen") for rule in sheet.split("@media")[1:])


@pytest.mark.parametrize("theme", tokens.THEMES)
@pytest.mark.parametrize("vision", [v for v in Vision if v is not Vision.GREYSCALE])
def test_main_statuses_and_directions_stay_apart(theme: str, vision: Vision) -> None:
    colours = SOURCE.theme(theme)
    assert closest(marks(theme, SOURCE.core_statuses), vision) > 10
    assert distance(colours["pos"], colours["neg"], vision) > 40


@pytest.mark.parametrize("theme", tokens.THEMES)
def test_colour_alone_cannot_tell_seven_statuses(theme: str) -> None:
    """Why every status has a shape and a word: without them these would be one."""
    assert closest(marks(theme, SOURCE.statuses), Vision.GREYSCALE) < 2
    assert closest(marks(theme, SOURCE.statuses), Vision.DEUTERANOPIA) < 5


def test_every_property_that_a_sheet_uses_is_defined() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in SHEETS.glob("*.css"))
    defined = {*SOURCE.light, *SOURCE.shared, *re.findall(r"--([\w-]+)\s*:", text)}
    assert set(re.findall(r"var\(--([\w-]+)", text)) <= defined

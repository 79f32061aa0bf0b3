"""The design tokens: their source, the sheet made from them, and the contrast that they promise."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from core import contrast

SOURCE = Path(__file__).parent / "design" / "tokens.json"
SHEET = "css/tokens.css"

THEMES = ("light", "dark")
GROUNDS = ("paper", "surface", "sunken")
TEXT, CLEAR_TEXT, MARK = 4.5, 7.0, 3.0  # WCAG 1.4.3, 1.4.6 and 1.4.11

Colours = dict[str, str]


@dataclass(frozen=True)
class Tokens:
    """`light` and `dark` hold the same names; `shared` holds fonts, sizes and spaces."""

    statuses: tuple[str, ...]
    core_statuses: tuple[str, ...]
    shared: Colours
    light: Colours
    dark: Colours

    def theme(self, name: str) -> Colours:
        return self.light if name == "light" else self.dark


class Pair(NamedTuple):
    """A foreground that is drawn on a background, and the least contrast between them."""

    front: str
    back: str
    least: float


class Failure(NamedTuple):
    theme: str
    pair: Pair
    ratio: float


@cache
def load() -> Tokens:
    data = json.loads(SOURCE.read_text(encoding="utf-8"))
    return Tokens(
        statuses=tuple(data["statuses"]),
        core_statuses=tuple(data["core_statuses"]),
        shared=data["shared"],
        light=data["light"],
        dark=data["dark"],
    )


def sheet(tokens: Tokens) -> str:
    """The whole of tokens.css. Paper is always light: the dark theme is for screens only."""
    shared, light, dark = map(_properties, (tokens.shared, tokens.light, tokens.dark))
    return (
        "/* Made by `manage.py tokens` from core/design/tokens.json. Do not edit. */\n"
        f":root{{color-scheme:light dark;{shared}{light}}}\n"
        ":root[data-theme=light]{color-scheme:light}\n"
        "@media screen and (prefers-color-scheme:dark){\n"
        f":root:not([data-theme=light]){{{dark}}}\n"
        "}\n"
        "@media screen{\n"
        f":root[data-theme=dark]{{color-scheme:dark;{dark}}}\n"
        "}\n"
    )


def pairs(tokens: Tokens) -> list[Pair]:
    """Every foreground and background that the sheets put together."""
    return [*_text_pairs(), *_mark_pairs(), *_bar_pairs(), *_status_pairs(tokens.statuses)]


def failures(tokens: Tokens) -> list[Failure]:
    found = (
        Failure(theme, pair, contrast.ratio(colours[pair.front], colours[pair.back]))
        for theme in THEMES
        for colours in (tokens.theme(theme),)
        for pair in pairs(tokens)
    )
    return [failure for failure in found if failure.ratio < failure.pair.least]


def _properties(values: Colours) -> str:
    return "".join(f"--{name}:{value};" for name, value in values.items())


def _grid(fronts: tuple[str, ...], backs: tuple[str, ...], least: float) -> list[Pair]:
    return [Pair(front, back, least) for front in fronts for back in backs]


def _text_pairs() -> list[Pair]:
    words = ("ink", "ink-2", "ink-3", "link", "visited", "pos-ink", "neg-ink")
    return [*_grid(words, GROUNDS, TEXT), Pair("on-accent", "accent", TEXT)]


def _mark_pairs() -> list[Pair]:
    return _grid(("pos", "neg", "neu", "control", "focus-ring"), GROUNDS, MARK)


def _bar_pairs() -> list[Pair]:
    words = _grid(("on-bar", "bar-2"), ("bar", "bar-hi"), TEXT)
    return [*words, Pair("bar-line", "bar", MARK), Pair("focus", "bar", MARK)]


def _status_pairs(statuses: tuple[str, ...]) -> list[Pair]:
    made: list[Pair] = []
    for status in statuses:
        word, mark, tint = f"s-{status}", f"s-{status}-mark", f"s-{status}-bg"
        made += _grid((word,), ("paper", "surface", tint), TEXT)
        made += _grid((mark,), ("paper", "surface", tint), MARK)
        made += _grid(("ink-2", "ink-3", "link", "visited"), (tint,), TEXT)
        made.append(Pair("ink", tint, CLEAR_TEXT))
    return made

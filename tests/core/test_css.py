"""Rules of the sheets and templates that no other tool checks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
SHEETS = [
    ROOT / "static" / "css" / name
    for name in ("site.css", "charts.css", "desk.css", "lists.css", "archive.css")
]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

PHYSICAL = re.compile(
    r"(?<![\w-])(?:"
    r"(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right|top|bottom)[\w-]*"
    r"|(?:min-|max-)?(?:width|height)|left|right|top|bottom|border-(?:top|bottom)-\w+-radius"
    r")\s*:"
    r"|(?:text-align|float|clear)\s*:\s*(?:left|right)"
)
FOUR_SIDES = re.compile(r"(?:margin|padding|inset|border-radius)\s*:\s*([^;{}]+)")
HEX = re.compile(r"#[0-9a-fA-F]{3,8}\b")
INLINE = re.compile(
    r"\sstyle\s*=|<style\b|\son[a-z]+\s*=|javascript:"
    r"|<script\b(?![^>]*\bsrc=)(?![^>]*application/ld\+json)",
    re.IGNORECASE,
)
BANNED = ("error occurred", "oops", "invalid input", "submit", "click here")


def without_comments(sheet: str) -> str:
    return re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)


def declarations(sheet: str) -> str:
    """The sheet without the conditions of its at-rules, which measure the physical screen."""
    return re.sub(r"@(?:media|container)[^{]*\{", "{", without_comments(sheet))


def physical(sheet: str) -> list[str]:
    found = [match.group() for match in PHYSICAL.finditer(declarations(sheet))]
    for match in FOUR_SIDES.finditer(declarations(sheet)):
        sides = re.sub(r"\([^)]*\)", "()", match.group(1)).split()
        if len(sides) == 4 and sides[1] != sides[3]:
            found.append(match.group())
    return found


def raw_colours(sheet: str) -> list[str]:
    return HEX.findall(without_comments(sheet))


def layer(sheet: str, name: str) -> str:
    """The text of a layer's block, found by counting braces."""
    start = sheet.index(f"@layer {name} {{")
    depth = 0
    for at in range(start, len(sheet)):
        depth += {"{": 1, "}": -1}.get(sheet[at], 0)
        if depth == 0 and sheet[at] == "}":
            return sheet[start : at + 1]
    raise AssertionError(name)


def forced(sheet: str) -> int:
    """How many declarations outside the layer util are forced with !important."""
    return sheet.count("!important") - layer(sheet, "util").count("!important")


def visible(template: str) -> str:
    """What a person reads of a template: its text and its labels."""
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}", " ", template, flags=re.DOTALL)
    labels = " ".join(re.findall(r"(?:aria-label|title|placeholder|alt|value)=\"([^\"]*)\"", text))
    return f"{re.sub(r'<[^>]*>', ' ', text)} {labels}".lower()


def banned(template: str) -> list[str]:
    return [phrase for phrase in BANNED if phrase in visible(template)]


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_sheet_follows_the_rules(path: Path) -> None:
    sheet = path.read_text(encoding="utf-8")
    assert physical(sheet) == []
    assert raw_colours(sheet) == []
    assert forced(sheet) == 0
    assert sheet.count("{") == sheet.count("}")
    assert sheet.count("\n") <= 400


@pytest.mark.parametrize(
    "bad",
    [
        "a { margin-left: 1px }",
        "a { text-align: right }",
        "a { left: 0 }",
        "a { width: 3rem }",
        "a { padding: 1px 2px 1px 3px }",
        "a { border-top-left-radius: 2px }",
    ],
)
def test_physical_properties_are_found(bad: str) -> None:
    assert physical(bad)


@pytest.mark.parametrize(
    "good",
    [
        "a { margin-inline-start: 1px; border-inline-size: 2px; inset-inline: 0 }",
        "@media (min-width: 48rem) { a { inline-size: 1px; stroke-width: 2 } }",
        "a { padding: 1px 2px 1px 2px; line-height: 1.4; text-align: start }",
        "/* left: 0 */ a { padding: clamp(1rem, 4vw, 2.5rem) 0 }",
    ],
)
def test_logical_properties_are_not(good: str) -> None:
    assert physical(good) == []


def test_raw_colours_and_forced_declarations_are_found() -> None:
    sheet = "@layer util { a { top: 0 !important } } @layer base { b { color: #fff !important } }"
    assert raw_colours(sheet) == ["#fff"]
    assert forced(sheet) == 1


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_template_follows_the_rules(path: Path) -> None:
    template = path.read_text(encoding="utf-8")
    assert INLINE.findall(template) == []
    assert banned(template) == []


@pytest.mark.parametrize(
    "bad",
    [
        '<p style="color:red">',
        "<style>a{}</style>",
        '<a onclick="x()">',
        "<script>x()</script>",
        '<a href="javascript:x()">',
    ],
)
def test_inline_style_and_script_are_found(bad: str) -> None:
    assert INLINE.search(bad)


def test_script_files_and_data_blocks_are_not_inline() -> None:
    assert not INLINE.search('<script src="/static/js/desk.js" type="module"></script>')
    assert not INLINE.search('<script type="application/ld+json">{}</script>')


def test_bad_words_are_found_in_text_and_labels_only() -> None:
    assert banned("<p>Oops! An error occurred</p>") == ["error occurred", "oops"]
    assert banned('<input type="image" value="Submit">') == ["submit"]
    assert banned('<button type="submit">Save</button>{# click here #}') == []


def test_the_script_of_the_desk_is_small() -> None:
    assert (ROOT / "static" / "js" / "desk.js").stat().st_size <= 8 * 1024

"""The pictures of docs/images. `make screenshots` writes them; otherwise they are only tried."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page

from claims.models import Claim
from tests.journeys.shown_pages import CHECKER, EDITOR, Shown, numbers_of, show
from tests.journeys.watched_tab import Tabs

pytestmark = pytest.mark.journey

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
WRITTEN = bool(os.environ.get("WRITE_SCREENSHOTS"))
MOST_BYTES = 300_000
WIDE, PHONE = 1280, 390


@dataclass(frozen=True)
class Picture:
    """A file, what it shows at which moment of the story, and its size; `height` 0: all of it."""

    name: str
    moment: str
    shown: Shown
    width: int = WIDE
    height: int = 0


CLAIM = Shown("claim", "/c/{claim}/{slug}")
OPEN_EDITOR = Shown("desk_claim", "/desk/c/{claim}?open={photo}", CHECKER)
BOARD = Shown("desk_contested", "/desk/contested", EDITOR)
IMPORT = Shown("desk_import_review", "/desk/import/{import}", CHECKER)
PICTURES = [
    Picture("editor", "contested", OPEN_EDITOR),
    Picture("editor-phone", "contested", OPEN_EDITOR, PHONE),
    Picture("board", "contested", BOARD, height=520),
    Picture("board-phone", "contested", BOARD, PHONE, height=600),
    Picture("import", "imported", IMPORT, height=1400),
    Picture("claim", "confirmed", CLAIM, height=1180),
    Picture("claim-phone", "confirmed", CLAIM, PHONE, height=1900),
]


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_a_picture_is_small_and_as_wide_as_it_should_be(
    tabs: Tabs, story_at: Callable[[str], Claim | None], picture: Picture, tmp_path: Path
) -> None:
    numbers = numbers_of(story_at(picture.moment))
    page = show(tabs, picture.shown, numbers, width=picture.width)
    image = Image.open(io.BytesIO(taken(page, picture)))
    path = (IMAGES if WRITTEN else tmp_path) / f"{picture.name}.png"
    # A page has few colours: a palette shows them as they are, in a third of the bytes.
    few = image.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
    assert image.width == picture.width
    assert path.stat().st_size < MOST_BYTES


def taken(page: Page, picture: Picture) -> bytes:
    """A window as high as the picture, so that what sticks to its edge stays at the edge."""
    height = picture.height or page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": picture.width, "height": height})
    page.evaluate("document.activeElement.blur()")
    return page.screenshot(animations="disabled", caret="hide")

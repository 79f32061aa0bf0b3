"""Every component is shown in the gallery, says what it takes, and holds what pages rely on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings as project
from django.http import Http404
from django.template.loader import render_to_string
from django.test import RequestFactory

from claims.vocabulary import Status
from core.specimens import SPECIMENS, Specimen
from core.specimens.scores import STATUSES
from core.views import gallery

COMPONENTS = Path(project.BASE_DIR) / "templates" / "components"
FILES = sorted(COMPONENTS.glob("*.html"))
CASES = [
    pytest.param(specimen, case, id=f"{specimen.component}: {case.name}")
    for specimen in SPECIMENS
    for case in specimen.cases
]
HOSTILE = '"><script>alert(1)</script>'


def drawn(component: str, **context: object) -> str:
    return render_to_string(f"components/{component}.html", context)


def test_every_component_has_a_specimen() -> None:
    assert {path.stem for path in FILES} == {specimen.component for specimen in SPECIMENS}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_first_line_says_what_the_component_takes(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert re.fullmatch(r"\{# .+\. #\}", first)


@pytest.mark.parametrize(("specimen", "case"), CASES)
def test_component_draws_without_style_or_script(specimen: Specimen, case: object) -> None:
    html = specimen.draw(case)
    assert " style=" not in html
    assert "<script" not in html
    outer = re.findall(r"<svg\b[^>]*>", html)
    assert all(
        'aria-hidden="true"' in svg or 'role="img"' in svg for svg in outer if "x=" not in svg
    )


def test_statuses_of_the_specimens_are_those_of_the_domain() -> None:
    assert {str(status) for status in Status} == set(STATUSES)


@pytest.mark.parametrize("status", list(Status))
def test_every_status_has_its_own_glyph_and_colours(status: Status) -> None:
    sprite = drawn("sprite")
    sheet = (Path(project.BASE_DIR) / "static" / "css" / "site.css").read_text(encoding="utf-8")
    assert f'id="g-{status}"' in sprite
    assert f".status-{status} " in sheet


@pytest.mark.parametrize(
    ("component", "context"),
    [
        ("status", {"status": "confirmed", "label": HOSTILE}),
        (
            "evidence",
            {
                "item": {
                    "number": 1,
                    "stance": "supports",
                    "title": HOSTILE,
                    "quote": HOSTILE,
                    "translation": HOSTILE,
                    "sha256": HOSTILE,
                    "archive_href": HOSTILE,
                    "tags": [{"text": HOSTILE}],
                }
            },
        ),
        ("waterfall", {"start": 0.0, "start_label": HOSTILE, "steps": (), "low": 0.4, "high": 0.6}),
        ("capture", {"job": {"state": "failed", "title": HOSTILE, "error": HOSTILE}}),
        ("article", {"paragraphs": [{"number": 1, "pieces": [{"text": HOSTILE}]}]}),
    ],
)
def test_hostile_text_is_shown_as_text(component: str, context: dict[str, object]) -> None:
    html = drawn(component, **context)
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_a_range_without_an_estimate_shows_no_point() -> None:
    html = drawn("confidence", estimate=None, low=0.41, high=0.78)
    assert "41–78" in html
    assert "Too few independent origins" in html
    assert "likely" not in html


def test_missing_parameters_are_not_a_score() -> None:
    assert "Not scored yet" in drawn("verdict", status="unverified")
    assert "not counted" in drawn("pull", stance="supports")


def test_the_word_of_a_status_stands_before_the_finding_and_the_score() -> None:
    html = drawn(
        "verdict", status="confirmed", finding="FINDING", estimate=0.96, low=0.9, high=0.985
    )
    text = re.sub(r"<[^>]+>|\s+", " ", html)
    order = ["Confirmed", "FINDING", "96", "in 100", "Range: 90 to 99"]
    places = [text.index(part) for part in order]
    assert places == sorted(places)


def test_quotes_carry_their_language_and_direction() -> None:
    item = {"number": 1, "stance": "supports", "quote": "نص", "quote_language": "ar"}
    assert '<blockquote lang="ar" dir="auto">' in drawn("evidence", item=item)


def test_gallery_is_for_developers_only(settings: object, rf: RequestFactory) -> None:
    settings.DEBUG = False
    with pytest.raises(Http404):
        gallery(rf.get("/"))


def test_gallery_shows_everything_or_one_component(settings: object, rf: RequestFactory) -> None:
    settings.DEBUG = True
    everything = gallery(rf.get("/")).content.decode()
    one = gallery(
        rf.get("/", {"component": "pull", "lang": "ar", "theme": "dark"})
    ).content.decode()
    assert everything.count('class="specimen"') == len(SPECIMENS)
    assert one.count('class="specimen"') == 1
    assert 'lang="ar" dir="rtl" data-theme="dark"' in one
    assert "<script>" not in everything

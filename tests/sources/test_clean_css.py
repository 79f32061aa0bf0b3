"""Style sheets without addresses of elsewhere, however they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.capture.clean_css import clean_css

HELD = {
    "photo.png": "a/7",
    "quo)te.png": "a/8",
    "data:image/png;base64,AA": "data:image/png;base64,AA",
}


def cleaned(sheet: str) -> str:
    return clean_css(sheet, lambda reference: HELD.get(reference, ""))


@pytest.mark.parametrize(
    "sheet",
    [
        "a{background:url(http://evil.example/x)}",
        "a{background:url( 'http://evil.example/x' )}",
        'a{background:URL("http://evil.example/x")}',
        r"a{background:u\72l(http://evil.example/x)}",
        r"a{background:\000075 rl(http://evil.example/x)}",
        r"a{background:url(htt\70://evil.example/x)}",
        "a{background:url(http://evil.example/x",
        "a{background:url('http://evil.example/x",
        "a{background:url('http://evil.example/)' and more)}",
        "a{--x:url(http://evil.example/x);background:var(--x)}",
        'a{b:"broken\nurl(http://evil.example/x)"}',
        "/* */a{background:url(http://evil.example/x)}/*",
        "a{background:url(/**/http://evil.example/x)}",
        "@font-face{src:url(http://evil.example/x) format('woff')}",
    ],
)  # fmt: skip
def test_addresses_lead_nowhere(sheet: str) -> None:
    found = cleaned(sheet)
    assert "evil" not in found
    assert "none" in found


@pytest.mark.parametrize(
    ("sheet", "written"),
    [
        ("@import 'http://evil.example/x.css';", "@left-out 'http://evil.example/x.css';"),
        ("@import url(http://evil.example/x.css);", "@left-out none;"),
        (r"@\69mport 'x.css';", "@left-out 'x.css';"),
        ("@IMPORT 'x.css';", "@left-out 'x.css';"),
        ("a{b:image-set('x' 1x)}", "a{b:left-out-image-set('x' 1x)}"),
        ("a{b:-webkit-image-set('x' 1x)}", "a{b:left-out--webkit-image-set('x' 1x)}"),
        ("a{b:src('x')}", "a{b:left-out-src('x')}"),
        ("a{b:expression(x())}", "a{b:left-out-expression(x())}"),
    ],
)
def test_rules_and_functions_that_load_are_unknown_ones(sheet: str, written: str) -> None:
    assert cleaned(sheet) == written


@pytest.mark.parametrize(
    ("sheet", "written"),
    [
        ("a{b:url(photo.png)}", 'a{b:url("a/7")}'),
        ("a{b:url( 'photo.png' ) red}", 'a{b:url("a/7") red}'),
        (r"a{b:url(ph\6f to.png)}", 'a{b:url("a/7")}'),
        (r"a{b:url(quo\)te.png)}", 'a{b:url("a/8")}'),
        ("a{b:url('quo)te.png')}", 'a{b:url("a/8")}'),
        ("a{b:url(data:image/png;base64,AA)}", 'a{b:url("data:image/png;base64,AA")}'),
    ],
)
def test_what_was_archived_is_found(sheet: str, written: str) -> None:
    assert cleaned(sheet) == written


@pytest.mark.parametrize(
    "sheet",
    [
        r'a::before{content:"\e900 url(x)"}',
        "@media (width <= 40rem){p{color:red}}",
        ".curl(x){} .a-url{color:rgb(1 2 3/.5)}",
        "p:is(.عنوان){margin:calc(1px + 2%)}",
        "a[href^='http://site.example/']{color:red}",
    ],
)
def test_other_rules_stay_as_they_are(sheet: str) -> None:
    assert cleaned(sheet) == sheet


def test_a_sheet_cannot_leave_its_element() -> None:
    found = cleaned("a{}</style><script>x()</script><!-- <STYLE>")
    assert "</" not in found
    assert "<s" not in found
    assert "<!" not in found


@given(st.text(alphabet="url(\\72 )\"'/*@import;{}<>:e\n", max_size=60))
def test_whatever_it_is_it_is_read_to_its_end(sheet: str) -> None:
    assert "</" not in clean_css(sheet, lambda _: "")


@pytest.mark.parametrize("piece", ["/*", "'", '"', "url(", "\\", "a(", "@", "<", "url('"])
def test_long_sheets_cost_no_more_than_their_length(piece: str) -> None:
    assert clean_css(piece * 100_000, lambda _: "") is not None

"""Archived markup written anew: nothing acts, nothing asks, everything else is still there."""

from __future__ import annotations

import pytest
from lxml import html

from sources.capture.clean_html import References, clean_page, plain_page

RECORDS = {"https://site.example/photo.png": 2, "https://site.example/look.css": 1}
REFERENCES = References("https://site.example/a/page", RECORDS, "a/")


def cleaned(body: str) -> str:
    found = clean_page(f"<!doctype html><html><body>{body}</body></html>", REFERENCES)
    assert found is not None
    return found


def inside(body: str) -> str:
    """What is written of the content of a body."""
    return cleaned(body).partition("<body>")[2].rpartition("</body>")[0]


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>evil()</script>",
        "<script src=//evil.example/x.js></script>",
        "<svg><script>evil()</script><a xlink:href=javascript:evil()>x</a></svg>",
        "<math><mtext><style><img src=x onerror=evil()></style></mtext></math>",
        "<iframe src=//evil.example/></iframe><iframe srcdoc='<script>evil()</script>'></iframe>",
        "<object data=//evil.example/><param name=evil></object><embed src=//evil.example/>",
        "<video src=//evil.example/ poster=//evil.example/><source src=//evil.example/></video>",
        "<audio src=//evil.example/></audio><track src=//evil.example/>",
        "<link rel=preconnect href=//evil.example/><link rel=prefetch href=//evil.example/>",
        "<link rel=stylesheet href=//evil.example/x.css>",
        "<meta http-equiv=refresh content='0;url=//evil.example/'>",
        "<meta http-equiv=Set-Cookie content=evil=1>",
        "<base href=//evil.example/>",
        "<template><script>evil()</script></template>",
        "<!-- evil --><?xml-stylesheet href='//evil.example/'?><![CDATA[evil]]>",
        "<portal src=//evil.example/></portal><applet code=evil></applet><canvas>evil</canvas>",
        "<map><area href=//evil.example/></map><frameset><frame src=//evil.example/></frameset>",
        "<input type=hidden value=evil><input type=image src=//evil.example/>",
        "<img srcset='//evil.example/ 2x' src=//evil.example/>",
        "<bgsound src=//evil.example/><noembed>evil</noembed><noframes>evil</noframes>",
    ],
)  # fmt: skip
def test_what_acts_or_asks_is_not_written(hostile: str) -> None:
    found = inside(f"<p>Before</p>{hostile}<p>After</p>")
    assert "evil" not in found
    assert "<p>Before</p>" in found
    assert "<p>After</p>" in found


@pytest.mark.parametrize(
    "attribute",
    ["onclick", "ONLOAD", "onfocus", "formaction", "ping", "srcset", "background", "xlink:href",
     "autofocus", "action", "http-equiv", "srcdoc", "manifest", "is", "slot", "popovertarget"],
)  # fmt: skip
def test_attributes_that_act_are_not_written(attribute: str) -> None:
    found = inside(f'<p {attribute}="evil()" class="kept">x</p>')
    assert found == '<p class="kept">x</p>'


@pytest.mark.parametrize(
    "address",
    ["javascript:evil()", "data:text/html,evil", "vbscript:evil", " java\tscript:evil()", "http://[evil"],
)  # fmt: skip
def test_links_that_act_lead_nowhere(address: str) -> None:
    assert inside(f"<a href='{address}'>x</a>") == "<a>x</a>"


def test_a_link_says_where_it_led_and_leads_nowhere() -> None:
    assert inside("<a href='../b?c&amp;d'>x</a>") == (
        '<a data-led-to="https://site.example/b?c&amp;d" '
        'title="https://site.example/b?c&amp;d">x</a>'
    )
    assert inside("<a href='#part'>x</a>") == '<a href="#part">x</a>'


def test_a_form_is_only_looked_at() -> None:
    found = inside(
        "<form action=//evil.example/ method=post><input name=q value=seen autofocus>"
        "<input type=password value=evil><select><option>a</select><textarea>b</textarea>"
        "<button formaction=//evil.example/>Go</button><input type=submit value=Send></form>"
    )
    assert "evil" not in found
    tree = html.fromstring(found)
    controls = tree.xpath("//input | //select | //textarea | //button")
    assert [control.tag for control in controls] == [
        *("input", "select", "textarea", "button", "input"),
    ]
    assert all("disabled" in control.attrib for control in controls)
    assert tree.xpath("//form") == []
    assert tree.xpath("//input/@value") == ["seen", "Send"]


def test_parts_of_the_same_file_are_found_by_the_pages_own_base() -> None:
    page = (
        "<html><head><base href='https://site.example/'>"
        "<link rel=stylesheet href=look.css media=print>"
        "<style>p{background:url(photo.png)}</style></head><body style='background:url(photo.png)'>"
        "<img src=photo.png alt=Smoke><img src=other.png alt=Fire></body></html>"
    )
    found = clean_page(page, REFERENCES)
    assert found is not None
    assert '<link rel="stylesheet" href="a/1" media="print">' in found
    assert '<style>p{background:url("a/2")}</style>' in found
    assert 'style="background:url(&quot;a/2&quot;)"' in found
    assert '<img alt="Smoke" src="a/2"><img alt="Fire">' in found


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        ("data:image/png;base64,AAAA", True),
        ("data:image/jpeg;base64,AAAA", True),
        ("data:image/svg+xml,<svg onload=evil()>", False),
        ("data:text/html,evil", False),
    ],
)
def test_pictures_in_the_page_stay_if_they_are_pictures(source: str, kept: bool) -> None:
    assert ("src=" in inside(f"<img src='{source}'>")) is kept


def test_direction_language_and_tables_stay() -> None:
    body = (
        '<h1 dir="rtl" lang="ar">الأخبار</h1><table><thead><tr><th colspan="2" scope="col">a</th>'
        "</tr></thead></table>"
    )
    assert inside(body) == body


def test_what_is_unknown_is_left_out_around_its_content() -> None:
    assert inside("<x-card><b>bold</b> tail</x-card> after") == "<b>bold</b> tail after"
    assert inside("<noscript><p>said</p></noscript>") == "<p>said</p>"


def test_text_stays_text() -> None:
    assert (
        inside("<p>&lt;script&gt; &amp;amp; 1 &lt; 2</p>")
        == "<p>&lt;script&gt; &amp;amp; 1 &lt; 2</p>"
    )
    assert inside("<textarea></textarea>") == '<textarea disabled=""></textarea>'


def test_a_page_without_head_or_type_gets_our_head_and_no_type() -> None:
    found = clean_page("<p>x", REFERENCES)
    assert found is not None
    assert found.startswith('<html><head><meta charset="utf-8">')
    assert found.endswith("<body><p>x</p></body></html>")


@pytest.mark.parametrize(
    "nothing", ["", " ", "\x00", "<!-- only a comment -->", "<?xml version='1.0'?>"]
)
def test_nothing_gives_nothing_or_an_empty_page(nothing: str) -> None:
    found = clean_page(nothing, REFERENCES)
    assert found is None or "<body" not in found or "comment" not in found


def test_entities_of_a_document_type_are_not_resolved() -> None:
    page = (
        "<?xml version='1.0'?><!DOCTYPE html [<!ENTITY x SYSTEM 'file:///etc/passwd'>"
        "<!ENTITY y 'yyyyyyyyyy'>]><html xmlns='http://www.w3.org/1999/xhtml'><body>&x;&y;</body></html>"
    )
    found = clean_page(page, REFERENCES)
    assert found is not None
    assert "root:" not in found
    assert "yyyyyyyyyy" not in found.replace("'yyyyyyyyyy'", "")


def test_a_record_printed_in_a_page_is_text() -> None:
    body = "WARC/1.1\r\nWARC-Type: response\r\n\r\nHTTP/1.1 200 OK\r\n\r\n&lt;script&gt;"
    assert "WARC-Type: response" in inside(f"<pre>{body}</pre>")


def test_control_characters_and_plain_text_are_shown_safely() -> None:
    assert "\x00" not in cleaned("a\x00b")
    assert '<pre dir="auto">&lt;b&gt; a\ufffdb</pre>' in plain_page("<b> a\x00b")

from __future__ import annotations

import codecs

import pytest

from sources.capture.charset import codec_of, decode_page

ARABIC = "عبرت العبارة بين ضفتي البلدة من جديد صباح السبت بعد أربعة أيام من جرف النهر للمرسى"


@pytest.mark.parametrize(
    ("body", "content_type", "text", "charset", "basis"),
    [
        ("Grüße".encode(), "text/html; charset=utf-8", "Grüße", "utf-8", "header"),
        ("Grüße".encode("latin-1"), "text/html; charset=ISO-8859-1", "Grüße", "cp1252", "header"),
        (ARABIC.encode("cp1256"), 'text/html; Charset="windows-1256"', ARABIC, "cp1256", "header"),
        (codecs.BOM_UTF8 + "ä".encode(), "text/html", "ä", "utf-8", "bom"),
        (codecs.BOM_UTF16_LE + "ä".encode("utf-16-le"), "", "ä", "utf-16-le", "bom"),
        (codecs.BOM_UTF16_BE + "ä".encode("utf-16-be"), "", "ä", "utf-16-be", "bom"),
        ("Grüße".encode(), "text/html", "Grüße", "utf-8", "guess"),
        (b"plain", "", "plain", "utf-8", "guess"),
        (b"", "", "", "utf-8", "guess"),
    ],
)
def test_stated_charsets_are_used(
    body: bytes, content_type: str, text: str, charset: str, basis: str
) -> None:
    found = decode_page(body, content_type)
    assert (found.text, found.charset, found.basis) == (text, charset, basis)


@pytest.mark.parametrize(
    "tag",
    [
        '<meta charset="windows-1256">',
        "<META CHARSET=windows-1256>",
        '<meta http-equiv="Content-Type" content="text/html; charset=windows-1256">',
    ],
)
def test_the_page_may_state_it(tag: str) -> None:
    body = f"<html><head>{tag}</head><p>{ARABIC}</p>".encode("cp1256")
    found = decode_page(body, "text/html")
    assert ARABIC in found.text
    assert (found.charset, found.basis) == ("cp1256", "meta")


@pytest.mark.fault(40)
def test_the_header_goes_before_the_page() -> None:
    body = f"<meta charset='iso-8859-1'><p>{ARABIC}</p>".encode()
    found = decode_page(body, "text/html; charset=utf-8")
    assert (ARABIC in found.text, found.basis) == (True, "header")


@pytest.mark.fault(40)
def test_a_mark_goes_before_a_header_that_would_show_it_as_letters() -> None:
    found = decode_page(codecs.BOM_UTF8 + ARABIC.encode(), "text/html; charset=iso-8859-1")
    assert (found.text, found.basis) == (ARABIC, "bom")


@pytest.mark.fault(40)
def test_a_false_label_does_not_make_nonsense() -> None:
    body = f"<meta charset='windows-1256'><p>{ARABIC}</p>".encode("cp1256")
    found = decode_page(body, "text/html; charset=utf-8")
    assert (ARABIC in found.text, found.charset, found.basis) == (True, "cp1256", "meta")


@pytest.mark.fault(40)
def test_nothing_said_is_guessed() -> None:
    body = f"<p>{ARABIC * 5}</p>".encode("cp1256")
    found = decode_page(body, "text/html")
    assert found.basis == "guess"
    assert "\ufffd" not in found.text


def test_a_page_cut_in_the_middle_of_a_letter_keeps_its_charset() -> None:
    found = decode_page(ARABIC.encode()[:-1], "text/html; charset=utf-8")
    assert (found.charset, found.basis) == ("utf-8", "header")
    assert found.text.endswith("\ufffd")


@pytest.mark.fault(40)
def test_sixteen_bits_without_a_mark_are_read_as_declared() -> None:
    found = decode_page(ARABIC.encode("utf-16-le"), "text/html; charset=utf-16")
    assert found.text == ARABIC


def test_a_page_that_says_utf_16_in_ascii_is_not() -> None:
    body = f"<meta charset='utf-16'><p>{ARABIC}</p>".encode()
    assert ARABIC in decode_page(body, "text/html").text


@pytest.mark.parametrize(
    "label",
    ["utf-7", "UTF7", "unicode-1-1-utf-7", "u7", "csUTF7", "idna", "punycode", "unicode_escape",
     "raw_unicode_escape", "base64", "zlib", "rot13", "hex", "mbcs", "undefined", "no-such", "",
     "x\0y", "a" * 5000],
)  # fmt: skip
def test_what_is_no_charset_of_the_web_is_never_used(label: str) -> None:
    assert codec_of(label) == ""


@pytest.mark.fault(40)
def test_utf_7_is_not_read_as_markup() -> None:
    body = b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-"
    found = decode_page(body, "text/html; charset=utf-7")
    assert "<script>" not in found.text

"""Archived markup made harmless: a new document of known elements and attributes. Pure.

Nothing is removed from a page; a page is written anew, and what is not in the lists below is not
written. References lead to another record of the same archived file, or nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from urllib.parse import urldefrag, urljoin, urlsplit

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from sources.capture.clean_css import clean_css

_KEPT = frozenset(
    {"html", "head", "title", "body", "header", "footer", "main", "nav", "section", "article",
     "aside", "h1", "h2", "h3", "h4", "h5", "h6", "hgroup", "p", "div", "span", "a", "b", "i", "u",
     "s", "em", "strong", "small", "mark", "abbr", "cite", "code", "pre", "kbd", "samp", "var",
     "sub", "sup", "q", "blockquote", "br", "hr", "wbr", "ul", "ol", "li", "dl", "dt", "dd",
     "figure", "figcaption", "img", "table", "caption", "colgroup", "col", "thead", "tbody",
     "tfoot", "tr", "th", "td", "time", "data", "ins", "del", "bdi", "bdo", "ruby", "rt", "rp",
     "details", "summary", "address", "center", "font", "tt", "big", "strike", "dfn", "fieldset",
     "legend", "label", "button", "input", "select", "option", "optgroup", "textarea", "meter",
     "progress"}
)  # fmt: skip
_OTHERWISE = {
    "form": "div", "dialog": "div", "marquee": "div", "nobr": "span", "acronym": "abbr",
    "dir": "ul", "menu": "ul", "listing": "pre", "xmp": "pre", "plaintext": "pre",
}  # fmt: skip
# With their content. What is empty by the standard (embed, source, track, area, frame) is not among
# them: the parser knows some of these too little, and hangs what follows into them.
_LEFT_OUT = frozenset(
    {"script", "template", "iframe", "frameset", "noframes", "object", "applet", "base", "meta",
     "svg", "math", "canvas", "audio", "video", "portal", "fencedframe", "map", "noembed",
     "datalist"}
)  # fmt: skip
_VOID = frozenset({"br", "hr", "wbr", "img", "col", "input"})
_CONTROLS = frozenset({"button", "input", "select", "textarea", "option", "optgroup", "fieldset"})
_ATTRIBUTES = frozenset(
    {"class", "id", "lang", "dir", "title", "hidden", "align", "valign", "bgcolor", "width",
     "height", "border", "cellpadding", "cellspacing", "colspan", "rowspan", "span", "start",
     "reversed", "value", "color", "face", "size", "datetime", "alt", "open", "checked",
     "selected", "rows", "cols", "placeholder", "label", "min", "max", "low", "high", "optimum",
     "scope", "headers", "role", "nowrap", "clear", "text"}
)  # fmt: skip
_INPUTS = frozenset(
    {"text", "search", "email", "url", "tel", "number", "checkbox", "radio", "range", "color",
     "date", "time", "button", "reset"}
)  # fmt: skip
_NAMED = re.compile(r"(?:aria|data)-[a-z0-9_.-]{1,60}")
_DATA = re.compile(
    r"data:(?:image/(?:png|jpe?g|gif|webp|avif|bmp|x-icon)|font/[a-z0-9]+"
    r"|application/(?:x-)?font-[a-z0-9]+)(?:;[a-z0-9=-]+)*,",
    re.IGNORECASE,
)
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>", re.IGNORECASE)
_INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# Of no weight, so that the page's own sheets win; links lead nowhere, but look as they did.
_OWN_SHEET = (
    ":where(a[data-led-to]){color:LinkText;text-decoration:underline}"
    ":where(img:not([src])){outline:1px dashed GrayText;outline-offset:-1px}"
)
_HEAD = (
    '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    f"<style>{_OWN_SHEET}</style>"
)


@dataclass(frozen=True, slots=True)
class References:
    """What references of a page at BASE lead to: RECORDS names those that the file holds."""

    base: str
    records: Mapping[str, int]
    prefix: str

    def resolve(self, reference: str) -> str:
        """Return the address to write for REFERENCE, or nothing."""
        reference = reference.strip()
        if _DATA.match(reference):
            return re.sub(r"\s", "", reference)
        record = self.records.get(urldefrag(self.absolute(reference))[0])
        return "" if record is None else f"{self.prefix}{record}"

    def absolute(self, reference: str) -> str:
        """Return where REFERENCE led, or nothing if it led to no page."""
        try:
            address = urljoin(self.base, reference.strip())
            return address if urlsplit(address).scheme in {"http", "https"} else ""
        except ValueError:
            return ""


def clean_page(html: str, references: References) -> str | None:
    """Return the document to show for HTML, or None if no parser finds an element in it."""
    tree = _tree(_INVISIBLE.sub("\ufffd", _DECLARATION.sub("", html)))
    if tree is None:
        return None
    based = next(iter(tree.xpath("//base/@href")), "")
    base = references.absolute(str(based)) if based else ""
    known = References(base or references.base, references.records, references.prefix)
    is_standard = bool(tree.getroottree().docinfo.doctype)
    body = "".join(_Writer(known).written(tree))
    return ("<!doctype html>\n" if is_standard else "") + body


def plain_page(text: str) -> str:
    """Return the document to show for a plain text."""
    shown = escape(_INVISIBLE.sub("\ufffd", text))
    return f'<!doctype html>\n<html>{_HEAD}</head><body><pre dir="auto">{shown}</pre></body></html>'


def _tree(html: str) -> HtmlElement | None:
    parser = HTMLParser(
        no_network=True,
        recover=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        default_doctype=False,  # type: ignore[call-arg]  # missing in the stubs
    )
    try:
        return document_fromstring(html, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


@dataclass(slots=True)
class _Writer:
    """Writes the new document while it walks through the old one."""

    references: References
    ends: list[str] = field(default_factory=list)

    def written(self, tree: HtmlElement) -> Iterator[str]:
        walk = etree.iterwalk(tree, events=("start", "end"))
        for event, node in walk:
            if event == "end":
                yield self.ends.pop()
                yield escape(node.tail or "", quote=False) if self.ends else ""
                continue
            start, end, goes_in = self._element(node)
            self.ends.append(end)
            yield start
            if goes_in:
                yield escape(node.text or "", quote=False)
            else:
                walk.skip_subtree()

    def _element(self, node: HtmlElement) -> tuple[str, str, bool]:
        """What to write before and after NODE, and whether its content is written between."""
        name = node.tag.lower() if isinstance(node.tag, str) else "script"
        if name == "style":
            return self._style(node.text or ""), "", False
        if name == "link":
            return self._sheet(node), "", False
        if name in _LEFT_OUT or (name == "input" and not _is_shown(node)):
            return "", "", False
        name = _OTHERWISE.get(name, name)
        if name not in _KEPT:
            return "", "", True
        if name == "head":
            return _HEAD, "</head>", True
        end = "" if name in _VOID else f"</{name}>"
        has_head = name != "html" or node.find("head") is not None
        start = f"<{name}{self._attributes(name, node)}>{'' if has_head else f'{_HEAD}</head>'}"
        return start, end, True

    def _style(self, sheet: str) -> str:
        return f"<style>{clean_css(sheet, self.references.resolve)}</style>"

    def _sheet(self, node: HtmlElement) -> str:
        relations = (node.get("rel") or "").lower().split()
        if "stylesheet" not in relations or "alternate" in relations:
            return ""
        found = self.references.resolve(node.get("href") or "")
        if not found or found.startswith("data:"):
            return ""
        media = escape(node.get("media") or "all")
        return f'<link rel="stylesheet" href="{found}" media="{media}">'

    def _attributes(self, name: str, node: HtmlElement) -> str:
        pairs = [*self._plain(node), *self._special(name, node)]
        return "".join(f' {key}="{escape(value)}"' for key, value in pairs)

    def _plain(self, node: HtmlElement) -> Iterator[tuple[str, str]]:
        for key, value in node.attrib.items():
            if str(key) in _ATTRIBUTES or _NAMED.fullmatch(str(key)):
                yield str(key), str(value)
        style = node.get("style")
        if style:
            yield "style", clean_css(style, self.references.resolve)

    def _special(self, name: str, node: HtmlElement) -> Iterator[tuple[str, str]]:
        if name == "a":
            yield from self._link(node)
        elif name == "img":
            found = self.references.resolve(node.get("src") or "")
            if found:
                yield "src", found
        elif name in {"ol", "ul", "li"} and node.get("type"):
            yield "type", str(node.get("type"))
        elif name == "input":
            yield "type", _input_type(node)
        if name in _CONTROLS:
            yield "disabled", ""

    def _link(self, node: HtmlElement) -> Iterator[tuple[str, str]]:
        """Places in the page can be gone to; other addresses are only told."""
        reference = (node.get("href") or "").strip()
        if reference.startswith("#"):
            yield "href", reference
        elif address := self.references.absolute(reference) if reference else "":
            yield "data-led-to", address
            if not node.get("title"):
                yield "title", address


def _input_type(node: HtmlElement) -> str:
    kind = (node.get("type") or "text").lower()
    if kind == "submit":
        return "button"
    return kind if kind in _INPUTS else "text"


def _is_shown(node: HtmlElement) -> bool:
    return (node.get("type") or "").lower() not in {"hidden", "image", "file", "password"}

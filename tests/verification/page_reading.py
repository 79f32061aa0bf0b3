"""What a reader without script sees of a page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.http import HttpResponse
from django.test import Client
from lxml import etree, html
from lxml.html import HtmlElement

BLOCKS = frozenset(
    {
        *("article", "aside", "div", "figure", "footer", "form", "header", "main", "nav"),
        *("section", "blockquote", "p", "h1", "h2", "h3", "details", "summary"),
        *("dl", "dt", "dd", "ol", "ul", "li"),
        *("table", "caption", "thead", "tbody", "tr", "th", "td"),
    }
)


@dataclass(frozen=True)
class Page:
    response: HttpResponse

    @cached_property
    def tree(self) -> HtmlElement:
        return html.fromstring(self.response.content.decode())

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def markup(self) -> str:
        return self.response.content.decode()

    @cached_property
    def text(self) -> str:
        return said(self.tree.body)

    @property
    def title(self) -> str:
        return said(self.tree.find(".//title"))

    def part(self, css_id: str) -> str:
        """Text of the element with this id."""
        return said(self.tree.get_element_by_id(css_id))

    def all(self, xpath: str) -> list[str]:
        return [said(found) for found in self.tree.xpath(xpath)]

    def links(self) -> list[str]:
        return [str(address) for address in self.tree.xpath("//main//a/@href")]


def said(element: HtmlElement) -> str:
    """Its text as it is read: blocks are apart, words inside a block are as they are written."""
    parts: list[str] = []
    for event, node in etree.iterwalk(element, events=("start", "end")):
        edge = " " if node.tag in BLOCKS else ""
        if event == "start":
            parts += [edge, node.text or ""]
        else:
            parts += [edge, node.tail or "" if node is not element else ""]
    return " ".join("".join(parts).split())


def read(path: str, **headers: str) -> Page:
    """The page at PATH as a stranger gets it."""
    return Page(Client().get(path, headers=headers))

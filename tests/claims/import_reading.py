"""How the tests of import pages read them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lxml import html

from claims.models import ArticleImport

IMPORT = "/desk/import"
ALEPPO = (Path(__file__).parent / "articles" / "aleppo.txt").read_text(encoding="utf-8")
HTMX = {"HX-Request": "true"}


def path(article: ArticleImport, *rest: object) -> str:
    return "/".join([f"{IMPORT}/{article.number}", *(str(part) for part in rest)])


def tree(response: Any) -> html.HtmlElement:
    return html.document_fromstring(response.content.decode())


def words(response: Any, xpath: str) -> list[str]:
    return [" ".join(found.text_content().split()) for found in tree(response).xpath(xpath)]


def part(response: Any, ident: str) -> str:
    (found,) = words(response, f"//*[@id='{ident}']")
    return found


def decision(article: ArticleImport, position: int) -> str:
    return article.drafts.get(position=position).decision

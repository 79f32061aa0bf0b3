from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString


@dataclass(frozen=True)
class Case:
    """One state of a component: what it shows, and the parameters that make it."""

    name: str
    context: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Specimen:
    """A component and its cases. A component that is a list item names the list in `within`."""

    component: str
    cases: tuple[Case, ...]
    within: str = ""

    def draw(self, case: Case) -> SafeString:
        html = render_to_string(f"components/{self.component}.html", dict(case.context))
        if not self.within:
            return html
        return format_html("<{0}>{1}</{0}>", SafeString(self.within), html)


@dataclass(frozen=True)
class SpecimenDrawing:
    component: str
    cases: tuple[tuple[str, SafeString], ...]


def drawn(specimens: Iterable[Specimen]) -> list[SpecimenDrawing]:
    return [
        SpecimenDrawing(one.component, tuple((case.name, one.draw(case)) for case in one.cases))
        for one in specimens
    ]

"""Memento (RFC 7089): where the copies of an address are, in the words that archives share.

An archived copy is the Memento: its page, whose address stays, and what the replay host shows of
it. Its moment is when the capture began, never when somebody asked for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.encoding import iri_to_uri
from django.utils.http import http_date

from sources.models import Snapshot

LINK_FORMAT = "application/link-format"
# A header of more is refused by servers in between; the page is worth more than its links.
MOST_IN_HEADER = 1500


@dataclass(frozen=True)
class Moment:
    """A public copy and when it was captured."""

    number: int
    at: datetime


def memento_headers(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    """The headers that make an answer a Memento; none if we captured nothing.

    When a file that somebody gave us was captured is their word, so such a copy is no Memento.
    """
    at, original = snapshot.capture_started_at, snapshot.document.address or ""
    if at is None or snapshot.http_status is None or snapshot.given_id is not None:
        return
    yield "Memento-Datetime", http_date(at.timestamp())
    if len(_written(original)) <= MOST_IN_HEADER:
        yield "Link", ", ".join((*_of_original(original), _timegate(original)))


def timegate_links(original: str, moment: Moment) -> str:
    """The Link header of a TimeGate's answer."""
    links = (*_of_original(original), _memento(moment, "memento"))
    return ", ".join(links) if len(_written(original)) <= MOST_IN_HEADER else links[-1]


def timemap(original: str, moments: Sequence[Moment], *, page: int, pages: int) -> str:
    """One page of the list of copies of ORIGINAL, oldest first."""
    first, last = moments[0].at, moments[-1].at
    span = f'; from="{http_date(first.timestamp())}"; until="{http_date(last.timestamp())}"'
    own = f'<{_timemap_address(original, page)}>; rel="self"; type="{LINK_FORMAT}"{span}'
    others = [
        f'<{_timemap_address(original, other)}>; rel="timemap"; type="{LINK_FORMAT}"'
        for other in range(1, pages + 1)
        if other != page
    ]
    lines = [f'<{_written(original)}>; rel="original"', own, _timegate(original), *others]
    ends = {0: "first ", len(moments) - 1: "last "}
    for at, moment in enumerate(moments):
        is_end = (at == 0 and page == 1) or (at == len(moments) - 1 and page == pages)
        word = ends.get(at, "") if is_end else ""
        lines.append(_memento(moment, f"{word}memento"))
    return ",\n".join(lines) + "\n"


def _of_original(original: str) -> tuple[str, str]:
    return (
        f'<{_written(original)}>; rel="original"',
        f'<{_timemap_address(original, 1)}>; rel="timemap"; type="{LINK_FORMAT}"',
    )


def _timegate(original: str) -> str:
    return f'<{settings.PUBLIC_URL}/timegate/{_written(original)}>; rel="timegate"'


def _timemap_address(original: str, page: int) -> str:
    part = "" if page == 1 else f"{page}/"
    return f"{settings.PUBLIC_URL}/timemap/link/{part}{_written(original)}"


def _memento(moment: Moment, relation: str) -> str:
    return (
        f'<{memento_address(moment.number)}>; rel="{relation}"; '
        f'datetime="{http_date(moment.at.timestamp())}"'
    )


def memento_address(number: int) -> str:
    """The page of copy NUMBER; also on the replay host, which does not know that address."""
    path = reverse("snapshot", urlconf=settings.ROOT_URLCONF, kwargs={"number": number})
    return f"{settings.PUBLIC_URL}{path}"


def _written(address: str) -> str:
    """ADDRESS with nothing in it that ends a link."""
    return str(iri_to_uri(address)).replace("<", "%3C").replace(">", "%3E").replace('"', "%22")

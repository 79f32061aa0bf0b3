"""The views of SNAPSHOT_HOST: an archived page, its parts, its bytes. See config/replay.py."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.template.loader import render_to_string

from core.errors import DomainError, Missing
from sources.capture.clean import Cleaned
from sources.capture.http1 import Head
from sources.services.replay import (
    Archived,
    Look,
    cleaned,
    main_record,
    read_archived,
    stream,
)
from verification.memento import memento_headers
from verification.replay_addresses import copy_of
from verification.selectors.replay import is_two_kinds, replayable

logger = logging.getLogger(__name__)
P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

# The archived headers that tell of a document; what tells a browser to do something is not here.
TOLD = (
    "age", "cache-control", "content-encoding", "content-language", "content-length",
    "content-type", "date", "etag", "expires", "last-modified", "server", "vary", "via",
)  # fmt: skip
MOST_TOLD = 300
ENDINGS = {"application/pdf": "pdf", "application/zip": "zip"}
INSTEAD = {
    "timeout": "It took too long to prepare this page.",
    "oom": "It took too much memory to prepare this page.",
    "empty": "There is nothing in this page that we could show.",
}


def in_words(view: View[P]) -> View[P]:
    """Shows a refusal in its words, with its status."""

    @wraps(view)
    def told(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except DomainError as error:
            return notice(error.message, error.status)

    return told


@in_words
def page(request: HttpRequest, token: str) -> HttpResponseBase:  # noqa: ARG001 - a view takes a request
    """The archived page, cleaned; a picture as itself; for everything else, words."""
    snapshot = replayable(copy_of(token))
    holder, at = main_record(snapshot)
    archived = read_archived(holder, at)
    if is_two_kinds(snapshot):
        response: HttpResponseBase = notice("This copy is two kinds of file at once.", 200)
    elif archived.look is Look.PICTURE:
        response = _picture(archived)
    elif archived.look in {Look.PAGE, Look.PLAIN}:
        response = _markup(archived, cleaned(archived, holder))
    else:
        response = notice(f"This copy is a file ({archived.media_type}), which we don’t show.", 200)
    for name, value in [*_told(archived.page.head), *memento_headers(snapshot)]:
        response[name] = value
    return response


@in_words
def part(request: HttpRequest, token: str, at: int) -> HttpResponseBase:  # noqa: ARG001 - as above
    """What a page needs to look as it looked, if the archived file holds it: nothing else."""
    holder, _ = main_record(replayable(copy_of(token)))
    archived = read_archived(holder, at)
    if archived.look is Look.SHEET:
        response: HttpResponseBase = _sheet(cleaned(archived, holder))
    elif archived.look in {Look.PICTURE, Look.FONT}:
        response = _picture(archived)
    else:
        raise Missing("This copy holds no such part.")
    # The page is of an origin that equals no other, so its own parts come to it across origins.
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    if archived.look is Look.FONT:
        response["Access-Control-Allow-Origin"] = "null"
    return response


@in_words
def file(request: HttpRequest, token: str) -> HttpResponseBase:  # noqa: ARG001 - as above
    """The bytes of the archived page, to keep and not to look at here."""
    number = copy_of(token)
    archived = read_archived(*main_record(replayable(number)))
    ending = ENDINGS.get(archived.media_type, "bin")
    kind = archived.media_type if archived.media_type in ENDINGS else "application/octet-stream"
    response = StreamingHttpResponse(stream(archived), content_type=kind)
    name = f"corroborate-snapshot-{number}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def nothing_here(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's signature
    return notice("There is nothing at this address.", 404)


def our_fault(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's signature
    return notice("Something went wrong on our side. The text of the copy is still there.", 500)


def notice(words: str, status: int) -> HttpResponse:
    """Words of ours instead of a page; without the main site's head and foot."""
    return HttpResponse(render_to_string("replay/notice.html", {"words": words}), status=status)


def _markup(archived: Archived, found: Cleaned) -> HttpResponse:
    if found.status == "ok":
        return HttpResponse(found.body)
    words = INSTEAD.get(found.status, "We could not prepare this page.")
    logger.info("Record %s of %s: %s", archived.offset, archived.warc_sha256, found)
    return notice(f"{words} Its text is on the tab “Text”, and the file holds all of it.", 422)


def _sheet(found: Cleaned) -> HttpResponse:
    return HttpResponse(found.body, content_type="text/css; charset=utf-8")


def _picture(archived: Archived) -> StreamingHttpResponse:
    return StreamingHttpResponse(stream(archived), content_type=archived.media_type)


def _told(head: Head) -> Iterator[tuple[str, str]]:
    """Archived headers under names that no browser acts on, as printable ASCII."""
    for name in TOLD:
        for value in head.values(name)[:1]:
            yield f"X-Archive-Orig-{name.title()}", re.sub(r"[^ -~]", "?", value)[:MOST_TOLD]

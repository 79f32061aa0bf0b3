"""The views of an archived copy: one page each, so that every tab is a link."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sources.models import Snapshot
from sources.vocabulary import CaptureState
from verification.addresses import snapshot_path
from verification.selectors.replay import can_be_replayed
from verification.selectors.snapshot_picture import is_pictured


class View(StrEnum):
    """The value of ?view=; each is shown by the template of its name in templates/snapshot/."""

    TEXT = "text"
    PAGE = "page"
    PICTURE = "picture"
    DETAILS = "details"


LABELS = {
    View.TEXT: "Text",
    View.PAGE: "Page as it looked",
    View.PICTURE: "Picture",
    View.DETAILS: "Details",
}


@dataclass(frozen=True)
class Tab:
    href: str
    text: str
    current: bool


def view_of(asked: str, snapshot: Snapshot) -> View:
    """The view to show: the text, unless another is asked for. Without a copy, its details."""
    if snapshot.state != CaptureState.SEALED:
        return View.DETAILS
    return next((view for view in views_of(snapshot) if view == asked), View.TEXT)


def views_of(snapshot: Snapshot) -> tuple[View, ...]:
    """What there is to see of SNAPSHOT, in the order of the tabs."""
    if snapshot.state != CaptureState.SEALED:
        return ()
    page = (View.PAGE,) if can_be_replayed(snapshot) else ()
    picture = (View.PICTURE,) if is_pictured(snapshot) else ()
    return (View.TEXT, *page, *picture, View.DETAILS)


def tabs(snapshot: Snapshot, current: View) -> tuple[Tab, ...]:
    path = snapshot_path(snapshot.number)
    return tuple(
        Tab(path if view == View.TEXT else f"{path}?view={view}", LABELS[view], view == current)
        for view in views_of(snapshot)
    )

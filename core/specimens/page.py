"""What public pages are made of besides scores and evidence."""

from __future__ import annotations

from core.specimens.catalogue import Case, Specimen
from core.specimens.scores import FINDING, LOW, RANGE_ONLY, STATUSES, STRONG, UNSCORED, at

CLAIM = "Dhahiyet al-Assad was recaptured by the government"
LONG_CLAIM = (
    "Forces of the government and of several allied militias recaptured, between the evening of "
    "the eleventh and the afternoon of the twelfth of November, the whole of the suburb that is "
    "called Dhahiyet al-Assad on the western side of the city"
)
CORRECTION = "We first said that the whole suburb had changed hands. The north had not."
DAMAGE = "It is left out of every score until an administrator has looked at it."
MARKED = "photos from the recaptured neighborhood capped the rebel defeat"


class Choice(str):
    """A value with the word for it, as the members of the vocabularies are."""

    __slots__ = ()

    @property
    def label(self) -> str:
        return self.capitalize()


CHOICES = tuple(map(Choice, STATUSES))


def _row(sentence: str, status: str, **more: object) -> dict[str, object]:
    return {"href": "#", "sentence": sentence, "status": status, **more}


PAGE = (
    Specimen("brand", (Case("in the head of a page", {"href": "#"}),)),
    Specimen(
        "breadcrumb",
        (
            Case(
                "event and claim",
                {
                    "items": (
                        {"text": "Events", "href": "#"},
                        {"text": "Aleppo, November 2016", "href": "#"},
                        {"text": "Claim 12"},
                    )
                },
            ),
        ),
    ),
    Specimen(
        "tabs",
        (
            Case(
                "views of one thing",
                {
                    "label": "Views of this copy",
                    "items": (
                        {"href": "#", "text": "Text", "current": True},
                        {"href": "#", "text": "Details"},
                    ),
                },
            ),
        ),
    ),
    Specimen(
        "facts",
        (
            Case(
                "in brief",
                {
                    "items": (
                        {
                            "term": "Where",
                            "text": "Dhahiyet al-Assad, a suburb west of Aleppo",
                            "href": "#",
                        },
                        {
                            "term": "When",
                            "text": "11 to 12 November 2016",
                            "note": "the article gives no year; inferred",
                        },
                        {"term": "Would change it", "text": "Dated images after 12 November"},
                    )
                },
            ),
        ),
    ),
    Specimen(
        "checks",
        (
            Case(
                "one to do",
                {
                    "checks": (
                        {"met": True, "label": "Two or more independent origins", "detail": "4"},
                        {
                            "met": False,
                            "label": "Every counted source archived",
                            "detail": "[8] failed",
                            "href": "#",
                            "action": "Fix",
                        },
                    )
                },
            ),
        ),
    ),
    Specimen(
        "flag",
        (
            Case(
                "alert",
                {
                    "text": "The article gives no year. We inferred 2016.",
                    "links": (
                        {"href": "#", "text": "Looks right"},
                        {"href": "#", "text": "Change it"},
                    ),
                },
            ),
            Case("note", {"text": "Sent for approval.", "tone": "note"}),
            Case("fail", {"text": "The copy no longer has its hash.", "tone": "fail"}),
        ),
    ),
    Specimen(
        "notice",
        (
            Case(
                "correction",
                {
                    "heading": "Corrected",
                    "tone": "alert",
                    "at": at(14, "10:00"),
                    "text": CORRECTION,
                },
            ),
            Case(
                "old version",
                {
                    "heading": "Version 5, 11 November",
                    "text": "The current version says Confirmed.",
                    "href": "#",
                    "action": "See the current version",
                },
            ),
            Case(
                "hash mismatch",
                {
                    "heading": "This copy is damaged",
                    "tone": "fail",
                    "text": DAMAGE,
                },
            ),
        ),
    ),
    Specimen(
        "empty",
        (
            Case(
                "with a next step",
                {"text": "Nothing waits for you.", "href": "#", "action": "Import an article"},
            ),
            Case("without", {"text": "Nothing new since 14:02."}),
        ),
    ),
    Specimen(
        "paging",
        (
            Case("middle", {"newer": "#", "older": "#", "note": "26 to 50"}),
            Case("first", {"older": "#"}),
        ),
    ),
    Specimen(
        "citation",
        (
            Case(
                "a claim",
                {"text": f"“{CLAIM}”, claim 12, version 7, Confirmed, 96 in 100 (90–99)."},
            ),
        ),
    ),
    Specimen(
        "tabs",
        (
            Case(
                "of an archived copy",
                {
                    "label": "Views of this copy",
                    "items": (
                        {"href": "#", "text": "Text", "current": True},
                        {"href": "#", "text": "Details"},
                    ),
                },
            ),
        ),
    ),
    Specimen("search", (Case("empty", {"action": "#", "label": "Search claims and sources"}),)),
    Specimen(
        "claim_row",
        (
            Case(
                "confirmed",
                {
                    "item": _row(
                        CLAIM,
                        "confirmed",
                        finding=FINDING,
                        **STRONG,
                        at=at(12, "16:05"),
                        changed="Contested until then.",
                    )
                },
            ),
            Case(
                "240 characters, range alone", {"item": _row(LONG_CLAIM, "contested", **RANGE_ONLY)}
            ),
            Case(
                "in Arabic",
                {"item": _row("استعادت الحكومة ضاحية الأسد", "refuted", language="ar", **LOW)},
            ),
            Case("not scored", {"item": _row(CLAIM, "unverified", **UNSCORED)}),
        ),
        within="ul",
    ),
    Specimen(
        "article",
        (
            Case(
                "every status, and what was dropped",
                {
                    "language": "en",
                    "paragraphs": (
                        {
                            "number": 4,
                            "pieces": (
                                {"text": "Reports initially filtered through", "footnote": "8"},
                                {"text": " from armed militia groups, and "},
                                {
                                    "text": MARKED,
                                    "status": "confirmed",
                                    "here": True,
                                    "href": "#",
                                    "footnote": "9",
                                },
                                {"text": ". "},
                                *(
                                    {"text": f"A claim that is {status}. ", "status": status}
                                    for status in STATUSES
                                ),
                            ),
                        },
                        {"number": 5, "pieces": ({"text": "Leave A Reply", "dropped": True},)},
                    ),
                },
            ),
        ),
    ),
    Specimen(
        "as_of",
        (Case("an earlier day", {"at": at(11, "23:00"), "status": "confirmed", "href": "#"}),),
    ),
    Specimen(
        "filters",
        (
            Case(
                "a status chosen",
                {"action": "#", "query": "Minyan", "statuses": CHOICES, "chosen": "contested"},
            ),
        ),
    ),
    Specimen(
        "related",
        (
            Case(
                "two claims",
                {
                    "items": (
                        _row("Government forces captured Minyan", "contested", language="en"),
                        _row("استعادت الحكومة ضاحية الأسد", "confirmed", language="ar"),
                    )
                },
            ),
        ),
    ),
    Specimen("masthead", (Case("on the list of claims", {"path": "/"}),)),
    Specimen("footer", (Case("every public page"),)),
    Specimen("sprite", (Case("invisible; the glyphs are in the specimens above"),)),
)

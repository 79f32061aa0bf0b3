"""Sources, what they say, and who repeats whom."""

from __future__ import annotations

from typing import Any

from core.charts import Copy, Lane, Tone
from core.specimens.catalogue import Case, Specimen
from core.specimens.scores import at

Item = dict[str, Any]
DIGEST = "9f2c41d07b6e5a883c1d9e0f4b7a2c65d8e3f1097a6b5c4d3e2f10a9b8c7b1b1"

MOVED: Item = {
    "lead": "The quoted words were changed after we archived them.",
    "at": at(14, "08:02"),
    "alert": True,
    "now": "Our fighters have repositioned from the 1070 project",
    "language": "en",
    "href": "#",
    "action": "See what changed",
    "undecided": "The score does not change by itself: a person decides what this means.",
}
CHANGED_ELSEWHERE: Item = {
    "lead": "The page was changed since; the quoted words were not.",
    "at": at(14, "08:02"),
    "href": "#",
    "action": "See what changed",
}
PHOTOS: Item = {
    "number": 7,
    "title": "Photo set from inside the suburb",
    "href": "#",
    "source": "Photographer with pro-government forces",
    "source_href": "#",
    "side": "Government and allies",
    "published": at(12, "13:20"),
    "stance": "supports",
    "contribution": 1.6,
    "quote": "photos from the recaptured neighborhood",
    "quote_language": "en",
    "tags": (
        {"text": "Matched to a street corner", "key": True},
        {"text": "Original files checked"},
        {"text": "Article footnote 9"},
    ),
    "archive_href": "#",
    "archived_at": at(12, "13:41"),
    "sha256": DIGEST,
}
ADMISSION: Item = {
    **PHOTOS,
    "number": 5,
    "title": "انسحاب الفصائل من ضاحية الأسد",
    "source": "Local news page, opposition-held Aleppo",
    "side": "Opposition and allies",
    "contribution": 1.25,
    "quote": "انسحبت الفصائل من ضاحية الأسد بعد قصف عنيف.",
    "quote_language": "ar",
    "translation": "The factions withdrew from Dahiyat al-Assad after heavy shelling.",
    "tags": ({"text": "Against its own side’s interest", "key": True},),
}
DENIAL: Item = {
    **PHOTOS,
    "number": 3,
    "title": "Statement by an opposition operations room",
    "side": "Opposition and allies",
    "stance": "contradicts",
    "contribution": -0.45,
    "quote": "Says its fighters repelled the attack and still hold the suburb.",
    "tags": ({"text": "Speaks for its own side"},),
    "resolution": "Earlier than the photographs, and not repeated after 12 November.",
}
WIRE: Item = {
    **PHOTOS,
    "number": 4,
    "title": "International wire report",
    "published": None,
    "when": "11 November, late",
    "stance": "context",
    "contribution": 0.0,
    "tags": (),
    "side": "",
}
BEYOND: Item = {**PHOTOS, "number": 8, "title": "Admission by the losing side", "contribution": 2.9}
MISSING: Item = {
    "number": 9,
    "title": "Footnote 9 of the article",
    "stance": "supports",
    "contribution": None,
    "why_not": "The article gives no address for this footnote, so it isn’t counted.",
}
GRAPHIC: Item = {**PHOTOS, "number": 10, "graphic": True, "contribution": 0.2}
WITHDRAWN: Item = {
    **DENIAL,
    "number": 11,
    "contribution": None,
    "withdrawn_at": at(14, "08:02"),
    "withdrawn_reason": "It turned out to be about another suburb.",
    "resolution": "",
}
LONG: Item = {
    **PHOTOS,
    "number": 412,
    "title": "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "source": "A source whose name is as long as eighty characters, to see that nothing is cut off",
    "contribution": 0.08,
}
LEDGER = (PHOTOS, ADMISSION, BEYOND, DENIAL, WIRE, MISSING, GRAPHIC, WITHDRAWN, LONG)


def _lane(number: str, day: int, clock: str, tone: Tone, label: str, *copies: Copy) -> Lane:
    return Lane(label, tone, at(day, clock), number, f"#e{number}", copies)


ORIGINS = (
    _lane(
        "1",
        11,
        "18:22",
        Tone.POSITIVE,
        "Post by an armed group’s channel",
        Copy(
            "State news agency bulletin",
            "91% same wording, 43 minutes later",
            at(11, "19:05"),
            "2",
            "#e2",
        ),
        Copy("3 news sites", "97 to 100% same wording; not listed as evidence", at(11, "21:10")),
    ),
    _lane("3", 11, "22:02", Tone.NEGATIVE, "Statement by an opposition operations room"),
    _lane("4", 11, "23:40", Tone.NEUTRAL, "International wire report"),
    _lane(
        "5",
        12,
        "09:48",
        Tone.POSITIVE,
        "انسحاب الفصائل من ضاحية الأسد",
        Copy("2 regional sites", "88% same wording, credit it by name"),
    ),
    Lane("Footnote 9 of the article", number="9"),
)

EVIDENCE = (
    Specimen(
        "ledger",
        (
            Case("every kind of line", {"items": LEDGER, "more": 31, "more_href": "?all=1"}),
            Case("empty", {"items": (), "ask_href": "#"}),
        ),
    ),
    Specimen("evidence", (Case("one line, no box around it", {"item": DENIAL}),), within="ol"),
    Specimen(
        "moved",
        (
            Case("the quote was changed", {"item": MOVED}),
            Case("the page was changed elsewhere", {"item": CHANGED_ELSEWHERE}),
        ),
    ),
    Specimen(
        "pull",
        tuple(
            Case(name, {"stance": stance, "contribution": value, "why_not": "It isn’t archived."})
            for name, stance, value in (
                ("strong", "supports", 1.6),
                ("weak", "supports", 0.1),
                ("against", "contradicts", -0.9),
                ("no effect", "context", 0.0),
                ("beyond the scale", "contradicts", -3.4),
                ("not counted", "supports", None),
            )
        ),
    ),
    Specimen(
        "split",
        (
            Case(
                "three sides",
                {
                    "rows": (
                        {
                            "side": "Government and allies",
                            "supports": (True, True, False),
                            "contradicts": (),
                        },
                        {
                            "side": "Opposition and allies",
                            "supports": (True,),
                            "contradicts": (True, False),
                        },
                        {
                            "side": "Not aligned",
                            "supports": (True,),
                            "contradicts": (),
                            "context": 1,
                        },
                    )
                },
            ),
            Case(
                "many",
                {
                    "rows": (
                        {
                            "side": "Government and allies",
                            "supports": (True,) * 9 + (False,) * 14,
                            "contradicts": (True,) * 7,
                        },
                        {
                            "side": "المعارضة وحلفاؤها",
                            "supports": (),
                            "contradicts": (True,) * 4 + (False,) * 8,
                        },
                    )
                },
            ),
        ),
    ),
    Specimen(
        "lanes",
        (
            Case("five origins", {"origins": ORIGINS, "more": 4}),
            Case("no times known", {"origins": (Lane("A report without a date", number="1"),)}),
        ),
    ),
)

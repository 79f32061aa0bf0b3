"""The shapes that the demonstration's cast is written in. Data only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from claims.vocabulary import Alignment, ClaimKind, Directness, Resolution, Stance
from sources.vocabulary import Degree, DocumentKind, Grade, SourceKind

Phase = Literal["contested", "confirmed"]


@dataclass(frozen=True, slots=True)
class CastParty:
    """A side; `aliases` are the names that articles give it or its members, any language."""

    key: str
    name: str
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CastSource:
    """An invented source. `path` is the folder of its pages on the demonstration web.

    `party` is the key of the side that it belongs to, or None; with None, `degree` is None and
    `affiliation_rationale` empty.
    """

    key: str
    name: str
    name_ar: str
    kind: SourceKind
    description: str
    languages: tuple[str, ...]
    country: str
    path: str
    grade: Grade
    grade_rationale: str
    party: str | None = None
    degree: Degree | None = None
    affiliation_rationale: str = ""


@dataclass(frozen=True, slots=True)
class Filing:
    """One page filed as evidence on the story's claim.

    `after`: the status that the claim can take once every filing with this value is filed.
    `path`: address on the demonstration web; title and `published_at` (UTC) are the page's own.
    `alignment`: relative to what the source says. `credibility`: Admiralty 1 to 6, of this item.
    `quote`: words of the page, exactly as its extracted text has them; `translation` is English
    and empty for an English quote. `footnote`: the article's marker that this page is found for.
    `visual_check`: what was checked in its pictures; empty where there are none.
    """

    key: str
    source: str
    after: Phase
    path: str
    document_kind: DocumentKind
    published_at: datetime
    title: str
    language: str
    stance: Stance
    directness: Directness
    alignment: Alignment
    credibility: int
    quote: str
    translation: str
    note: str
    footnote: int | None = None
    picture: str = ""
    visual_check: str = ""

    @property
    def visual_checked(self) -> bool:
        return bool(self.visual_check)


@dataclass(frozen=True, slots=True)
class CastClaim:
    """The claim of the story, with what editors write about it. Times are UTC and inclusive."""

    sentence: str
    sentence_ar: str
    kind: ClaimKind
    favours: str
    place: str
    place_names: tuple[str, ...]
    time_from: datetime
    time_to: datetime
    contested_reason: str
    confirmed_reason: str
    finding: str
    would_change_it: str


@dataclass(frozen=True, slots=True)
class CastResolution:
    """Why the contradicting filing no longer stands in the way."""

    filing: str
    kind: Resolution
    text: str

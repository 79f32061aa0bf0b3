"""Every component in every state, with invented data: what the gallery page shows and tests draw.

The story is that of the demonstration; sources, times, people and numbers are invented.
"""

from __future__ import annotations

from core.specimens.catalogue import Case, Specimen, SpecimenDrawing, drawn
from core.specimens.desk import DESK
from core.specimens.evidence import EVIDENCE
from core.specimens.forms import FORMS
from core.specimens.page import PAGE
from core.specimens.scores import SCORES

SPECIMENS: tuple[Specimen, ...] = (*SCORES, *EVIDENCE, *PAGE, *FORMS, *DESK)

__all__ = ["SPECIMENS", "Case", "Specimen", "SpecimenDrawing", "drawn"]

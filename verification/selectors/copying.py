"""Who copied whom, as lanes: each first report with what repeats it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from claims.models import Evidence
from claims.vocabulary import Stance
from core.charts import Copy, Lane, Tone
from sources.models import Derivation
from sources.vocabulary import DerivationState
from verification.selectors.facts import derivation_of
from verification.selectors.independence import Family, families_of
from verification.selectors.known import Known
from verification.selectors.phrases import count, lasting
from verification.selectors.redaction import document_title, who_says
from verification.selectors.weighing import Weighing, weighing_of

SHOWN = 8
MOST_REPEATS = 200
TONES = {
    Stance.SUPPORTS: Tone.POSITIVE,
    Stance.CONTRADICTS: Tone.NEGATIVE,
    Stance.CONTEXT: Tone.NEUTRAL,
}


@dataclass(frozen=True)
class Copying:
    lanes: tuple[Lane, ...]
    more: int
    origins: int
    copies: int


def copying_of(known: Known) -> Copying | None:
    """None with fewer than two items whose document is known: nothing to compare."""
    items = [item for item in known.items if item.withdrawn_at is None and item.document.source]
    if len(items) < 2:  # noqa: PLR2004  # a pair
        return None
    families = families_of(items)
    elsewhere = _repeats_elsewhere(families, items)
    kept = _strongest(families, weighing_of(known.newest))
    lanes = tuple(_lane(family, elsewhere.get(family.origin_id or 0, [])) for family in kept)
    return Copying(
        lanes=lanes,
        more=len(families) - len(kept),
        origins=len(families),
        copies=sum(len(family.copies) for family in families) + sum(map(len, elsewhere.values())),
    )


def _strongest(families: Sequence[Family], weighing: Weighing) -> list[Family]:
    """The families that moved the score most, still in order of time."""

    def pull(family: Family) -> float:
        members = (family.first, *family.copies)
        return max(abs(weighing.values.get(item.position, 0.0)) for item in members if item)

    kept = sorted(families, key=pull, reverse=True)[:SHOWN]
    return [family for family in families if family in kept]


def _repeats_elsewhere(
    families: Sequence[Family], items: Sequence[Evidence]
) -> Mapping[int, list[Derivation]]:
    """Documents that repeat these origins without being filed here, by origin. One query."""
    origins = [family.origin_id for family in families if family.origin_id]
    if not origins:
        return {}
    found = (
        Derivation.objects.filter(origin__in=origins)
        .exclude(state=DerivationState.REJECTED)
        .exclude(document__in=[item.document_id for item in items])
        .select_related("document")
        .order_by("document__published_at", "pk")[:MOST_REPEATS]
    )
    grouped: dict[int, list[Derivation]] = {}
    for row in found:
        grouped.setdefault(row.origin_id, []).append(row)
    return grouped


def _lane(family: Family, elsewhere: list[Derivation]) -> Lane:
    copies = [_filed_copy(item) for item in family.copies]
    if elsewhere:
        copies.append(_unfiled(elsewhere))
    item = family.first
    if item is not None:
        return Lane(
            label=who_says(item),
            tone=TONES[Stance(item.stance)],
            at=item.document.published_at,
            number=str(item.position),
            href=f"#e{item.position}",
            copies=tuple(copies),
        )
    first = family.derivation.origin.first_document if family.derivation else None
    return Lane(
        label=f"{document_title(first)} (not filed here)" if first else "A first report",
        tone=TONES[Stance(family.copies[0].stance)],
        at=first.published_at if first else None,
        copies=tuple(copies),
    )


def _filed_copy(item: Evidence) -> Copy:
    derivation = derivation_of(item)
    return Copy(
        label=who_says(item),
        note=_measured(derivation) if derivation else "the same page",
        at=item.document.published_at,
        number=str(item.position),
        href=f"#e{item.position}",
    )


def _measured(derivation: Derivation) -> str:
    said = []
    if derivation.similarity is not None:
        said.append(f"{derivation.similarity:.0%} same wording")
    if derivation.lag is not None:
        said.append(f"{lasting(derivation.lag)} later")
    return ", ".join(said) or "said by our checkers"


def _unfiled(rows: list[Derivation]) -> Copy:
    likeness = [row.similarity for row in rows if row.similarity is not None]
    note = "not listed as evidence"
    if likeness:
        low, high = f"{min(likeness):.0%}", f"{max(likeness):.0%}"
        share = low if low == high else f"{low.rstrip('%')}–{high}"
        note = f"{share} same wording; {note}"
    return Copy(
        label=f"{count(len(rows), 'more page')}",
        note=note,
        at=rows[0].document.published_at,
    )

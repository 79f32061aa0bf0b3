"""What proves when an archived copy was sealed: its line of the record, checkpoint, time stamps."""

from __future__ import annotations

from django.urls import reverse
from django.utils.formats import date_format

from audit.authorities import LOCAL
from audit.models import TimestampToken
from audit.selectors.checkpoints import checkpoint_of, words_of
from audit.selectors.lines import history
from sources.models import Snapshot
from verification.selectors.brief import Fact

SEALED = "sources:snapshot:sealed"


def proof_of(snapshot: Snapshot) -> list[Fact]:
    """Three queries; until the next checkpoint is made it is said that it is waited for."""
    line = history("sources.snapshot", snapshot.number).filter(tag=SEALED).first()
    if line is None:
        return []
    facts = [Fact("Line of the record", f"{line.seq}", note=line.hash)]
    checkpoint = checkpoint_of(line.seq)
    if checkpoint is None:
        return [*facts, Fact("Checkpoint", "Waiting for the next one, within minutes")]
    made = f"{checkpoint.number}, made {date_format(checkpoint.made_at, 'j M Y, H:i')} UTC"
    facts.append(
        Fact(
            "Checkpoint",
            made,
            f"{reverse('record')}?before={checkpoint.number + 1}#checkpoint-{checkpoint.number}",
            note=checkpoint.hash,
        )
    )
    for token in checkpoint.tokens.all():
        stated = f"{date_format(token.stated_at, 'j M Y, H:i:s')} UTC, " if token.stated_at else ""
        facts.append(Fact("Time stamp", f"{stated}{words_of(token)}", note=_name(token)))
    return facts


def _name(token: TimestampToken) -> str:
    """Who stamped it; of our own clock the words have said so."""
    return "" if token.authority == LOCAL else token.authority

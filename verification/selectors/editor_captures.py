"""Captures of a claim's documents that are under way or came to nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sources.explanations import (
    STEPS,
    error_in_words,
    step_in_words,
)
from sources.failures import result_in_words
from sources.models import Snapshot
from sources.outcomes import holds_the_document
from sources.selectors.captures import came_of
from sources.vocabulary import CaptureState
from verification.desk_addresses import (
    elsewhere_path,
    open_item_path,
    provide_path,
    recapture_path,
)
from verification.selectors.editor_rows import DeskLedger, DeskRow
from verification.selectors.phrases import moment

UNDER_WAY = frozenset({CaptureState.QUEUED, CaptureState.RUNNING, CaptureState.RETRY_WAIT})


@dataclass(frozen=True)
class Act:
    text: str
    action: str


@dataclass(frozen=True, kw_only=True)
class Job:
    """One capture; see templates/components/capture.html."""

    key: str
    number: int
    title: str
    href: str
    state: str
    step: int
    steps: int
    doing: str
    error: str
    actions: tuple[Act, ...]
    file_action: str = ""  # where a file of the page may be sent
    elsewhere_action: str = ""  # where the address of another archive's copy may be sent

    @property
    def under_way(self) -> bool:
        return self.state in UNDER_WAY


def jobs_of(ledger: DeskLedger, number: int, *, may_act: bool) -> tuple[Job, ...]:
    """Captures under way first, then those that failed, of items that still wait for a copy."""
    jobs = [
        _job(row, ledger.captures[row.item.document_id], number, may_act=may_act)
        for row in _waiting(ledger)
    ]
    return tuple(sorted(jobs, key=lambda job: (not job.under_way, job.number)))


def _waiting(ledger: DeskLedger) -> Iterable[DeskRow]:
    """One row for each document: it may be filed more than once."""
    seen: set[int] = set()
    for row in sorted(ledger.rows, key=lambda row: row.number):
        document = row.item.document_id
        if row.archived or row.withdrawn_at or document in seen:
            continue
        if document in ledger.captures and not _awaits_citation(ledger.captures[document]):
            seen.add(document)
            yield row


def _awaits_citation(capture: Snapshot) -> bool:
    """Archived well; the evidence learns of it in a moment."""
    return capture.state == CaptureState.SEALED and holds_the_document(capture.outcome)


def in_motion(ledger: DeskLedger) -> tuple[int, ...]:
    """Positions of the items that will look otherwise in a moment: awaited, or not weighed yet."""
    return tuple(
        row.number
        for row in ledger.rows
        if row.withdrawn_at is None
        and (row.contribution is None if row.archived else _is_awaited(row, ledger))
    )


def _is_awaited(row: DeskRow, ledger: DeskLedger) -> bool:
    capture = ledger.captures.get(row.item.document_id)
    return capture is not None and (capture.state in UNDER_WAY or _awaits_citation(capture))


def is_settling(ledger: DeskLedger) -> bool:
    """Whether a look in a moment would show more: a capture runs, or has just ended well."""
    return any(_is_awaited(row, ledger) for row in ledger.rows if not row.archived)


def _job(row: DeskRow, capture: Snapshot, number: int, *, may_act: bool) -> Job:
    state = CaptureState.FAILED if capture.state == CaptureState.SEALED else capture.state
    again = () if state in UNDER_WAY or not may_act else _try_again(number, row.number)
    return Job(
        key=str(row.number),
        number=row.number,
        title=row.title,
        href=open_item_path(number, row.number),
        state=state,
        step=_step(capture),
        steps=len(STEPS) if state == CaptureState.RUNNING else 0,
        doing=step_in_words(capture.step),
        error=_error(capture),
        actions=again,
        file_action=provide_path(number, row.number) if again else "",
        elsewhere_action=elsewhere_path(number, row.number) if again else "",
    )


def _step(capture: Snapshot) -> int:
    names = list(STEPS)
    return names.index(capture.step) + 1 if capture.step in names else 1


def _error(capture: Snapshot) -> str:
    if capture.state == CaptureState.RETRY_WAIT and capture.next_attempt_at:
        return f"{error_in_words(capture.error)} Next try {moment(capture.next_attempt_at)}."
    return result_in_words(came_of(capture))


def _try_again(number: int, position: int) -> tuple[Act, ...]:
    return (Act("Try again", recapture_path(number, position)),)

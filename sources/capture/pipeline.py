"""One capture from address to sealed object: guard, fetch, WARC, store, read back and hash.

Knows no framework and no database. Whatever an origin does becomes a CaptureResult; text is made
afterwards from the stored copy (`extract_stored`), because a sealed snapshot does not depend on it.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from sources.capture.archived import read_page
from sources.capture.extract import ExtractedText, PageInput, extract
from sources.capture.fetch import Before, Fetcher, Network, Trail, at_once
from sources.capture.guard import Policy, Refused, parse_address
from sources.capture.hop import Hop
from sources.capture.judge import outcome_of
from sources.capture.limits import ExtractionLimits, Limits
from sources.capture.outcomes import BARRED, ErrorCode, Outcome
from sources.capture.records import WrittenWarc, write_capture
from sources.capture.revisit import Holder, is_whole_answer
from sources.capture.spool import Spool
from sources.capture.store import ObjectStore, StoreProblem
from sources.capture.warc import MalformedRecord, RecordRef
from sources.vocabulary import CaptureState

SOFTWARE = "Corroborate/0.1"
NO_TEXT = ExtractedText(status="empty", reason="Nothing was archived that could hold text.")

Step = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Spare:
    """What came, kept until a capture that only refers to an earlier copy is sealed.

    `store_whole` puts it into the store after all, and tells what the capture came to then.
    """

    store_whole: Callable[[], CaptureResult]
    folder: Path

    def discard(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class CaptureResult:
    """What one capture came to: sealed, refused, failed, cancelled, or put off until later."""

    state: CaptureState
    requested_url: str
    started_at: datetime
    finished_at: datetime
    outcome: Outcome | None = None
    error: ErrorCode | None = None
    error_detail: str = ""
    hops: tuple[Hop, ...] = ()
    warc_sha256: str = ""
    warc_bytes: int = 0
    records: tuple[RecordRef, ...] = ()
    main: RecordRef | None = None
    duration_ms: int = 0
    configuration_sha256: str = ""
    holder: Holder | None = None
    spare: Spare | None = None

    @property
    def final(self) -> Hop | None:
        return self.hops[-1] if self.hops else None

    @property
    def final_url(self) -> str:
        return self.final.url if self.final else self.requested_url

    def discard(self) -> None:
        """Let go of what was kept until the capture is sealed."""
        if self.spare is not None:
            self.spare.discard()

    def as_json(self, text: ExtractedText | None = None) -> dict[str, Any]:
        """Return the result in plain JSON values; TEXT adds what the page says."""
        final = self.final
        return {
            "state": self.state,
            "outcome": self.outcome,
            "error": self.error,
            "error_detail": self.error_detail or None,
            "requested_url": self.requested_url,
            "final_url": self.final_url,
            "hops": [hop.as_json() for hop in self.hops],
            "http_status": final.status if final else None,
            "warc": _warc_json(self.warc_sha256, self.warc_bytes),
            "payload_sha256": (final.payload_sha256 or None) if final else None,
            **(text or NO_TEXT).as_json(),
        }


def _warc_json(sha256: str, size: int) -> dict[str, Any] | None:
    return {"sha256": sha256, "bytes": size} if sha256 else None


_WITHOUT_FILE = frozenset({CaptureState.CANCELLED, CaptureState.RETRY_WAIT})
FindHolder = Callable[[CaptureResult], Holder | None]


@dataclass(slots=True)
class _Room:
    """Where one capture keeps its files while it runs; FOLDER is made for the first of them."""

    folder: Path
    is_kept: bool = False


@dataclass(frozen=True, slots=True)
class Capturer:
    """Captures addresses under one policy into one store; `before` as in Fetcher."""

    policy: Policy
    store: ObjectStore
    staging_dir: Path
    limits: Limits = field(default_factory=Limits)
    network: Network = field(default_factory=Network)
    operator: str = ""
    before: Before = at_once

    def capture(
        self,
        url: str,
        *,
        label: str = "capture",
        on_step: Step = lambda _step: None,
        find_holder: FindHolder = lambda _result: None,
    ) -> CaptureResult:
        """Capture URL; ON_STEP hears fetching, staged and sealing as they begin.

        What FIND_HOLDER knows an earlier copy of is not stored again; the result then has a
        spare, which the caller discards once the capture is sealed.
        """
        now, begin = self.network.now, time.monotonic()
        result = CaptureResult(
            CaptureState.FAILED,
            url,
            now(),
            now(),
            configuration_sha256=configuration_digest(self.policy, self.limits),
        )
        try:
            address = parse_address(url, self.policy)
        except Refused as refused:
            return _refused(result, refused)
        try:
            with self._staging(label) as room:
                on_step("fetching")
                trail = self.fetcher(room.folder).fetch(address)
                on_step("staged")
                result = self._judged(result, trail)
                if result.state in _WITHOUT_FILE:
                    return replace(result, finished_at=now())
                if is_whole_answer(trail.final):
                    result = replace(result, holder=find_holder(result))
                kept = self._kept(result, trail, room, on_step)
                return replace(kept, duration_ms=round((time.monotonic() - begin) * 1000))
        except (OSError, StoreProblem) as problem:
            return _not_kept(result, problem, now())

    @contextmanager
    def _staging(self, label: str) -> Iterator[_Room]:
        """A folder of one capture; it goes at the end unless somebody keeps it."""
        if not self.staging_dir.is_dir():
            self.staging_dir.mkdir(parents=True, exist_ok=True)
        room = _Room(self.staging_dir / f"{label}-{secrets.token_hex(8)}")
        try:
            yield room
        finally:
            if not room.is_kept and room.folder.exists():
                shutil.rmtree(room.folder, ignore_errors=True)

    def fetcher(self, staging: Path) -> Fetcher:
        """Return what asks on our behalf, under our name; long bodies are spooled into STAGING."""
        agent = f"Mozilla/5.0 (compatible; {SOFTWARE}; +{self.operator or 'archive'})"
        return Fetcher(self.policy, self.limits, staging, self.network, agent, self.before)

    def _judged(self, result: CaptureResult, trail: Trail) -> CaptureResult:
        state = _state_of(trail)
        return replace(
            result,
            state=state,
            outcome=outcome_of(trail) if state == CaptureState.SEALED else None,
            error=trail.error,
            error_detail=trail.error_detail,
            hops=tuple(trail.hops),
        )

    def _kept(
        self, result: CaptureResult, trail: Trail, room: _Room, on_step: Step
    ) -> CaptureResult:
        file = Spool(room.folder / "capture.warc.gz")
        written = self._written(file, trail, result.holder)
        on_step("sealing")
        stored = self._stored(result, file, written)
        if result.holder is None:
            return stored
        room.is_kept = True
        return replace(stored, spare=Spare(lambda: self._whole(stored, trail, room), room.folder))

    def _whole(self, stored: CaptureResult, trail: Trail, room: _Room) -> CaptureResult:
        """Store the page itself, of which only a reference was stored; raises StoreProblem."""
        file = Spool(room.folder / "whole.warc.gz")
        written = self._written(file, trail, None)
        return self._stored(replace(stored, holder=None, spare=None), file, written)

    def _stored(self, result: CaptureResult, file: Spool, written: WrittenWarc) -> CaptureResult:
        key = self.store.put(file.close())
        if not self.store.verify(key):
            raise StoreProblem("The store gave back other bytes than it was given.")
        return replace(
            result,
            warc_sha256=key,
            warc_bytes=file.size,
            records=written.records,
            main=written.main,
            finished_at=self.network.now(),
        )

    def _written(self, file: Spool, trail: Trail, holder: Holder | None) -> WrittenWarc:
        about = {
            "software": SOFTWARE,
            "operator": self.operator,
            "description": "One cited page, captured as evidence",
            "configuration-sha256": configuration_digest(self.policy, self.limits),
        }
        return write_capture(file, trail, about=about, now=self.network.now(), holder=holder)


def _state_of(trail: Trail) -> CaptureState:
    if trail.error == ErrorCode.REFUSED_BY_POLICY:
        return CaptureState.REFUSED
    if trail.error in BARRED:
        return CaptureState.CANCELLED
    is_put_off = trail.final.again_in is not None
    return CaptureState.RETRY_WAIT if is_put_off else CaptureState.SEALED


def capture_address(
    url: str,
    *,
    policy: Policy,
    store: ObjectStore,
    staging_dir: Path,
    limits: Limits | None = None,
    network: Network | None = None,
    operator: str = "",
) -> CaptureResult:
    """Capture one address; see Capturer."""
    capturer = Capturer(
        policy, store, staging_dir, limits or Limits(), network or Network(), operator
    )
    return capturer.capture(url)


def extract_stored(
    store: ObjectStore, key: str, offset: int, limits: ExtractionLimits | None = None
) -> ExtractedText:
    """Read the text of the response at OFFSET of a stored WARC; never raises for its content."""
    limits = limits or ExtractionLimits()
    try:
        with store.open(key) as warc:
            page = read_page(warc, offset, Limits(), at_most=limits.input_bytes)
    except (MalformedRecord, StoreProblem) as problem:
        return ExtractedText(status="failed", reason=str(problem))
    return extract(PageInput(page.url, page.head.value("content-type"), page.body), limits)


@lru_cache(maxsize=16)
def configuration_digest(policy: Policy, limits: Limits) -> str:
    """Return the SHA-256 of what the capture was allowed, so that two captures can be compared."""
    allowed = {
        name: sorted(value) if isinstance(value, frozenset) else value
        for name, value in {**asdict(policy), **asdict(limits)}.items()
    }
    return hashlib.sha256(json.dumps(allowed, sort_keys=True).encode()).hexdigest()


def _refused(result: CaptureResult, refused: Refused) -> CaptureResult:
    return replace(
        result,
        state=CaptureState.REFUSED,
        error=ErrorCode.REFUSED_BY_POLICY,
        error_detail=refused.words,
    )


def _not_kept(
    result: CaptureResult, problem: OSError | StoreProblem, now: datetime
) -> CaptureResult:
    words = problem.strerror if isinstance(problem, OSError) else str(problem)
    return replace(
        result,
        state=CaptureState.FAILED,
        outcome=None,
        error=ErrorCode.STORE_FAILED,
        error_detail=f"The capture could not be stored: {words}.",
        finished_at=now,
    )

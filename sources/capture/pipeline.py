"""One capture from address to sealed object: guard, fetch, WARC, store, read back and hash.

Knows no framework and no database. Whatever an origin does becomes a CaptureResult; text is made
afterwards from the stored copy (`extract_stored`), because a sealed snapshot does not depend on it.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sources.capture.archived import read_page
from sources.capture.extract import ExtractedText, PageInput, extract
from sources.capture.fetch import Fetcher, Network, Trail
from sources.capture.guard import Policy, Refused, parse_address
from sources.capture.hop import Hop
from sources.capture.judge import outcome_of
from sources.capture.limits import ExtractionLimits, Limits
from sources.capture.outcomes import ErrorCode, Outcome
from sources.capture.records import WrittenWarc, write_capture
from sources.capture.store import ObjectStore, StoreProblem
from sources.capture.warc import MalformedRecord, RecordRef
from sources.vocabulary import CaptureState

SOFTWARE = "Corroborate/0.1"
NO_TEXT = ExtractedText(status="empty", reason="Nothing was archived that could hold text.")

Step = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class CaptureResult:
    """What one capture came to: sealed, refused or failed."""

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

    @property
    def final(self) -> Hop | None:
        return self.hops[-1] if self.hops else None

    @property
    def final_url(self) -> str:
        return self.final.url if self.final else self.requested_url

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


@dataclass(frozen=True, slots=True)
class Capturer:
    """Captures addresses under one policy into one store."""

    policy: Policy
    store: ObjectStore
    staging_dir: Path
    limits: Limits = field(default_factory=Limits)
    network: Network = field(default_factory=Network)
    operator: str = ""

    def capture(
        self, url: str, *, label: str = "capture", on_step: Step = lambda _step: None
    ) -> CaptureResult:
        """Capture URL; ON_STEP hears fetching, staged and sealing as they begin."""
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
            self.staging_dir.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=f"{label}-", dir=self.staging_dir) as folder:
                staging = Path(folder)
                on_step("fetching")
                trail = self.fetcher(staging).fetch(address)
                on_step("staged")
                result = self._judged(result, trail)
                kept = self._kept(result, trail, staging, on_step)
                return replace(kept, duration_ms=round((time.monotonic() - begin) * 1000))
        except (OSError, StoreProblem) as problem:
            return _not_kept(result, problem, now())

    def fetcher(self, staging: Path) -> Fetcher:
        """Return what asks on our behalf, under our name; bodies are spooled into STAGING."""
        agent = f"Mozilla/5.0 (compatible; {SOFTWARE}; +{self.operator or 'archive'})"
        return Fetcher(self.policy, self.limits, staging, self.network, agent)

    def _judged(self, result: CaptureResult, trail: Trail) -> CaptureResult:
        is_refused = trail.error == ErrorCode.REFUSED_BY_POLICY
        return replace(
            result,
            state=CaptureState.REFUSED if is_refused else CaptureState.SEALED,
            outcome=None if is_refused else outcome_of(trail),
            error=trail.error,
            error_detail=trail.error_detail,
            hops=tuple(trail.hops),
        )

    def _kept(
        self, result: CaptureResult, trail: Trail, staging: Path, on_step: Step
    ) -> CaptureResult:
        path = staging / "capture.warc.gz"
        written = self._written(path, trail)
        on_step("sealing")
        key = self.store.put(path)
        if not self.store.verify(key):
            raise StoreProblem("The store gave back other bytes than it was given.")
        return replace(
            result,
            warc_sha256=key,
            warc_bytes=self.store.size(key),
            records=written.records,
            main=written.main,
            finished_at=self.network.now(),
        )

    def _written(self, path: Path, trail: Trail) -> WrittenWarc:
        about = {
            "software": SOFTWARE,
            "operator": self.operator,
            "description": "One cited page, captured as evidence",
            "configuration-sha256": configuration_digest(self.policy, self.limits),
        }
        return write_capture(path, trail, about=about, now=self.network.now())


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

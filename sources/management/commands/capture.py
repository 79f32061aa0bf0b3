"""manage.py capture URL: archive one page here and now, by the pipeline that workers use."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from core.errors import Conflict, Invalid
from sources.capture.guard import Policy, Refused, read_address
from sources.capture.outcomes import ErrorCode
from sources.services.capture import Captured, capture_now
from sources.services.installation import capture_policy
from sources.vocabulary import CaptureState

_EXITS = {CaptureState.SEALED: 0, CaptureState.REFUSED: 3}
_FAILED = 4


class Command(BaseCommand):
    help = (
        "Archive one page. Exit code 0: what the site answered is sealed, 3: refused by policy, "
        "4: nothing answered (the attempt is sealed as such), the capture failed, or it was put "
        "off because its host may not be asked now; workers go on with it then."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("url", metavar="URL")
        parser.add_argument(
            "--allow-loopback",
            action="store_true",
            help="let this capture reach this machine, on the port that URL names",
        )
        parser.add_argument("--json", action="store_true", help="print everything as JSON")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        report = _report(options["url"], _policy(options["url"], options["allow_loopback"]))
        self.stdout.write(
            json.dumps(report, indent=2, ensure_ascii=False) if options["json"] else _line(report)
        )
        code = _exit_code(report)
        if code:
            sys.exit(code)


def _exit_code(report: dict[str, Any]) -> int:
    """A sealed record that nothing answered is no archived page."""
    is_unanswered = report["state"] == CaptureState.SEALED and report["error"]
    return _FAILED if is_unanswered else _EXITS.get(report["state"], _FAILED)


def _policy(url: str, allow_loopback: bool) -> Policy:
    if not allow_loopback:
        return capture_policy()
    try:
        return capture_policy({read_address(url).port})
    except Refused:
        return capture_policy()  # the capture itself says what is wrong with the address


def _report(url: str, policy: Policy) -> dict[str, Any]:
    try:
        captured = capture_now(address=url, policy=policy)
    except Refused as refused:
        return _without_row(url, CaptureState.REFUSED, ErrorCode.REFUSED_BY_POLICY, refused.words)
    except Invalid as invalid:
        return _without_row(url, CaptureState.REFUSED, ErrorCode.REFUSED_BY_POLICY, invalid.message)
    except Conflict as conflict:
        return _without_row(url, CaptureState.FAILED, conflict.code, conflict.message)
    if captured is None:
        words = "The capture broke; the log says where."
        return _without_row(url, CaptureState.FAILED, ErrorCode.INTERNAL, words)
    return _whole(captured)


def _whole(captured: Captured) -> dict[str, Any]:
    return {"snapshot": captured.snapshot.number, **captured.result.as_json(captured.text)}


def _without_row(url: str, state: str, error: str, words: str) -> dict[str, Any]:
    return {
        "snapshot": None,
        "state": state,
        "outcome": None,
        "error": error,
        "error_detail": words,
        "requested_url": url,
        "final_url": None,
        "hops": [],
        "http_status": None,
        "warc": None,
        "payload_sha256": None,
        "title": None,
        "authors": [],
        "published_at": None,
        "language": None,
        "text": None,
        "text_confidence": None,
    }


def _line(report: dict[str, Any]) -> str:
    said = report["outcome"] or report["error_detail"] or report["error"]
    where = f"WARC {report['warc']['sha256']}" if report["warc"] else "nothing stored"
    return f"{report['state']}: {said} · {report['final_url'] or report['requested_url']} · {where}"

"""manage.py capture as a person and a script meet it."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import call_command

from sources.capture.pipeline import Capturer
from sources.models import Document, Snapshot
from sources.services import artifacts, settle
from tests.sources.origin import Origin, page, redirect

ASKED_FOR = {
    "state", "outcome", "error", "final_url", "hops", "http_status", "warc", "payload_sha256",
    "title", "authors", "published_at", "language", "text", "text_confidence",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _silent(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (settle, artifacts):
        monkeypatch.setattr(module, "enqueue", lambda _name, **_arguments: None)


def _run(*arguments: str) -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command("capture", *arguments, stdout=out)
    except SystemExit as ended:
        return int(ended.code), out.getvalue()
    return 0, out.getvalue()


def _run_json(*arguments: str) -> tuple[int, dict[str, Any]]:
    code, out = _run(*arguments, "--json")
    return code, json.loads(out)


def test_a_page_is_sealed_and_told_in_json(db: None, origin: Origin) -> None:
    body = "<html lang=ar><title>عنوان</title><p>عبرت العبارة بين ضفتي البلدة صباح السبت</p>"
    origin.answers["/"] = redirect("/end")
    origin.answers["/end"] = page(body.encode(), kind="text/html; charset=utf-8")
    code, said = _run_json(origin.url(), "--allow-loopback")
    assert (code, said["state"], said["outcome"], said["error"]) == (0, "sealed", "ok", None)
    assert said.keys() >= ASKED_FOR
    assert said["final_url"] == origin.url("/end")
    assert [hop["status"] for hop in said["hops"]] == [302, 200]
    assert (said["http_status"], said["title"], said["language"]) == (200, "عنوان", "ar")
    assert "العبارة" in said["text"]
    snapshot = Snapshot.objects.get()
    assert said["snapshot"] == snapshot.number
    assert said["warc"] == {"sha256": snapshot.warc.sha256, "bytes": snapshot.warc.size}


def test_loopback_needs_to_be_asked_for(db: None, origin: Origin) -> None:
    code, said = _run_json(origin.url())
    assert (code, said["state"], said["error"]) == (3, "refused", "refused_by_policy")
    assert said.keys() >= ASKED_FOR
    assert origin.connections == 0
    assert not Document.objects.exists()


def test_loopback_opens_the_named_port_alone(db: None, origin: Origin) -> None:
    with Origin() as inside:
        origin.answers["/"] = redirect(inside.url())
        code, said = _run_json(origin.url(), "--allow-loopback")
        assert inside.connections == 0
    assert (code, said["state"]) == (3, "refused")
    assert said["hops"][1]["url"] == inside.url()


@pytest.mark.parametrize("url", ["file:///etc/passwd", "http://169.254.169.254/", "nonsense"])
@pytest.mark.parametrize("option", [[], ["--allow-loopback"]])
def test_what_is_refused_ends_with_3(db: None, url: str, option: list[str]) -> None:
    code, out = _run(url, *option)
    assert code == 3
    assert out.startswith("refused: ")


def test_what_nobody_can_read_is_sealed_and_ends_with_4(db: None, origin: Origin) -> None:
    origin.answers["/"] = b"no HTTP"
    code, said = _run_json(origin.url(), "--allow-loopback")
    assert (code, said["state"], said["outcome"]) == (4, "sealed", "protocol_error")
    assert said["error"] == "protocol_error"
    assert said["warc"]["bytes"] > 0


def test_a_sealed_error_page_is_a_success(db: None, origin: Origin) -> None:
    code, out = _run(origin.url("/gone"), "--allow-loopback")
    assert code == 0
    assert out.startswith("sealed: gone · ")
    assert "WARC" in out


def test_a_defect_ends_with_4_and_says_where_to_look(
    db: None, origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object, **_options: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(Capturer, "capture", broken)
    code, said = _run_json(origin.url(), "--allow-loopback")
    assert (code, said["error"]) == (4, "internal_error")

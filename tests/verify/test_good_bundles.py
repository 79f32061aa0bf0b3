"""The untouched bundle is valid for our verifier and for the tools that others use."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator

from tests.verify.authority import NOW, Authority
from tests.verify.bundle_parts import (
    Parts,
    listed,
    others_say,
    pack,
    put_rows,
    rows,
    write_good,
)  # fmt: skip
from tests.verify.conftest import Good
from verify import corroborate_verify
from verify.corroborate_verify import verify

INDEXER = "from cdxj_indexer.main import main; main()"
PROGRAM = Path(corroborate_verify.__file__)


def test_the_untouched_bundle_is_valid_and_says_when(good: Good) -> None:
    report = verify(good.path, [good.authority.root])
    assert report.reason == ""
    assert report.valid
    assert report.time == NOW.isoformat()
    assert [one["snapshot"] for one in report.snapshots] == [88, 91]
    assert all(check.proves and check.does_not_prove for check in report.checks)


def test_without_a_root_the_time_is_called_the_bundles_own_word(good: Good) -> None:
    words = next(one for one in verify(good.path).checks if one.check == "time")
    assert "own word" in words.proves


def test_tokens_of_elliptic_curves_are_read_too(good: Good, tmp_path: Path) -> None:
    authority = Authority(kind="ec")
    write_good(tmp_path / "ec.wacz", good.copies, authority, 3)
    assert verify(tmp_path / "ec.wacz", [authority.root]).valid


def test_a_token_over_a_later_checkpoint_covers_an_earlier_one(good: Good) -> None:
    checkpoints = {row["checkpoint"] for row in rows(good.parts, "proofs.jsonl")}
    assert checkpoints == {1, 2}
    assert verify(good.path, [good.authority.root]).time != "pending"


def test_an_authority_that_has_not_answered_is_pending_not_invalid(
    parts: Parts, tmp_path: Path
) -> None:
    pending = {"checkpoint": 2, "kind": "rfc3161", "authority": "tests", "state": "pending"}
    put_rows(parts, "tokens.jsonl", [pending])
    del parts["evidence/checkpoint-2-1.tsr"], parts["evidence/checkpoint-2-1.pem"]
    report = verify(pack(tmp_path / "pending.wacz", listed(parts)))
    assert (report.valid, report.time) == (True, "pending")


def test_py_wacz_accepts_it(good: Good) -> None:
    assert "Validation succeeded" in others_say(good.path)


def test_warcio_and_fastwarc_accept_every_warc(good: Good) -> None:
    for name, content in good.parts.items():
        if not name.startswith("archive/"):
            continue
        passed = []
        for record in ArchiveIterator(io.BytesIO(content), check_digests="raise"):
            record.raw_stream.read()
            passed.append(record.digest_checker.passed)
        fast = [
            one.verify_block_digest() for one in FastIterator(io.BytesIO(content), parse_http=False)
        ]
        assert passed == fast == [True] * len(passed)
        assert passed


def test_the_index_says_what_another_indexer_says(good: Good, tmp_path: Path) -> None:
    for name, content in good.parts.items():
        if name.startswith("archive/"):
            (tmp_path / name.rpartition("/")[2]).write_bytes(content)
    theirs = subprocess.run(  # noqa: S603  # our own interpreter
        [sys.executable, "-c", INDEXER, "-s", str(tmp_path)],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    theirs = "".join(line for line in theirs.splitlines(True) if "sha1:" not in line)  # metadata
    ours = good.parts["indexes/index.cdxj"].decode()
    assert [_comparable(line) for line in ours.splitlines()] == [
        _comparable(line) for line in theirs.splitlines()
    ]


def _comparable(line: str) -> tuple[str, str, dict[str, str]]:
    key, stamp, text = line.split(" ", 2)
    entry = json.loads(text)
    return key, stamp, {name: entry.get(name, "") for name in ("url", "offset", "length", "status")}


def test_the_program_runs_alone_and_answers_by_its_exit_code(good: Good, tmp_path: Path) -> None:
    root = tmp_path / "root.pem"
    root.write_bytes(good.authority.root.public_bytes(Encoding.PEM))
    alone = tmp_path / "corroborate_verify.py"
    alone.write_bytes(PROGRAM.read_bytes())
    command = [sys.executable, "-I", str(alone)]
    whole = _run([*command, str(good.path), "--root", str(root), "--json"])
    assert whole.returncode == 0, whole.stdout
    assert json.loads(whole.stdout)["valid"] is True
    cut = tmp_path / "cut.wacz"
    cut.write_bytes(good.path.read_bytes()[:-100])
    assert _run([*command, str(cut)]).returncode == 1
    assert _run([*command, str(tmp_path / "nothing.wacz")]).returncode == 2
    assert _run(command).returncode == 2


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603  # our own interpreter
        command, capture_output=True, text=True, check=False, cwd="/"
    )

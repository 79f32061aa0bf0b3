"""The benchmark of the extractors counts as the benchmark that it follows."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

import pytest

from benchmarks import extract as benchmark

PAGE = Path(__file__).parents[1] / "pages" / "english-article.html"


@pytest.mark.parametrize(
    ("truth", "found", "expected"),
    [
        ("a b c d", "a b c d", (1.0, 0.0, 0.0)),
        ("a b c d e", "a b c d", (0.5, 0.0, 0.5)),
        ("a b c d", "a b c d e", (0.5, 0.5, 0.0)),
        ("a b c d a b c d", "a b c d", (0.2, 0.0, 0.8)),
        ("a b", "a b", (1.0, 0.0, 0.0)),
        ("a", "", (0.0, 0.0, 1.0)),
        ("", "", (0.0, 0.0, 0.0)),
    ],
)
def test_pages_are_compared_by_their_runs_of_four_words(
    truth: str, found: str, expected: tuple[float, float, float]
) -> None:
    assert benchmark.counted(truth, found) == pytest.approx(expected)


def test_f1_is_made_of_the_means_over_pages() -> None:
    found = benchmark.score([("a b c d", "a b c d"), ("a b c d e", "a b c d"), ("a b c d", "")])
    assert found.precision == pytest.approx(1.0)  # a page without text has no precision
    assert found.recall == pytest.approx(0.5)
    assert found.f1 == pytest.approx(2 / 3)
    assert found.whole == pytest.approx(1 / 3)


def test_a_folder_is_read_and_the_table_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "html").mkdir()
    truth = {"one": {"articleBody": "sixty passengers waited", "url": "http://example.org/"}}
    (tmp_path / "ground-truth.json").write_text(json.dumps(truth))
    (tmp_path / "html" / "one.html.gz").write_bytes(gzip.compress(PAGE.read_bytes()))
    written = tmp_path / "out.json"
    monkeypatch.setattr(sys, "argv", ["extract", str(tmp_path), "--json", str(written)])
    benchmark.main()
    assert "shown" in capsys.readouterr().out
    assert json.loads(written.read_text())["statuses"] == {"ok": 1}


def test_another_folder_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="is not in the benchmark's format"):
        benchmark.load(tmp_path)

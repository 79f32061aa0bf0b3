"""How well the text of articles is found: precision, recall and F1 of the text that we show.

Run: python -m benchmarks.extract FOLDER [--json FILE] [--at-once 2]

FOLDER is in the format of scrapinghub/article-extraction-benchmark on GitHub (fetch it; it is not
part of this project): `ground-truth.json`, a dictionary of id to {"articleBody", "url"}, and
`html/ID.html.gz`, the pages in UTF-8. Each page is read once, in the jail of the product without
network, by both extractors; so the rows of the table are about the same reading:

  shown        what readers see: trafilatura's text, or newspaper4k's where that found none
  trafilatura  its text alone
  newspaper4k  its text alone
  sure, unsure the text shown, on the pages where both agree (confidence "high"), and on the others

The metric is that benchmark's: texts are compared as multisets of 4-grams of words; true and false
positives and false negatives are counted for each page and divided by their sum, so that long
pages weigh no more; precision and recall are the means over the pages where they are defined, and
F1 is made of those means. "whole" is the share of pages whose tokens are right to the last.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from sources.capture.extract import ExtractedText, PageInput, extract
from sources.capture.limits import ExtractionLimits

TARGET = 0.96
_TOKEN = re.compile(r"\w+")
_GRAM = 4


@dataclass(frozen=True)
class Page:
    key: str
    url: str
    body: bytes
    truth: str


@dataclass(frozen=True)
class Score:
    """Shares between 0 and 1, of the pages counted."""

    pages: int
    f1: float
    precision: float
    recall: float
    whole: float


def load(folder: Path) -> list[Page]:
    """Read FOLDER, or end with words on what is missing."""
    try:
        truths = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
        return [
            Page(key, row.get("url", ""), _html(folder, key), row.get("articleBody", ""))
            for key, row in truths.items()
        ]
    except (OSError, ValueError, AttributeError) as problem:
        sys.exit(f"{folder} is not in the benchmark's format, which --help describes: {problem}")


def _html(folder: Path, key: str) -> bytes:
    with gzip.open(folder / "html" / f"{key}.html.gz") as file:
        return file.read()


def grams(text: str) -> Counter[tuple[str, ...]]:
    tokens = _TOKEN.findall(text)
    count = max(1, len(tokens) - _GRAM + 1)
    return Counter(gram for at in range(count) if (gram := tuple(tokens[at : at + _GRAM])))


def counted(truth: str, found: str) -> tuple[float, float, float]:
    """Return true positives, false positives and false negatives, which add up to 1 or are 0."""
    true, seen = grams(truth), grams(found)
    counts = ((true & seen).total(), (seen - true).total(), (true - seen).total())
    total = sum(counts) or 1
    return (counts[0] / total, counts[1] / total, counts[2] / total)


def score(pairs: Iterable[tuple[str, str]]) -> Score:
    """Score pairs of the true text and the text found."""
    pairs = list(pairs)
    counts = [counted(truth, found) for truth, found in pairs]
    precision = _mean(_share(tp, fp, fp + fn) for tp, fp, fn in counts if tp + fp > 0)
    recall = _mean(_share(tp, fn, fp + fn) for tp, fp, fn in counts if tp + fn > 0)
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    whole = _mean(float(_TOKEN.findall(a) == _TOKEN.findall(b)) for a, b in pairs)
    return Score(len(pairs), f1, precision, recall, whole)


def _share(right: float, wrong: float, errors: float) -> float:
    return 1.0 if errors == 0 else right / (right + wrong)


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return statistics.mean(found) if found else 0.0


def rows(pages: list[Page], texts: list[ExtractedText]) -> dict[str, Score]:
    both = list(zip(pages, texts, strict=True))

    def shown(confidences: set[str]) -> Score:
        return score((p.truth, t.text) for p, t in both if t.text_confidence in confidences)

    return {
        "shown": score((p.truth, t.text) for p, t in both),
        "trafilatura": score(
            (p.truth, t.text if t.text_tool == "trafilatura" else "") for p, t in both
        ),
        "newspaper4k": score((p.truth, t.text_newspaper) for p, t in both),
        "sure": shown({"high"}),
        "unsure": shown({"low", ""}),
    }


def print_table(table: Mapping[str, Score]) -> None:
    print(f"{'':12} {'pages':>5} {'F1':>7} {'precision':>10} {'recall':>7} {'whole':>7}")
    for name, row in table.items():
        print(
            f"{name:12} {row.pages:5} {row.f1:7.3f} {row.precision:10.3f}"
            f" {row.recall:7.3f} {row.whole:7.3f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", type=Path, help="write the same numbers there")
    parser.add_argument("--at-once", type=int, default=2, help="pages that are read at once")
    options = parser.parse_args()
    pages = load(options.folder)
    begin = time.perf_counter()
    with ThreadPoolExecutor(options.at_once) as pool:
        texts = list(pool.map(_read, pages))
    seconds = time.perf_counter() - begin
    table = rows(pages, texts)
    print_table(table)
    costs = sorted(text.cpu_ms for text in texts)
    statuses = Counter(text.status for text in texts)
    print(
        f"\nA page took {statistics.median(costs):.0f} ms of processor time (median; 95th of 100"
        f" {costs[len(costs) * 95 // 100]}, most {costs[-1]}); all of them {seconds:.1f} s."
    )
    print("Statuses:", ", ".join(f"{name} {count}" for name, count in statuses.most_common()))
    verdict = "reached" if table["shown"].f1 >= TARGET else "MISSED"
    print(f"Target of F1 {TARGET} for the text shown: {verdict}.")
    if options.json:
        found = {name: asdict(row) for name, row in table.items()}
        found |= {"cpu_ms": costs, "seconds": seconds, "statuses": statuses}
        options.json.write_text(json.dumps(found, indent=1), encoding="utf-8")


def _read(page: Page) -> ExtractedText:
    given = PageInput(page.url, "text/html; charset=utf-8", page.body)
    return extract(given, ExtractionLimits())


if __name__ == "__main__":
    main()

"""How well and how fast copies are found from wording, on real investigations in two languages.

Run: python -m benchmarks.find_copies FOLDER [--json FILE]. FOLDER holds Markdown files, each an
independent document. Pairs of different files are no copies: the first table says how much wording
they share all the same. From each file copies are made as newsrooms make them, and the second table
says how many are found, beside the resemblance (Jaccard) of 5-word shingles at the same threshold.
"""

from __future__ import annotations

import argparse
import itertools
import json
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sources.origins import TextReport, find_original, similarity, words_of

START = datetime(2016, 11, 12, tzinfo=UTC)
THRESHOLD = 0.6
INTRODUCTION = 120
POST = 30


def jaccard(first: str, second: str) -> float:
    sets = []
    for text in (first, second):
        words = words_of(text)
        sets.append(set(zip(*(words[n:] for n in range(5)), strict=False)))
    one, other = sets
    return len(one & other) / len(one | other) if one | other else 0.0


def cut(text: str, start: int, count: int) -> str:
    return " ".join(text.split()[start : start + count])


def every_tenth_word_changed(text: str) -> str:
    words = text.split()
    words[5::10] = ["altered"] * len(words[5::10])
    return " ".join(words)


Alteration = Callable[[str, str], tuple[str, str]]
"""From a text and another, unrelated one: the original and its copy."""

ALTERATIONS: dict[str, Alteration] = {
    "reprint": lambda text, _: (text, text),
    "introduction of 120 words": lambda text, other: (
        cut(text, 50, 150),
        f"{cut(other, 50, INTRODUCTION)} {cut(text, 50, 150)}",
    ),
    "first third only": lambda text, _: (text, cut(text, 0, len(text.split()) // 3)),
    "post of 30 words": lambda text, _: (cut(text, 60, POST), cut(text, 60, POST)),
    "post with as many words before": lambda text, other: (
        cut(text, 60, POST),
        f"{cut(other, 60, POST)} {cut(text, 60, POST)}",
    ),
    "every tenth word changed": lambda text, _: (text, every_tenth_word_changed(text)),
    "no copy: quotes a post": lambda text, other: (
        cut(text, 60, POST),
        f"{other} {cut(text, 60, POST)}",
    ),
}


def found(original: str, copy: str) -> bool:
    first = TextReport("first", original, START)
    later = TextReport("later", copy, START + timedelta(hours=1))
    return find_original(later, [first], THRESHOLD) is not None


def shared_wording(texts: Sequence[str]) -> dict[str, float]:
    pairs = list(itertools.combinations(texts, 2))
    start = time.perf_counter()
    shares = sorted(similarity(one, other).containment for one, other in pairs)
    spent = time.perf_counter() - start
    false = sum(found(one, other) for one, other in pairs)
    return {
        "pairs": len(pairs),
        "median": shares[len(shares) // 2],
        "largest": shares[-1],
        "taken for copies": false,
        "ms per pair": 1000 * spent / len(pairs),
    }


def detection(texts: Sequence[str]) -> dict[str, dict[str, float]]:
    rows = {}
    for name, alter in ALTERATIONS.items():
        cases = [alter(text, texts[(n + 1) % len(texts)]) for n, text in enumerate(texts)]
        rows[name] = {
            "ours": sum(found(*case) for case in cases) / len(cases),
            "resemblance": sum(jaccard(*case) >= THRESHOLD for case in cases) / len(cases),
        }
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args()
    texts = [path.read_text() for path in sorted(options.folder.glob("*.md"))]
    wording, rows = shared_wording(texts), detection(texts)
    print("; ".join(f"{name}: {value:.3g}" for name, value in wording.items()))
    print(f"{'copies found':<32} {'ours':>6} {'resemblance':>12}")
    for name, row in rows.items():
        print(f"{name:<32} {row['ours']:>6.0%} {row['resemblance']:>12.0%}")
    if options.json:
        options.json.write_text(json.dumps({"wording": wording, "detection": rows}, indent=2))


if __name__ == "__main__":
    main()

from __future__ import annotations

import gzip
from dataclasses import dataclass
from pathlib import Path

import pytest

from sources.capture.pipeline import capture_address
from sources.capture.store import FileStore
from tests.sources.conftest import ARTICLE, QUICK
from tests.sources.origin import Origin, chunked, page, redirect
from tests.verify.authority import Authority
from tests.verify.bundle_parts import Copy, Parts, copy_of, unpack, write_good

FIRST, SECOND = 88, 91


@dataclass(frozen=True)
class Good:
    """An untouched bundle of two copies, and who stamped it."""

    path: Path
    copies: tuple[Copy, Copy]
    authority: Authority

    @property
    def parts(self) -> Parts:
        return unpack(self.path)


@pytest.fixture(scope="session")
def good(tmp_path_factory: pytest.TempPathFactory) -> Good:
    folder = tmp_path_factory.mktemp("bundle")
    store = FileStore(folder / "objects")
    with Origin() as origin:
        origin.answers["/"] = redirect("/end")
        origin.answers["/end"] = (
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n" + chunked(gzip.compress(ARTICLE))
        )
        origin.answers["/other"] = page(ARTICLE)
        results = [
            capture_address(
                origin.url(path), policy=origin.policy, store=store, limits=QUICK,
                staging_dir=folder / "staging",
            )
            for path in ("/", "/other")
        ]  # fmt: skip
    first, second = (
        copy_of(number, result, store)
        for number, result in zip((FIRST, SECOND), results, strict=True)
    )
    authority = Authority()
    path = folder / "good.wacz"
    write_good(path, (first, second), authority, 2)
    return Good(path, (first, second), authority)


@pytest.fixture
def parts(good: Good) -> Parts:
    """The files of the good bundle, to change."""
    return good.parts

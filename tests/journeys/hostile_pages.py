"""Pages that try everything a page can try, our own; each attempt asks ELSEWHERE for its name."""

from __future__ import annotations

from pathlib import Path

from tests.sources.origin import page

ELSEWHERE = "@elsewhere@"
# Archived headers that would act if they were sent again.
HEADERS = (
    "Set-Cookie: stolen=1; Path=/", "Refresh: 1; url=@elsewhere@/refresh-header",
    "Link: <@elsewhere@/link-header>; rel=preload; as=image", "Service-Worker-Allowed: /",
    "Content-Security-Policy: script-src *", "Access-Control-Allow-Origin: *",
)  # fmt: skip

PAGES = Path(__file__).resolve().parents[1] / "pages"


def served(elsewhere: str, *, guards: tuple[str, ...] = HEADERS) -> dict[str, bytes]:
    """The pages as their site serves them, by path."""

    def filled(text: str) -> str:
        return text.replace(ELSEWHERE, elsewhere)

    def read(name: str) -> bytes:
        return filled((PAGES / name).read_text(encoding="utf-8")).encode()

    headers = [filled(header) for header in guards]
    worker = page(b"self.onfetch = () => 0", kind="text/javascript")
    return {
        "/everything": page(read("hostile-everything.html"), *headers),
        "/xhtml": page(read("hostile.xhtml"), *headers, kind="application/xhtml+xml"),
        "/svg": page(read("hostile.svg"), *headers, kind="image/svg+xml"),
        "/worker": worker,
        "/holder": page(b"<!doctype html><title>Ours</title><iframe src=/everything></iframe>"),
    }

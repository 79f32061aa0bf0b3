"""The text of a PDF, as far as it can be read within the limits. Runs in the extraction child.

There is no second opinion on a PDF, so its text has no confidence; and what a PDF says about itself
was written by a program more often than by a person, so only what can be true is believed.
"""

from __future__ import annotations

import io
import logging
import re
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from pypdf import PasswordType, PdfReader
from pypdf.errors import PyPdfError

from sources.capture.facts import (
    AUTHOR_CHARACTERS,
    TITLE_CHARACTERS,
    clean,
    language_by_script,
    one_line,
    read_date,
)
from sources.capture.limits import ExtractionLimits
from sources.capture.patience import TimeSpent, time_limit

VERSION = version("pypdf")
_SHARE_OF_TIME = 0.6  # of the processor time: the rest is for what was read so far
_FIRST_YEAR = 1993  # there was no PDF before
# ISO 32000-1, 7.9.4: D:YYYYMMDDHHmmSSOHH'mm'
_DATE = re.compile(
    r"(?:D:)?(\d{4})(\d\d)?(\d\d)?(?:(\d\d)(\d\d)(\d\d)?)?(?:Z|([+-]\d\d)'?(\d\d)?'?)?[0']*\s*"
)
_NO_TITLE = re.compile(
    r"(?:microsoft \w+|powerpoint|untitled|document|title|slide|print|layout)[\W\d_]*"
    r"|.*\.(?:docx?|xlsx?|pptx?|odt|indd|qxp?d?|pdf|tex|dvi|html?|rtf|ai|p65)"
    r"|microsoft (?:word|powerpoint|excel) - .*|[\W\d_]*",
    re.IGNORECASE,
)
_NO_AUTHOR = re.compile(
    r"(?:admin(?:istrator)?|user|owner|author|unknown|anonymous|root|microsoft.*|[\W\d_]*)",
    re.IGNORECASE,
)


def load_pdf_reader() -> None:
    """Load what pypdf loads late, and keep it from describing hostile files at length."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL + 1)


def read_pdf(body: bytes, limits: ExtractionLimits) -> dict[str, Any]:
    """Return the fields of ExtractedText for the bytes of a PDF."""
    pages: list[str] = []
    problem, total, about = "", 0, dict[str, Any]()
    try:
        with time_limit(limits.cpu_seconds * _SHARE_OF_TIME):
            reader = PdfReader(io.BytesIO(body), root_object_recovery_limit=1000)
            problem = _lock(reader)
            if not problem:
                total = len(reader.pages)
                about = _about(reader)
                _read_pages(reader, pages, limits)
    except TimeSpent:
        problem = "The PDF takes too long to read."
    except MemoryError:
        raise
    except (PyPdfError, RecursionError):
        problem = "The PDF is damaged, or built so that it cannot be read."
    except Exception as broken:  # noqa: BLE001 - hostile input, foreign code: the named boundary
        problem = f"The PDF cannot be read ({type(broken).__name__})."
    return _answer(pages, problem, total, about, limits)


def _answer(
    pages: list[str], problem: str, total: int, about: dict[str, Any], limits: ExtractionLimits
) -> dict[str, Any]:
    text = clean("\n\n".join(page for page in pages if page), limits.text_characters)
    status = "ok" if text else "parser_limit" if problem else "empty"
    said = about.pop("said_language", "")
    return {
        **about,
        "status": status,
        "reason": _reason(status, problem, len(pages), total),
        "text": text,
        "text_tool": "pypdf",
        "language": language_by_script(text, said),
        "tools": {"pypdf": VERSION},
    }


def _reason(status: str, problem: str, read: int, total: int) -> str:
    if status == "empty":
        return "The PDF holds no text. Its pages may be pictures."
    if status == "parser_limit":
        return problem
    return f"Only the first {read:,} of {total:,} pages were read." if read < total else ""


def _lock(reader: PdfReader) -> str:
    """Many PDFs are encrypted with an empty password, only to forbid printing."""
    if reader.is_encrypted and reader.decrypt("") == PasswordType.NOT_DECRYPTED:
        return "The PDF is locked with a password."
    return ""


def _read_pages(reader: PdfReader, pages: list[str], limits: ExtractionLimits) -> None:
    """Append the text of each page to PAGES, so that what was read stays when time is up."""
    characters = 0
    for number in range(min(len(reader.pages), limits.pdf_pages)):
        text = _page_text(reader, number)
        pages.append(text)
        characters += len(text)
        if characters > limits.text_characters:
            return


def _page_text(reader: PdfReader, number: int) -> str:
    try:
        return reader.pages[number].extract_text().strip()
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - one broken page; the others may be whole
        return ""


def _about(reader: PdfReader) -> dict[str, Any]:
    """Title, author, date and language as the file states them, where they can be true."""
    try:
        info = dict(reader.metadata or {})
        said = str(reader.root_object.get("/Lang", ""))[:12]
    except (PyPdfError, RecursionError, ValueError, TypeError, AttributeError, KeyError):
        return {}
    title = one_line(str(info.get("/Title", "")), TITLE_CHARACTERS)
    author = one_line(str(info.get("/Author", "")), AUTHOR_CHARACTERS)
    return {
        "title": "" if _NO_TITLE.fullmatch(title) else title,
        "authors": [] if _NO_AUTHOR.fullmatch(author) else [author],
        "said_language": said,
        **_published(str(info.get("/CreationDate", ""))),
    }


def _published(stated: str) -> dict[str, Any]:
    match = _DATE.fullmatch(stated[:40])
    if not match or int(match[1]) < _FIRST_YEAR:
        return {}
    year, month, day, hour, minute, second, zone_hour, zone_minute = match.groups()
    text = "-".join(part for part in (year, month, day) if part)
    if hour:
        zone = f"{zone_hour}:{zone_minute or '00'}" if zone_hour else "Z" if "Z" in stated else ""
        text += f"T{hour}:{minute}:{second or '00'}{zone}"
    found = read_date(text, "PDF creation date", datetime.now(UTC))
    if found is None:
        return {}
    return {
        "published_at": found.at.isoformat(),
        "published_precision": found.precision,
        "published_basis": found.basis,
    }

"""PDF files of our own making, honest and hostile, written byte by byte."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"


def pdf(objects: Sequence[bytes], *, trailer: bytes = b"") -> bytes:
    """Return a file of OBJECTS, numbered from 1; the first is the catalog."""
    out, offsets = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return out + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R %s >>\n"
        b"startxref\n%d\n%%%%EOF\n"
        % (len(objects) + 1, table, len(objects) + 1, trailer, len(out))
    )  # fmt: skip


def stream(data: bytes, extra: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), extra, data)


def document(
    *texts: bytes, info: bytes = b"", language: bytes = b"", contents: Sequence[bytes] = ()
) -> bytes:
    """A file with a page for each of TEXTS; CONTENTS replaces the pages' streams."""
    count = len(texts)
    kids = b" ".join(b"%d 0 R" % (4 + 2 * at) for at in range(count))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % (b"/Lang (%s)" % language if language else b""),
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, count),
        FONT,
    ]
    for at, text in enumerate(texts):
        shown = contents[at] if contents else stream(b"BT /F1 12 Tf 72 720 Td (%s) Tj ET" % text)
        objects += [
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R >> >> >>" % (5 + 2 * at),
            shown,
        ]
    if info:
        objects.append(b"<< %s >>" % info)
        return pdf(objects, trailer=b"/Info %d 0 R" % len(objects))
    return pdf(objects)


def bomb(megabytes: int) -> bytes:
    """A page whose compressed content is a thousandth of what it becomes."""
    step = b"BT /F1 12 Tf (again and again) Tj ET\n" * 29_127  # one megabyte
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(step) for _ in range(megabytes)) + packer.flush()
    return document(b"", contents=[stream(packed, b"/Filter /FlateDecode")])


def looped() -> bytes:
    """Pages whose parent is their own child, and content that includes itself."""
    return pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [2 0 R 3 0 R 2 0 R] /Count 3 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R /Resources 5 0 R >>",
            stream(b"/X Do /X Do", b"/Type /XObject /Subtype /Form /Resources 5 0 R"),
            b"<< /XObject << /X 4 0 R >> >>",
        ]
    )


def nested(depth: int) -> bytes:
    """A catalog of arrays in arrays."""
    return pdf([b"<< /Type /Catalog /Pages " + b"[" * depth + b"]" * depth + b" >>"])

"""A well-behaved site for benchmarks: every address answers after a delay with a page of its own.

Run: python -m benchmarks.capture_origin [--delay-ms 100] [--bytes 50000]

Prints its port, and serves on loopback until its standard input is closed.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import sys

_PAGES = 64
_ROBOTS = b"User-agent: *\nDisallow: /search\n"
_HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
    b"Content-Length: %d\r\nConnection: close\r\n\r\n"
)


def pages(size: int) -> list[bytes]:
    """Pages of SIZE bytes of words, which compress about as well as prose does."""
    chance = random.Random(1)  # noqa: S311 - the same pages in every run
    words = ["".join(chance.choices("etaoinshrdlu", k=chance.randint(2, 9))) for _ in range(3000)]
    made = []
    for number in range(_PAGES):
        text = " ".join(chance.choices(words, k=size // 5))
        start = f"<!doctype html><html lang=en><title>Page {number}</title><article><p>{text}"
        made.append(start[:size].encode())
    return made


async def serve(delay: float, size: int) -> None:
    bodies = pages(size)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            path = (await reader.readuntil(b"\r\n\r\n")).split(b" ", 2)[1]
            is_page = path != b"/robots.txt"
            body = bodies[hash(path) % _PAGES] + b"<!-- %s -->" % path if is_page else _ROBOTS
            await asyncio.sleep(delay)
            writer.write(_HEAD % len(body) + body)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=1000)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await asyncio.to_thread(sys.stdin.read)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--delay-ms", type=int, default=100, help="before the first byte")
    parser.add_argument("--bytes", type=int, default=50_000, help="of each page")
    options = parser.parse_args()
    asyncio.run(serve(options.delay_ms / 1000, options.bytes))


if __name__ == "__main__":
    main()

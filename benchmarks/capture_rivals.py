"""Other archivers on the same addresses, twenty at a time; each as its own documentation says.

None of them keeps rows, hashes an object again after it was stored, or refuses an address.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

AT_ONCE = 20
_START_SECONDS = 60
_WARCIO = """
import sys
from concurrent.futures import ThreadPoolExecutor
from warcio.capture_http import capture_http
import http.client
from urllib.parse import urlsplit
folder, at_once = sys.argv[1], int(sys.argv[2])
def one(numbered):
    number, url = numbered
    parts = urlsplit(url)
    with capture_http(f"{folder}/{number}.warc.gz"):
        connection = http.client.HTTPConnection(parts.netloc)
        connection.request("GET", parts.path)
        assert connection.getresponse().read()
        connection.close()
with ThreadPoolExecutor(at_once) as pool:
    list(pool.map(one, enumerate(sys.stdin.read().split())))
"""


class Missing(Exception):
    """The other archiver is not installed here; the argument says which."""


def wget(addresses: Sequence[str], folder: Path) -> None:
    """One process for each page, as a script would: `wget --warc-file`."""
    program = _found("wget")

    def one(numbered: tuple[int, str]) -> None:
        number, url = numbered
        subprocess.run(  # noqa: S603 - a named program with our own arguments
            [program, "-q", "--no-netrc", "-O", "/dev/null", f"--warc-file={folder}/{number}", url],
            check=True,
            timeout=60,
        )

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(one, enumerate(addresses)))


def warcio(addresses: Sequence[str], folder: Path) -> None:
    """Warcio's `capture_http` in the threads of one process."""
    subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", _WARCIO, str(folder), str(AT_ONCE)],
        input="\n".join(addresses),
        text=True,
        check=True,
        timeout=600,
    )


@contextmanager
def pywb(program: str, folder: Path) -> Iterator[tuple[int, Callable[[Sequence[str]], None]]]:
    """Pywb's recording proxy, asked by twenty clients; gives its process and what asks it."""
    wayback = Path(_found(program))
    if not wayback.with_name("wb-manager").exists():
        raise Missing(f"{wayback.with_name('wb-manager')} is not there.")
    subprocess.run(  # noqa: S603 - a named program with our own arguments
        [str(wayback.with_name("wb-manager")), "init", "bench"],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    port = _free_port()
    command = [str(wayback), "--record", "--live", "-b", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(  # noqa: S603
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(port, server)
        prefix = f"http://127.0.0.1:{port}/bench/record/mp_/"
        yield server.pid, lambda addresses: _ask_all(prefix, addresses)
    finally:
        server.terminate()
        server.wait(30)


def _ask_all(prefix: str, addresses: Sequence[str]) -> None:
    def one(address: str) -> None:
        with urlopen(prefix + address, timeout=60) as answer:  # noqa: S310 - loopback
            assert answer.status == 200
            assert answer.read()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(one, addresses))


def _found(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        raise Missing(f"{program} is not installed here.")
    return path


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _START_SECONDS
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert server.poll() is None, "pywb ended at its start."
        assert time.monotonic() < end, "pywb did not answer in time."
        time.sleep(0.1)

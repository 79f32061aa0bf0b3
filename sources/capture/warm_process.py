"""The process that has the extractors loaded and forks a child for each page.

It looks at no page itself. Its standard input is a socket: each message on it carries the files of
one page (input, answer, complaint) and a line on which the child's end is told. When the socket
closes, because the worker ended in whatever way, it kills its children and ends.
"""

from __future__ import annotations

import gc
import os
import selectors
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

READY = b"r"
FILES = 4  # input, answer, complaint, line
_MOST_OPEN = 4096


def serve(read: Callable[[], int], warm_up: Callable[[], object]) -> None:
    """Fork a child that calls READ for each message, until the worker is gone."""
    control = socket.socket(fileno=os.dup(0))
    warm_up()
    gc.collect()
    gc.freeze()  # what is loaded by now stays shared with the children
    _Nursery(control, read).serve()


@dataclass(slots=True)
class _Nursery:
    """The children that read pages now, each with the line on which its end is told."""

    control: socket.socket
    read: Callable[[], int]
    lines: dict[int, socket.socket] = field(default_factory=dict)
    selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)

    def serve(self) -> None:
        woken, waker = socket.socketpair()
        woken.settimeout(0)
        waker.settimeout(0)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
        self.selector.register(self.control, selectors.EVENT_READ)
        self.selector.register(woken, selectors.EVENT_READ)
        try:
            self.control.sendall(READY)
            while self._step(woken):
                pass
        finally:
            for child in self.lines:
                _kill(child)

    def _step(self, woken: socket.socket) -> bool:
        """Handle what has come; false once the worker is gone."""
        for key, _ in self.selector.select():
            if key.fileobj is self.control:
                if not self._begin():
                    return False
            elif key.fileobj is woken:
                woken.recv(4096)
            elif key.data in self.lines:
                _kill(key.data)  # the worker does not wait any longer
                self.selector.unregister(key.fileobj)
        self._reap()
        return True

    def _begin(self) -> bool:
        try:
            message, files, _, _ = socket.recv_fds(self.control, 1, FILES)
        except ConnectionError:
            return False
        if not message or len(files) != FILES:
            return False
        child = os.fork()
        if child == 0:
            _become(files, self.read)
        with suppress(OSError):  # the child does the same; whoever is first
            os.setpgid(child, child)
        for file in files[:-1]:
            os.close(file)
        self.lines[child] = socket.socket(fileno=files[-1])
        self.selector.register(self.lines[child], selectors.EVENT_READ, child)
        return True

    def _reap(self) -> None:
        for child in list(self.lines):
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                _kill(child)  # and whatever it has started
                self._tell(child, os.waitstatus_to_exitcode(status))

    def _tell(self, child: int, code: int) -> None:
        with self.lines.pop(child) as line:
            with suppress(KeyError):
                self.selector.unregister(line)
            with suppress(OSError):  # the worker gave up waiting
                line.sendall(str(code).encode())


def _kill(child: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)


def _become(files: list[int], read: Callable[[], int]) -> None:
    """Turn this fork into the child of one page: its files, nothing of anybody else's."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        with suppress(OSError):  # the parent was first
            os.setpgid(0, 0)
        for number, file in enumerate(files[:-1]):
            os.dup2(file, number)
        os.closerange(3, _MOST_OPEN)
        code = read()
    except SystemExit as end:
        code = _said(end)
    except BaseException:  # noqa: BLE001 - the end of a process, told in its complaint
        traceback.print_exc()
    finally:
        with suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _said(end: SystemExit) -> int:
    if isinstance(end.code, int):
        return end.code
    sys.stderr.write(f"{end.code}\n")
    return 1

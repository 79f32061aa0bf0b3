"""What a process gives up before it touches hostile input: memory, time, files and the network.

`confine` is irrevocable for the process that calls it; only the extraction child does.
"""

from __future__ import annotations

import ctypes
import platform
import resource
import signal
import socket
import struct
import sys
from typing import NoReturn

from sources.capture.limits import ExtractionLimits

_OUTPUT_BYTES = 64 * 1024 * 1024
_PR_SET_PDEATHSIG = 1
_PR_SET_SECCOMP = 22
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2
_NEW_USER_AND_NETWORK = 0x10000000 | 0x40000000

# Audit number of the architecture, and its numbers of what makes sockets (io_uring does too),
# starts processes and reaches into them: socket, socketpair, io_uring_setup, clone, fork, vfork,
# execve, execveat, clone3, ptrace, process_vm_readv, process_vm_writev.
_SYSCALLS = {
    "x86_64": (0xC000003E, (41, 53, 425, 56, 57, 58, 59, 322, 435, 101, 310, 311)),
    "aarch64": (0xC00000B7, (198, 199, 425, 220, 221, 281, 435, 117, 270, 271)),
}
_FIRST_OF_X32 = 0x40000000  # the same calls by other numbers
_LOAD, _JUMP_IF_EQUAL, _JUMP_IF_NOT_LESS, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _DENY = 0x7FFF0000, 0x00050000 | 13  # EACCES


class NetworkDenied(OSError):
    """Something in the child tried to open a socket."""


def confine(limits: ExtractionLimits) -> list[str]:
    """Give up memory, time and network; return the names of the fences that hold."""
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 2))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_OUTPUT_BYTES, _OUTPUT_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    fences = ["limits", *_confine_linux()]
    _deny_python_sockets()
    return [*fences, "sockets"]


def _confine_linux() -> list[str]:
    if sys.platform != "linux":
        return []
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    fences = []
    # Containers often forbid namespaces to ordinary processes; the filter below needs nothing.
    if libc.unshare(_NEW_USER_AND_NETWORK) == 0:
        fences.append("namespace")
    if _filter_system_calls(libc):
        fences.append("filter")
    return fences


def _filter_system_calls(libc: ctypes.CDLL) -> bool:
    """Let the kernel refuse sockets and processes (seccomp); true if it agreed."""
    known = _SYSCALLS.get(platform.machine())
    if known is None:
        return False
    program = _program(*known)
    instructions = ctypes.create_string_buffer(program)
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(instructions))
    description = ctypes.create_string_buffer(header)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    pointer = ctypes.c_void_p(ctypes.addressof(description))
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, pointer, 0, 0) == 0)


def _program(architecture: int, denied: tuple[int, ...]) -> bytes:
    """Berkeley packet filter over seccomp_data: number at offset 0, architecture at offset 4."""
    count = len(denied)
    steps = [
        (_LOAD, 0, 0, 4),
        (_JUMP_IF_EQUAL, 0, count + 3, architecture),  # another one: deny
        (_LOAD, 0, 0, 0),
        (_JUMP_IF_NOT_LESS, count + 1, 0, _FIRST_OF_X32),
        *((_JUMP_IF_EQUAL, count - at, 0, number) for at, number in enumerate(denied)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _DENY),
    ]
    return b"".join(struct.pack("HBBI", *step) for step in steps)


def _deny_python_sockets() -> None:
    """Make the attempt fail in words, also where the kernel has no fence for us."""
    setattr(socket, "socket", _denied)  # noqa: B010 - mypy refuses to assign to a class
    socket.create_connection = _denied
    socket.getaddrinfo = _denied


def _denied(*_arguments: object, **_options: object) -> NoReturn:
    raise NetworkDenied("There is no network in here.")

"""From a guarded address to a connected socket. `open_socket` is the only place that opens one."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue

from sources.capture.guard import Policy, Target, check_peer
from sources.capture.outcomes import ErrorCode, FetchFailed

Dial = Callable[[str, int, float], socket.socket]
Answers = tuple[str, ...]


def open_socket(ip: str, port: int, timeout: float) -> socket.socket:
    """Open a TCP connection to a checked literal address within TIMEOUT seconds."""
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    connection = socket.socket(family, socket.SOCK_STREAM)
    try:
        connection.settimeout(timeout)
        connection.connect((ip, port))
    except BaseException:
        connection.close()
        raise
    return connection


def connect(
    target: Target, policy: Policy, *, timeout: float, dial: Dial = open_socket
) -> tuple[socket.socket, str]:
    """Connect to the first pinned address that answers; return the socket and that address.

    Raises FetchFailed when none does, Refused when the peer is not the pinned address.
    """
    end = time.monotonic() + timeout
    failure = FetchFailed(ErrorCode.DNS_NOT_FOUND, "The host has no address.")
    for ip in target.ips:
        remaining = end - time.monotonic()
        if remaining <= 0:
            break
        try:
            connection = dial(ip, target.address.port, remaining)
        except OSError as problem:
            failure = _connect_failure(ip, problem)
            continue
        return _checked(connection, target, ip, policy), ip
    raise failure


def system_resolver(host: str, timeout: float) -> Answers:
    """Ask the system for A and AAAA answers; raises FetchFailed, also after TIMEOUT seconds."""
    answers: SimpleQueue[Answers | OSError] = SimpleQueue()
    # getaddrinfo knows no time limit of its own, so it runs where nobody waits for it.
    threading.Thread(target=_look_up, args=(host, answers), daemon=True).start()
    try:
        found = answers.get(timeout=timeout)
    except Empty:
        raise FetchFailed(ErrorCode.DNS_TIMEOUT, "The name server did not answer.") from None
    if isinstance(found, OSError):
        raise _dns_failure(found) from found
    return found


def _look_up(host: str, answers: SimpleQueue[Answers | OSError]) -> None:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as problem:
        answers.put(problem)
        return
    answers.put(tuple(dict.fromkeys(str(entry[4][0]) for entry in found)))


def _dns_failure(problem: OSError) -> FetchFailed:
    missing = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}
    if isinstance(problem, socket.gaierror) and problem.errno in missing:
        return FetchFailed(ErrorCode.DNS_NOT_FOUND, "There is no such host. Check the address.")
    return FetchFailed(ErrorCode.DNS_FAILED, "The name server could not answer for this host.")


def _connect_failure(ip: str, problem: OSError) -> FetchFailed:
    if isinstance(problem, TimeoutError):
        return FetchFailed(ErrorCode.CONNECT_TIMEOUT, f"{ip} did not accept a connection in time.")
    if isinstance(problem, ConnectionRefusedError):
        return FetchFailed(ErrorCode.CONNECT_REFUSED, f"{ip} refuses connections.")
    return FetchFailed(ErrorCode.CONNECT_FAILED, f"{ip} cannot be reached: {problem.strerror}.")


def _checked(
    connection: socket.socket, target: Target, pinned: str, policy: Policy
) -> socket.socket:
    try:
        check_peer(target, pinned, str(connection.getpeername()[0]), policy)
    except BaseException:
        connection.close()
        raise
    return connection

"""The hostile and faulty inputs that the archive must survive, each by its number.

A test says with `@pytest.mark.fault(18)` which of them it is about; `pytest -m fault` runs all.
`test_every_number.py` holds this table and the marks against each other.
"""

from __future__ import annotations

FAULTS: dict[int, str] = {
    # Connection and protocol
    1: "A body that trickles a byte a second",
    2: "Headers that trickle",
    3: "A server that accepts and never answers",
    4: "Connection refused, or reset in the headers",
    5: "A body shorter than its Content-Length",
    6: "A chunked body cut in a chunk",
    7: "Chunk sizes that are huge, negative or unreadable",
    8: "A length declared in two ways",
    9: "More headers than anybody needs",
    10: "One header line without end",
    11: "HTTP/0.9, or a status line that is none",
    12: "Statuses 999 and 099, and no reason phrase",
    13: "304 that nobody asked for",
    14: "204, 205, and 200 without a byte",
    15: "404 or 410 without a body",
    16: "206 that nobody asked for",
    17: "Interim answers without end",
    18: "A body without end",
    19: "Trailers that claim to be headers",
    20: "Two answers to one request",
    # Redirects and addresses
    21: "Redirects in a circle",
    22: "Redirects without end",
    23: "Redirect to file:, gopher:, data:, javascript:",
    24: "Redirect to the inside of our network",
    25: "Numbers spelled so that systems take them for an address",
    26: "IPv4 carried inside IPv6",
    27: "Addresses in disguise: userinfo, backslash, tabs, look-alikes",
    28: "A name that changes its address between two looks",
    29: "A name with one public and one private address",
    30: "A resolver that fails, is silent, or leads on and on",
    31: "Addresses of 8 kB and more, %00, bytes that are no UTF-8",
    32: "Location that is relative, without scheme, with fragment, in Latin-1",
    33: "A page that leads the browser to the inside",
    34: "Redirect to another site",
    # TLS
    35: "Certificates that are expired, self-signed, for another host, unknown",
    36: "A handshake that hangs, an old protocol, a chain of a megabyte",
    37: "Another certificate at the next attempt",
    # Content
    38: "Compressed bombs, and codings that we did not accept",
    39: "Broken gzip",
    40: "Charsets that are declared wrongly or not at all",
    41: "Right-to-left text, and signs that turn text around",
    42: "PDF, office files, pictures, film and sound where an article was cited",
    43: "A Content-Type that lies",
    44: "Files that are two things at once",
    45: "Pages built to exhaust whoever reads them",
    46: "Entities that would open files or explode",
    47: "Pictures and links to the inside, met while reading text",
    48: "NUL bytes and lone surrogates",
    49: "Titles, authors and dates beyond reason",
    50: "A page that prints WARC records",
    51: "A page that forges our words",
    52: "An error page that says 200",
    53: "Walls: for robots, for consent, for payment",
    54: "Other content for other visitors",
    55: "Noise: counters, tokens, times",
    56: "Pages that scroll, run or load without end",
    57: "Dialogs, downloads, permission prompts, pop-ups",
    58: "Service workers and sockets to the inside",
    59: "A browser that crashes or hangs",
    60: "401, 403, 451",
    61: "Retry-After that is absurd",
    62: "robots.txt that is broken, huge or not text",
    # System faults
    63: "A capture killed in mid body",
    64: "A worker killed with everything it does",
    65: "A worker that wakes after it lost its lease",
    66: "The same message twice at once",
    67: "The broker emptied or away",
    68: "The database away at the moment of sealing",
    69: "Deadlock and serialization failure",
    70: "Full disk, quota, read-only file system",
    71: "An object store that fails, lies or loses",
    72: "Clocks that are wrong",
    73: "A time stamp authority that fails or lies",
    74: "A calendar that never confirms",
    75: "A stored file that changed, went or was swapped",
    76: "A row changed behind our back",
    77: "An imported WACZ that is hostile",
    78: "An imported WARC that is hostile",
    79: "Too many requests, for one address, one host, or ourselves",
    80: "Takedown of a payload that others share",
    81: "A deployment in the middle of a capture",
    82: "A migration of a million snapshots",
}

# Number to the reason why no test has it, or none that is marked. Whoever writes the test takes the
# number out.
CANNOT_BE_HAD: dict[int, str] = {
    54: "One page is captured by one way; a second capture to compare it with is not built.",
}

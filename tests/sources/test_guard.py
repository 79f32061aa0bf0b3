"""The refusal table: every spelling that must not be captured, and those that must."""

from __future__ import annotations

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.capture.addresses import denial
from sources.capture.guard import (
    Policy,
    Refusal,
    Refused,
    Target,
    check_peer,
    follow,
    parse_address,
    read_address,
    resolve_once,
)

OPEN = Policy()
PUBLIC = "93.184.216.34"

SPELLINGS: list[tuple[str, Refusal]] = [
    # numbers that systems take for an address
    ("http://2130706433/", Refusal.IPV4_SPELLING),
    ("http://017700000001/", Refusal.IPV4_SPELLING),
    ("http://0x7f000001/", Refusal.IPV4_SPELLING),
    ("http://0x7f.1/", Refusal.IPV4_SPELLING),
    ("http://0x7f.0x0.0x0.0x1/", Refusal.IPV4_SPELLING),
    ("http://127.1/", Refusal.IPV4_SPELLING),
    ("http://127.0.1/", Refusal.IPV4_SPELLING),
    ("http://0/", Refusal.IPV4_SPELLING),
    ("http://0177.0.0.1/", Refusal.IPV4_SPELLING),
    ("http://127.0.0.01/", Refusal.IPV4_SPELLING),
    ("http://127.0.0.1.0/", Refusal.IPV4_SPELLING),
    ("http://256.256.256.256/", Refusal.IPV4_SPELLING),
    ("http://1.2.3.0x/", Refusal.IPV4_SPELLING),
    ("http://example.1/", Refusal.IPV4_SPELLING),
    # plain addresses that are not public
    ("http://127.0.0.1/", Refusal.NETWORK),
    ("http://127.255.255.254/", Refusal.NETWORK),
    ("http://0.0.0.0/", Refusal.NETWORK),
    ("http://10.0.0.1/", Refusal.NETWORK),
    ("http://100.64.0.1/", Refusal.NETWORK),
    ("http://100.100.100.200/", Refusal.NETWORK),
    ("http://169.254.169.254/latest/meta-data/", Refusal.NETWORK),
    ("http://168.63.129.16/", Refusal.NETWORK),
    ("http://172.16.0.1/", Refusal.NETWORK),
    ("http://172.31.255.255/", Refusal.NETWORK),
    ("http://192.0.0.8/", Refusal.NETWORK),
    ("http://192.0.0.192/", Refusal.NETWORK),
    ("http://192.0.2.1/", Refusal.NETWORK),
    ("http://192.88.99.1/", Refusal.NETWORK),
    ("http://192.168.1.1/", Refusal.NETWORK),
    ("http://198.18.0.1/", Refusal.NETWORK),
    ("http://198.51.100.1/", Refusal.NETWORK),
    ("http://203.0.113.1/", Refusal.NETWORK),
    ("http://224.0.0.1/", Refusal.NETWORK),
    ("http://240.0.0.1/", Refusal.NETWORK),
    ("http://255.255.255.255/", Refusal.NETWORK),
    ("http://127.0.0.1:8080/", Refusal.NETWORK),
    # version 6, alone and carrying version 4
    ("http://[::1]/", Refusal.NETWORK),
    ("http://[::]/", Refusal.NETWORK),
    ("http://[0:0:0:0:0:0:0:1]/", Refusal.NETWORK),
    ("http://[::127.0.0.1]/", Refusal.NETWORK),
    ("http://[::ffff:127.0.0.1]/", Refusal.NETWORK),
    ("http://[::ffff:7f00:1]/", Refusal.NETWORK),
    ("http://[::ffff:0:7f00:1]/", Refusal.NETWORK),
    ("http://[64:ff9b::7f00:1]/", Refusal.NETWORK),
    ("http://[64:ff9b:1::7f00:1]/", Refusal.NETWORK),
    ("http://[2002:7f00:1::]/", Refusal.NETWORK),
    ("http://[2002:a9fe:a9fe::1]/", Refusal.NETWORK),
    ("http://[2001::1]/", Refusal.NETWORK),
    ("http://[2001:db8::1]/", Refusal.NETWORK),
    ("http://[3fff::1]/", Refusal.NETWORK),
    ("http://[5f00::1]/", Refusal.NETWORK),
    ("http://[100::1]/", Refusal.NETWORK),
    ("http://[fc00::1]/", Refusal.NETWORK),
    ("http://[fd00:ec2::254]/", Refusal.NETWORK),
    ("http://[fe80::1]/", Refusal.NETWORK),
    ("http://[fec0::1]/", Refusal.NETWORK),
    ("http://[ff02::1]/", Refusal.NETWORK),
    ("http://[4000::1]/", Refusal.NETWORK),
    ("http://[fe80::1%25eth0]/", Refusal.HOST_MALFORMED),
    ("http://[fe80::1%eth0]/", Refusal.HOST_MALFORMED),
    ("http://[::1/", Refusal.HOST_MALFORMED),
    ("http://[example.org]/", Refusal.HOST_MALFORMED),
    ("http://[v1.x]/", Refusal.HOST_MALFORMED),
    # names of local networks
    ("http://localhost/", Refusal.HOST_LOCAL),
    ("http://LOCALHOST/", Refusal.HOST_LOCAL),
    ("http://localhost6/", Refusal.HOST_LOCAL),
    ("http://localhost.localdomain/", Refusal.HOST_LOCAL),
    ("http://localhost.example.org/", Refusal.HOST_LOCAL),
    ("http://app.localhost/", Refusal.HOST_LOCAL),
    ("http://printer.local/", Refusal.HOST_LOCAL),
    ("http://metadata.google.internal/", Refusal.HOST_LOCAL),
    ("http://intranet/", Refusal.HOST_LOCAL),
    ("http://redis:8080/", Refusal.HOST_LOCAL),
    ("http://router.lan/", Refusal.HOST_LOCAL),
    ("http://nas.home.arpa/", Refusal.HOST_LOCAL),
    ("http://abcdefghij.onion/", Refusal.HOST_LOCAL),
    # hosts that are not what they seem, or nothing at all
    ("http://example.org./", Refusal.HOST_MALFORMED),
    ("http://localhost./", Refusal.HOST_MALFORMED),
    ("http://127.0.0.1./", Refusal.HOST_MALFORMED),
    ("http://.example.org/", Refusal.HOST_MALFORMED),
    ("http://a..example.org/", Refusal.HOST_MALFORMED),
    ("http://-a.example.org/", Refusal.HOST_MALFORMED),
    ("http://exa%6dple.org/", Refusal.HOST_MALFORMED),
    ("http://127%2e0.0.1/", Refusal.IPV4_SPELLING),
    ("http://exa!mple.org/", Refusal.HOST_MALFORMED),
    ("http://xn--a.example.org/", Refusal.HOST_MALFORMED),
    ("http://" + "a" * 64 + ".org/", Refusal.HOST_MALFORMED),
    ("http://" + "a." * 130 + "org/", Refusal.HOST_MALFORMED),
    ("http://127。0。0。1/", Refusal.HOST_DISGUISED),
    ("http://１２７.0.0.1/", Refusal.HOST_DISGUISED),
    ("http://①②⑦.0.0.1/", Refusal.HOST_DISGUISED),
    ("http://example．org/", Refusal.HOST_DISGUISED),
    ("http://ｅxample.org/", Refusal.HOST_DISGUISED),
    ("http://пример。org/", Refusal.HOST_DISGUISED),
    ("http://\u212aelvin.org/", Refusal.HOST_DISGUISED),
    ("http://\u0378.org/", Refusal.HOST_MALFORMED),
    # addresses that mean one thing to one reader and another to the next
    ("http://user@example.org/", Refusal.USERINFO),
    ("http://user:pass@127.0.0.1/", Refusal.USERINFO),
    ("http://example.org@127.0.0.1/", Refusal.USERINFO),
    ("http://127.0.0.1:80\\@example.org/", Refusal.BACKSLASH),
    ("http:\\\\127.0.0.1\\", Refusal.BACKSLASH),
    ("http://example.org/\\..\\x", Refusal.BACKSLASH),
    ("http://exam\tple.org/", Refusal.HIDDEN_CHARACTER),
    ("http://exam\nple.org/", Refusal.HIDDEN_CHARACTER),
    ("http://example.org/\r\nHost: x", Refusal.HIDDEN_CHARACTER),
    ("http://example.org/\x00", Refusal.HIDDEN_CHARACTER),
    ("http://example.org/a b", Refusal.HIDDEN_CHARACTER),
    (" http://example.org/", Refusal.HIDDEN_CHARACTER),
    ("http://exam\u00adple.org/", Refusal.HIDDEN_CHARACTER),
    ("http://exam\u200bple.org/", Refusal.HIDDEN_CHARACTER),
    ("http://example.org/\u202egpj.exe", Refusal.HIDDEN_CHARACTER),
    ("http://example.org/\ud800", Refusal.HIDDEN_CHARACTER),
    ("http://example.org/" + "a" * 8200, Refusal.TOO_LONG),
    # schemes and ports
    ("", Refusal.SCHEME),
    ("example.org", Refusal.SCHEME),
    ("//example.org/", Refusal.SCHEME),
    ("http:example.org", Refusal.SCHEME),
    ("http:/example.org", Refusal.SCHEME),
    ("http:///example.org", Refusal.SCHEME),
    ("file:///etc/passwd", Refusal.SCHEME),
    ("ftp://example.org/", Refusal.SCHEME),
    ("gopher://127.0.0.1:6379/_FLUSHALL", Refusal.SCHEME),
    ("dict://127.0.0.1:11211/", Refusal.SCHEME),
    ("data:text/html,x", Refusal.SCHEME),
    ("javascript:alert(1)", Refusal.SCHEME),
    ("jar:http://example.org/!/", Refusal.SCHEME),
    ("view-source:http://example.org/", Refusal.SCHEME),
    ("http://", Refusal.HOST_MALFORMED),
    ("http://:80/", Refusal.HOST_MALFORMED),
    ("http://example.org:22/", Refusal.PORT),
    ("http://example.org:6379/", Refusal.PORT),
    ("http://example.org:0/", Refusal.PORT),
    ("http://example.org:65536/", Refusal.PORT),
    ("http://example.org:080/", Refusal.PORT),
    ("http://example.org:٨٠/", Refusal.PORT),
    ("http://example.org:/", Refusal.PORT),
    ("http://example.org:80:80/", Refusal.HOST_MALFORMED),
]


@pytest.mark.parametrize(("text", "code"), SPELLINGS)
@pytest.mark.fault(25, 26, 27, 31)
def test_the_refusal_table(text: str, code: Refusal) -> None:
    with pytest.raises(Refused) as refused:
        parse_address(text, OPEN)
    assert refused.value.code == code
    assert refused.value.words.endswith("."), "a person reads this"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("http://example.org", "http://example.org/"),
        ("HTTPS://Example.ORG:443/A?b#c", "https://example.org/A?b"),
        ("http://example.org?a=1", "http://example.org/?a=1"),
        ("http://example.org:8080/", "http://example.org:8080/"),
        ("http://93.184.216.34/", "http://93.184.216.34/"),
        ("https://[2606:2800:220:1::1]:8443/", "https://[2606:2800:220:1::1]:8443/"),
        ("http://[::ffff:93.184.216.34]/", "http://[::ffff:5db8:d822]/"),
        ("http://пример.org/путь", "http://xn--e1afmkfd.org/%D0%BF%D1%83%D1%82%D1%8C"),
        ("http://example.org/%00%ff%zz", "http://example.org/%00%ff%zz"),
        ("http://example.org/@user:pass", "http://example.org/@user:pass"),
        ("http://under_score.example.org/", "http://under_score.example.org/"),
        ("http://9gag.example/", "http://9gag.example/"),
        ("http://аррӏе.com/", "http://xn--80ak6aa92e.com/"),
    ],
)
def test_what_may_be_captured_has_one_spelling(text: str, url: str) -> None:
    assert parse_address(text, OPEN).url == url
    assert parse_address(url, OPEN).url == url


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_loopback_is_open_for_the_named_port_alone(host: str) -> None:
    policy = Policy(allow_loopback_ports=frozenset({8077}))
    address = parse_address(f"http://{host}:8077/x", policy)
    target = resolve_once(address, policy, _never, timeout=1)
    assert target.ips == ("127.0.0.1",)
    for other in (f"http://{host}:8078/", f"http://{host}/", "http://127.0.0.2:8077/"):
        with pytest.raises(Refused):
            parse_address(other, policy)
    with pytest.raises(Refused):
        parse_address("http://example.org:8077/", policy)


@pytest.mark.fault(79)
def test_our_own_hosts_are_not_archived() -> None:
    policy = Policy(denied_hosts=frozenset({"desk.example"}))
    for text in ("http://desk.example/", "https://copies.desk.example/1"):
        with pytest.raises(Refused) as refused:
            parse_address(text, policy)
        assert refused.value.code == Refusal.HOST_OWN
    assert parse_address("http://otherdesk.example/", policy)


def test_our_own_public_address_is_not_reached() -> None:
    policy = Policy(denied_addresses=frozenset({PUBLIC}))
    address = parse_address("http://example.org/", policy)
    with pytest.raises(Refused, match="our own address"):
        resolve_once(address, policy, lambda _host, _timeout: (PUBLIC,), timeout=1)


@pytest.mark.fault(29)
def test_one_denied_answer_refuses_the_name() -> None:
    address = parse_address("http://example.org/", OPEN)
    answers = (PUBLIC, "2606:2800:220:1::1", "10.0.0.1")
    with pytest.raises(Refused) as refused:
        resolve_once(address, OPEN, lambda _host, _timeout: answers, timeout=1)
    assert refused.value.code == Refusal.NETWORK
    target = resolve_once(address, OPEN, lambda _host, _timeout: answers[:2], timeout=1)
    assert target.ips == answers[:2]


def test_a_literal_is_not_looked_up() -> None:
    address = parse_address(f"http://{PUBLIC}/", OPEN)
    assert resolve_once(address, OPEN, _never, timeout=1).ips == (PUBLIC,)


@pytest.mark.fault(28)
def test_the_peer_must_be_the_pinned_address() -> None:
    target = Target(read_address("http://example.org/"), (PUBLIC,))
    check_peer(target, PUBLIC, PUBLIC, OPEN)
    with pytest.raises(Refused) as refused:
        check_peer(target, PUBLIC, "127.0.0.1", OPEN)
    assert refused.value.code == Refusal.PEER
    with pytest.raises(Refused) as refused:
        check_peer(target, "127.0.0.1", "127.0.0.1", OPEN)
    assert refused.value.code == Refusal.NETWORK


@pytest.mark.parametrize(
    ("location", "url"),
    [
        (b"/next", "http://example.org/next"),
        (b"next?x#y", "http://example.org/a/next?x"),
        (b"//other.example/x", "http://other.example/x"),
        (b"../up", "http://example.org/up"),
        (b"?q=1", "http://example.org/a/b?q=1"),
        (b"  https://other.example/  ", "https://other.example/"),
        (b"/with space", "http://example.org/with%20space"),
        ("/ü".encode(), "http://example.org/%C3%BC"),
        ("/ü".encode("latin-1"), "http://example.org/%C3%BC"),
    ],
)
@pytest.mark.fault(32)
def test_redirects_are_resolved_against_their_page(location: bytes, url: str) -> None:
    base = parse_address("http://example.org/a/b", OPEN)
    assert follow(base, location, OPEN).url == url


@pytest.mark.parametrize(
    "location",
    [
        b"file:///etc/passwd",
        b"gopher://127.0.0.1:6379/_x",
        b"data:text/html,x",
        b"javascript:alert(1)",
        b"http://127.0.0.1:6379/",
        b"http://[::1]/",
        b"http://[::1",
        b"http://169.254.169.254/",
        b"//127.0.0.1/",
        b"//localhost/",
        b"/\\127.0.0.1/",
        b"\\\\127.0.0.1\\x",
        b"http://2130706433/",
        b"http://user@example.org/",
        b"http://example.org:22/",
        b"http://127.0.0.1 @example.org/",
        b"java\tscript:alert(1)",
        b"http://exa\tmple.org/",
        b"http:// 127.0.0.1/",
        b"/" + b"x" * 9000,
    ],
)
@pytest.mark.fault(23, 24)
def test_redirects_to_what_is_denied_are_refused(location: bytes) -> None:
    base = parse_address("http://example.org/a/b", OPEN)
    with pytest.raises(Refused):
        follow(base, location, OPEN)


@pytest.mark.parametrize(
    "address",
    ["64:ff9b::7f00:1", "2002:7f00:1::", "fec0::1", "224.0.0.1", "192.88.99.1", "3fff::1"],
)
def test_python_alone_would_let_these_pass(address: str) -> None:
    """The guard of the guard: on some Pythons `is_global` says yes to each of these."""
    assert denial(address) is not None


@given(st.ip_addresses(v=4) | st.ip_addresses(v=6))
def test_what_passes_is_global_and_no_carrier_changes_the_verdict(ip: object) -> None:
    verdict = denial(str(ip))
    assert verdict is not None or (ip.is_global and not ip.is_multicast)
    if ip.version == 4:
        low = int(ip)
        for carrier in (f"::ffff:{ip}", f"64:ff9b::{low >> 16:x}:{low & 0xFFFF:x}"):
            assert denial(carrier) == verdict
        assert denial(f"2002:{low >> 16:x}:{low & 0xFFFF:x}::1") == verdict


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    for candidate in (text, f"http://{text}", f"http://example.org/{text}"):
        try:
            address = parse_address(candidate, OPEN)
        except Refused:
            continue
        assert address.url.isascii()
        assert parse_address(address.url, OPEN) == address
        assert not set(address.url) & set("\r\n\t \\")


@given(st.integers(min_value=0, max_value=2**32 - 1))
@pytest.mark.fault(25)
def test_no_spelling_of_a_number_reaches_the_resolver(number: int) -> None:
    first, rest = number >> 24, number & 0xFFFFFF
    for host in (
        str(number),
        hex(number),
        f"0{number:o}",
        f"{first}.{rest}",
        f"0x{first:x}.{rest}",
    ):
        with pytest.raises(Refused):
            parse_address(f"http://{host}/", OPEN)


def test_systems_do_take_numbers_for_addresses() -> None:
    """What the table protects from: the C library reads these as loopback."""
    for text in ("127.1", "2130706433", "0x7f.1", "017700000001"):
        assert socket.inet_aton(text) == b"\x7f\x00\x00\x01"


def _never(_host: str, _timeout: float) -> tuple[str, ...]:
    raise AssertionError("The resolver must not be asked.")

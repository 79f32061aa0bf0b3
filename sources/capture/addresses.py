"""Which network addresses a capture may reach: public unicast, and nothing else.

The list is our own reading of the IANA special-purpose registries for IPv4 and IPv6. Python's
`is_global` is asked as well, but never alone: on 3.11 it calls multicast, 6to4 and NAT64 forms
of loopback global.
"""

from __future__ import annotations

import ipaddress

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_DENIED: dict[str, str] = {
    "0.0.0.0/8": "this network",
    "10.0.0.0/8": "private",
    "100.64.0.0/10": "shared between providers and customers",
    "127.0.0.0/8": "loopback",
    "168.63.129.16/32": "cloud metadata",
    "169.254.0.0/16": "link-local",
    "172.16.0.0/12": "private",
    "192.0.0.0/24": "protocol assignments",
    "192.0.2.0/24": "documentation",
    "192.31.196.0/24": "protocol assignments",
    "192.52.193.0/24": "protocol assignments",
    "192.88.99.0/24": "6to4 relay",
    "192.168.0.0/16": "private",
    "192.175.48.0/24": "protocol assignments",
    "198.18.0.0/15": "benchmarking",
    "198.51.100.0/24": "documentation",
    "203.0.113.0/24": "documentation",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "reserved",
    "::/96": "loopback, unspecified or IPv4-compatible",
    "64:ff9b:1::/48": "local translation",
    "100::/64": "discard",
    "2001::/23": "protocol assignments",
    "2001:db8::/32": "documentation",
    "3fff::/20": "documentation",
    "5f00::/16": "segment routing",
    "fc00::/7": "private",
    "fe80::/10": "link-local",
    "fec0::/10": "site-local",
    "ff00::/8": "multicast",
}
DENIED_NETWORKS: tuple[tuple[Network, str], ...] = tuple(
    (ipaddress.ip_network(text), words) for text, words in _DENIED.items()
)

# Forms of IPv6 that carry an IPv4 address, and how many bits stand to the right of it.
_CARRIERS: tuple[tuple[ipaddress.IPv6Network, int], ...] = (
    (ipaddress.IPv6Network("::ffff:0:0/96"), 0),
    (ipaddress.IPv6Network("::ffff:0:0:0/96"), 0),
    (ipaddress.IPv6Network("64:ff9b::/96"), 0),
    (ipaddress.IPv6Network("2002::/16"), 80),
)
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")


def unwrapped(address: IpAddress) -> IpAddress:
    """Return the IPv4 address that mapped, translated and 6to4 forms stand for."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    for network, shift in _CARRIERS:
        if address in network:
            return ipaddress.IPv4Address((int(address) >> shift) & 0xFFFFFFFF)
    return address


def denial(text: str) -> str | None:
    """Say why a capture may not connect to this address, or None if it may.

    The text is a literal as a resolver or `getpeername` gives it; a zone id is never public.
    """
    if "%" in text:
        return "link-local"
    address = unwrapped(ipaddress.ip_address(text))
    for network, words in DENIED_NETWORKS:
        if address.version == network.version and address in network:
            return words
    if isinstance(address, ipaddress.IPv6Address) and address not in _GLOBAL_UNICAST:
        return "not global unicast"
    return None if address.is_global and not address.is_multicast else "not global"

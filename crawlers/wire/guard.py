"""A host's name into the addresses a crawler may connect to: private and special ones are refused.

What is checked is what is connected to: the addresses that the resolver gives, never the name. So
decimal, octal, short and IPv6 spellings of an address, and names that point inwards, need no rule.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from archive.errors import UsageError
from crawlers.errors import AddressRefused

Resolve = Callable[[str], Awaitable[Sequence[str]]]

# An own list, for `ipaddress.is_global` lets multicast and several transition ranges through.
# https://www.iana.org/assignments/iana-ipv4-special-registry
_REFUSED_IPV4 = {
    IPv4Network(network): reason
    for network, reason in (
        ("0.0.0.0/8", "this host"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"),
        ("168.63.129.16/32", "a cloud's platform service"),  # public by its number only
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved for protocols"),
        ("192.0.2.0/24", "for documentation"),
        ("192.88.99.0/24", "a 6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "for benchmarks"),
        ("198.51.100.0/24", "for documentation"),
        ("203.0.113.0/24", "for documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
}
_GLOBAL_IPV6 = IPv6Network("2000::/3")  # all that was ever given out for the public Internet
_REFUSED_IPV6 = {
    IPv6Network("2001::/23"): "reserved for protocols",  # Teredo, ORCHID, benchmarks
    IPv6Network("2001:db8::/32"): "for documentation",
    IPv6Network("3fff::/20"): "for documentation",
}
_NAT64 = IPv6Network("64:ff9b::/96")

_OVERRIDE = re.compile(
    r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]\s]+):(\*|\d{1,5}):(\[[0-9A-Fa-f:.]+\]|[0-9.]+)(?::(\d{1,5}))?"
)


@dataclass(frozen=True, slots=True)
class Override:
    """Connect to *address* (and *to_port*, if given) for *host* and *port*; None stands for any.

    It is the operator's own word, so the guard lets it pass.
    """

    host: str | None
    port: int | None
    address: str
    to_port: int | None = None

    def applies(self, host: str, port: int) -> bool:
        """Whether it stands for this host and port."""
        return self.host in (None, host) and self.port in (None, port)


@dataclass(frozen=True, slots=True)
class PeerAddress:
    """Where a connection goes to."""

    ip: str
    port: int


def parse_override(text: str) -> Override:
    """Read `HOST:PORT:ADDR[:PORT2]`; HOST and PORT may be `*`, IPv6 stands in brackets."""
    match = _OVERRIDE.fullmatch(text)
    try:
        if match is None:
            raise ValueError
        host, port, address, to_port = match.groups()
        return Override(
            None if host == "*" else host.strip("[]").lower(),
            None if port == "*" else _port_number(port),
            str(ip_address(address.strip("[]"))),
            None if to_port is None else _port_number(to_port),
        )
    except ValueError:
        raise UsageError(
            f"{text!r} is no override: write HOST:PORT:ADDR or HOST:PORT:ADDR:PORT2, "
            "such as review.example:443:127.0.0.1:8443 or *:80:[::1]"
        ) from None


def _port_number(text: str) -> int:
    if int(text) > 65535:
        raise ValueError
    return int(text)


def refusal(ip: str) -> str | None:
    """Why a crawler may not connect to the address *ip*; None where it may."""
    address = _unwrap(ip_address(ip))
    if isinstance(address, IPv4Address):
        return next((why for net, why in _REFUSED_IPV4.items() if address in net), None)
    if address not in _GLOBAL_IPV6:
        return "loopback" if address.is_loopback else "not a public address"
    return next((why for net, why in _REFUSED_IPV6.items() if address in net), None)


def _unwrap(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 one leads to, where it does."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


class SystemResolver:
    """The system's resolver, in threads of its own: slow names must not hold up other work."""

    def __init__(self, threads: int = 4) -> None:
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="resolver")

    async def __call__(self, host: str) -> list[str]:
        """The addresses of *host*, in the order in which to try them."""
        look_up = partial(socket.getaddrinfo, host, None, type=socket.SOCK_STREAM)
        found = await asyncio.get_running_loop().run_in_executor(self._executor, look_up)
        return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))

    def close(self) -> None:
        """Let the threads go once their look-ups are done; none is waited for, none cancelled."""
        self._executor.shutdown(wait=False)


@dataclass(frozen=True, slots=True)
class Guard:
    """Turns hosts into addresses that may be connected to."""

    resolve: Resolve
    overrides: tuple[Override, ...] = ()
    allow_private: bool = False

    async def addresses(self, host: str, port: int) -> list[PeerAddress]:
        """Where *host* may be reached; AddressRefused where all of its addresses are refused."""
        for override in self.overrides:
            if override.applies(host, port):
                return [PeerAddress(override.address, override.to_port or port)]
        found = await self.resolve(host)
        refused = {} if self.allow_private else {ip: why for ip in found if (why := refusal(ip))}
        if refused and len(refused) == len(set(found)):
            ip, why = next(iter(refused.items()))
            raise AddressRefused(
                f"{host} has the address {ip} ({why}), which only --allow-private allows"
            )
        return [PeerAddress(ip, port) for ip in found if ip not in refused]

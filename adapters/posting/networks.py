"""Which addresses of a host may be spoken to. A name is resolved once, and what it was resolved to is connected to.

Where the operator names networks, those alone; else the public internet, and never an address that leads back inside
by another notation.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
_TRANSLATED = ip_network("64:ff9b::/96")  # NAT64, RFC 6052


async def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of a host, in the order in which the system would try them. Raises `OSError`."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def may_reach(text: str, networks: Sequence[str]) -> bool:
    """Whether the operator lets the hub speak to this address."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if networks:
        return any(_is_in(address, network) for network in networks)
    return _is_public(address) and all(_is_public(each) for each in _carried(address))


def _is_in(address: IPv4Address | IPv6Address, network: str) -> bool:
    named = ip_network(network)
    return named.version == address.version and address in named


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    return address.is_global and not address.is_multicast


def _carried(address: IPv4Address | IPv6Address) -> list[IPv4Address]:
    """The IPv4 addresses that an IPv6 address stands for."""
    if isinstance(address, IPv4Address):
        return []
    found = [address.sixtofour, *(address.teredo or ())]
    if address in _TRANSLATED:
        found.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return [each for each in found if each is not None]

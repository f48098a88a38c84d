"""Where a receiver is: an address that can be taken, and the networks in which it may be."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_network
from urllib.parse import urlsplit

from hub.errors import invalid

MOST_CHARACTERS = 2_000
_PORTS = {"https": 443, "http": 80}
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Address:
    """An address in its parts. `host` is in lower case; a literal IPv6 address stands without brackets."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """Host and port as an HTTP request names them: without the port that the scheme has anyway."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def read_address(text: str, *, production: bool) -> Address:
    """Raises `Problem` INVALID for what is no address of a receiver: https, but for loopback outside production."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise _no_address("this is not an address") from error
    if not text.isascii() or not text.isprintable() or " " in text or len(text) > MOST_CHARACTERS or not host:
        raise _no_address("an address is one line of ASCII, with a host")
    if parts.username is not None or parts.password is not None or parts.fragment or "#" in text:
        raise _no_address("an address carries no user, no password and no fragment")
    plain = parts.scheme == "http" and host in _LOOPBACK and not production
    if parts.scheme != "https" and not plain:
        raise _no_address("an address begins with https://")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Address(parts.scheme, host, port or _PORTS[parts.scheme], target)


def read_networks(texts: Iterable[str]) -> tuple[str, ...]:
    """Networks as CIDR; raises `Problem` INVALID."""
    try:
        return tuple(sorted({str(ip_network(text)) for text in texts}))
    except ValueError as error:
        raise invalid(
            "a network is written as CIDR, such as 10.20.0.0/16", rule="network-format", path=("network",)
        ) from error


def _no_address(message: str) -> Exception:
    return invalid(message, rule="address-format", path=("address",))

"""The addresses that a browser may be sent back to with a code: registered whole, and compared whole."""

from collections.abc import Collection
from urllib.parse import urlsplit

from hub.errors import invalid

MOST_REDIRECTS = 10
_LONGEST = 500
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def checked_redirects(uris: Collection[str]) -> list[str]:
    """The addresses as they are. Raises `Problem` INVALID, with the place, for one that is no fixed web address.

    RFC 9700 s. 2.1: compared character by character, so nothing in it is a pattern. http is for loopback alone.
    """
    if len(uris) > MOST_REDIRECTS:
        raise invalid(
            f"a client has at most {MOST_REDIRECTS} redirect addresses", rule="redirects", path=("redirect_uris",)
        )
    for at, uri in enumerate(uris):
        if not _is_fixed(uri):
            raise invalid(
                "a redirect address is https (or http on loopback), whole, without a fragment or a user name",
                rule="redirect-address",
                path=("redirect_uris", str(at)),
            )
    return sorted(set(uris))


def origin_of(uri: str) -> str:
    """Scheme, host and port of a registered address."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}"


def _is_fixed(uri: str) -> bool:
    if not uri.isascii() or not uri.isprintable() or len(uri) > _LONGEST or set(uri) & set(" \"'<>\\*;,#{}|^`"):
        return False
    try:
        parts = urlsplit(uri)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or "@" in parts.netloc:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)

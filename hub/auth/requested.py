"""The scopes of a request, checked against who asks."""

from authlib.oauth2.rfc6749 import InvalidScopeError

from hub.auth.clients import Client
from hub.auth.scopes import covered

MOST_SCOPES = 100


def granted(asked: str | None, client: Client) -> str:
    """All the scopes asked for, or none at all (RFC 6749 s. 3.3); where none is asked for, the client's own.

    A scope that is dropped in silence is a fault found weeks later.
    """
    if asked is None:
        return " ".join(sorted(client.scopes))
    scopes = listed(asked)
    if not all(covered(scope, by=client.scopes) for scope in scopes):
        raise InvalidScopeError("the client is not registered for all of these scopes")
    return " ".join(scopes)


def listed(asked: str) -> list[str]:
    """The scopes in a parameter, each once and not too many. Raises InvalidScopeError."""
    scopes = asked.split(" ")
    if len(scopes) > MOST_SCOPES or len(set(scopes)) != len(scopes):
        raise InvalidScopeError(f"scope lists at most {MOST_SCOPES} scopes, each once")
    return scopes

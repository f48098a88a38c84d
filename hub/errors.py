"""What can go wrong, as a closed set of kinds that each edge maps once.

A refusal by law is a value (`hub.law.decisions.Refusal`); an action that meets one raises `RefusedByLaw` so that its
transaction ends with nothing done. A caller's mistake is a `Problem`. Anything else is a fault of the hub's own.
Messages are for people outside: they name the place and the rule, never a child's data.
"""

from enum import StrEnum

from hub.law.decisions import Refusal


class Kind(StrEnum):
    """The kinds of problem. GraphQL shows them as `extensions.code`, HTTP as a status, a command as an exit code."""

    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    INVALID = "INVALID"
    CONFLICT = "CONFLICT"
    TOO_COSTLY = "TOO_COSTLY"
    BUSY = "BUSY"


class Problem(Exception):  # noqa: N818  (the word that every edge and every reader uses for it)
    """A caller's mistake, or a state the caller can do something about."""

    def __init__(self, kind: Kind, message: str, *, rule: str | None = None, path: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.rule = rule
        self.path = path


class RefusedByLaw(Exception):  # noqa: N818  (a refusal is no error)
    """The law says no: every refusal, each with its provision. Whatever the action had done is undone."""

    def __init__(self, *refusals: Refusal) -> None:
        super().__init__("; ".join(f"{r.provision}: {r.message}" for r in refusals))
        self.refusals = refusals


class NotReadyError(Exception):
    """The hub must not start as it is; the message says what to do."""


def not_found(what: str) -> Problem:
    """The one answer for an unknown id and for what does not exist for this caller."""
    return Problem(Kind.NOT_FOUND, f"there is no such {what}", rule="not-found")


def invalid(message: str, *, rule: str = "invalid", path: tuple[str, ...] = ()) -> Problem:
    """Bad input, with the rule it breaks and where."""
    return Problem(Kind.INVALID, message, rule=rule, path=path)


def forbidden(message: str, *, rule: str) -> Problem:
    """The caller's scope, purpose or organisation does not allow what it asks."""
    return Problem(Kind.FORBIDDEN, message, rule=rule)


def conflict(message: str, *, rule: str) -> Problem:
    """The request was right once, but not in the present state."""
    return Problem(Kind.CONFLICT, message, rule=rule)

"""Errors as a caller may see them: by kind, never by the text of an exception.

What is not foreseen is INTERNAL with a reference that the operator finds in the log.
"""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

import structlog
from graphql import GraphQLError

from hub.audit import DENIED
from hub.db.session import is_busy
from hub.errors import Kind, Problem, RefusedByLaw

log = structlog.get_logger()


def located(problem: Problem) -> GraphQLError:
    """A problem as an error that is of no field."""
    return GraphQLError(problem.message, original_error=problem)


def attempts_in(errors: Iterable[Mapping[str, Any]]) -> frozenset[tuple[str, str]]:
    """The code and rule of those errors that are denied attempts."""
    told = (each["extensions"] for each in errors)
    return frozenset((each["code"], each.get("rule", each["code"])) for each in told if each["code"] in DENIED)


def shown(error: GraphQLError) -> dict[str, Any]:
    """An error as the caller may see it."""
    cause = error.original_error
    told = error_shown(*_kind(error, cause))
    if error.extensions and "limit" in error.extensions:
        told["extensions"]["limit"] = error.extensions["limit"]
    if error.locations:
        told["locations"] = [{"line": each.line, "column": each.column} for each in error.locations]
    if error.path:
        told["path"] = error.path
    if isinstance(cause, Problem):
        if cause.rule:
            told["extensions"]["rule"] = cause.rule
        if cause.path:
            told["extensions"]["argument"] = list(cause.path)
    return told


def _kind(error: GraphQLError, cause: Exception | None) -> tuple[str, str]:
    match cause:
        case None | GraphQLError():
            return str((error.extensions or {}).get("code", Kind.INVALID.value)), error.message
        case Problem():
            return cause.kind.value, cause.message
        case RefusedByLaw():
            return Kind.FORBIDDEN.value, str(cause)
        case _ if is_busy(cause):
            return Kind.BUSY.value, "the database is busy or away; try again soon"
        case _:
            reference = uuid.uuid4().hex[:12]
            log.error("unforeseen_error", reference=reference, error=type(cause).__name__, exc_info=cause)
            return "INTERNAL", f"something went wrong in the hub; quote {reference}"


def error_shown(code: str, message: str) -> dict[str, Any]:
    """An error of this code, as it stands in a response."""
    return {"message": message, "extensions": {"code": code}}

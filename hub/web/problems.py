"""Each kind of problem as HTTP says it."""

from collections.abc import Mapping
from typing import Any

from hub.auth.rates import TOO_MANY
from hub.errors import Kind, Problem

STATUS: Mapping[Kind, int] = {
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.INVALID: 400,
    Kind.CONFLICT: 409,
    Kind.TOO_COSTLY: 400,
    Kind.BUSY: 503,
}

_OF_RULES: Mapping[str, int] = {"unsupported-media-type": 415, "request-too-large": 413, TOO_MANY: 429}
"""Where HTTP has a word of its own for a rule."""


def status_of(problem: Problem) -> int:
    """The HTTP status of a problem."""
    return _OF_RULES.get(problem.rule or "", STATUS[problem.kind])


def shown(problem: Problem) -> dict[str, Any]:
    """The problem as an error of GraphQL."""
    extensions: dict[str, object] = {"code": problem.kind.value, "rule": problem.rule}
    if problem.path:
        extensions["argument"] = list(problem.path)
    return {"message": problem.message, "extensions": extensions}


def problem_headers(problem: Problem) -> dict[str, str]:
    """Headers that go with the problem: nothing of it is stored, and a busy hub says when to try again."""
    headers = {"Cache-Control": "no-store"}
    if problem.kind is Kind.BUSY:
        headers["Retry-After"] = "2"
    return headers

"""The audit log as its witnesses see it: the signed tree head, the key to check it with, and proofs. No row is shown.

Whoever keeps checkpoints and asks for proofs of consistency between them knows that nothing that was recorded before
has been changed since. Checkpoint and key are public; proofs cost more, and are for the hub's clients.
"""

import base64
from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from hub.audit import proofs
from hub.audit.notes import Witness
from hub.audit.sealing import checkpoint
from hub.db.session import Database
from hub.errors import Kind, Problem, invalid
from hub.law.caller import Caller
from hub.web.problems import STATUS, problem_headers, shown


def audit_routes(
    database: Database, witness: Witness, *, authenticate: Callable[[Request], Awaitable[Caller]]
) -> list[BaseRoute]:
    """`/audit/checkpoint`, `/audit/key` and `/audit/proof`."""

    async def head(_: Request) -> Response:
        try:
            async with database.begin(None) as connection:
                note = await checkpoint(connection)
            if note is None:
                raise Problem(Kind.BUSY, "nothing has been sealed yet: try again in a minute", rule="nothing-sealed")
        except Problem as problem:
            return _refused(problem)
        return PlainTextResponse(note, headers={"Cache-Control": "no-cache"})

    async def key(_: Request) -> Response:
        return PlainTextResponse(f"{witness}\n")

    async def proof(request: Request) -> Response:
        try:
            await authenticate(request)
            asked = _numbers(request.query_params)
            async with database.begin(None) as connection:
                if "position" in asked:
                    found = await proofs.inclusion(connection, asked["position"], asked.get("size"))
                else:
                    found = await proofs.consistency(connection, asked["earlier"], asked.get("size"))
        except Problem as problem:
            return _refused(problem)
        return JSONResponse(as_json(found), headers={"Cache-Control": "no-store"})

    return [Route("/audit/checkpoint", head), Route("/audit/key", key), Route("/audit/proof", proof)]


def as_json(proof: proofs.Proof) -> Mapping[str, object]:
    """A proof as it is sent: hashes in base64, in the order of RFC 6962."""
    place = {} if proof.position is None else {"position": proof.position, "leaf": _b64(proof.leaf or b"")}
    return {"size": proof.size, "root": _b64(proof.root), **place, "proof": [_b64(each) for each in proof.hashes]}


def _numbers(given: Mapping[str, str]) -> dict[str, int]:
    asked = {name: given[name] for name in ("position", "earlier", "size") if name in given}
    if ("position" in asked) == ("earlier" in asked):
        raise invalid("ask for the position of a row, or for the size of an earlier log", rule="proof-asked")
    for name, text in asked.items():
        if not (text.isascii() and text.isdigit() and len(text) < 19):
            raise invalid(f"{name} is a number", rule="proof-number", path=(name,))
    return {name: int(text) for name, text in asked.items()}


def _refused(problem: Problem) -> Response:
    return JSONResponse({"errors": [shown(problem)]}, STATUS[problem.kind], problem_headers(problem))


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()

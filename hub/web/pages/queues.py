"""What people look through: records that may be of one child, and what came and could not be taken in."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from hub.web.pages.session import Session
from hub.web.pages.visiting import Visiting

_AFTER = {"identityCandidates": "identityAfter", "quarantine": "quarantineAfter"}


def queue_routes(visiting: Visiting) -> list[BaseRoute]:
    """`/review`."""

    async def queues(request: Request, session: Session) -> Response:
        asked = {name: request.query_params.get(name) for name in _AFTER.values()}
        found = await visiting.asking.answer(session, "PageQueues", **asked)
        given = {name: found[name] or {"nodes": (), "totalCount": 0} for name in _AFTER}
        more = {name: _more(queue, _AFTER[name]) for name, queue in given.items()}
        return visiting.drawing.page("queues.html", session, at="/review", queues=given, more=more)

    return [visiting.shows("/review", queues)]


def _more(queue: Mapping[str, Any], after: str) -> str | None:
    page = queue.get("pageInfo")
    return f"/review?{urlencode({after: page['endCursor']})}" if page and page["hasNextPage"] else None

"""Finds the address that a request is for by its resource type.

To try more than a hundred patterns in turn, and Starlette does, takes longer than much else that a request takes.
"""

from collections.abc import Sequence

from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send


class ByType(BaseRoute):
    """Routes below one address, of which a request meets those alone whose first part it has, in their order."""

    def __init__(self, beginning: str, routes: Sequence[Route]) -> None:
        self._beginning = beginning
        parts = [(self._first_part(each.path), each) for each in routes]
        self._of_any = [each for part, each in parts if part.startswith("{")]
        self._of = {
            one: [each for part, each in parts if part == one or part.startswith("{")]
            for one in {part for part, _ in parts}
        }

    def of(self, path: str) -> Sequence[Route]:
        """Those that may be meant by an address."""
        if not path.startswith(self._beginning):
            return ()
        return self._of.get(self._first_part(path), self._of_any)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] == "http":
            for route in self.of(scope["path"]):
                match, found = route.matches(scope)
                if match is Match.FULL:
                    return match, {**found, "route": route}
        return Match.NONE, {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await scope["route"].handle(scope, receive, send)

    def _first_part(self, path: str) -> str:
        return path.removeprefix(self._beginning).removeprefix("/").partition("/")[0]

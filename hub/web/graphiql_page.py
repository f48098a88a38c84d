"""The GraphiQL page: built by Vite into files of the hub's own, then served under a strict Content-Security-Policy.

`python -m hub.web.graphiql_page` builds it (a line when nothing is to be done); `--force` builds it anyhow.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from hub.web import npm

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import Scope

SOURCE = Path(__file__).parent / "graphiql"
DIST = SOURCE / "dist"

# What the built files depend on. An installed hub has the built files alone.
_SOURCES = ("package.json", "package-lock.json", ".npmrc", "vite.config.ts", "tsconfig.json", "index.html", "src")

# Monaco writes <style> elements and style attributes (the theme's colours, the place of each line), which no nonce or
# hash can cover: hence 'unsafe-inline' for styles, and for nothing else. Scripts and workers are files of ours.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "connect-src 'self'",
        "font-src 'self'",
        "img-src 'self' data:",
        "worker-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    )
)
_PAGE_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}

_FILE_HEADERS = {
    # A worker takes its policy from its own file: the editors' workers may load and ask for nothing at all.
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "public, max-age=31536000, immutable",  # each name holds a hash of the content
}
# Said here, because what Python knows of content types depends on the machine.
_CONTENT_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
}


def page(request: Request) -> Response:
    """The answer to `GET /graphql` of somebody who reads HTML."""
    try:
        return HTMLResponse((DIST / "index.html").read_bytes(), headers=_PAGE_HEADERS)
    except FileNotFoundError:
        how = "GraphiQL is not built. Build it with: python -m hub.web.graphiql_page\n"
        return PlainTextResponse(how, status_code=503, headers=_PAGE_HEADERS)


def routes() -> list[BaseRoute]:
    """The page's scripts, styles and workers, below /graphql/assets/."""
    return [Mount("/graphql/assets", app=_Assets(directory=DIST / "assets", check_dir=False), name="graphiql-assets")]


class _Assets(StaticFiles):
    """Files whose names change with their content."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update(_FILE_HEADERS)
        if kind := _CONTENT_TYPES.get(Path(path).suffix):
            response.headers["Content-Type"] = kind
        return response


def build(*, force: bool = False) -> bool:
    """Build the page if its sources changed since it was last built. True if it was built now; raises BuildError."""
    return npm.build(SOURCE, _SOURCES, "index.html", force=force)


def main(arguments: list[str]) -> int:
    if "--has-node" in arguments:
        return 0 if npm.has_node() else 1
    return npm.command("GraphiQL", build, arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

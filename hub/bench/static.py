"""Limit 2: a Starlette route that returns bytes made before, under the hub's own server settings.

`python -m hub.bench.static PORT FOLDER` serves each file of the folder by its name.
"""

import sys
from pathlib import Path

import uvloop
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.serving import server_for
from hub.settings import Settings


def static_app(folder: Path) -> Starlette:
    """Answers a POST to /NAME with the bytes of the file NAME."""
    answers = {each.name: each.read_bytes() for each in folder.iterdir()}

    async def answer(request: Request) -> Response:
        return Response(answers[request.path_params["name"]], media_type="application/json")

    app = Starlette(routes=[Route("/{name}", answer, methods=["POST"])])
    app.state.stopping = lambda: None
    return app


if __name__ == "__main__":
    uvloop.run(server_for(static_app(Path(sys.argv[2])), Settings(port=int(sys.argv[1]))).serve())

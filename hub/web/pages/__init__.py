"""The pages that people look at: drawn on the server, clients of the GraphQL schema like any other."""

from collections.abc import Callable
from datetime import datetime

from starlette.routing import BaseRoute

from hub.auth.own_pages import PageSignIn
from hub.auth.sealing import Seal
from hub.web.pages import style
from hub.web.pages.answering import Answering
from hub.web.pages.asking import Asking, Execute
from hub.web.pages.board import board_routes
from hub.web.pages.books import book_routes
from hub.web.pages.drawing import Drawing
from hub.web.pages.records import record_routes
from hub.web.pages.review import Reviewing
from hub.web.pages.session import Sessions
from hub.web.pages.sign_in import SignIn
from hub.web.pages.timeline import timeline_routes
from hub.web.pages.visiting import Visiting


def visiting_of(execute: Execute, seal: Seal, *, address: str, clock: Callable[[], datetime]) -> Visiting:
    """What the pages share, for a hub at this address."""
    sessions = Sessions(seal, clock=clock, secure=address.startswith("https://"))
    return Visiting(Asking(execute), Drawing(), sessions, address)


def page_routes(
    visiting: Visiting, ways: PageSignIn, *, clock: Callable[[], datetime], rulebook: Callable[[], str]
) -> list[BaseRoute]:
    """Every page but the home page and GraphiQL."""
    return [
        *style.routes(),
        *SignIn(visiting, ways).routes,
        *board_routes(visiting, clock),
        *Answering(visiting, clock).routes,
        *Reviewing(visiting).routes,
        *record_routes(visiting),
        *timeline_routes(visiting, clock),
        *book_routes(visiting, rulebook),
    ]

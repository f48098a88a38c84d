"""`hub bench --pages`: the server's time for each page, at the demo's size and for one large authority.

Somebody signs in through the hub's own server, as in a browser, and opens each page again and again. Server and asker
share a process, without a network between them: what is told is the server's work.
"""

import os
import re
import statistics
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import httpx
import uvloop
from sqlalchemy import insert, select

from hub.app import create_app
from hub.auth import clients
from hub.auth.assertions import new_client_key, public_jwks
from hub.auth.own_pages import RETURN_PATH
from hub.auth.scopes import GRAPHQL
from hub.bench import printed
from hub.bench.scratch import Scratch
from hub.clock import utc_now
from hub.db import tables
from hub.db.place import Place
from hub.db.session import Database
from hub.errors import NotReadyError
from hub.law.reg17_disclosure import Purpose
from hub.settings import Settings
from hub.web.pages import style

ROLE = "Head of SEND"
_PAGES = ("/", "/board", "/children", "/requests", "/agreements", "/arrangements", "/review", "/rulebook", "/sign-in")
_OF_A_CHILD = ("", "/plan", "/budget", "/disclosures")
_LINKS = {"/requests": r"/requests/[^\"?]+", "/agreements": r"/agreements/[^\"?]+"}
_CLIENT, _PERSON = "bench-pages", "bench.person"
_WARM = 3
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Measured:
    """One page: times in milliseconds (the median, and the best: what a busy machine adds is not the hub's), bytes."""

    path: str
    status: int
    wall_ms: float
    best_ms: float
    processor_ms: float
    size: int


def measure_county(settings: Settings, place: Place, *, rounds: int, say: Say) -> None:
    """The pages of an authority of the demo's county, which has been loaded."""
    measured = uvloop.run(_measure(settings, place, "pages-northmere", rounds))
    say(_told("the demo's county", measured, limit_ms=50))


def measure(scratch: Scratch, *, rounds: int, say: Say) -> None:
    """The pages of the one authority of a loaded database."""
    settings = replace(scratch.settings, session_lifetime_s=6 * 60 * 60)
    place = Place(scratch.owner_url, settings.database_url, settings.worker_database_url)

    async def whole() -> list[Measured]:
        await _register(scratch, settings)
        return await _measure(settings, place, _CLIENT, rounds)

    measured = uvloop.run(whole())
    say(_told(f"an authority with {scratch.authority.last:,} children", measured, limit_ms=200))


async def _register(scratch: Scratch, settings: Settings) -> None:
    """Somebody who works for the authority, and the pages as its client."""
    key, database = new_client_key(), Database(scratch.owner_url)
    try:
        async with database.begin(None) as connection:
            await clients.register(
                connection,
                client_id=_CLIENT,
                organisation_id=scratch.authority.id,
                label="The hub's pages",
                jwks=public_jwks(key),
                algorithms=[key["alg"]],
                scopes=list(GRAPHQL),
                purposes=[Purpose.OWN_FUNCTIONS],
                default_purpose=Purpose.OWN_FUNCTIONS,
                now=utc_now(),
                documents=(),
                redirect_uris=[settings.address + RETURN_PATH],
            )
            row = {"username": _PERSON, "organisation_id": scratch.authority.id, "role": ROLE, "name": "A Person"}
            await connection.execute(insert(tables.person).values(row))
    finally:
        await database.close()


async def _measure(settings: Settings, place: Place, client_id: str, rounds: int) -> list[Measured]:
    style.build()
    person = await _somebody(place, client_id)
    async with _browser(settings, place) as browser:
        await _sign_in(browser, settings, client_id, person)
        return [await _page(browser, path, rounds) for path in await _paths(browser)]


@asynccontextmanager
async def _browser(settings: Settings, place: Place) -> AsyncGenerator[httpx.AsyncClient]:
    app = create_app(settings, place)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app),
            base_url=settings.address,
            headers={"Origin": settings.address, "Accept": "text/html"},
            timeout=60,
        ) as browser,
    ):
        yield browser


async def _somebody(place: Place, client_id: str) -> str:
    """A person of the client's body in a role that opens the most."""
    database, person, client = Database(place.owner), tables.person.c, tables.client.c
    asked = select(person.username).join(tables.client, client.organisation_id == person.organisation_id)
    asked = asked.where(client.client_id == client_id)
    try:
        async with database.begin(None) as connection:
            found: str | None = await connection.scalar(
                asked.order_by((person.role == ROLE).desc(), person.role, person.username).limit(1)
            )
    finally:
        await database.close()
    if found is None:
        raise NotReadyError("nobody works for the body whose pages are to be measured")
    return found


async def _sign_in(browser: httpx.AsyncClient, settings: Settings, client_id: str, person: str) -> None:
    begun = await browser.post("/sign-in", data={"system": client_id, "to": "/board"})
    asked = urlsplit(begun.headers["location"])
    form = {"request": asked.query, "person": person, "step": "allow"}
    allowed = await browser.post(asked.path, data=form)
    done = await browser.get(allowed.headers["location"].removeprefix(settings.address))
    if done.headers.get("location") != "/board":
        raise NotReadyError(f"the sign-in was not finished: {done.status_code}")


async def _paths(browser: httpx.AsyncClient) -> Sequence[str]:
    """Every page, those about one thing for the first that the lists name."""
    paths = list(_PAGES)
    children = re.findall(r'"(/children/Child_[^"/?]+)"', (await browser.get("/children")).text)
    paths += [children[0] + each for each in _OF_A_CHILD] if children else []
    for page, pattern in _LINKS.items():
        found = re.search(f'"({pattern})"', (await browser.get(page)).text)
        paths += [found[1]] if found else []
    return paths


async def _page(browser: httpx.AsyncClient, path: str, rounds: int) -> Measured:
    response = await browser.get(path)
    walls: list[float] = []
    processors: list[float] = []
    for nth in range(1, _WARM + rounds):
        began, used = time.perf_counter(), time.process_time()
        response = await browser.get(path)
        if nth >= _WARM:
            walls.append((time.perf_counter() - began) * 1_000)
            processors.append((time.process_time() - used) * 1_000)
    return Measured(
        re.sub(r"[A-Z][A-Za-z]+_[0-9a-f]{32}", "{id}", path),
        response.status_code,
        statistics.median(walls),
        min(walls),
        statistics.median(processors),
        len(response.content),
    )


def _told(size: str, measured: Sequence[Measured], *, limit_ms: int) -> str:
    sheet = style.weight()
    rows = [
        [
            each.path,
            str(each.status),
            printed.number(each.wall_ms),
            printed.number(each.best_ms),
            printed.number(each.processor_ms),
            "yes" if each.wall_ms < limit_ms else "NO",
            printed.number((each.size + sheet) / 1_000),
        ]
        for each in measured
    ]
    head = [
        f"{size}; load {os.getloadavg()[0]:.1f}",
        "status",
        "ms",
        "best ms",
        "CPU ms of the hub",
        f"< {limit_ms} ms",
        "kB with style",
    ]
    return printed.table(head, rows)

"""What `hub bench` does: each function is one of its options."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from hub.actions.transaction import LONDON
from hub.bench import (
    comparison,
    duties,
    fhir,
    growth,
    identity,
    imports,
    loading,
    memory,
    pages,
    progress,
    succession,
    writes,
)
from hub.bench.explaining import caller_for, execution_on, plan_of, statement_of
from hub.bench.operations import QUERIES
from hub.bench.rounds import Plan
from hub.bench.scratch import empty, scratch, servers_address
from hub.clock import utc_now
from hub.db import queries
from hub.db.place import SERVING_ROLE, WORKER_ROLE, Place, as_role, database_place
from hub.db.session import Database
from hub.demo import prepare
from hub.errors import conflict, forbidden, invalid, not_found
from hub.law.caller import Caller
from hub.settings import Settings

Say = Callable[[str], None]
_PAGE_ROUNDS = 15


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured. `server_url`: the owner's address of a PostgreSQL to use; None: an embedded one."""

    rounds: int
    seconds: float
    server_url: str | None


def load(settings: Settings, children: int, authorities: int | None, say: Say) -> None:
    """Add synthetic children to the database of the settings."""
    if settings.production:
        raise forbidden("synthetic children do not belong in production", rule="bench-in-production")
    with database_place(settings) as place, progress.shown("children", children) as done:
        made = loading.load(place.owner, children=children, authorities=authorities, today=_today(), progress=done)
    sizes = [each.last - each.first + 1 for each in made]
    say(f"loaded {children:,} children of {len(made)} authorities, which have {min(sizes):,} to {max(sizes):,}")


def compare(
    settings: Settings, effort: Effort, say: Say, *, children: int, connections: Sequence[int], peers: bool
) -> None:
    """Print the hub's queries beside the limits and PostGraphile."""
    plan = Plan([each.name for each in QUERIES], connections, effort.rounds, effort.seconds)
    with servers_address(effort.server_url) as address, scratch(address, children=children, today=_today()) as loaded:
        comparison.compare(loaded, plan, data_dir=settings.data_dir, peers=peers, say=say)


def identify(returned: Path, trust: Path, authority: str, say: Say) -> None:
    """Print which of a trust's children are found among those of a return; a wrong link is a failure."""
    if not identity.run(returned, trust, authority=authority, today=_today(), say=say):
        raise conflict("a rule has linked two children", rule="identity-wrong")


def grow(effort: Effort, sizes: Sequence[int], say: Say) -> None:
    """Print how the time of an answer grows with the number of children."""
    with servers_address(effort.server_url) as address:
        growth.grow(address, sizes, today=_today(), rounds=effort.rounds, seconds=effort.seconds, say=say)


def remember(effort: Effort, requests: int, say: Say, *, children: int) -> None:
    """Print what a server's memory does over so many requests."""
    with servers_address(effort.server_url) as address, scratch(address, children=children, today=_today()) as loaded:
        memory.measure(loaded, requests=requests, say=say)


def write(effort: Effort, say: Say, *, children: int, persons: int) -> None:
    """Print how fast advice, Bundles and returns are written."""
    with servers_address(effort.server_url) as address, scratch(address, children=children, today=_today()) as loaded:
        writes.measure(loaded, today=_today(), rounds=effort.rounds, seconds=effort.seconds, persons=persons, say=say)


def exchange(effort: Effort, say: Say, *, children: int) -> None:
    """Print what Bundles and Task updates take of the processor, and what large Bundles do to readers."""
    with servers_address(effort.server_url) as address, scratch(address, children=children, today=_today()) as loaded:
        fhir.measure(loaded, today=_today(), rounds=effort.rounds, seconds=effort.seconds, say=say)


def bring_in(effort: Effort, say: Say, *, children: int, persons: Sequence[int]) -> None:
    """Print how fast returns are imported, and with how much memory."""
    with servers_address(effort.server_url) as address, scratch(address, children=children, today=_today()) as loaded:
        imports.measure(loaded, persons=persons, say=say)


def sweep(effort: Effort, say: Say, *, children: int) -> None:
    """Print how long the nightly sweep over all duties takes."""
    with servers_address(effort.server_url) as address, scratch(address, children=children, today=_today()) as loaded:
        duties.measure(loaded, say=say)


def succeed(effort: Effort, say: Say, *, children: int) -> None:
    """Print how long it takes one board to take the place of another for so many children."""
    with (
        servers_address(effort.server_url) as address,
        scratch(address, children=children, authorities=succession.ONE_BOARD, today=_today()) as loaded,
    ):
        succession.measure(loaded, say=say)


def show(effort: Effort, say: Say, *, children: int) -> None:
    """Print the server's time for each page, in the demo's county and for one authority with so many children."""
    with servers_address(effort.server_url) as address:
        with empty(address) as (owner_url, folder):
            place = Place(owner_url, as_role(owner_url, SERVING_ROLE), as_role(owner_url, WORKER_ROLE))
            settings = Settings(data_dir=folder)
            asyncio.run(prepare(settings, place, say))
            pages.measure_county(settings, place, rounds=_PAGE_ROUNDS, say=say)
        with scratch(address, children=children, authorities=1, today=_today()) as loaded:
            pages.measure(loaded, rounds=_PAGE_ROUNDS, say=say)


def explain(settings: Settings, document: str, variables: Mapping[str, Any], code: str, say: Say) -> None:
    """Print the statement that a document becomes for a body, its parameters and its plan."""
    with database_place(settings) as place:
        caller = asyncio.run(_body(place.serving, code))
        statement = statement_of(execution_on(place.serving), document, variables, caller)
        if statement is None:
            raise invalid("this operation is not compiled to one statement: resolvers answer it", rule="not-compiled")
        say(statement.sql)
        say("\n".join(f"-- {name} = {value!r}" for name, value in statement.parameters.items()))
        say(plan_of(place.serving, statement))


async def _body(url: str, code: str) -> Caller:
    database = Database(url, pool_size=1)
    is_la = len(code) == 3 and code.isdigit()
    try:
        async with database.begin(None) as connection:
            found = await queries.organisation_by_code(
                connection, la_code=code if is_la else None, ods_code=None if is_la else code
            )
    finally:
        await database.close()
    if found is None:
        raise not_found("organisation")
    return caller_for(found.id, found.kind, code)


def _today() -> date:
    return utc_now().astimezone(LONDON).date()

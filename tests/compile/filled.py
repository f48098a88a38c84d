"""A database that is full of awkward rows, who may ask in it, and what it holds to be asked by."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import tables
from hub.db.place import WORKER_ROLE, as_role
from hub.db.session import Database
from hub.law.caller import Caller
from hub.law.reg17_disclosure import Purpose
from hub.law.vocabulary import OrganisationKind
from schema.ids import to_global
from schema.orders import ChildOrder
from schema.projection import projections
from schema.query import Query
from schema.roots import ListRoot, of
from tests.compile.answers import Answers
from tests.compile.arguments import Known
from tests.compile.documents import Asked
from tests.compile.rows import add_rows
from tests.world import ALL_SCOPES, make_world

_CODES = {
    "NHSNumber": tables.child.c.nhs_number,
    "UPN": tables.child.c.upn,
    "ODSCode": tables.organisation.c.ods_code,
    "LACode": tables.organisation.c.la_code,
}
_CHILDREN = 16


@dataclass(frozen=True)
class Filled:
    """The database's address (as the serving role), what is in it and a caller of each body."""

    url: str
    known: Known
    callers: tuple[Caller, ...]

    @property
    def owner_url(self) -> str:
        """The same database as the role that owns its tables."""
        return make_url(self.url).difference_update_query(["options"]).render_as_string(hide_password=False)

    def caller(self, name: str, *, purpose: Purpose = Purpose.OWN_FUNCTIONS) -> Caller:
        """The caller of a body, with every scope."""
        return replace(next(each for each in self.callers if each.organisation_name == name), purpose=purpose)

    def any_caller(self, random: Random) -> Caller:
        """Mostly the authority with most of the records, for its own functions and with every scope."""
        weights = [_WEIGHTS.get(each.organisation_name, 1) for each in self.callers]
        (caller,) = random.choices(self.callers, weights)
        purpose = Purpose.OWN_FUNCTIONS if random.random() < 0.75 else random.choice(list(Purpose))
        missing = set(random.sample(sorted(ALL_SCOPES), 2)) if random.random() < 0.05 else set[str]()
        return replace(caller, purpose=purpose, scopes=ALL_SCOPES - missing, person=random.choice((None, "pat")))


_WEIGHTS = {"Northmere": 10, "Southvale": 4, "Mere and Vale ICB": 6, "NHS England": 3, "Mere Community Trust": 5}


def fill(url: str, new_id: Callable[[], UUID]) -> Filled:
    """Fill a migrated database, once for many tests."""
    return asyncio.run(_fill(url, new_id))


async def _fill(url: str, new_id: Callable[[], UUID]) -> Filled:
    owner_url = make_url(url).difference_update_query(["options"]).render_as_string(hide_password=False)
    database = Database(url, own_url=as_role(owner_url, WORKER_ROLE), pool_size=2)
    try:
        async with database.begin(None) as connection:
            world = await make_world(connection, new_id)
            await add_rows(connection, world, new_id, seed=1, children=_CHILDREN)
            callers = await _callers(connection)
            ids = await _ids(connection)
            codes = {
                kind: sorted((await connection.execute(select(code).where(code.is_not(None)))).scalars())
                for kind, code in _CODES.items()
            }
        found = Filled(url, Known(ids, codes, {}), callers)
        owner = Database(found.owner_url, pool_size=1)
        try:
            return replace(found, known=Known(ids, codes, await _cursors(Answers(database, owner, new_id), found)))
        finally:
            await owner.close()
    finally:
        await database.close()


async def _callers(connection: AsyncConnection) -> tuple[Caller, ...]:
    bodies = (await connection.execute(select(tables.organisation).order_by(tables.organisation.c.id))).all()
    return tuple(
        Caller(
            organisation=each.id,
            organisation_kind=OrganisationKind(each.kind),
            organisation_code=each.la_code or each.ods_code or each.urn or "",
            organisation_name=each.name,
            client_id=f"client of {each.name}",
            person=None,
            scopes=ALL_SCOPES,
            purpose=Purpose.OWN_FUNCTIONS,
            purposes=frozenset(Purpose),
            token_id="token",
        )
        for each in bodies
    )


async def _ids(connection: AsyncConnection) -> dict[str, list[str]]:
    nodes = sorted(
        (each.name, each.table) for each in projections().values() if each.is_node and each.table is not None
    )
    return {
        name: [to_global(name, each) for each in (await connection.execute(select(table.c.id))).scalars()]
        for name, table in nodes
    }


async def _cursors(answers: Answers, filled: Filled) -> dict[tuple[str, str], list[str]]:
    """The cursors of every list in every order, as the two authorities get them."""
    lists = {name: root for name, root in of(Query).items() if isinstance(root, ListRoot) and not root.required}
    orders = [(name, each.name) for name, root in lists.items() if root.order is None for each in ChildOrder]
    orders += [(name, "") for name, root in lists.items() if root.order is not None]
    found: dict[tuple[str, str], list[str]] = {}
    for name, order in orders:
        argument = f", orderBy: {order}" if order else ""
        document = f"{{ {name}(first: 100{argument}) {{ edges {{ cursor }} }} }}"
        for authority in ("Northmere", "Southvale"):
            body = (await answers.compare(Asked(document, None, None), filled.caller(authority))).body
            found.setdefault((name, order), []).extend(each["cursor"] for each in body["data"][name]["edges"])
    return found

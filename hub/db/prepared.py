"""Questions that are asked often: their statements are built once for a kind of caller, and run with each one's values.

To build the guard's conditions anew takes longer than PostgreSQL takes to answer with them.
"""

from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any, TypeAlias

from sqlalchemy import ARRAY, ColumnElement, Date, Select, Table, Uuid, any_, bindparam
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import sharing
from hub.db.fixed import Fixed, Row
from hub.db.sharing import Asking
from hub.db.tables.base import Instant
from hub.law.reg17_disclosure import Purpose
from hub.law.vocabulary import OrganisationKind

Ask: TypeAlias = Callable[..., Awaitable[list[Row]]]


def prepared(build: Callable[[Asking], Select[Any]]) -> Ask:
    """What asks the question that `build` makes a statement of: `await ask(connection, asking, ids=[...])`.

    `build` is given an `Asking` that holds parameters in place of the body, the day and the instant, and names its own
    with `bindparam`; it may branch on the kind of body and the purpose alone.
    """

    @cache
    def statement(kind: OrganisationKind, purpose: Purpose, at_an_instant: bool) -> Fixed:
        return Fixed(build(_anyone(kind, purpose, at_an_instant=at_an_instant)))

    async def ask(connection: AsyncConnection, asking: Asking, **values: Any) -> list[Row]:
        asked = statement(asking.kind, asking.purpose, asking.now is not None)
        return await asked.run(connection, who(asking) | values)

    return ask


def may_see(table: Table, asking: Asking) -> ColumnElement[bool]:
    """The guard of a table, made once for a kind of caller: for statements that are built anew each time. They are run
    with `who(asking)` beside their own values.
    """
    return _may_see(table, asking.kind, asking.purpose, asking.now is not None)


@cache
def _may_see(table: Table, kind: OrganisationKind, purpose: Purpose, at_an_instant: bool) -> ColumnElement[bool]:
    return sharing.may_see(table, _anyone(kind, purpose, at_an_instant=at_an_instant))


def _anyone(kind: OrganisationKind, purpose: Purpose, *, at_an_instant: bool) -> Asking:
    """Whoever of this kind asks for this purpose: who it is, and when, are parameters."""
    now = bindparam("asking_now", type_=Instant) if at_an_instant else None
    return Asking(bindparam("asking_body", type_=Uuid()), kind, purpose, bindparam("asking_today", type_=Date()), now)


def who(asking: Asking) -> dict[str, Any]:
    """The values of those parameters."""
    return {"asking_body": asking.organisation, "asking_today": asking.today, "asking_now": asking.now}


def among(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Whether the column holds one of the ids of the parameter with this name."""
    return column == any_(bindparam(name, type_=ARRAY(Uuid)))

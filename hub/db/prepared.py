"""Questions that are asked often: their statements are built once for a kind of caller, and run with each one's values.

To build the guard's conditions anew takes longer than PostgreSQL takes to answer with them.
"""

from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any, TypeAlias

from sqlalchemy import ARRAY, ColumnElement, Date, Select, Uuid, any_, bindparam
from sqlalchemy.ext.asyncio import AsyncConnection

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
        body = bindparam("asking_body", type_=Uuid())
        today = bindparam("asking_today", type_=Date())
        now = bindparam("asking_now", type_=Instant) if at_an_instant else None
        return Fixed(build(Asking(body, kind, purpose, today, now)))

    async def ask(connection: AsyncConnection, asking: Asking, **values: Any) -> list[Row]:
        who = {"asking_body": asking.organisation, "asking_today": asking.today, "asking_now": asking.now}
        asked = statement(asking.kind, asking.purpose, asking.now is not None)
        return await asked.run(connection, who | values)

    return ask


def among(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Whether the column holds one of the ids of the parameter with this name."""
    return column == any_(bindparam(name, type_=ARRAY(Uuid)))

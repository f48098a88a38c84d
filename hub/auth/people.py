"""The people who sign in at the hub's own server, outside production: each works for one body, in one role."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.auth.roles import Role, role
from hub.db import tables


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works for a body. `title` is the name of the role."""

    username: str
    name: str
    organisation: UUID
    title: str

    @property
    def role(self) -> Role:
        return role(self.title)


def people_query() -> Select[Any]:
    """People, for `person_from`."""
    return select(tables.person).order_by(tables.person.c.name, tables.person.c.username)


def person_from(row: Row[Any]) -> Person:
    """A row of `people_query` as a value."""
    return Person(row.username, row.name, row.organisation_id, row.role)


async def find(connection: AsyncConnection, username: str) -> Person | None:
    """The person with this user name."""
    row = (await connection.execute(people_query().where(tables.person.c.username == username))).one_or_none()
    return None if row is None else person_from(row)

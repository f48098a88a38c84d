"""How the items of budgets go from a version of a plan to the one that continues it."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import tables
from hub.db.budgets import KeptBudget, KeptItem
from hub.law.vocabulary import SectionCode

_ITEM, _PROVISION, _AGREEMENT = tables.budget_item, tables.provision, tables.provision_agreement


@dataclass(frozen=True, slots=True)
class Continued:
    """Provision of a version, as the version that is to count has it."""

    id: UUID
    section: SectionCode


async def continued_in(connection: AsyncConnection, owner_id: UUID, plan_id: UUID) -> Mapping[UUID, Continued]:
    """What the provision in a version continues: by the id that it had in the version before, or has in this one."""
    mine = (_PROVISION.c.owner_id == owner_id, _PROVISION.c.plan_id == plan_id)
    found = select(_PROVISION.c.id, _PROVISION.c.section, _PROVISION.c.continues_id).where(*mine)
    by_id: dict[UUID, Continued] = {}
    for row in await connection.execute(found):
        now = Continued(row.id, row.section)
        by_id[row.id] = now
        if row.continues_id is not None:
            by_id[row.continues_id] = now
    return by_id


async def continues(connection: AsyncConnection, owner_id: UUID, plan_id: UUID) -> Mapping[UUID, Continued]:
    """What the provision in a version that is dropped goes back to: by its id, what it was made from."""
    before = _PROVISION.alias()
    of_before = (before.c.owner_id == _PROVISION.c.owner_id) & (before.c.id == _PROVISION.c.continues_id)
    mine = (_PROVISION.c.owner_id == owner_id, _PROVISION.c.plan_id == plan_id)
    found = select(_PROVISION.c.id, before.c.id.label("before"), before.c.section).join(before, of_before)
    rows = await connection.execute(found.where(*mine))
    return {row.id: Continued(row.before, row.section) for row in rows}


async def buys_now(connection: AsyncConnection, item: KeptItem, provision_id: UUID) -> None:
    """The item buys the provision of another version, with its funder's agreement to that."""
    owner = item.budget.about.owner_id
    answered = (
        _AGREEMENT.c.owner_id == owner,
        _AGREEMENT.c.provision_id == provision_id,
        _AGREEMENT.c.commissioner_id.in_(select(func.in_the_place_of(item.funder_id))),
    )
    agreement_id = await connection.scalar(select(_AGREEMENT.c.id).where(*answered))
    mine = (_ITEM.c.owner_id == owner, _ITEM.c.id == item.id)
    await connection.execute(update(_ITEM).where(*mine).values(provision_id=provision_id, agreement_id=agreement_id))


async def of_plan_now(connection: AsyncConnection, budget: KeptBudget, plan_id: UUID) -> None:
    """The budget is of this version."""
    table = tables.personal_budget
    mine = (table.c.owner_id == budget.about.owner_id, table.c.id == budget.about.id)
    await connection.execute(update(table).where(*mine).values(plan_id=plan_id))

"""Writing what a draft is to say over what it says, row by row: what goes, what changes, what is new."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any
from uuid import UUID

from sqlalchemy import Table, delete, insert, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import tables
from hub.db.plan_rows import Agreement, Provision, RecordedPlan, Written

_SECTION, _NEED, _OUTCOME = tables.plan_section, tables.need, tables.outcome
_PROVISION, _LINK, _AGREEMENT = tables.provision, tables.provision_outcome, tables.provision_agreement


async def rewrite(
    connection: AsyncConnection, recorded: RecordedPlan, before: Written, after: Written, **ids: Any
) -> None:
    """Make the rows of a draft say what `after` says. `ids`: `new_id`, which gives each new row its own."""
    new_id = ids["new_id"]
    for code, text in after.sections.items():
        if before.sections.get(code) != text:
            statement = upsert(_SECTION).values(**recorded.key, id=new_id(), code=code, text=text)
            await connection.execute(
                statement.on_conflict_do_update(index_elements=["owner_id", "plan_id", "code"], set_={"text": text})
            )
    await _take_out(connection, recorded, before, after)
    await _put(connection, _NEED, recorded, before.needs, after.needs)
    await _put(connection, _OUTCOME, recorded, before.outcomes, after.outcomes)
    await _put(connection, _PROVISION, recorded, before.provision, after.provision)
    earlier = {each.id: each for each in before.provision}
    for each in after.provision:
        if each != earlier.get(each.id):
            await _link(connection, recorded, each)


async def _take_out(connection: AsyncConnection, recorded: RecordedPlan, before: Written, after: Written) -> None:
    owner = recorded.owner_id
    gone = {each.id for each in before.provision} - {each.id for each in after.provision}
    if gone:
        for table in (_LINK, _AGREEMENT):
            await connection.execute(delete(table).where(table.c.owner_id == owner, table.c.provision_id.in_(gone)))
        await _forget(connection, tables.advised_provision, "provision_id", owner, gone)
        await connection.execute(delete(_PROVISION).where(_PROVISION.c.owner_id == owner, _PROVISION.c.id.in_(gone)))
    outcomes = {each.id for each in before.outcomes} - {each.id for each in after.outcomes}
    if outcomes:
        await connection.execute(delete(_LINK).where(_LINK.c.owner_id == owner, _LINK.c.outcome_id.in_(outcomes)))
        await connection.execute(delete(_OUTCOME).where(_OUTCOME.c.owner_id == owner, _OUTCOME.c.id.in_(outcomes)))
    needs = {each.id for each in before.needs} - {each.id for each in after.needs}
    if needs:
        await _forget(connection, tables.advised_need, "need_id", owner, needs)
        await _forget(connection, _PROVISION, "need_id", owner, needs)
        await connection.execute(delete(_NEED).where(_NEED.c.owner_id == owner, _NEED.c.id.in_(needs)))


async def _forget(connection: AsyncConnection, table: Table, column: str, owner: UUID, ids: set[UUID]) -> None:
    await connection.execute(
        update(table).where(table.c.owner_id == owner, table.c[column].in_(ids)).values({column: None})
    )


async def _put(
    connection: AsyncConnection, table: Table, recorded: RecordedPlan, before: Sequence[Any], after: Sequence[Any]
) -> None:
    """Insert the rows that are new, and update those that have changed."""
    earlier = {each.id: each for each in before}
    for each in after:
        values = {one.name: getattr(each, one.name) for one in fields(each) if one.name in table.c}
        if each.id not in earlier:
            await connection.execute(insert(table).values(**recorded.key, **values))
        elif each != earlier[each.id]:
            mine = (table.c.owner_id == recorded.owner_id, table.c.id == each.id)
            await connection.execute(update(table).where(*mine).values(**values))


async def _link(connection: AsyncConnection, recorded: RecordedPlan, provision: Provision) -> None:
    """The outcomes that the provision serves, and the answers about it, as they now are."""
    mine = {"owner_id": recorded.owner_id, "provision_id": provision.id}
    linked = (_LINK.c.owner_id == recorded.owner_id, _LINK.c.provision_id == provision.id)
    await connection.execute(delete(_LINK).where(*linked))
    links = [mine | {"outcome_id": outcome} for outcome in sorted(provision.outcome_ids)]
    if links:
        await connection.execute(insert(_LINK), links)
    kept = [each.id for each in provision.agreements]
    gone = (_AGREEMENT.c.owner_id == recorded.owner_id, _AGREEMENT.c.provision_id == provision.id)
    await connection.execute(delete(_AGREEMENT).where(*gone, _AGREEMENT.c.id.not_in(kept)))
    for each in provision.agreements:
        answer = {name: getattr(each, name) for name in Agreement.__slots__}
        statement = upsert(_AGREEMENT).values(**mine, child_id=recorded.child_id, **answer)
        await connection.execute(statement.on_conflict_do_update(index_elements=["owner_id", "id"], set_=answer))


async def set_agreement(connection: AsyncConnection, owner_id: UUID, agreement: Agreement) -> None:
    values = {name: getattr(agreement, name) for name in Agreement.__slots__ if name != "id"}
    mine = (_AGREEMENT.c.owner_id == owner_id, _AGREEMENT.c.id == agreement.id)
    await connection.execute(update(_AGREEMENT).where(*mine).values(**values))


async def trace(
    connection: AsyncConnection, owner_id: UUID, *, needs: Mapping[UUID, UUID], provision: Mapping[UUID, UUID]
) -> None:
    """Note which need or provision in the plan was made from which that was advised."""
    for table, column, made in (
        (tables.advised_need, "need_id", needs),
        (tables.advised_provision, "provision_id", provision),
    ):
        for advised, row_id in made.items():
            await connection.execute(
                update(table).where(table.c.owner_id == owner_id, table.c.id == advised).values({column: row_id})
            )


async def replace_changes(
    connection: AsyncConnection, recorded: RecordedPlan, changes: Sequence[Mapping[str, Any]], **ids: Any
) -> None:
    """Say anew how the version differs from the one before."""
    table = tables.plan_change
    await connection.execute(delete(table).where(table.c.owner_id == recorded.owner_id, table.c.plan_id == recorded.id))
    rows = [
        recorded.key | {"id": ids["new_id"](), "ordinal": place} | dict(each) for place, each in enumerate(changes, 1)
    ]
    if rows:
        await connection.execute(insert(table), rows)

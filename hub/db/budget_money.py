"""The money of personal budgets: what is due on which days, what was paid and spent, and the weeks of term."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import tables
from hub.db.budgets import KeptItem, key_of, pence_of
from hub.db.duty_rows import About
from hub.law.budget_money import Amount, Due, SchoolYear, Standing, in_pounds
from hub.law.budget_payments import Account

_ITEM, _DUE, _PAYMENT, _SPENDING = tables.budget_item, tables.amount_due, tables.payment, tables.spending


async def put_dues(
    connection: AsyncConnection,
    item: KeptItem,
    *,
    part: UUID | None = None,
    indicative: Sequence[Due] | None = None,
    agreed: Sequence[Due] | None = None,
    new_id: Any,
) -> None:
    """The schedule of a part of an item, one row a day: of a direct payment, or (None) of what is paid otherwise. Days
    on which nothing is agreed any more stay, without an agreed amount."""
    mine = _of_part(_DUE, item, part)
    for name, dues in (("indicative_amount", indicative), ("agreed_amount", agreed)):
        if dues is None:
            continue
        await connection.execute(update(_DUE).where(mine).values({name: None}))
        rows = [
            {
                **key_of(item.budget.about),
                "id": new_id(),
                "personal_budget_id": item.budget.about.id,
                "budget_item_id": item.id,
                "direct_payment_id": part,
                "kind": item.kind,
                "funder_id": item.funder_id,
                "due_on": due.on,
                name: in_pounds(due.amount),
            }
            for due in dues
            if due.amount
        ]
        if rows:
            statement = upsert(_DUE).values(rows)
            await connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["owner_id", "budget_item_id", "direct_payment_id", "due_on"],
                    set_={name: statement.excluded[name]},
                )
            )


async def account_of(connection: AsyncConnection, item: KeptItem, part: UUID | None = None) -> Account:
    """The agreed schedule of a part of an item, and what was paid and spent under it."""

    async def dues(table: Table, day: str, amount: str) -> tuple[Due, ...]:
        of_it = _of_part(table, item, part)
        found = select(table.c[day], table.c[amount]).where(of_it, table.c[amount].is_not(None)).order_by(table.c[day])
        return tuple(Due(row[0], pence_of(row[1])) for row in await connection.execute(found))

    return Account(
        item.status,
        await dues(_DUE, "due_on", "agreed_amount"),
        await dues(_PAYMENT, "paid_on", "amount"),
        await dues(_SPENDING, "spent_on", "amount"),
    )


async def amounts(connection: AsyncConnection, about: About) -> list[Amount]:
    """Everything in a budget that is added up."""
    mine = (_DUE.c.owner_id == about.owner_id) & (_DUE.c.personal_budget_id == about.id)
    found: list[Amount] = []
    for row in (await connection.execute(select(_DUE).where(mine))).mappings():
        for standing, name in ((Standing.INDICATIVE, "indicative_amount"), (Standing.AGREED, "agreed_amount")):
            if row[name] is not None:
                found.append(Amount(row["kind"], row["funder_id"], row["due_on"], standing, pence_of(row[name])))
    of_item = (_ITEM.c.owner_id == _PAYMENT.c.owner_id) & (_ITEM.c.id == _PAYMENT.c.budget_item_id)
    paid = (
        select(_PAYMENT.c.kind, _PAYMENT.c.funder_id, _PAYMENT.c.paid_on, _PAYMENT.c.amount)
        .join(_ITEM, of_item)
        .where(_ITEM.c.owner_id == about.owner_id, _ITEM.c.personal_budget_id == about.id)
    )
    return found + [
        Amount(row.kind, row.funder_id, row.paid_on, Standing.PAID, pence_of(row.amount))
        for row in await connection.execute(paid)
    ]


async def insert_payment(
    connection: AsyncConnection, item: KeptItem, part: UUID | None, payment_id: UUID, paid: Due
) -> None:
    row = _under(item, part, payment_id, paid)
    await connection.execute(insert(_PAYMENT).values(**row, funder_id=item.funder_id, paid_on=paid.on))


async def insert_spending(
    connection: AsyncConnection, item: KeptItem, part: UUID | None, spending_id: UUID, spent: Due
) -> None:
    await connection.execute(insert(_SPENDING).values(**_under(item, part, spending_id, spent), spent_on=spent.on))


async def school_years(connection: AsyncConnection, authority_id: UUID) -> list[SchoolYear]:
    """The weeks and terms of the authority's school years."""
    year = tables.school_year
    rows = await connection.execute(select(year.c.weeks, year.c.terms).where(year.c.authority_id == authority_id))
    return [SchoolYear(frozenset(row.weeks), frozenset(row.terms)) for row in rows]


async def put_school_year(
    connection: AsyncConnection, year_id: UUID, authority_id: UUID, name: str, year: SchoolYear
) -> UUID:
    """Set a school year, in the place of what was set for it before; its id."""
    days = {"weeks": sorted(year.weeks), "terms": sorted(year.terms)}
    statement = upsert(tables.school_year).values(id=year_id, authority_id=authority_id, name=name, **days)
    kept = await connection.execute(
        statement.on_conflict_do_update(index_elements=["authority_id", "name"], set_=days).returning(
            tables.school_year.c.id
        )
    )
    return kept.scalar_one()


def _of_part(table: Table, item: KeptItem, part: UUID | None) -> ColumnElement[bool]:
    mine = (table.c.owner_id == item.budget.about.owner_id) & (table.c.budget_item_id == item.id)
    return mine & table.c.direct_payment_id.is_not_distinct_from(part)


def _under(item: KeptItem, part: UUID | None, row_id: UUID, moved: Due) -> dict[str, Any]:
    about = item.budget.about
    return {
        **key_of(about),
        "id": row_id,
        "budget_item_id": item.id,
        "direct_payment_id": part,
        "kind": item.kind,
        "amount": in_pounds(moved.amount),
    }

"""Personal budgets and direct payments (CFA 2014 s. 49, SEN (Personal Budgets) Regs 2014)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from sqlalchemy import (
    Column,
    ColumnElement,
    FromClause,
    Interval,
    Select,
    Text,
    Uuid,
    and_,
    cast,
    func,
    literal_column,
    null,
    select,
    union_all,
)

from hub.db import tables
from hub.db.sharing import Sight
from hub.db.sharing_parts import BUDGET_PARTS
from hub.db.tables.base import Pounds
from hub.law.reg17_disclosure import Part
from hub.law.reg64_decision_makers import Decider, DecidesBecause
from hub.law.vocabulary import BudgetKind, BudgetStatus
from schema.budget_item import BudgetItem
from schema.direct_payment import DirectPayment
from schema.encoding import constant
from schema.fields import column, counted, figure, figures, many, node_id, one, row_of, withheld
from schema.history import Event, history_of
from schema.node import Node
from schema.organisation import Organisation
from schema.scalars import Money
from schema.withholding import Withheld

if TYPE_CHECKING:
    from schema.duty import Duty
    from schema.notice import Notice
    from schema.plan import Plan
    from schema.review import Review

_BUDGET = tables.personal_budget.c


def _financial_year(day: ColumnElement[date]) -> ColumnElement[str]:
    """Such as 2026-27, from 1 April: three months before a day in it is in the first year, nine months after in the
    second. The twin of `hub.law.budget_money.financial_year`."""
    before, after = literal_column("interval '3 months'", Interval), literal_column("interval '9 months'", Interval)
    first, second = func.to_char(day - before, constant("YYYY")), func.to_char(day + after, constant("YY"))
    return func.concat(first, constant("-"), second)


def _totals(budget: FromClause, sight: Sight) -> Select[Any]:
    """What is due on each day, and below it what was paid: added up as `hub.law.budget_money.totals` does."""

    def here(row: FromClause) -> ColumnElement[bool]:
        return and_(
            row.c.owner_id == budget.c.owner_id,
            row.c.child_id == budget.c.child_id,
            row.c.personal_budget_id == budget.c.id,
        )

    nothing = cast(null(), Pounds)
    due = sight.rows(tables.amount_due)
    of_dues = due.select(
        due.row.c.kind.label("kind"),
        due.row.c.funder_id.label("funder_id"),
        _financial_year(due.row.c.due_on).label("financial_year"),
        due.row.c.indicative_amount.label("indicative"),
        due.row.c.agreed_amount.label("agreed"),
        nothing.label("paid"),
    ).where(here(due.row))
    item, payment = sight.rows(tables.budget_item), sight.rows(tables.payment)
    of_item = and_(
        payment.row.c.owner_id == item.row.c.owner_id,
        payment.row.c.child_id == item.row.c.child_id,
        payment.row.c.budget_item_id == item.row.c.id,
    )
    of_payments = (
        select(
            item.row.c.kind,
            payment.row.c.funder_id,
            _financial_year(payment.row.c.paid_on),
            nothing,
            nothing,
            payment.row.c.amount,
        )
        .select_from(item.row.join(payment.row, of_item))
        .where(here(item.row), item.condition, payment.condition)
        .correlate(budget)
    )
    amounts = union_all(of_dues, of_payments).subquery()
    key = (amounts.c.financial_year, amounts.c.kind, amounts.c.funder_id)
    sums = [func.sum(amounts.c[name]).label(name) for name in ("indicative", "agreed", "paid")]
    return select(*key, *sums).group_by(*key).order_by(*key)


@figures(scope="budget.read")
class BudgetTotal:
    """The sums of a personal budget for one kind, funder and financial year: what falls due in the year, by the days on
    which it does, and what was paid in it. Indicative, agreed and paid are never mixed.
    """

    kind: BudgetKind = figure("kind", Text(), "Education, health or social care.")
    funder: Organisation | None = one("Organisation", Column("funder_id", Uuid()), "Who pays.")
    financial_year: str = figure("financial_year", Text(), "The financial year, such as 2026-27.")
    indicative: Money | None = figure(
        "indicative", Pounds, "What was indicated for days in the year, in pounds; absent: nothing."
    )
    agreed: Money | None = figure("agreed", Pounds, "What is agreed for days in the year, in pounds; absent: nothing.")
    paid: Money | None = figure("paid", Pounds, "What was paid in the year, in pounds; absent: nothing.")


@row_of(tables.personal_budget, scope="budget.read", part=Part.EXISTENCE)
class PersonalBudget(Node):
    """An amount that the authority has identified to secure particular provision in the plan, with a view to the parent
    or young person being involved in securing it (CFA 2014 s. 49(2)).
    """

    id: strawberry.ID = node_id(_BUDGET.id, "PersonalBudget")
    plan: Annotated[Plan, strawberry.lazy("schema.plan")] | None = one(
        "Plan", _BUDGET.plan_id, "The plan it belongs to."
    )
    status: BudgetStatus = column(_BUDGET.status, "Where it stands.")
    requested_on: date | None = column(_BUDGET.requested_on, "When it was asked for.")
    requested_by: str | None = column(
        _BUDGET.requested_by, "Who asked, as the parent or the young person (CFA 2014 s. 49(1)); never a name."
    )
    direct_payments_requested: bool = column(
        _BUDGET.direct_payments_requested,
        "Whether direct payments were asked for: without that none is made (PB Regs 2014 regs 4, 6(1)).",
    )
    whole_indicative: Money | None = column(
        _BUDGET.whole_indicative,
        "What all items together were indicated at, all years, in pounds. Open to the authority, and to a "
        "commissioning body where the arrangement opens the budget as a whole.",
        part=Part.BUDGET_TOTAL,
    )
    whole_agreed: Money | None = column(
        _BUDGET.whole_agreed,
        "What is agreed of all items together, all years, in pounds. Open as `wholeIndicative` is.",
        part=Part.BUDGET_TOTAL,
    )
    whole_paid: Money | None = column(
        _BUDGET.whole_paid, "What was paid in all, in pounds. Open as `wholeIndicative` is.", part=Part.BUDGET_TOTAL
    )
    section_j_behind: bool = column(
        _BUDGET.section_j_behind,
        "Whether section J of the final plan does not yet say what direct payments are made: a final plan does not "
        "change, and is to be amended.",
    )
    decider: Decider | None = column(
        _BUDGET.decider, "Who asked, or in whose place, where the family did (SEND Regs 2014 regs 63, 64)."
    )
    decides_because: DecidesBecause | None = column(
        _BUDGET.decides_because,
        "Why it was that person's to ask: the age, and the capacity (SEND Regs 2014 regs 63, 64).",
    )
    items: list[BudgetItem] | None = many(
        "BudgetItem",
        "personal_budget_id",
        "Who pays what for which provision, as far as it is open to you.",
        order=("kind", "id"),
        parts=BUDGET_PARTS.values(),
    )
    totals: list[BudgetTotal] | None = counted(
        "BudgetTotal",
        _totals,
        "What the items and the payments that are open to you add up to.",
        parts=BUDGET_PARTS.values(),
    )
    payments: list[DirectPayment] | None = many(
        "DirectPayment",
        "personal_budget_id",
        "The direct payments in it. Those for health care provision are open to the commissioning body too.",
        order=("kind", "id"),
        parts=BUDGET_PARTS.values(),
    )
    reviews: list[Annotated[Review, strawberry.lazy("schema.review")]] | None = many(
        "Review",
        "plan_id",
        "Reviews of the plan it belongs to.",
        order=("-meeting_on", "id"),
        parts=[Part.REVIEW],
        local="plan_id",
    )
    notices: list[Annotated[Notice, strawberry.lazy("schema.notice")]] | None = many(
        "Notice",
        "about_id",
        "The notices given about it, earliest first (PB Regs 2014 regs 7, 8, 12 to 14).",
        order=("given_on", "id"),
        parts=[Part.NOTICES],
    )
    duties: list[Annotated[Duty, strawberry.lazy("schema.duty")]] | None = many(
        "Duty", "about_id", "The clocks about this budget.", order=("due_on", "id"), parts=[Part.DUTIES]
    )
    history: list[Event] | None = history_of()
    withheld: list[Withheld] = withheld()

"""The totals of a personal budget are what the law adds up."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from hub.db import tables
from hub.law.budget_money import Amount, Due, Standing, in_pounds, reconcile, totals
from hub.law.vocabulary import (
    BudgetKind,
    PaymentMechanism,
    PaymentPeriod,
)
from tests.conftest import NOW
from tests.contract.scene import Scene, scene
from tests.contract.test_graphql_story import Ask, ask

__all__ = ["ask", "scene"]  # fixtures


TOTALS = """{ personalBudgets { nodes { totals { kind funder { name } financialYear indicative agreed paid }
  items { id reconciliation { due paid spent owed unspent overspent } } withheld { fields } } } }"""
EDGES = (date(2026, 3, 31), date(2026, 4, 1), date(2026, 12, 31), date(2027, 1, 1), date(2027, 3, 31))
"""Days on both sides of the beginning of a financial year, and of today."""


async def _money(scene: Scene) -> None:
    (budget,) = await scene.rows(tables.personal_budget)
    of_it = {"personal_budget_id": budget["id"]}
    world = scene.world
    for kind, funder, indicative, agreed in (
        (BudgetKind.EDUCATION, world.authority, "40.00", "55.50"),
        (BudgetKind.EDUCATION, world.authority, "900.00", None),
        (BudgetKind.HEALTH, world.board, "10.00", "12.25"),
    ):
        item = await scene.add(
            tables.budget_item,
            **of_it,
            kind=kind,
            funder_id=funder,
            financial_year="2026-27",
            per=PaymentPeriod.MONTH,
            mechanism=PaymentMechanism.ARRANGEMENT,
        )
        for day in EDGES:
            amounts = {"indicative_amount": Decimal(indicative), "agreed_amount": agreed and Decimal(agreed)}
            under = {"budget_item_id": item, "kind": kind}
            await scene.add(tables.amount_due, **of_it, **under, funder_id=funder, due_on=day, **amounts)
            if agreed is not None:
                await scene.add(tables.payment, **under, funder_id=funder, paid_on=day, amount=Decimal("1.10"))
                await scene.add(tables.spending, **under, spent_on=day, amount=Decimal("2.30"))


async def _amounts(scene: Scene) -> list[Amount]:
    """Everything that is added up, from the rows."""
    found: list[Amount] = []
    for due in await scene.rows(tables.amount_due):
        for standing, name in ((Standing.INDICATIVE, "indicative_amount"), (Standing.AGREED, "agreed_amount")):
            if due[name] is not None:
                found.append(Amount(due["kind"], due["funder_id"], due["due_on"], standing, int(due[name] * 100)))
    return found + [
        Amount(paid["kind"], paid["funder_id"], paid["paid_on"], Standing.PAID, int(paid["amount"] * 100))
        for paid in await scene.rows(tables.payment)
    ]


async def _expected_totals(scene: Scene) -> list[dict[str, Any]]:
    """As the law adds them up."""
    names = {each["id"]: each["name"] for each in await scene.rows(tables.organisation)}
    return [
        {
            "kind": each.kind.value,
            "funder": {"name": names[each.funder]},
            "financialYear": each.financial_year,
            "indicative": f"{in_pounds(each.indicative)}" if each.indicative else None,
            "agreed": f"{in_pounds(each.agreed)}" if each.agreed else None,
            "paid": f"{in_pounds(each.paid)}" if each.paid else None,
        }
        for each in totals(await _amounts(scene))
    ]


async def test_the_totals_of_a_budget_are_what_the_law_adds_up(ask: Ask, scene: Scene) -> None:
    """The statement and `hub.law.budget_money` come to the same, to the penny."""
    await _money(scene)
    answer = await ask(scene.world.authority, TOTALS)
    assert "errors" not in answer
    (budget,) = answer["data"]["personalBudgets"]["nodes"]
    expected = await _expected_totals(scene)
    assert len(expected) == 4
    assert budget["totals"] == expected
    this_year = expected[2]
    assert (this_year["indicative"], this_year["agreed"], this_year["paid"]) == ("3760.00", "222.00", "4.40")
    for each in budget["items"]:
        row = UUID(hex=each["id"].rpartition("_")[2])
        due = [one for one in await scene.rows(tables.amount_due) if one["budget_item_id"] == row]
        paid = [one for one in await scene.rows(tables.payment) if one["budget_item_id"] == row]
        spent = [one for one in await scene.rows(tables.spending) if one["budget_item_id"] == row]
        found = reconcile(
            [Due(one["due_on"], int((one["agreed_amount"] or 0) * 100)) for one in due],
            [Due(one["paid_on"], int(one["amount"] * 100)) for one in paid],
            [Due(one["spent_on"], int(one["amount"] * 100)) for one in spent],
            by=NOW.date(),
        )
        names = ("due", "paid", "spent", "owed", "unspent", "overspent")
        assert each["reconciliation"] == [{name: f"{in_pounds(getattr(found, name))}" for name in names}]


async def test_a_commissioner_adds_up_what_is_open_to_it(ask: Ask, scene: Scene) -> None:
    await _money(scene)
    (budget,) = (await ask(scene.world.board, TOTALS))["data"]["personalBudgets"]["nodes"]
    assert budget["totals"] == [each for each in await _expected_totals(scene) if each["kind"] == "HEALTH"]
    assert "totals" in {field for each in budget["withheld"] for field in each["fields"]}
    assert (await ask(scene.world.other_board, TOTALS))["data"]["personalBudgets"]["nodes"] == []

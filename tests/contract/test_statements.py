"""A funder's statement: what matches is recorded, and what does not waits with the rule it breaks."""

import asyncio
import os
import subprocess
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import insert, select, update

from adapters.la_statement.reading import read_statement
from hub.actions.statements import StatementReport, import_statement
from hub.actions.transaction import Transactions
from hub.db import tables
from hub.errors import Kind, Problem
from hub.law.s49_personal_budget import ItemStatus
from hub.law.vocabulary import BudgetKind, PaymentMechanism
from schema.answer import Request
from schema.execution import Execution
from schema.ids import to_global
from tests.conftest import NOW
from tests.running import HUB
from tests.world import ALL_SCOPES, World

SCOPES = ALL_SCOPES | {"budget.write"}


@pytest.fixture
async def items(transactions: Transactions, world: World, new_id: Callable[[], UUID]) -> dict[BudgetKind, str]:
    """The amounts in the world's budget, arranged and agreed: a hundred pounds due on the first of two months."""
    async with transactions.begin(None) as tx:
        rows = (await tx.connection.execute(select(tables.budget_item))).mappings().all()
        await tx.connection.execute(update(tables.budget_item).values(mechanism=PaymentMechanism.ARRANGEMENT))
        for row in rows:
            for month in (10, 11):
                await tx.connection.execute(
                    insert(tables.amount_due).values(
                        owner_id=row["owner_id"],
                        id=new_id(),
                        child_id=row["child_id"],
                        personal_budget_id=row["personal_budget_id"],
                        budget_item_id=row["id"],
                        kind=row["kind"],
                        funder_id=row["funder_id"],
                        due_on=date(2026, month, 1),
                        agreed_amount=Decimal("100.00"),
                    )
                )
    return {row["kind"]: to_global("BudgetItem", row["id"]) for row in rows}


async def _imported(transactions: Transactions, world: World, body: UUID, *lines: str) -> StatementReport:
    content = "\n".join(["item,date,paid,spent", *lines]).encode()
    async with transactions.begin(world.caller(body, scopes=SCOPES)) as tx:
        return await import_statement(tx, lines=read_statement(content), content=content)


async def test_what_matches_is_recorded_and_the_rest_waits_with_its_rule(
    transactions: Transactions, world: World, items: dict[BudgetKind, str]
) -> None:
    mine, boards = items[BudgetKind.EDUCATION], items[BudgetKind.HEALTH]
    nobodys = to_global("BudgetItem", UUID(int=7))
    lines = (
        f"{mine},2026-10-01,60.00,",
        f"{mine},2026-10-15,,75.50",
        f"{mine},2026-10-20,40.01,",
        f"{mine},2026-11-02,140.00,",
        f"{nobodys},2026-10-01,10.00,",
        f"{boards},2026-10-01,10.00,",
        f"{mine},2026-10-01,1.005,",
        f"{mine},2026-10-01,-5.00,",
        f"{mine},2026-12-01,1.00,",
        f"{mine},2026-10-01,1.00,1.00",
        f"{mine},1 October,1.00,",
        f"{mine},2026-10-01,1.00,,12-34-56 12345678",
        "a child,2026-10-01,1.00,",
        f"{mine},2026-09-01,,1.00",
        f"{mine},2026-10-01,some,",
    )
    report = await _imported(transactions, world, world.authority, *lines)
    assert report.recorded == 3
    assert dict(report.aside) == {
        4: "more-than-due",
        6: "matches-nothing",
        7: "not-the-funder",
        8: "amount-not-exact",
        9: "amount-not-positive",
        10: "in-the-future",
        11: "paid-or-spent",
        12: "date-malformed",
        13: "line-cells",
        14: "item-malformed",
        15: "nothing-paid",
        16: "amount-malformed",
    }
    assert "3 lines recorded, 12 kept aside" in report.as_text()
    async with transactions.begin(None) as tx:
        paid = (await tx.connection.execute(select(tables.payment.c.amount))).scalars().all()
        aside = (await tx.connection.execute(select(tables.quarantined_item))).mappings().all()
        budget = (await tx.connection.execute(select(tables.personal_budget))).mappings().one()
    assert sorted(paid) == [Decimal("60.00"), Decimal("140.00")]
    assert budget["whole_paid"] == Decimal("200.00")
    assert not any(b"12345678" in row["content"] for row in aside)
    assert {row["problems"][0]["rule"] for row in aside} == set(dict(report.aside).values())
    again = await _imported(transactions, world, world.authority, *lines)
    assert (again.repeated, again.recorded) == (True, 0)
    assert "nothing changed" in again.as_text()


async def test_the_command_records_what_matches_and_says_what_waits(
    world: World, items: dict[BudgetKind, str], owner_url: str, tmp_path: Path, transactions: Transactions
) -> None:
    """`hub import statement`: good, unmatched, wrong and broken lines; the same file again changes nothing."""
    mine, file = items[BudgetKind.EDUCATION], tmp_path / "statement.csv"
    lines = (
        "item,date,paid,spent",
        f"{mine},2026-10-01,60.00,",
        f"{mine},2026-10-02,40.01,",
        f"{mine},2026-10-03,,12.30",
    )
    lines = (*lines, f"{to_global('BudgetItem', UUID(int=7))},2026-10-01,10.00,", f"{mine},2026-10-01,1.005,", "x,,,")
    file.write_text("\n".join([*lines, lines[2]]))
    environment = dict(os.environ) | {"HUB_DATABASE_URL": owner_url, "HUB_DATA_DIR": str(tmp_path / "data")}

    async def imported() -> subprocess.CompletedProcess[str]:
        arguments = [str(HUB), "import", "statement", str(file), "--body", "990"]
        run = partial(subprocess.run, arguments, env=environment, capture_output=True, text=True, check=False)
        return await asyncio.to_thread(run)

    done = await imported()
    assert done.returncode == 3, done.stderr
    assert "2 lines recorded, 5 kept aside" in done.stdout
    for line, rule in ((3, "more-than-due"), (5, "matches-nothing"), (6, "amount-not-exact"), (8, "more-than-due")):
        assert f"line {line}: {rule}" in done.stdout
    again = await imported()
    assert (again.returncode, "nothing changed" in again.stdout) == (0, True)
    file.write_text("sort code,account\n")
    refused = await imported()
    assert (refused.returncode, refused.stderr) == (
        3,
        "hub: a statement has the columns item, date, paid, spent, and no others\n",
    )
    asked = "{ quarantine(first: 9) { totalCount nodes { place problems { rule } sender { laCode } } } }"
    execution = Execution(transactions, clock=lambda: NOW, new_id=transactions.new_id)
    caller = world.caller(world.authority, scopes=SCOPES)
    answer = await execution.execute(Request(asked, None, {}, None), caller)
    assert answer["data"]["quarantine"]["totalCount"] == 5
    assert {each["sender"]["laCode"] for each in answer["data"]["quarantine"]["nodes"]} == {"990"}


async def test_nothing_is_paid_of_what_is_not_agreed(
    transactions: Transactions, world: World, items: dict[BudgetKind, str]
) -> None:
    async with transactions.begin(None) as tx:
        await tx.connection.execute(update(tables.budget_item).values(status=ItemStatus.DECLINED))
    line = f"{items[BudgetKind.HEALTH]},2026-10-01,10.00,"
    assert dict((await _imported(transactions, world, world.board, line)).aside) == {2: "not-agreed"}


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"item,date,paid,spent,account\n", "statement-columns"),
        (b"sort code,account number,amount\n", "statement-columns"),
        (b"", "statement-columns"),
        (b"\xff\xfe", "not-csv"),
        (b'item,date,paid,spent\n"', "not-csv"),
        (b"item,date,paid,spent\n" + b"a\n" * 100_001, "statement-too-long"),
    ],
)
def test_a_file_with_other_columns_is_refused_whole(content: bytes, rule: str) -> None:
    """Where particulars of bank accounts would be, nothing is read."""
    with pytest.raises(Problem) as raised:
        read_statement(content)
    assert (raised.value.kind, raised.value.rule) == (Kind.INVALID, rule)

"""An amount in a personal budget is divided among direct payments and a rest, and each part is paid by itself."""

from dataclasses import replace

from sqlalchemy import select

from adapters.la_statement.reading import read_statement
from hub.actions import quarantine
from hub.actions.quarantine import Mending
from hub.actions.statements import import_statement
from hub.db import tables
from hub.settings import Settings
from hub.ways_in import ways_in
from tests.contract.followed_budget import SCOPES, Followed, agreed_of, followed

__all__ = ["followed"]


async def test_the_parts_of_an_amount_are_paid_each_by_itself(followed: Followed) -> None:
    """A hundred pounds: two direct payments of 60 and 15, and 25 that are arranged. No part is paid out of another."""
    (other,) = [each["id"] for each in (await followed.items())[0]["directPayments"] if each["share"] == "15.00"]
    teaching = {"item": followed.teaching, "on": "2026-12-01"}
    direct = {"directPayment": followed.direct, "on": "2026-12-01"}
    assert await followed.refused("recordPayment", direct | {"amount": "60.01"}) == "more-than-due"
    assert await followed.refused("recordPayment", teaching | {"amount": "25.01"}) == "more-than-due"
    waits = {"directPayment": other, "on": "2026-12-01", "amount": "1.00"}
    assert await followed.refused("recordPayment", waits) == "not-in-payment"
    await followed.done("recordPayment", teaching | {"amount": "25.00"})
    await followed.done("recordPayment", direct | {"amount": "60.00"})
    await followed.done("recordSpending", direct | {"amount": "60.00"})
    assert await followed.refused("recordSpending", waits) == "nothing-paid"
    refused = {"directPayment": other, "on": "2026-12-01", "reasons": "It would close the group for the others."}
    await followed.done("refuseDirectPayment", refused)
    item, _ = await followed.items()
    assert {each for _, each in agreed_of(item, other)} == {None}
    assert {each for _, each in agreed_of(item, None)} == {"25.00"}
    stop = {"directPayment": followed.direct, "change": "STOPPED", "on": "2026-12-01", "effectiveOn": "2026-12-15"}
    stop |= {"reasons": "It was not kept to.", "stopGround": "CONDITIONS_BROKEN"}
    assert await followed.refused("changeDirectPayment", stop | {"stopGround": "PLAN_CEASED"}) == "follows-the-plan"
    assert await followed.refused("changeDirectPayment", stop | {"stopGround": "YOUNG_PERSON_SILENT"}) == (
        "young-person-not-asked"
    )
    await followed.done("changeDirectPayment", stop)
    item, _ = await followed.items()
    assert item["status"] == "AGREED"
    back = {"directPayment": followed.direct, "change": "REPAYMENT", "on": "2026-12-01", "repayBy": "2027-01-31"}
    back |= {"amount": "0.01", "repaymentGround": "NOT_USED_FOR_PROVISION", "reasons": "Not spent on it."}
    assert await followed.refused("changeDirectPayment", back) == "already-spent"


async def test_a_line_of_a_statement_names_a_direct_payment(followed: Followed) -> None:
    """Its own part is paid of it and no other; a line that waits is mended by a person of the funder, and paid once."""
    funder = replace(followed.world.caller(followed.world.authority, scopes=SCOPES | {"record.import"}), person="b")
    lines = (
        f"{followed.direct},2026-12-01,60.00,",
        f"{followed.direct},2026-12-01,,41.50",
        f"{followed.boards},2026-12-01,1,",
    )
    content = "\n".join(["item,date,paid,spent", *lines, f"{followed.teaching},2026-12-01,25.01,"]).encode()
    async with followed.transactions.begin(funder) as tx:
        report = await import_statement(tx, lines=read_statement(content), content=content)
    assert (report.recorded, dict(report.aside)) == (2, {4: "not-the-funder", 5: "more-than-due"})
    async with followed.transactions.begin(None) as tx:
        waits = (await tx.connection.execute(select(tables.quarantined_item))).mappings().all()
    (too_much,) = [each["id"] for each in waits if each["problems"][0]["rule"] == "more-than-due"]
    mended = Mending(content=f"{followed.teaching},2026-12-01,25.00,".encode())
    ways = ways_in(Settings())
    async with followed.transactions.begin(funder) as tx:
        await quarantine.mend(tx, too_much, mended, version=1, why="typed wrongly", ways=ways)
    for _ in range(2):
        async with followed.transactions.begin(funder) as tx:
            assert (await quarantine.replay(tx, too_much, ways=ways)).applied
    item, _ = await followed.items()
    assert sorted(each["amount"] for each in item["paid"]) == ["25.00", "60.00"]

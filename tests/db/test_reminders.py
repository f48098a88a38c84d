"""Reminders of what is owed: each once, whichever worker comes first, however often and however late."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, select

from hub import jobs
from hub.actions import cooperation
from hub.actions.reminders import Days, remind
from hub.actions.transaction import Transactions
from hub.db import tables
from hub.law.duties import DutyBasis, DutyRule
from hub.law.reg8_time_limit import Part3Function
from hub.settings import SettingError, days_in
from hub.worker import make_queue
from schema.answer import Request
from schema.execution import Execution
from schema.ids import to_global
from tests.conftest import NOW
from tests.world import World

FOR_HOLDER = ("duty_reminder", "duty_due_today", "cooperation_request_not_received")


def _after(transactions: Transactions, days: int) -> Transactions:
    """The same database, so many days later."""
    return Transactions(transactions.database, clock=lambda: NOW + timedelta(days=days), new_id=transactions.new_id)


async def _remind(transactions: Transactions, days: int) -> list[tuple[str, Any]]:
    """What is told so many days later, by two workers at once: (kind, days)."""

    async def work() -> int:
        async with _after(transactions, days).begin(None) as tx:
            return await remind(tx)

    counts = await asyncio.gather(work(), work())
    async with transactions.begin(None) as tx:
        events = select(tables.event).where(tables.event.c.recorded_at == NOW + timedelta(days=days))
        found = [each for each in (await tx.connection.execute(events)).mappings() if each["kind"] in FOR_HOLDER]
    assert len(found) == sum(counts)
    return sorted((each["kind"], each["facts"]["days"]) for each in found)


async def _ask(transactions: Transactions, world: World) -> UUID:
    async with transactions.begin(world.caller(world.authority)) as tx:
        return await cooperation.request_cooperation(
            tx,
            child_id=world.child,
            addressed_to=world.trust,
            function=Part3Function.EHC_NEEDS_ASSESSMENT,
            asked="advice",
        )


async def test_a_request_is_reminded_of_until_it_is_received_and_then_before_its_last_day(
    transactions: Transactions, world: World
) -> None:
    """It stands in both trays, waiting, and no clock runs; then six weeks do (reg. 8(1)). Of days without a worker the
    latest reminder alone is told; on the day after the last one there is none."""
    request_id = await _ask(transactions, world)
    assert await _remind(transactions, 6) == []
    assert await _remind(transactions, 7) == [("cooperation_request_not_received", 7)]
    assert await _remind(transactions, 8) == []
    assert await _remind(transactions, 20) == [("cooperation_request_not_received", 20)]
    execution = Execution(_after(transactions, 20), clock=lambda: NOW, new_id=transactions.new_id)
    tray = Request("{ duties(first: 9) { nodes { rule state } } }", None, {}, None)
    for body in (world.authority, world.trust):
        seen = await execution.execute(tray, world.caller(body))
        waiting = {"rule": "COMPLY_WITH_ADVICE_REQUEST", "state": "WAITING_TO_START"}
        assert waiting in seen["data"]["duties"]["nodes"]
    async with _after(transactions, 21).begin(world.caller(world.trust)) as tx:
        await cooperation.acknowledge(tx, request_id=request_id)
    due = 21 + 42
    assert await _remind(transactions, due - 8) == []
    assert await _remind(transactions, due - 7) == [("duty_reminder", 7)]
    assert await _remind(transactions, due - 3) == []
    assert await _remind(transactions, due - 1) == [("duty_reminder", 1)]
    assert await _remind(transactions, due) == [("duty_due_today", 0)]
    assert await _remind(transactions, due + 1) == []
    history = Request(
        "query($id: ID!) { node(id: $id) { ... on CooperationRequest { history { kind organisation { id } } } } }",
        None,
        {"id": to_global("CooperationRequest", request_id)},
        None,
    )
    for body in (world.authority, world.trust):
        seen = await execution.execute(history, world.caller(body))
        told = [each["kind"] for each in seen["data"]["node"]["history"] if each["organisation"] is None]
        assert sorted(told) == sorted(
            ["cooperation_request_not_received"] * 2 + ["duty_reminder"] * 2 + ["duty_due_today"]
        )


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, [("duty_reminder", 7)]),
        ({"met_on": NOW.date()}, []),
        ({"ended_on": NOW.date()}, []),
        ({"excused": True}, []),
        ({"rule": DutyRule.LEAVE_TIME_TO_RESPOND_TO_DRAFT}, []),
        ({"rule": DutyRule.CERTIFY_MEDIATION_ENDED, "holder_id": None}, [("duty_reminder", 7)]),
        ({"due_on": None}, []),
    ],
)
async def test_what_is_open_is_reminded_of_to_its_holder(
    transactions: Transactions, world: World, changed: dict[str, Any], told: list[tuple[str, int]]
) -> None:
    """What was met, fell away or was excused is not, nor time by which nobody is late. Another last day begins anew."""
    due = NOW.date() + timedelta(days=7)
    owed = {
        "owner_id": world.authority,
        "id": UUID(int=1),
        "child_id": world.child,
        "rule": DutyRule.FINALISE_PLAN,
        "provision": "SEND Regs 2014 reg. 13(2)",
        "holder_id": world.authority,
        "basis": DutyBasis.STATUTORY,
        "started_on": date(2026, 7, 1),
        "due_on": due,
        "about_type": "Plan",
        "about_id": world.plan,
    }
    async with transactions.begin(None) as tx:
        await tx.connection.execute(insert(tables.duty), [owed | changed])
        assert await remind(tx, Days((), ())) == 0
    assert await _remind(transactions, 0) == told
    if not told:
        return
    async with transactions.begin(None) as tx:
        event = (await tx.connection.execute(select(tables.event))).mappings().one()
        holder = None if "holder_id" in changed else str(world.authority)
        assert (event["about_type"], event["about_id"], event["facts"]["holder"]) == ("Duty", UUID(int=1), holder)
        await tx.connection.execute(tables.duty.update().values(due_on=due + timedelta(days=1)))
    assert await _remind(transactions, 1) == told


async def test_the_worker_reminds_with_the_days_of_its_settings(
    transactions: Transactions, world: World, database_url: str
) -> None:
    await _ask(transactions, world)
    later = _after(transactions, 3)
    async with transactions.begin(None) as tx:
        await tx.enqueue(jobs.Job(jobs.REMIND_OF_DUTIES))
        await tx.enqueue(jobs.Job(jobs.REMIND_OF_DUTIES))
    queue = make_queue(database_url, later, reminders=Days((), days_in("3, 5", "HUB_X")))
    async with queue.open_async():
        await queue.run_worker_async(wait=False, install_signal_handlers=False)
    async with transactions.begin(None) as tx:
        kinds = list((await tx.connection.execute(select(tables.event.c.kind))).scalars())
    assert kinds.count("cooperation_request_not_received") == 1


@pytest.mark.parametrize("text", ["soon", "7,-1", "400", "1;2"])
def test_days_that_cannot_be_read_are_named(text: str) -> None:
    with pytest.raises(SettingError, match="HUB_REMIND_DAYS_BEFORE must be"):
        days_in(text, "HUB_REMIND_DAYS_BEFORE")

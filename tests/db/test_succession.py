"""A commissioning body takes the place of another: asked for over GraphQL, carried out by the worker, done once."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.engine import make_url

from hub.actions import succession
from hub.actions.transaction import Transactions
from hub.db import tables
from hub.law.duties import DutyBasis, DutyRule
from hub.law.vocabulary import (
    AgreementStatus,
    BudgetKind,
    DisputeKind,
    DisputeStatus,
    OrganisationKind,
    PlanStatus,
    ResponsibilityKind,
    SectionCode,
    Sex,
    Source,
)
from hub.worker import make_queue
from schema.answer import Request
from schema.execution import Execution
from schema.ids import to_global
from tests.conftest import NOW
from tests.world import ALL_SCOPES, World

CHILDREN = 7
ON = date(2026, 11, 22)
PROGRESS = """succession { from childrenTotal childrenDone dutiesDone requestsDone finishedAt requestedBy { odsCode }
    successor { odsCode } predecessor { odsCode } }"""
SUCCEED = f"""mutation($input: SucceedBodyInput!) {{ done: succeedBody(input: $input) {{
    organisation {{ id {PROGRESS} }} refusals {{ rule }} }} }}"""
SEEN = (
    f"query($id: ID!) {{ node(id: $id) {{ ... on Organisation {{ inForceTo successor {{ odsCode }} {PROGRESS} }} }} }}"
)


class Merger:
    """A board with more children, what it owes and was asked for them, and who may have another take its place."""

    def __init__(self, transactions: Transactions, world: World, nhs_england: UUID) -> None:
        self.transactions, self.world, self._nhs_england = transactions, world, nhs_england
        self._execution = Execution(transactions, clock=lambda: NOW, new_id=transactions.new_id)

    async def ask(self, body: UUID, document: str, **variables: Any) -> Any:
        scopes = ALL_SCOPES | {"hub.admin"}
        if body == self._nhs_england:
            board = self.world.caller(self.world.board, scopes=scopes)
            caller = replace(
                board, organisation=body, organisation_kind=OrganisationKind.NHS_ENGLAND, organisation_code="X24"
            )
        else:
            caller = self.world.caller(body, scopes=scopes)
        return await self._execution.execute(Request(document, None, variables, None), caller)

    async def succeed(self, **changed: Any) -> Any:
        body = changed.pop("by", self._nhs_england)
        given = {
            "body": to_global("Organisation", self.world.board),
            "successor": to_global("Organisation", self.world.other_board),
            "from": ON.isoformat(),
        } | changed
        return (await self.ask(body, SUCCEED, input=given))["data"]["done"]

    async def progress(self, body: UUID) -> Any:
        answer = await self.ask(self.world.authority, SEEN, id=to_global("Organisation", body))
        return answer["data"]["node"]

    async def rows(self, name: str, **equal: Any) -> list[Mapping[str, Any]]:
        table = tables.metadata.tables[name]
        which = (table.c[column] == value for column, value in equal.items())
        async with self.transactions.begin(None) as tx:
            found = await tx.connection.execute(select(table).where(*which).order_by(*table.primary_key.columns))
            return [dict(row) for row in found.mappings()]


@pytest.fixture
async def merger(transactions: Transactions, world: World, new_id: Callable[[], UUID]) -> Merger:
    nhs_england = new_id()
    async with transactions.begin(None) as tx:
        await tx.connection.execute(
            insert(tables.organisation).values(
                id=nhs_england, name="NHS England", kind=OrganisationKind.NHS_ENGLAND, ods_code="X24"
            )
        )
        for number in range(1, CHILDREN):
            await _add_child(tx.connection, world, number, new_id)
        await _owe(tx.connection, world, world.child, new_id)
    return Merger(transactions, world, nhs_england)


async def _add_child(connection: Any, world: World, number: int, new_id: Callable[[], UUID]) -> None:
    """Half of them are another authority's."""
    owner, child = (world.authority, world.other_authority)[number % 2], new_id()
    await connection.execute(
        insert(tables.child).values(
            owner_id=owner,
            id=child,
            family_name="Testchild",
            given_names=[str(number)],
            date_of_birth=date(2018, 1, number),
            sex=Sex.MALE,
            source=Source.RECORDED,
            updated_at=NOW,
        )
    )
    for provision in (None, "speech therapy"):  # two ways in which it answers for one child
        await connection.execute(
            insert(tables.responsibility).values(
                owner_id=owner,
                id=new_id(),
                child_id=child,
                body_id=world.board,
                kind=ResponsibilityKind.COMMISSIONER,
                for_provision=provision,
                reason="registered with a practice in its area",
                starts_on=date(2026, 4, 1) if provision is None else ON,
            )
        )
    await _duty(connection, owner, child, world.board, new_id)


async def _duty(
    connection: Any, owner: UUID, child: UUID, holder: UUID, new_id: Callable[[], UUID], **changed: Any
) -> None:
    values = {
        "owner_id": owner,
        "id": new_id(),
        "child_id": child,
        "rule": DutyRule.NOTIFY_COMMISSIONER_OF_CHANGE,
        "provision": "SEND Regs 2014 reg. 16(2)",
        "holder_id": holder,
        "basis": DutyBasis.STATUTORY,
        "started_on": date(2026, 11, 16),
        "due_on": date(2026, 12, 4),
        "about_type": "Child",
        "about_id": child,
    } | changed
    await connection.execute(insert(tables.duty).values(**values))


async def _owe(connection: Any, world: World, child: UUID, new_id: Callable[[], UUID]) -> None:
    """What is open about the first child: a duty that both boards have, one that was met, a draft with agreements asked
    for and decided, and a dispute."""
    mine = {"owner_id": world.authority, "child_id": child}
    for holder, met_on in ((world.board, None), (world.other_board, None), (world.board, date(2026, 11, 18))):
        about = {"about_id": world.assessment} if met_on else {}
        await _duty(connection, world.authority, child, holder, new_id, met_on=met_on, **about)
    plan = mine | {"id": new_id(), "status": PlanStatus.DRAFT, "version": 2, "source": Source.RECORDED}
    plan |= {"supersedes_id": world.plan, "drafted_on": date(2026, 11, 1)}
    await connection.execute(insert(tables.plan).values(**plan))
    for ordinal, status in enumerate((AgreementStatus.ASKED, AgreementStatus.DECLINED), 1):
        provision = mine | {"id": new_id(), "plan_id": plan["id"], "section": SectionCode.G, "ordinal": ordinal}
        provision |= {"description": "therapy", "commissioner_id": world.board}
        await connection.execute(insert(tables.provision).values(**provision))
        agreement = mine | {"id": new_id(), "provision_id": provision["id"], "commissioner_id": world.board}
        agreement |= {"status": status, "asked_on": date(2026, 11, 2)}
        await connection.execute(insert(tables.provision_agreement).values(**agreement))
    dispute = mine | {"id": new_id(), "kind": DisputeKind.BETWEEN_PARTNERS, "about_type": "Plan"}
    dispute |= {"about_id": world.plan, "parties": [world.authority, world.board], "raised_on": date(2026, 11, 2)}
    await connection.execute(insert(tables.dispute).values(**dispute, status=DisputeStatus.ESCALATED))


async def test_only_nhs_england_has_a_board_succeeded_and_not_twice_by_different_boards(merger: Merger) -> None:
    """NHS Act 2006 s. 14Z25, CFA 2014 s. 26(8): refused with its rule, and nothing is asked for."""
    world = merger.world

    async def refused(**changed: Any) -> str:
        return str((await merger.succeed(**changed))["refusals"][0]["rule"])

    assert await refused(by=world.board) == await refused(by=world.authority) == "not-nhs-england"
    assert await refused(successor=to_global("Organisation", world.trust)) == "wrong-kind-of-body"
    assert await refused(successor=to_global("Organisation", world.board)) == "wrong-kind-of-body"
    assert await refused(**{"from": "2026-11-23"}) == "in-the-future"
    assert await merger.rows("succession") == await merger.rows("event") == []
    asked = await merger.succeed()
    assert asked["refusals"] == []
    assert asked["organisation"]["succession"]["childrenTotal"] is None
    assert (await merger.succeed())["organisation"] == asked["organisation"]
    assert await refused(**{"from": "2026-11-21"}) == "succeeded-already"
    back = {"body": to_global("Organisation", world.other_board), "successor": to_global("Organisation", world.board)}
    assert await refused(**back) == "successor-not-in-force"
    assert [row["kind"] for row in await merger.rows("event")] == ["succession_requested"]
    async with merger.transactions.begin(None) as tx:
        waiting = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'succeed_body'"
        assert await tx.connection.scalar(text(waiting)) == 1


async def test_the_worker_carries_it_out_and_everything_open_is_the_successors(
    merger: Merger, database_url: str, owner_url: str
) -> None:
    """The successor answers from its first day, owes and is asked what was open; what was decided or met stays."""
    world = merger.world
    final = await merger.rows("provision", plan_id=world.plan)
    await merger.succeed()
    queue = make_queue(database_url, merger.transactions)
    async with queue.open_async():
        await queue.run_worker_async(wait=False, install_signal_handlers=False)
    seen = await merger.progress(world.board)
    assert (seen["inForceTo"], seen["successor"]) == ("2026-11-21", {"odsCode": "QX2"})
    finished = seen["succession"].pop("finishedAt")
    assert datetime.fromisoformat(finished) == NOW
    assert seen["succession"] == {
        "from": "2026-11-22",
        "childrenTotal": CHILDREN,
        "childrenDone": CHILDREN,
        "dutiesDone": CHILDREN - 1,
        "requestsDone": 0,
        "requestedBy": {"odsCode": "X24"},
        "successor": {"odsCode": "QX2"},
        "predecessor": {"odsCode": "QX1"},
    }
    old = await merger.rows("responsibility", body_id=world.board)
    new = await merger.rows("responsibility", body_id=world.other_board)
    assert {row["ends_on"] for row in old} == {date(2026, 11, 21)}
    assert len(old) == CHILDREN
    assert [row["ends_on"] for row in new] == [None] * (2 * CHILDREN - 1)
    assert {row["starts_on"] for row in new} == {ON}
    duties = await merger.rows("duty", child_id=world.child)
    assert {(row["holder_id"], row["met_on"], row["ended_on"]) for row in duties} == {
        (world.other_board, None, None),
        (world.board, None, ON),
        (world.board, date(2026, 11, 18), None),
    }
    assert await merger.rows("provision", plan_id=world.plan) == final
    agreements = await merger.rows("provision_agreement", child_id=world.child)
    assert {(row["status"].value, row["commissioner_id"]) for row in agreements} == {
        ("AGREED", world.board),
        ("ASKED", world.other_board),
        ("DECLINED", world.board),
    }
    (dispute,) = await merger.rows("dispute")
    assert dispute["parties"] == [world.authority, world.other_board]
    assert len(await merger.rows("event", kind="body_succeeded")) == CHILDREN + 1
    assert _access(owner_url, refilled=False) == _access(owner_url, refilled=True)


async def test_budgets_and_arrangements_go_over_and_consents_are_asked_for_again(
    merger: Merger, new_id: Callable[[], UUID]
) -> None:
    """What falls due from the first day is the successor's, and what the old board agreed to stands; who paid is who
    paid. It stands in the old one's place in arrangements. Consent names whom it is for, and is asked for again."""
    world, mine = merger.world, {"owner_id": merger.world.authority, "child_id": merger.world.child}
    (item,) = await merger.rows("budget_item", kind=BudgetKind.HEALTH)
    arrangement, opened = new_id(), [world.trust, world.board]
    under = mine | {"budget_item_id": item["id"], "kind": BudgetKind.HEALTH, "funder_id": world.board}
    days = (date(2026, 11, 21), ON, date(2026, 12, 22))
    async with merger.transactions.begin(None) as tx:
        for day in days:
            due = under | {"id": new_id(), "personal_budget_id": item["personal_budget_id"], "due_on": day}
            await tx.connection.execute(insert(tables.amount_due).values(**due, agreed_amount=Decimal(10)))
        paid = under | {"id": new_id(), "paid_on": days[0], "amount": Decimal(4)}
        await tx.connection.execute(insert(tables.payment).values(**paid))
        made = {"id": arrangement, "authority_id": world.authority, "title": "Joint", "version": 1}
        await tx.connection.execute(insert(tables.arrangement).values(**made, in_force_from=date(2026, 1, 1)))
        for body in (world.authority, world.board):
            signed = {"id": new_id(), "arrangement_id": arrangement, "body_id": body, "role": "PARTY", "signed_at": NOW}
            await tx.connection.execute(insert(tables.arrangement_party).values(**signed))
        rule = {"id": new_id(), "arrangement_id": arrangement, "recipient_kinds": [], "recipients": opened}
        rule |= {"purposes": ["PERSONAL_BUDGET"], "parts": ["BUDGET_TOTAL"], "mode": "CONTENT", "ground": "s. 26(3)(d)"}
        await tx.connection.execute(insert(tables.sharing_rule).values(**rule, starts_on=date(2026, 1, 1)))
        consent = mine | {"id": new_id(), "given_by": "a parent", "capacity": "PARENT", "recipients": opened}
        consent |= {
            "capacity_basis": "CHILD_DOES_NOT_UNDERSTAND",
            "parts": ["SECTION_F"],
            "purposes": ["PERSONAL_BUDGET"],
        }
        await tx.connection.execute(insert(tables.consent).values(**consent, given_on=date(2026, 1, 1)))
    await merger.succeed()
    await succession.carry_out(merger.transactions, world.board)
    (now,) = await merger.rows("budget_item", id=item["id"])
    assert now == {**item, "funder_id": world.other_board}
    due_by = {row["due_on"]: row["funder_id"] for row in await merger.rows("amount_due", budget_item_id=item["id"])}
    assert due_by == dict(zip(days, (world.board, world.other_board, world.other_board), strict=True))
    (kept,) = await merger.rows("payment", budget_item_id=item["id"])
    assert kept["funder_id"] == world.board
    parties = await merger.rows("arrangement_party", arrangement_id=arrangement)
    assert {(row["body_id"], row["signed_at"]) for row in parties} == {(world.authority, NOW), (world.other_board, NOW)}
    (opens,) = await merger.rows("sharing_rule")
    assert sorted(opens["recipients"]) == sorted([world.trust, world.other_board])
    assert len(await merger.rows("event", kind="arrangement_succeeded")) == 1
    seen = "query($id: ID!) { child(id: $id) { consents { askAgain recipients { odsCode } } } }"
    answer = await merger.ask(world.authority, seen, id=to_global("Child", world.child))
    (consented,) = answer["data"]["child"]["consents"]
    assert consented == {"askAgain": True, "recipients": [{"odsCode": "RX1"}, {"odsCode": "QX1"}]}
    owed = "query($by: ID!) { amountsDue(first: 9, filter: {funder: $by, owed: true}) { nodes { dueOn } } }"
    answer = await merger.ask(world.other_board, owed, by=to_global("Organisation", world.other_board))
    assert [each["dueOn"] for each in answer["data"]["amountsDue"]["nodes"]] == ["2026-11-22", "2026-12-22"]


async def test_the_successor_acts_on_what_the_old_board_left(merger: Merger) -> None:
    """It agrees to what the old board declined, reports on and finds the provision of the final plan; an amendment
    says who commissions now. The old board does none of it any more."""
    world = merger.world
    await merger.succeed()
    await succession.carry_out(merger.transactions, world.board)
    (declined,) = await merger.rows("provision_agreement", status=AgreementStatus.DECLINED)
    agree = "mutation($id: ID!) { done: agreeProvision(input: {provision: $id}) { refusals { rule } } }"
    given = to_global("Provision", declined["provision_id"])
    assert (await merger.ask(world.board, agree, id=given))["errors"][0]["extensions"]["code"] == "NOT_FOUND"
    assert (await merger.ask(world.other_board, agree, id=given))["data"]["done"]["refusals"] == []
    (agreed,) = await merger.rows("provision_agreement", id=declined["id"])
    assert (agreed["status"], agreed["commissioner_id"]) == (AgreementStatus.AGREED, world.other_board)
    report = """mutation($id: ID!) { done: reportDelivery(input: {provision: $id, month: "2026-11-01",
        deliveredMinutes: 193}) { refusals { rule } } }"""
    delivered = await merger.ask(world.other_board, report, id=to_global("Provision", world.provision_g))
    assert delivered["data"]["done"]["refusals"] == []
    by = "query($by: ID!) { provisions(filter: {commissioner: $by}) { nodes { id } } }"
    found = await merger.ask(world.other_board, by, by=to_global("Organisation", world.other_board))
    assert to_global("Provision", world.provision_g) in {each["id"] for each in found["data"]["provisions"]["nodes"]}
    (draft,) = await merger.rows("plan", status=PlanStatus.DRAFT)
    amend = """mutation($drop: DropAmendmentInput!, $new: ProposeAmendmentInput!) {
        drop: dropAmendment(input: $drop) { refusals { rule } }
        new: proposeAmendment(input: $new) { plan { provisions { section commissioner { odsCode } agreements { status }
            } } refusals { rule } } }"""
    async with merger.transactions.begin(None) as tx:
        amended = update(tables.plan).where(tables.plan.c.id == world.plan)
        await tx.connection.execute(amended.values(status=PlanStatus.AMENDMENT_PROPOSED))
    drop = {"plan": to_global("Plan", draft["id"]), "on": "2026-11-22", "reasons": "Another is needed."}
    new = {"plan": to_global("Plan", world.plan), "reasons": "The child has moved on."}
    answer = (await merger.ask(world.authority, amend, drop=drop, new=new))["data"]
    assert answer["drop"]["refusals"] == answer["new"]["refusals"] == []
    (in_g,) = [each for each in answer["new"]["plan"]["provisions"] if each["section"] == "G"]
    assert (in_g["commissioner"], in_g["agreements"]) == ({"odsCode": "QX2"}, [{"status": "AGREED"}])


@pytest.mark.parametrize("steps_before", [0, 1, 4, CHILDREN])
async def test_a_crash_in_any_step_costs_that_step_alone(merger: Merger, owner_url: str, steps_before: int) -> None:
    """One child a step; the worker dies within a step, and another goes on: each child goes over once."""
    world = merger.world
    await merger.succeed()

    async def steps(count: int) -> None:
        for _ in range(count):
            async with merger.transactions.begin(None) as tx:
                await succession._step(tx, world.board, 1)  # pyright: ignore[reportPrivateUsage]  (a step alone, as a crash leaves it)

    async def cut_short() -> None:
        async with merger.transactions.begin(None) as tx:
            await succession._step(tx, world.board, 1)  # pyright: ignore[reportPrivateUsage]  (a step alone, as a crash leaves it)
            raise RuntimeError("power cut")

    await steps(steps_before)
    before = (await merger.progress(world.board))["succession"]
    with pytest.raises(RuntimeError, match="power cut"):
        await cut_short()
    assert (await merger.progress(world.board))["succession"] == before
    assert before["childrenDone"] == max(0, steps_before - 1)
    assert await succession.resume(merger.transactions) == 1
    assert await succession.resume(merger.transactions) == 0
    after = (await merger.progress(world.board))["succession"]
    assert (after["childrenDone"], after["dutiesDone"]) == (CHILDREN, CHILDREN - 1)
    assert len(await merger.rows("event", kind="body_succeeded")) == CHILDREN + 1
    new = await merger.rows("responsibility", body_id=world.other_board)
    assert len(new) == 2 * CHILDREN - 1
    assert _access(owner_url, refilled=False) == _access(owner_url, refilled=True)


async def test_no_child_is_given_to_a_board_that_is_being_abolished(merger: Merger) -> None:
    """From the first step on the old board is not in force, so that the last finds all of its children."""
    world = merger.world
    await merger.succeed()
    async with merger.transactions.begin(None) as tx:
        await succession._step(tx, world.board, 1)  # pyright: ignore[reportPrivateUsage]  (a step alone, as a crash leaves it)
    assign = """mutation($input: AssignResponsibilityInput!) { assignResponsibility(input: $input) {
        refusals { rule } } }"""
    given = {
        "child": to_global("Child", world.child),
        "body": to_global("Organisation", world.board),
        "kind": "COMMISSIONER",
        "ground": "COMMISSIONS_FOR_PERSONS_OF_ITS_AREA",
        "from": ON.isoformat(),
        "forProvision": "physiotherapy",
    }
    answer = await merger.ask(world.authority, assign, input=given)
    assert answer["errors"][0]["extensions"]["rule"] == "body-not-in-force"


def _access(owner_url: str, *, refilled: bool) -> list[Any]:
    """Who has access to which child, as the triggers kept it, or made anew of the rows that give it."""
    address = make_url(owner_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address) as owner:
        if refilled:
            owner.execute("SELECT refill_child_access()")
        rows = owner.execute("SELECT child_access::text FROM child_access ORDER BY 1").fetchall()
        owner.rollback()
    assert rows
    return rows

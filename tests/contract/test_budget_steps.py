"""No sequence of steps pays what was not agreed, or loses a penny between items and total: at random, on real rows."""

import random
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import accumulate
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from hub.db import tables
from hub.db.session import Database
from schema.ids import from_global, to_global
from tests.contract.followed_budget import Followed, followed
from tests.contract.test_plan_story import of

__all__ = ["followed"]
EARLY = ("pay", "spend", "change", "wait")
ANY = (*EARLY, "pay", "stop", "reconsider", "refuse", "decide", "propose", "propose", "amend", "wait")
STEPS = (*[EARLY] * 15, *[ANY] * 45)
WANTED = {"pay", "change", "stop", "reconsider", "decide", "propose", "amend"}
FURTHER = 120
NONE = Decimal(0)
TOTALS = "query($id: ID!) { node(id: $id) { ... on PersonalBudget { totals { indicative agreed paid } } } }"


class Walk:
    """Takes steps that nobody planned, each by a body that might, and looks at every row after each."""

    def __init__(self, told: Followed, database: Database, chance: random.Random) -> None:
        self.told, self.database, self.chance = told, database, chance
        self.taken: dict[str, int] = {}

    async def step(self, names: Sequence[str]) -> None:
        name = self.chance.choice(names)
        if await getattr(self, f"_{name}")():
            self.taken[name] = self.taken.get(name, 0) + 1

    async def rows(self, name: str) -> list[Any]:
        table = tables.metadata.tables[name]
        async with self.database.begin(None) as connection:
            mine = [table.c.child_id == self.told.world.child]
            if "personal_budget_id" in table.c:
                mine.append(table.c.personal_budget_id == from_global(self.told.budget)[1])
            return list((await connection.execute(select(table).where(*mine).order_by(table.c.id))).mappings().all())

    async def holds(self) -> None:
        """What was paid by any day under any part was due by it, of what was agreed; and all adds up."""
        items = {row["id"]: row for row in await self.rows("budget_item")}
        due, paid = await self.rows("amount_due"), await self.rows("payment")
        for part in {(row["budget_item_id"], row["direct_payment_id"]) for row in paid}:
            assert items[part[0]]["status"] in {"AGREED", "ENDED"}
            here = [row for row in (*due, *paid) if (row["budget_item_id"], row["direct_payment_id"]) == part]
            moved = sorted(
                (row["due_on"], 0, row["agreed_amount"] or NONE)
                if "due_on" in row
                else (row["paid_on"], 1, -row["amount"])
                for row in here
            )
            assert min(accumulate(each for _, _, each in moved)) >= 0, (part, moved)
        owed = [row for row in due if row["agreed_amount"] is not None]
        assert {items[row["budget_item_id"]]["status"] for row in owed} <= {"AGREED", "ENDED"}
        of_it = from_global(self.told.budget)[1]
        (budget,) = [row for row in await self.rows("personal_budget") if row["id"] == of_it]
        sums = (
            sum((row["indicative_amount"] or NONE for row in due), NONE),
            sum((row["agreed_amount"] or NONE for row in due), NONE),
            sum((row["amount"] for row in paid), NONE),
        )
        assert sums == (budget["whole_indicative"], budget["whole_agreed"], budget["whole_paid"])
        seen = (await self.told.ask(self.told.world.authority, TOTALS, {"id": self.told.budget}))["node"]["totals"]
        for standing, whole in zip(("indicative", "agreed", "paid"), sums, strict=True):
            assert sum((Decimal(each[standing] or 0) for each in seen), NONE) == whole
        for row in await self.rows("direct_payment"):
            assert row["amount"] is None or row["amount"] <= row["share"]

    async def _do(self, name: str, given: dict[str, Any], funder: UUID | None = None) -> bool:
        """Whether the law let it happen."""
        kind = f"{name[0].upper()}{name[1:]}Input!"
        document = f"mutation($given: {kind}) {{ done: {name}(input: $given) {{ refusals {{ rule }} }} }}"
        caller = self.told.world.board if funder == self.told.world.board else self.told.world.authority
        return not (await self.told.ask(caller, document, {"given": given}))["done"]["refusals"]

    async def _any(self, name: str, **equal: Any) -> Any:
        found = [row for row in await self.rows(name) if all(row[key] == value for key, value in equal.items())]
        return self.chance.choice(found) if found else None

    async def _funder(self, item_id: UUID) -> UUID:
        (item,) = [row for row in await self.rows("budget_item") if row["id"] == item_id]
        return item["funder_id"]

    @property
    def _today(self) -> str:
        return self.told.now.date().isoformat()

    async def _moved(self, mutation: str) -> bool:
        amount, days = self.chance.choice(("0.01", "5.00", "25.00", "60.00", "90.00")), self.chance.randrange(40)
        on = (self.told.now - timedelta(days=days)).date().isoformat()
        given = {"amount": amount, "on": on}
        if self.chance.random() < 0.6:
            direct = await self._any("direct_payment")
            given["directPayment"] = to_global("DirectPayment", direct["id"])
            return await self._do(mutation, given, await self._funder(direct["budget_item_id"]))
        item = await self._any("budget_item", mechanism="COMBINATION")
        return await self._do(mutation, given | {"item": to_global("BudgetItem", item["id"])}, item["funder_id"])

    async def _pay(self) -> bool:
        return await self._moved("recordPayment")

    async def _spend(self) -> bool:
        return await self._moved("recordSpending")

    async def _change(self) -> bool:
        direct = await self._any(
            "direct_payment", status=self.chance.choice(("PAYING", "PAYING", "REDUCED", "STOPPED"))
        )
        if direct is None:
            return False
        amount = Decimal(self.chance.choice((1, 10, 20, 40, 60, 61)))
        down = direct["amount"] is not None and amount < direct["amount"]
        later = (self.told.now + timedelta(days=self.chance.randrange(1, 60))).date().isoformat()
        given = {"directPayment": to_global("DirectPayment", direct["id"]), "on": self._today, "effectiveOn": later}
        given |= {"change": "REDUCED" if down else "INCREASED", "amount": str(amount), "reasons": "The rate changed."}
        if amount == direct["amount"]:
            return False
        return await self._do(
            "changeDirectPayment", given | {"sufficient": True}, await self._funder(direct["budget_item_id"])
        )

    async def _stop(self) -> bool:
        direct = await self._any("direct_payment")
        given = {"directPayment": to_global("DirectPayment", direct["id"]), "on": self._today, "change": "STOPPED"}
        given |= {"effectiveOn": self._today, "reasons": "It was not kept to.", "stopGround": "CONDITIONS_BROKEN"}
        return await self._do("changeDirectPayment", given, await self._funder(direct["budget_item_id"]))

    async def _reconsider(self) -> bool:
        decision = await self._any("direct_payment_decision", reconsidered_on=None)
        if decision is None or decision["decision"] == "INCREASED":
            return False
        (direct,) = [row for row in await self.rows("direct_payment") if row["id"] == decision["direct_payment_id"]]
        given = {
            "decision": to_global("DirectPaymentDecision", decision["id"]),
            "on": self._today,
            "outcome": "REVERSED",
        }
        return await self._do(
            "reconsiderDirectPayment", given | {"reasons": "It was."}, await self._funder(direct["budget_item_id"])
        )

    async def _refuse(self) -> bool:
        direct = await self._any("direct_payment", status="CONSIDERED")
        if direct is None:
            return False
        given = {"directPayment": to_global("DirectPayment", direct["id"]), "on": self._today}
        return await self._do(
            "refuseDirectPayment",
            given | {"reasons": "Others would lose."},
            await self._funder(direct["budget_item_id"]),
        )

    async def _decide(self) -> bool:
        item = await self._any("budget_item")
        given = {"item": to_global("BudgetItem", item["id"])}
        if self.chance.random() < 0.3:
            return await self._do("declineBudgetItem", given | {"reasons": "There is none."}, item["funder_id"])
        amount = {"amount": self.chance.choice(("33.33", "100.01"))} if self.chance.random() < 0.5 else {}
        return await self._do("agreeBudgetItem", given | amount, item["funder_id"])

    async def _propose(self) -> bool:
        plan = max(await self.rows("plan"), key=lambda row: row["version"])
        provision = await self._any("provision", plan_id=plan["id"], section="F")
        starts_on = (self.told.now - timedelta(days=self.chance.randrange(60))).date().isoformat()
        item = {"provision": to_global("Provision", provision["id"]), "funder": of(self.told.world, "authority")}
        item |= {"amount": "77.77", "startsOn": starts_on, "per": self.chance.choice(("WEEK", "MONTH", "YEAR"))}
        item |= {"mechanism": "COMBINATION", "endsOn": "2027-11-30"}
        shares = self.chance.choice(([], ["10.01"], ["33.33", "44.44"]))
        return await self._do(
            "proposeBudget", {"budget": self.told.budget, "items": [item | {"directPayments": shares}]}
        )

    async def _amend(self) -> bool:
        """An amendment is proposed, dropped or, after its fifteen days, final: the budget goes with it."""
        newest = max(await self.rows("plan"), key=lambda row: row["version"])
        plan = to_global("Plan", newest["id"])
        if newest["status"] == "FINAL":
            return await self._do("proposeAmendment", {"plan": plan, "reasons": "The review found progress."})
        if newest["status"] == "SERVED":
            return await self._do("finalisePlan", {"plan": plan, "on": self._today, "sectionI": "a school"})
        if self.chance.random() < 0.4:
            return await self._do("dropAmendment", {"plan": plan, "on": self._today, "reasons": "It serves as it is."})
        if newest["status"] == "SUPERSEDED":
            (stands,) = [row for row in await self.rows("plan") if row["status"] == "FINAL"]
            given = {"plan": to_global("Plan", stands["id"]), "reasons": "The review found progress."}
            return await self._do("proposeAmendment", given)
        return await self._do("servePlan", {"plan": plan, "on": self._today})

    async def _wait(self) -> bool:
        self.told.on((self.told.now + timedelta(days=self.chance.randrange(1, 20))).date().isoformat())
        return True


@pytest.mark.parametrize("seed", [20261128])
async def test_no_sequence_of_steps_pays_what_was_not_agreed_or_loses_a_penny(
    followed: Followed, database: Database, seed: int
) -> None:
    """CFA 2014 s. 49(2), PB Regs 2014 regs 8(1), 10, 12 to 14: whatever is paid, changed, stopped, reversed, refused,
    decided, proposed and amended in whatever order."""
    walk = Walk(followed, database, random.Random(seed))
    await walk.holds()
    for names in STEPS:
        await walk.step(names)
        await walk.holds()
    for _ in range(FURTHER):  # rows made in one instant come in any order, so one seed has many walks
        if missing := WANTED - walk.taken.keys():
            await walk.step((*missing, "propose", "amend", "wait"))
            await walk.holds()
    assert walk.taken.keys() >= WANTED, sorted(walk.taken.items())

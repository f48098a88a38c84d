"""The small world as a scene: it, and how to put rows into the record of its child."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, select

from hub.actions.transaction import Transactions
from hub.db import tables
from hub.law.duties import DutyBasis, DutyRule
from hub.law.reg8_time_limit import Part3Function
from hub.law.s31_cooperation import CooperationStatus
from tests.conftest import NOW
from tests.world import World

TODAY = NOW.date()
STRANGERS = ("other_trust", "other_authority", "other_board")


@dataclass(frozen=True)
class Scene:
    """The small world, and how to put rows into it."""

    world: World
    new_id: Callable[[], UUID]
    transactions: Transactions

    @property
    def mine(self) -> dict[str, UUID]:
        return {"owner_id": self.world.authority, "child_id": self.world.child}

    async def add(self, table: Any, **values: Any) -> UUID:
        """A row of a table; answers its id."""
        row_id = self.new_id()
        if table.info.get("childs_data"):
            values = self.mine | values
        async with self.transactions.begin(None) as tx:
            await tx.connection.execute(insert(table).values(id=row_id, **values))
        return row_id

    async def rows(self, table: Any) -> list[Any]:
        async with self.transactions.begin(None) as tx:
            return list((await tx.connection.execute(select(table))).mappings())

    async def request(self, status: CooperationStatus, *, days: float, to: UUID | None = None) -> UUID:
        return await self.add(
            tables.cooperation_request,
            function=Part3Function.EHC_NEEDS_ASSESSMENT,
            asked="Advice.",
            requested_by_id=self.world.authority,
            addressed_to_id=to or self.world.trust,
            status=status,
            sent_at=NOW - timedelta(days=days),
            updated_at=NOW,
        )

    async def duty(
        self,
        rule: DutyRule,
        *,
        due: int | None,
        met: int | None = None,
        about: tuple[str, UUID] | None = None,
        holder: UUID | None = None,
    ) -> None:
        about_type, about_id = about or ("Assessment", self.new_id())
        await self.add(
            tables.duty,
            rule=rule,
            provision="test",
            holder_id=holder or self.world.authority,
            basis=DutyBasis.STATUTORY,
            started_on=date(2026, 8, 1),
            due_on=None if due is None else TODAY + timedelta(days=due),
            met_on=None if met is None else TODAY + timedelta(days=met),
            about_type=about_type,
            about_id=about_id,
        )

    async def second_record(self) -> UUID:
        """Another record of the authority's that may be the same child's; the child's id in it."""
        record = {key: value for key, value in (await self.rows(tables.child))[0].items() if key not in {"id", "upn"}}
        async with self.transactions.begin(None) as tx:
            twin = self.new_id()
            values = record | {
                "id": twin,
                "owner_id": self.world.authority,
                "nhs_number": None,
                "given_names": ["Adah"],
            }
            await tx.connection.execute(insert(tables.child).values(values))
        return twin


@pytest.fixture
def scene(world: World, new_id: Callable[[], UUID], transactions: Transactions) -> Scene:
    return Scene(world, new_id, transactions)

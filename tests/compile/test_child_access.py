"""What gives a body access to a child's record, kept by triggers: what the second lock goes by."""

from datetime import date, timedelta
from typing import Any, LiteralString

import psycopg

from hub.actions import cooperation
from hub.actions.transaction import Transactions
from hub.law.reg8_time_limit import Part3Function
from tests.compile.rows import TODAY
from tests.compile.serving import GIVEN, serving
from tests.world import World


def test_access_is_what_the_rows_give(owner: psycopg.Connection[Any]) -> None:
    """The triggers have kept what a new beginning would make; and on any day it is what the statement above says."""
    rows = "SELECT child_access::text FROM child_access ORDER BY 1"
    kept = owner.execute(rows).fetchall()
    owner.execute("SELECT refill_child_access()")
    assert owner.execute(rows).fetchall() == kept
    for days in (-400, -30, 0, 30):
        day = TODAY + timedelta(days=days)
        held = owner.execute(
            "SELECT DISTINCT owner_id, child_id, body_id FROM child_access WHERE %s BETWEEN starts_on AND ends_on",
            [day],
        ).fetchall()
        given = owner.execute(GIVEN, {"day": day}).fetchall()
        assert set(held) == {each for each in given if each[0] != each[2]}
        assert held
    for change in _CHANGES:
        owner.execute("SAVEPOINT unchanged")
        changed = owner.execute(change)
        assert changed.rowcount > 0, change
        kept = owner.execute(rows).fetchall()
        owner.execute("SELECT refill_child_access()")
        assert owner.execute(rows).fetchall() == kept, change
        owner.execute("ROLLBACK TO SAVEPOINT unchanged")


_CHANGES: tuple[LiteralString, ...] = (
    "UPDATE cooperation_request SET updated_at = now()",
    "UPDATE cooperation_request SET status = 'WITHDRAWN'",
    "UPDATE cooperation_request SET status = 'SENT'",
    "UPDATE responsibility SET ends_on = starts_on + 3",
    "UPDATE responsibility SET body_id = owner_id",
    "UPDATE consent SET withdrawn_on = given_on + 1",
    "UPDATE disclosure_decision SET revoked_at = now()",
    "UPDATE plan SET transferred_to_id = NULL",
    "UPDATE broken_glass SET ends_at = opened_at + interval '1 day'",
)
"""Changes that give other access to children, and one that gives no other."""


async def test_a_request_opens_the_record_to_who_is_asked_until_it_is_withdrawn(
    transactions: Transactions, owner_url: str, world: World
) -> None:
    """Whichever action does it: the rows give the access."""

    def may_write() -> bool:
        row = "(%s, gen_random_uuid(), %s, 'MEDICAL', '2026-11-01', 'RECORDED')"
        add = f"INSERT INTO advice (owner_id, id, child_id, kind, given_on, source) VALUES {row}"
        with serving(owner_url, world.other_trust) as connection:
            try:
                connection.execute(add, [world.authority, world.child])
            except psycopg.errors.InsufficientPrivilege:
                return False
            return True

    assert not may_write()
    async with transactions.begin(world.caller(world.authority)) as tx:
        request_id = await cooperation.request_cooperation(
            tx,
            child_id=world.child,
            addressed_to=world.other_trust,
            function=Part3Function.EHC_NEEDS_ASSESSMENT,
            asked="Advice.",
        )
    assert may_write()
    async with transactions.begin(world.caller(world.authority)) as tx:
        await cooperation.withdraw(tx, request_id=request_id)
    assert not may_write()


def test_responsibility_opens_the_record_on_its_days(owner_url: str, world: World) -> None:
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("UPDATE responsibility SET ends_on = '2026-11-22' WHERE body_id = %s", [world.board])
    for day, seen in ((date(2026, 3, 31), 0), (date(2026, 4, 1), 1), (date(2026, 11, 22), 1), (date(2026, 11, 23), 0)):
        with serving(owner_url, world.board, day) as connection:
            assert connection.execute("SELECT count(*) FROM child").fetchone() == (seen,), day

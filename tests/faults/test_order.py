"""Fault 13: what comes out of order. The newest wins, by what it says of itself; the others are kept as they came."""

import hashlib
from itertools import permutations

import pytest

from hub.actions.transaction import Transactions
from tests.db.test_import_return import GOOD, do_import, make_bodies, rows

POSTCODES = {1: "ZZ99 1AB", 2: "ZZ99 2AB", 3: "ZZ99 3AB"}


def _version(number: int) -> str:
    """The return as it was exported on that day."""
    dated = GOOD.replace("<ReferenceDate>2026-01-15<", f"<ReferenceDate>2026-01-{14 + number}<")
    return dated.replace(POSTCODES[1], POSTCODES[number])


@pytest.mark.parametrize("order", list(permutations((1, 2, 3))), ids=str)
async def test_returns_come_in_any_order(transactions: Transactions, order: tuple[int, ...]) -> None:
    """The third before the second, and every other order: the record says what the third says, each file is kept as it
    came, and a version that came too late changed nothing.
    """
    await make_bodies(transactions)
    newest = 0
    for number in order:
        report = await do_import(transactions, _version(number))
        assert report.exit_status == 0
        newest = max(newest, number)
        (child,) = await rows(transactions, "SELECT postcode FROM child WHERE family_name = 'Bancroft'")
        assert child["postcode"] == POSTCODES[newest]
    kept = await rows(transactions, "SELECT sha256, content FROM source ORDER BY received_at")
    assert {each["sha256"] for each in kept} == {
        hashlib.sha256(_version(number).encode()).hexdigest() for number in order
    }
    changes = await rows(transactions, "SELECT id FROM event WHERE kind = 'child_changed_by_return'")
    rises = sum(number > max(order[:place]) for place, number in enumerate(order) if place)
    assert len(changes) == rises

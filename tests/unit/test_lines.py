"""Few statements run at once; who would wait long gets a further line, and records wait for no reads."""

import asyncio
from collections.abc import AsyncIterator
from typing import cast

import pytest

from hub.db.line import Line
from hub.db.lines import FEW, Lines
from hub.errors import Kind, Problem

MOST = FEW + 2


class FakeLine:
    """A line that says it is well until it is closed."""

    is_usable = True

    def close(self) -> None:
        self.is_usable = False

    def give_up_if_silent(self) -> None:
        """It is never silent."""


async def _opened(_: float) -> Line:
    return cast(Line, FakeLine())


@pytest.fixture
async def lines() -> AsyncIterator[Lines]:
    made = Lines(_opened, most=MOST, patience_s=5)
    yield made
    made.close()


async def _taken(lines: Lines, count: int = FEW) -> list[Line]:
    return [await lines.take(at_once=False) for _ in range(count)]


async def test_a_further_statement_waits_and_gets_the_line_that_was_given_back(lines: Lines) -> None:
    taken = await _taken(lines)
    waits = asyncio.create_task(lines.take(at_once=False))
    await asyncio.sleep(0)
    assert (lines.running, lines.under_way, waits.done()) == (FEW, FEW + 1, False)
    lines.give_back(taken[1])
    assert await waits is taken[1]
    assert lines.under_way == FEW


async def test_who_has_waited_for_long_gets_a_further_line_and_no_more_than_there_may_be(lines: Lines) -> None:
    taken = await _taken(lines)
    waiting = [asyncio.create_task(lines.take(at_once=False)) for _ in range(3)]
    first, second = [await each for each in waiting[:2]]
    assert len({id(each) for each in [*taken, first, second]}) == MOST
    assert not waiting[2].done()
    for each in (*taken, first):
        lines.give_back(each)
    assert await waiting[2] is taken[0]
    assert lines.running == 2


async def test_a_record_waits_for_no_reads(lines: Lines) -> None:
    await _taken(lines)
    read = asyncio.create_task(lines.take(at_once=False))
    await asyncio.sleep(0)
    await asyncio.wait_for(lines.take(at_once=True), 5)
    assert lines.running == FEW + 1
    await read


async def test_who_gives_up_when_its_turn_has_come_passes_it_on(lines: Lines) -> None:
    """Neither a line nor the right to open one is lost."""
    taken = await _taken(lines)
    first, second = (asyncio.create_task(lines.take(at_once=False)) for _ in range(2))
    await asyncio.sleep(0)
    lines.give_back(taken[0])
    first.cancel()
    assert await second is taken[0]
    assert first.cancelled()
    for each in taken:
        lines.give_back(each)
    assert lines.under_way == 0


async def test_a_line_that_cannot_be_opened_is_not_counted() -> None:
    async def refused(_: float) -> Line:
        raise ConnectionRefusedError

    lines = Lines(refused, most=1, patience_s=5)
    for _ in range(3):
        with pytest.raises(ConnectionRefusedError):
            await lines.take(at_once=False)
    assert lines.under_way == 0


async def test_a_queue_that_is_too_long_is_busy_and_so_is_everyone_in_it_at_the_end(lines: Lines) -> None:
    await _taken(lines)
    while lines.running < MOST:
        await lines.take(at_once=True)
    waiting = [asyncio.create_task(lines.take(at_once=False)) for _ in range(20 * MOST)]
    await asyncio.sleep(0)
    with pytest.raises(Problem) as refused:
        await lines.take(at_once=False)
    lines.close()
    told = await asyncio.gather(*waiting, return_exceptions=True)
    assert {each.kind for each in [refused.value, *told] if isinstance(each, Problem)} == {Kind.BUSY}
    assert all(isinstance(each, Problem) for each in told)

"""There are so many lines and no more; who waits gets one in turn, and a record before the reads."""

import asyncio
from collections.abc import AsyncIterator
from typing import cast

import pytest

from hub.db import lines as taking_turns
from hub.db.line import Line
from hub.db.lines import Lines
from hub.errors import Kind, Problem

MOST = 3


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


async def _taken(lines: Lines, count: int = MOST) -> list[Line]:
    return [await lines.take() for _ in range(count)]


async def test_a_further_statement_waits_and_gets_the_line_that_was_given_back(lines: Lines) -> None:
    taken = await _taken(lines)
    waits = asyncio.create_task(lines.take())
    await asyncio.sleep(0)
    assert (lines.running, lines.under_way, waits.done()) == (MOST, MOST + 1, False)
    lines.give_back(taken[1])
    assert await waits is taken[1]
    assert lines.under_way == MOST


async def test_the_line_that_was_used_last_is_used_next(lines: Lines) -> None:
    taken = await _taken(lines)
    for each in taken:
        lines.give_back(each)
    assert await lines.take() is taken[-1]


async def test_a_record_goes_before_the_reads_that_wait(lines: Lines) -> None:
    taken = await _taken(lines)
    read = asyncio.create_task(lines.take())
    await asyncio.sleep(0)
    record = asyncio.create_task(lines.take(first=True))
    await asyncio.sleep(0)
    lines.give_back(taken[0])
    assert await record is taken[0]
    assert not read.done()
    lines.give_back(taken[1])
    assert await read is taken[1]


async def test_who_has_waited_too_long_is_told_that_the_hub_is_busy(
    lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind it stands one who came later, and does not suffer for it."""
    taken = await _taken(lines)
    monkeypatch.setattr(taking_turns, "PATIENCE_S", 2.0)
    first = asyncio.create_task(lines.take())
    await asyncio.sleep(1)
    later = asyncio.create_task(lines.take())
    with pytest.raises(Problem) as refused:
        await first
    assert refused.value.kind is Kind.BUSY
    assert not later.done()
    lines.give_back(taken[0])
    assert await later is taken[0]


async def test_who_gives_up_when_its_turn_has_come_passes_it_on(lines: Lines) -> None:
    """Neither a line nor the right to open one is lost."""
    taken = await _taken(lines)
    first, second = (asyncio.create_task(lines.take()) for _ in range(2))
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
            await lines.take()
    assert lines.under_way == 0


async def test_a_queue_that_is_too_long_is_busy_and_so_is_everyone_in_it_at_the_end(lines: Lines) -> None:
    await _taken(lines)
    waiting = [asyncio.create_task(lines.take()) for _ in range(20 * MOST)]
    await asyncio.sleep(0)
    with pytest.raises(Problem) as refused:
        await lines.take()
    lines.close()
    told = await asyncio.gather(*waiting, return_exceptions=True)
    assert {each.kind for each in [refused.value, *told] if isinstance(each, Problem)} == {Kind.BUSY}
    assert all(isinstance(each, Problem) for each in told)

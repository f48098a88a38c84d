"""The nightly look at every duty, in one statement over all: its last day as the law now counts it.

The law counts: for each rule and first day that some open duty has, it says the last day, and the statement puts it
where another stands. So a changed limit or calendar re-derives every clock that still runs, and there is no second
count of days in SQL that could differ.
"""

from typing import Any

from sqlalchemy import CursorResult, Date, Text, cast, column, func, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import tables
from hub.db.session import take_time
from hub.law.duties import DutyBasis, due_on
from hub.law.periods import ENGLAND, WorkingCalendar

_DUTY = tables.duty
_RUNS = (
    _DUTY.c.met_on.is_(None),
    _DUTY.c.ended_on.is_(None),
    _DUTY.c.started_on.is_not(None),
    _DUTY.c.basis == DutyBasis.STATUTORY,
)


async def rederive(connection: AsyncConnection, *, calendar: WorkingCalendar = ENGLAND) -> int:
    """Give every statutory clock that runs the last day that the law counts; how many had another."""
    await take_time(connection)
    clocks = (await connection.execute(select(_DUTY.c.rule, _DUTY.c.started_on).where(*_RUNS).distinct())).all()
    counted = [[rule.value, str(day), str(due_on(rule, day, calendar))] for rule, day in clocks]
    each = (
        func.jsonb_array_elements(literal(counted, JSONB))
        .table_valued(column("clock", JSONB), name="counted")
        .render_derived()
    )
    rule = cast(each.c.clock[0].astext, Text)
    started, last = (cast(each.c.clock[place].astext, Date) for place in (1, 2))
    changed: CursorResult[Any] = await connection.execute(
        update(_DUTY)
        .values(due_on=last)
        .where(*_RUNS, cast(_DUTY.c.rule, Text) == rule, _DUTY.c.started_on == started)
        .where(_DUTY.c.due_on.is_distinct_from(last))
    )
    return changed.rowcount

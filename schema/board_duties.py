"""The figures of a board about duties: where they stand, when they fall due, and how far they were kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Integer, Select, Text, func

from hub.db import tables
from hub.db.conditions import is_one_of
from hub.db.duties import is_open, state_of
from hub.db.sharing import Asking, Guarded, Sight, guarded
from hub.law.duties import DutyRule, DutyState
from schema.encoding import constant
from schema.fields import figure, figures
from schema.paging import LAST_DAY

TIMELY = (DutyRule.DECIDE_WHETHER_TO_ASSESS, DutyRule.COMPLY_WITH_ADVICE_REQUEST, DutyRule.FINALISE_PLAN)
"""The clocks whose timeliness is followed: six weeks to decide, six weeks to give advice, twenty weeks in all."""


@figures(scope="child.read")
class DutiesInState:
    """How many duties under a rule stand so."""

    rule: DutyRule = figure("rule", Text(), "What must be done.")
    state: DutyState = figure("state", Text(), "Where the clocks stand today.")
    count: int = figure("count", Integer(), "How many.")


@figures(scope="child.read")
class DutiesInMonth:
    """How many duties have their last day in a month."""

    month: str = figure("month", Text(), "The month, such as 2026-11.")
    count: int = figure("count", Integer(), "How many in all.")
    open: int = figure("open", Integer(), "How many of them are neither met nor ended.")


@figures(scope="child.read")
class Timeliness:
    """How duties under a rule were met, of those whose last day is in a month."""

    rule: DutyRule = figure("rule", Text(), "What must be done.")
    month: str = figure("month", Text(), "The month of the last day, such as 2026-11.")
    met_in_time: int = figure("met_in_time", Integer(), "Met in time, or late under a recorded exception.")
    met_late: int = figure("met_late", Integer(), "Met after the last day, and nothing relieved the time limit.")
    overdue: int = figure("overdue", Integer(), "Not met, and the last day is past.")


def _count(*which: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count().filter(*which) if which else func.count()


def _month(day: ColumnElement[date]) -> ColumnElement[str]:
    return func.to_char(day, constant("YYYY-MM"))


def _duties(board: FromClause, asking: Asking) -> Guarded:
    """Owed by the body."""
    found, _ = guarded(tables.duty, asking)
    return Guarded(found.row, (found.row.c.holder_id == board.c.organisation_id) & found.condition)


def _falls_due(duty: FromClause, board: FromClause) -> ColumnElement[bool]:
    """As the index has it, where a day that is missing is the last of all."""
    day = func.coalesce(duty.c.due_on, LAST_DAY)
    return duty.c.due_on.is_not(None) & day.between(board.c.starts_on, board.c.ends_on)


def duties_by_state(board: FromClause, sight: Sight) -> Select[Any]:
    found = _duties(board, sight.asking)
    rule, state = found.row.c.rule.label("rule"), state_of(found.row, sight.asking.today).label("state")
    here = found.row.c.due_on.is_(None) | _falls_due(found.row, board)
    return (
        found.select(rule, state, _count().label("count")).where(here).group_by(rule, "state").order_by(rule, "state")
    )


def duties_by_month(board: FromClause, sight: Sight) -> Select[Any]:
    found = _duties(board, sight.asking)
    month = _month(found.row.c.due_on).label("month")
    still_open = _count(is_open(found.row)).label("open")
    figures = found.select(month, _count().label("count"), still_open).where(_falls_due(found.row, board))
    return figures.group_by("month").order_by("month")


def timeliness(board: FromClause, sight: Sight) -> Select[Any]:
    return _kept(_duties(board, sight.asking), board, sight, TIMELY)


def timeliness_of_asked(board: FromClause, sight: Sight) -> Select[Any]:
    found, _ = guarded(tables.duty, sight.asking)
    others = (found.row.c.owner_id == board.c.organisation_id) & (found.row.c.holder_id != board.c.organisation_id)
    asked = Guarded(found.row, others & found.condition)
    return _kept(asked, board, sight, (DutyRule.COMPLY_WITH_ADVICE_REQUEST,))


def _kept(found: Guarded, board: FromClause, sight: Sight, rules: Sequence[DutyRule]) -> Select[Any]:
    rule, month = found.row.c.rule.label("rule"), _month(found.row.c.due_on).label("month")
    state = state_of(found.row, sight.asking.today)
    told = {"met_in_time": DutyState.MET, "met_late": DutyState.MET_LATE, "overdue": DutyState.OVERDUE}
    counts = [_count(state == constant(each.value)).label(name) for name, each in told.items()]
    here = _falls_due(found.row, board) & is_one_of(found.row.c.rule, rules)
    return found.select(rule, month, *counts).where(here).group_by(rule, "month").order_by(rule, "month")

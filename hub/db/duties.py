"""The state of a duty as SQL: the twin of `hub.law.duties.state`, held to it by a differential test."""

from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlalchemy import ColumnElement, FromClause, case, literal, or_

from hub.db.conditions import is_one_of
from hub.law.duties import RULES, WINDOWS, DutyRule, DutyState, Holder

SOON = 14
"""Days before the last day in which a duty is DUE_SOON, as in `hub.law.duties.state`."""


_OVER = frozenset({DutyState.MET, DutyState.MET_LATE, DutyState.ENDED})
_LATEST_DAYS = {DutyState.OVERDUE: -1, DutyState.CLOSED: -1, DutyState.DUE_SOON: SOON}


@dataclass(frozen=True, slots=True)
class OpenDuties:
    """States in which no duty is met or ended. `latest_days`: how many days ahead its last day may be; None: any, or
    there may be none.
    """

    latest_days: int | None


def open_duties(states: object) -> OpenDuties | None:
    """What a list of states of duties, and of nothing else, lets one know; None where it names one that is over."""
    if not isinstance(states, list):
        return None
    named = [each for each in cast(list[object], states) if isinstance(each, DutyState) and each not in _OVER]
    if not named or len(named) < len(cast(list[object], states)):
        return None
    latest = [_LATEST_DAYS.get(each) for each in named]
    return OpenDuties(None if None in latest else max(each for each in latest if each is not None))


def is_open(duty: FromClause) -> ColumnElement[bool]:
    """Whether each row of `duty` is neither met nor ended: what `tables.base.by_open_day` has an index of."""
    return duty.c.met_on.is_(None) & duty.c.ended_on.is_(None)


def held_by(duty: FromClause) -> ColumnElement[Any]:
    """Who owes each row of `duty`, as the law's table says of its rule: a body, or the family or its adviser."""
    owes = {holder: [rule for rule in DutyRule if RULES[rule].holder is holder] for holder in Holder}
    return case(*((is_one_of(duty.c.rule, rules), literal(holder.value)) for holder, rules in owes.items() if rules))


def state_of(duty: FromClause, today: date | ColumnElement[date]) -> ColumnElement[Any]:
    """The state on a day of each row of `duty`. Computed when read, so that it is never stale."""
    due, met = duty.c.due_on, duty.c.met_on
    days_left = due - today
    window = is_one_of(duty.c.rule, WINDOWS)
    return case(
        (met.is_not(None) & or_(duty.c.excused, due.is_(None), met <= due, window), literal(DutyState.MET.value)),
        (met.is_not(None), literal(DutyState.MET_LATE.value)),
        (duty.c.ended_on.is_not(None), literal(DutyState.ENDED.value)),
        (duty.c.started_on.is_(None), literal(DutyState.WAITING_TO_START.value)),
        (duty.c.excused, literal(DutyState.EXCUSED.value)),
        (due.is_(None), literal(DutyState.RUNNING.value)),
        ((days_left < 0) & window, literal(DutyState.CLOSED.value)),
        (days_left < 0, literal(DutyState.OVERDUE.value)),
        (days_left <= SOON, literal(DutyState.DUE_SOON.value)),
        else_=literal(DutyState.RUNNING.value),
    )

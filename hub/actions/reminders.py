"""Reminders of what is owed: before the last day and on it, and of a request that its body has not received.

Each is an event, recorded once for each duty and kind, whichever worker comes first and however often: the row of the
duty says of which it was last reminded. It is about the request where the duty is to answer one, so that it stands in
the request's history, and about the duty otherwise; `facts` name the holder it is for, and no person.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import CTE, ColumnElement, Text, Uuid, case, cast, func, insert, literal, null, select, update

from hub.actions.transaction import Transaction
from hub.db import tables
from hub.db.duties import held_by, state_of
from hub.law.duties import WINDOWS, DutyRule, DutyState
from hub.law.s31_cooperation import CooperationStatus

_DUTY, _REQUEST = tables.duty, tables.cooperation_request
_OPEN = (DutyState.RUNNING, DutyState.DUE_SOON)
_EVENT = ("id", "recorded_at", "kind", "owner_id", "child_id", "about_type", "about_id", "facts")


@dataclass(frozen=True, slots=True)
class Days:
    """On which days to remind: so many before the last day (0: on it), and so many after a request was sent."""

    before: tuple[int, ...] = (7, 1, 0)
    unreceived: tuple[int, ...] = (7, 14, 28)


EVERY = Days()


async def remind(tx: Transaction, days: Days = EVERY) -> int:
    """Record the reminders that are due; how many. After days without a worker, the latest of them alone."""
    return await _of_last_days(tx, days.before) + await _of_requests_not_received(tx, days.unreceived)


async def _of_last_days(tx: Transaction, before: Collection[int]) -> int:
    """Of what is still open and has a last day ahead. A window reminds nobody: no one is late by it."""
    if not before:
        return 0
    left = _DUTY.c.due_on - tx.today
    which = case(*((left <= days, literal(days)) for days in sorted(before)))
    changed = (
        update(_DUTY)
        .values(reminded_days=which, reminded_of=_DUTY.c.due_on)
        .where(
            _DUTY.c.due_on.between(tx.today, tx.today + timedelta(days=max(before))),
            _DUTY.c.rule.not_in(WINDOWS),
            state_of(_DUTY, tx.today).in_([each.value for each in _OPEN]),
            _DUTY.c.reminded_of.is_distinct_from(_DUTY.c.due_on) | (_DUTY.c.reminded_days > which),
        )
        .returning(*_told(_DUTY.c.due_on - tx.today))
        .cte("reminded")
    )
    kind = case((changed.c.days == 0, "duty_due_today"), else_="duty_reminder")
    return await _tell(tx, changed, kind)


async def _of_requests_not_received(tx: Transaction, after: Collection[int]) -> int:
    """Of requests that stand in the tray of a body whose system has not fetched them: no clock runs yet."""
    if not after:
        return 0
    sent_on = func.date(func.timezone("Europe/London", _REQUEST.c.sent_at))
    since = tx.today - sent_on
    which = case(*((since >= days, literal(days)) for days in sorted(after, reverse=True)))
    changed = (
        update(_DUTY)
        .values(reminded_days=which, reminded_of=null())
        .where(
            _DUTY.c.owner_id == _REQUEST.c.owner_id,
            _DUTY.c.about_id == _REQUEST.c.id,
            _DUTY.c.rule == DutyRule.COMPLY_WITH_ADVICE_REQUEST,
            _REQUEST.c.status == CooperationStatus.SENT,
            since >= min(after),
            _DUTY.c.reminded_days.is_(None) | _DUTY.c.reminded_of.is_not(None) | (_DUTY.c.reminded_days < which),
        )
        .returning(*_told(since))
        .cte("reminded")
    )
    return await _tell(tx, changed, literal("cooperation_request_not_received"))


def _told(days: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    """What a reminder tells of the duty."""
    of_request = _DUTY.c.about_type == "CooperationRequest"
    return [
        _DUTY.c.owner_id,
        _DUTY.c.child_id,
        case((of_request, "CooperationRequest"), else_="Duty").label("about_type"),
        case((of_request, _DUTY.c.about_id), else_=_DUTY.c.id).label("about_id"),
        cast(_DUTY.c.rule, Text).label("rule"),
        cast(_DUTY.c.due_on, Text).label("due_on"),
        cast(_DUTY.c.holder_id, Text).label("holder"),
        held_by(_DUTY).label("held_by"),
        days.label("days"),
    ]


async def _tell(tx: Transaction, changed: CTE, kind: ColumnElement[Any]) -> int:
    told = changed.c
    facts = [(name, told[name]) for name in ("rule", "due_on", "holder", "held_by", "days")]
    event = select(
        cast(func.gen_random_uuid(), Uuid),
        literal(tx.now),
        kind,
        told.owner_id,
        told.child_id,
        told.about_type,
        told.about_id,
        func.jsonb_build_object(*(part for name, value in facts for part in (literal(name), value))),
    )
    telling = insert(tables.event).from_select(_EVENT, event).execution_options(preserve_rowcount=True)
    return (await tx.connection.execute(telling)).rowcount

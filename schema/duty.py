"""Statutory clocks: what must be done by when, by whom, under which provision (hub.law.duties)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import strawberry
from sqlalchemy import ColumnElement, FromClause

from hub.db import tables
from hub.db.duties import held_by, state_of
from hub.db.sharing import Sight
from hub.law.duties import DutyBasis, DutyRule, DutyState, Holder
from hub.law.reg17_disclosure import Part
from schema.fields import about, column, computed, many, node_id, one, row_of
from schema.history import Event, history_of
from schema.node import Node
from schema.organisation import Organisation

if TYPE_CHECKING:
    from schema.child import Child

ABOUT = ("CooperationRequest", "Assessment", "Plan", "Provision", "Review", "PersonalBudget", "Notification", "Dispute")
"""The types of what a duty or a dispute can be about."""

_DUTY, _EXCEPTION = tables.duty.c, tables.duty_exception.c


def _state(duty: FromClause, sight: Sight) -> ColumnElement[str]:
    return state_of(duty, sight.asking.today)


def _held_by(duty: FromClause, _: Sight) -> ColumnElement[str]:
    return held_by(duty)


@row_of(tables.duty_exception, part=Part.DUTIES)
class DutyException:
    """A recorded fact that relieves a time limit. It never relieves the duty."""

    ground: str = column(_EXCEPTION.ground, "Which exception.")
    explanation: str = column(_EXCEPTION.explanation, "What happened.")
    recorded_by: Organisation = one("Organisation", _EXCEPTION.recorded_by_id, "Who recorded it.")
    recorded_at: datetime = column(_EXCEPTION.recorded_at, "When it was recorded.")
    from_: date | None = column(_EXCEPTION.starts_on, "The first day it covers.", named="from")
    to: date | None = column(_EXCEPTION.ends_on, "The last day it covers.")


@row_of(tables.duty, scope="child.read", part=Part.DUTIES)
class Duty(Node):
    """A clock that runs, ran or was excused."""

    id: strawberry.ID = node_id(_DUTY.id, "Duty")
    rule: DutyRule = column(_DUTY.rule, "What must be done.")
    provision: str = column(_DUTY.provision, "The provision that imposes it.")
    holder: Organisation | None = one(
        "Organisation",
        _DUTY.holder_id,
        "The body that must do it, or see that it is done; absent: it is the family's, or its adviser's (`heldBy`).",
    )
    held_by: Holder = computed(_held_by, "As what it is owed: a body, the family or its mediation adviser. No name.")
    basis: DutyBasis = column(_DUTY.basis, "Where the time limit comes from. NONE: there is a duty but no clock.")
    started_on: date | None = column(_DUTY.started_on, "The day the clock started; absent: it has not.")
    due_on: date | None = column(
        _DUTY.due_on,
        "The last day on which it is met in time, in England; absent: the clock has not started, or there is none.",
    )
    met_on: date | None = column(_DUTY.met_on, "The day on which it was met, in time or late; absent: it has not been.")
    state: DutyState = computed(_state, "Where the clock stands today.")
    exceptions: list[DutyException] | None = many(
        "DutyException", "duty_id", "What relieves the time limit.", order=("recorded_at", "id")
    )
    child: Annotated[Child, strawberry.lazy("schema.child")] | None = one("Child", _DUTY.child_id, "Whom it concerns.")
    about: Node | None = about(
        _DUTY.about_type, _DUTY.about_id, ABOUT, "What the duty is about: a request, an assessment, a plan, a review."
    )
    history: list[Event] | None = history_of()

"""Disagreements between partners and redress (CFA 2014 ss. 26(3)(g), 51 to 57)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import strawberry

from hub.db import tables
from hub.law.reg17_disclosure import Part
from hub.law.reg44_orders import AppealedMatter
from hub.law.reg64_decision_makers import Decider, DecidesBecause
from hub.law.s51_terms import RedressMatter, RedressStep
from hub.law.vocabulary import DisputeKind, DisputeStatus
from schema.duty import ABOUT
from schema.fields import about, column, many, members, node_id, one, row_of, withheld
from schema.history import Event, history_of
from schema.node import Node
from schema.organisation import Organisation
from schema.withholding import Withheld

if TYPE_CHECKING:
    from schema.arrangement import Arrangement
    from schema.child import Child
    from schema.duty import Duty
    from schema.notice import Notice

_DISPUTE, _STEP = tables.dispute.c, tables.dispute_step.c


@row_of(tables.dispute_step, part=Part.REDRESS)
class DisputeStep:
    """A step of a dispute."""

    description: str = column(_STEP.description, "What it is.")
    taken_by: Organisation | None = one("Organisation", _STEP.taken_by_id, "The body that takes it.")
    due_on: date | None = column(_STEP.due_on, "The last day to take it; absent: no day was set.")
    taken_on: date | None = column(_STEP.taken_on, "When it was taken.")
    step: RedressStep | None = column(
        _STEP.step, "What was done, in the words of the regulations; absent: a step of the arrangement's procedure."
    )
    held_on: date | None = column(_STEP.held_on, "Of a mediation that is arranged: its day (SEND Regs 2014 reg. 37).")
    follows: bool | None = column(
        _STEP.follows, "Of an answer to a recommendation: whether it is followed (Rec Regs 2017 regs 6(5), 7(3))."
    )


@row_of(tables.dispute, scope="child.read", part=Part.REDRESS)
class Dispute(Node):
    """A disagreement, mediation, appeal, recommendation or complaint."""

    id: strawberry.ID = node_id(_DISPUTE.id, "Dispute")
    kind: DisputeKind = column(_DISPUTE.kind, "Which kind of disagreement or redress it is, and under which provision.")
    status: DisputeStatus = column(_DISPUTE.status, "Where it stands.")
    raised_on: date = column(_DISPUTE.raised_on, "When it was raised.")
    outcome: str | None = column(_DISPUTE.outcome, "How it ended.")
    ended_on: date | None = column(_DISPUTE.ended_on, "When it ended.")
    matters: list[RedressMatter] | None = column(
        _DISPUTE.matters, "The kinds of provision in issue; absent: not recorded."
    )
    appealed: AppealedMatter | None = column(
        _DISPUTE.appealed, "Of an appeal: what the order is, or what was not opposed (SEND Regs 2014 regs 44, 45)."
    )
    decider: Decider | None = column(
        _DISPUTE.decider, "Of a family's: who decides for the child (SEND Regs 2014 regs 63, 64)."
    )
    decides_because: DecidesBecause | None = column(
        _DISPUTE.decides_because, "Why it is that person: the age, and the capacity (SEND Regs 2014 regs 63, 64)."
    )
    raised_by: Organisation | None = one("Organisation", _DISPUTE.raised_by_id, "The body that raised or recorded it.")
    duties: list[Annotated[Duty, strawberry.lazy("schema.duty")]] | None = many(
        "Duty", "about_id", "The clocks of this dispute.", order=("due_on", "id"), parts=[Part.DUTIES]
    )
    notices: list[Annotated[Notice, strawberry.lazy("schema.notice")]] | None = many(
        "Notice", "about_id", "Notices that were given about it.", order=("-given_at", "id"), parts=[Part.NOTICES]
    )
    child: Annotated[Child, strawberry.lazy("schema.child")] | None = one(
        "Child", _DISPUTE.child_id, "Whom it concerns."
    )
    about: Node | None = about(
        _DISPUTE.about_type, _DISPUTE.about_id, ABOUT, "What it is about: a plan, a request, provision and so on."
    )
    parties: list[Organisation] = members(
        "Organisation", _DISPUTE.parties, "The bodies that are in it.", order=("name",)
    )
    arrangement: Annotated[Arrangement, strawberry.lazy("schema.arrangement")] | None = one(
        "Arrangement",
        _DISPUTE.arrangement_id,
        "Between partners: the arrangement whose steps are taken (CFA 2014 s. 26(3)(g)); absent: none was in force.",
    )
    steps: list[DisputeStep] | None = many("DisputeStep", "dispute_id", "Its steps, in order.", order=("ordinal",))
    history: list[Event] | None = history_of()
    withheld: list[Withheld] = withheld()

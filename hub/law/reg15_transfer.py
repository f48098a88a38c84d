"""A child or young person with a plan moves to another authority's area (SEND Regs 2014 reg. 15).

The old authority transfers the plan on the day of the move; or, where it had not become aware of the move at least 15
working days before, within 15 working days beginning with the day on which it did (reg. 15(2)). From then the plan is
treated as made by the new authority (reg. 15(3)). The old commissioning body notifies the new one in the same way
(reg. 15(7)).
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from hub.law.decisions import Refusal
from hub.law.duties import DutyRule, due_on
from hub.law.periods import ENGLAND, WorkingCalendar, WorkingDaysBefore, last_day
from hub.law.vocabulary import OrganisationKind

AWARE_WELL_AHEAD = WorkingDaysBefore(15)  # reg. 15(2), (7)


@dataclass(frozen=True, slots=True)
class Move:
    """A move from one authority's area to another's. `known_on`: the day the old authority became aware of it."""

    old: UUID
    new: UUID
    moved_on: date
    known_on: date


@dataclass(frozen=True, slots=True)
class Clock:
    """A duty that the move starts, and the day it is counted from."""

    rule: DutyRule
    started_on: date


def known_well_ahead(move: Move, calendar: WorkingCalendar = ENGLAND) -> bool:
    """Whether the old authority became aware at least 15 working days before the move."""
    return move.known_on <= last_day(AWARE_WELL_AHEAD, move.moved_on, calendar)


def authoritys_clock(move: Move, calendar: WorkingCalendar = ENGLAND) -> Clock:
    """By when the old authority transfers the plan (reg. 15(2))."""
    if known_well_ahead(move, calendar):
        return Clock(DutyRule.TRANSFER_PLAN, move.moved_on)
    return Clock(DutyRule.TRANSFER_PLAN_ONCE_AWARE, move.known_on)


def commissioners_clock(move: Move, calendar: WorkingCalendar = ENGLAND) -> Clock:
    """By when the old commissioning body notifies the new one (reg. 15(7))."""
    if known_well_ahead(move, calendar):
        return Clock(DutyRule.NOTIFY_COMMISSIONER_OF_MOVE, move.moved_on)
    return Clock(DutyRule.NOTIFY_COMMISSIONER_OF_MOVE_ONCE_AWARE, move.known_on)


def review_clock(*, transferred_on: date, reviewed_on: date | None) -> Clock:
    """By when the new authority first reviews the plan: the later of the two days of reg. 15(5)(a) and (b)."""
    from_transfer = Clock(DutyRule.REVIEW_TRANSFERRED_PLAN_FROM_TRANSFER, transferred_on)
    if reviewed_on is None:
        return from_transfer
    from_review = Clock(DutyRule.REVIEW_TRANSFERRED_PLAN_FROM_LAST_REVIEW, reviewed_on)
    return max(from_transfer, from_review, key=lambda clock: due_on(clock.rule, clock.started_on))


def refuse_transfer(move: Move, *, to: OrganisationKind, has_plan: bool, since: date, today: date) -> Refusal | None:
    """Why the plan may not be transferred today, or None where it may. `since`: when the plan was made, or the birth of
    its subject where that is not known."""
    if to is not OrganisationKind.LOCAL_AUTHORITY or move.new == move.old:
        return _refusal("not-another-authority", "A plan is transferred to another local authority.", "to")
    if not has_plan:
        return _refusal("no-plan", "There is no plan to transfer: none is maintained for this child.", "child")
    if move.moved_on > today:
        return _refusal("not-moved-yet", "The plan is transferred on the day of the move, not before.", "moved_on")
    if move.moved_on < since:
        return _refusal("before-the-plan", "Who moved before there was a plan had none to transfer.", "moved_on")
    if move.known_on > today:
        return _refusal("in-the-future", "The authority is not aware of it yet.", "known_on")
    return None


def refuse_informing(received_on: date | None, *, told: bool, review_on: date, on: date, today: date) -> Refusal | None:
    """Why the new authority may not tell the family so of the transfer (reg. 15(4))."""
    provision = "SEND Regs 2014 reg. 15(4)"
    if received_on is None:
        return Refusal(provision, "not-transferred", "This plan was not transferred to you.", ("plan",))
    if told:
        return Refusal(provision, "already-told", "The family has been told.", ("plan",))
    if on > today:
        return Refusal(provision, "in-the-future", "It has not happened yet.", ("on",))
    if on < received_on or review_on < received_on:
        return Refusal(provision, "dates-out-of-order", f"The plan was transferred on {received_on}.", ("on",))
    return None


def _refusal(rule: str, message: str, field: str) -> Refusal:
    return Refusal("SEND Regs 2014 reg. 15(1), (2)", rule, message, (field,))

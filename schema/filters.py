"""What a list may be narrowed by. Each field says which rows it keeps; what is left out does not narrow."""

from datetime import date

import strawberry
from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Integer,
    Text,
    Uuid,
    func,
    literal_column,
    select,
    type_coerce,
)

from hub.db import tables
from hub.db.conditions import is_one_of
from hub.db.duties import held_by, is_open, state_of
from hub.db.sharing import Sight
from hub.errors import invalid
from hub.law.duties import DutyRule, DutyState, Holder
from hub.law.reg8_time_limit import Part3Function
from hub.law.reg17_disclosure import Part
from hub.law.s31_cooperation import CooperationStatus
from hub.law.s37_plan import MAINTAINED
from hub.law.vocabulary import (
    AgreementStatus,
    AssessmentDecision,
    AssessmentOutcome,
    BudgetKind,
    BudgetStatus,
    DisputeKind,
    DisputeStatus,
    NotificationBasis,
    Opinion,
    PlanStatus,
    ReviewDecision,
    ReviewKind,
    SectionCode,
)
from schema.ids import row_of_type
from schema.narrowing import among, either, from_day, is_among, narrowed_by, node, some, to_day
from schema.paging import LAST_DAY
from schema.values import Value, as_it_is

_MOST_DAYS = 366
AUTHORITY = "Of this authority's records; its global id."
_CHILD = "About this child; its global id."


def _starts_with(row: FromClause, value: Value, _: Sight) -> ColumnElement[bool]:
    return func.starts_with(func.lower(row.c.family_name), func.lower(value.sql(Text(), as_it_is)))


def _has_current_plan(child: FromClause, sight: Sight) -> ColumnElement[bool]:
    plan = sight.rows(tables.plan)
    of_child = (plan.row.c.owner_id == child.c.owner_id) & (plan.row.c.child_id == child.c.id)
    return plan.exists(of_child, is_one_of(plan.row.c.status, MAINTAINED))


def _agreement_stands(provision: FromClause, value: Value, sight: Sight) -> ColumnElement[bool]:
    agreement = sight.rows(tables.provision_agreement, below=("provision", "provision_id"))
    of_provision = (agreement.row.c.owner_id == provision.c.owner_id) & (agreement.row.c.provision_id == provision.c.id)
    same_child = agreement.row.c.child_id == provision.c.child_id
    return agreement.exists(of_provision, same_child, is_among(agreement.row.c.status, value))


def _commissioned_by(provision: FromClause, value: Value, _: Sight) -> ColumnElement[bool]:
    """A final plan names the body that was to commission it: its successor finds it as its own."""
    body = value.sql(Uuid(), lambda text: row_of_type(text, "Organisation", argument="commissioner"))
    return provision.c.commissioner_id.in_(select(func.in_the_place_of(body)))


def _state_is(duty: FromClause, value: Value, sight: Sight) -> ColumnElement[bool]:
    """Most duties are over, and an index has those that are not: unless a state of the others is asked for no other is
    looked at, and of these none whose last day comes too late for the states.
    """
    is_so = is_among(state_of(duty, sight.asking.today), value)
    asked = value.open_duties
    if asked is None:
        return is_so
    if asked.latest_days is None:
        return is_open(duty) & is_so
    return (
        is_open(duty) & (duty.c.due_on <= _days_after(sight, literal_column(str(asked.latest_days), Integer))) & is_so
    )


def _days_after(sight: Sight, days: ColumnElement[int]) -> ColumnElement[date]:
    return type_coerce(sight.asking.today, Date).op("+", return_type=Date())(days)


def _held_by_is(duty: FromClause, value: Value, _: Sight) -> ColumnElement[bool]:
    return is_among(held_by(duty), value)


def _due_within(duty: FromClause, value: Value, sight: Sight) -> ColumnElement[bool]:
    today = type_coerce(sight.asking.today, Date)
    last = _days_after(sight, value.sql(Integer(), _days))
    due = func.coalesce(duty.c.due_on, LAST_DAY)
    return duty.c.due_on.between(today, last) & due.between(today, last)


def _plan_stands(provision: FromClause, value: Value, sight: Sight) -> ColumnElement[bool]:
    plan = sight.rows(tables.plan)
    its = (plan.row.c.owner_id == provision.c.owner_id) & (plan.row.c.id == provision.c.plan_id)
    return plan.exists(its, plan.row.c.child_id == provision.c.child_id, is_among(plan.row.c.status, value))


def _days(days: int) -> int:
    if not 0 <= days <= _MOST_DAYS:
        raise invalid(f"dueWithinDays is from 0 to {_MOST_DAYS}", rule="days", path=("dueWithinDays",))
    return days


@strawberry.input(description="Keeps the provision for which all of this is true.")
class ProvisionFilter:
    authority: strawberry.ID | None = node("owner_id", "Organisation", "authority", AUTHORITY)
    sections: list[SectionCode] | None = among("section", "In one of these sections: F, G, H1 or H2.")
    agreement_statuses: list[AgreementStatus] | None = narrowed_by(
        _agreement_stands, "Where the agreement of some responsible commissioning body stands so (reg. 12(2))."
    )
    commissioner: strawberry.ID | None = narrowed_by(
        _commissioned_by,
        "Commissioned and paid for by this body, or by one whose place it took (CFA 2014 s. 26(8)); its global id.",
    )
    provider: strawberry.ID | None = node(
        "provider_id", "Organisation", "provider", "Provided by this body; its global id."
    )
    plan_statuses: list[PlanStatus] | None = narrowed_by(
        _plan_stands,
        "In a version of a plan that is in one of these states. Left out: in any, superseded ones too.",
        scope="Plan",
    )


@strawberry.input(description="Keeps the duties for which all of this is true: a work tray.")
class DutyFilter:
    holder: strawberry.ID | None = node("holder_id", "Organisation", "holder", "Owed by this body; its global id.")
    held_by: list[Holder] | None = narrowed_by(
        _held_by_is, "Owed as one of these, such as the family's or its mediation adviser's."
    )
    authority: strawberry.ID | None = node("owner_id", "Organisation", "authority", AUTHORITY)
    child: strawberry.ID | None = node("child_id", "Child", "child", _CHILD)
    states: list[DutyState] | None = narrowed_by(_state_is, "In one of these states today (London).")
    rules: list[DutyRule] | None = among("rule", "Under one of these rules.")
    due_from: date | None = from_day("due_on", "Whose last day is this day or later.")
    due_to: date | None = to_day("due_on", "Whose last day is this day or earlier.")
    due_within_days: int | None = narrowed_by(
        _due_within,
        "Whose last day is today or one of the next so many days (London), from 0 to 366: those that are met too, "
        "unless `states` says otherwise.",
    )


@strawberry.input(description="Keeps the children for whom all of this is true.")
class ChildFilter:
    authority: strawberry.ID | None = node("owner_id", "Organisation", "authority", AUTHORITY)
    family_name_starts_with: str | None = narrowed_by(
        _starts_with,
        "Whose family name starts with this. Case does not matter. For those alone whose identity is open to you.",
        part=Part.IDENTITY,
    )
    born_from: date | None = from_day("date_of_birth", "Born on this day or later.", part=Part.IDENTITY)
    born_to: date | None = to_day("date_of_birth", "Born on this day or earlier.", part=Part.IDENTITY)
    has_current_plan: bool | None = either(
        _has_current_plan, "Whether an EHC plan is maintained now, as far as plans are open to you.", to="Plan"
    )
    duties: DutyFilter | None = some("Duty", "child_id", DutyFilter, "About whom there is some duty like this.")


@strawberry.input(description="Keeps the plans for which all of this is true.")
class PlanFilter:
    authority: strawberry.ID | None = node("owner_id", "Organisation", "authority", AUTHORITY)
    child: strawberry.ID | None = node("child_id", "Child", "child", "Of this child; its global id.")
    statuses: list[PlanStatus] | None = among("status", "In one of these states.")
    finalised_from: date | None = from_day("finalised_on", "Made final on this day or later.")
    finalised_to: date | None = to_day("finalised_on", "Made final on this day or earlier.")
    provisions: ProvisionFilter | None = some(
        "Provision", "plan_id", ProvisionFilter, "In which there is some provision like this."
    )
    duties: DutyFilter | None = some("Duty", "about_id", DutyFilter, "About which there is some duty like this.")


@strawberry.input(description="Keeps the personal budgets for which all of this is true.")
class PersonalBudgetFilter:
    authority: strawberry.ID | None = node("owner_id", "Organisation", "authority", AUTHORITY)
    child: strawberry.ID | None = node("child_id", "Child", "child", _CHILD)
    statuses: list[BudgetStatus] | None = among("status", "In one of these states.")
    requested_from: date | None = from_day("requested_on", "Asked for on this day or later.")
    requested_to: date | None = to_day("requested_on", "Asked for on this day or earlier.")


def _is_owed(due: FromClause, _: Sight) -> ColumnElement[bool]:
    return due.c.agreed_amount.is_not(None)


@strawberry.input(description="Keeps the amounts due for which all of this is true.")
class AmountDueFilter:
    authority: strawberry.ID | None = node("owner_id", "Organisation", "authority", AUTHORITY)
    child: strawberry.ID | None = node("child_id", "Child", "child", _CHILD)
    kinds: list[BudgetKind] | None = among("kind", "For provision of one of these kinds.")
    funder: strawberry.ID | None = node("funder_id", "Organisation", "funder", "Owed by this body; its global id.")
    due_from: date | None = from_day("due_on", "Due on this day or later.")
    due_to: date | None = to_day("due_on", "Due on this day or earlier.")
    owed: bool | None = either(
        _is_owed,
        "Whether something is agreed for that day, and so owed; otherwise it was indicated alone.",
        to="AmountDue",
    )


@strawberry.input(description="Keeps the requests for which all of this is true.")
class CooperationRequestFilter:
    child: strawberry.ID | None = node("child_id", "Child", "child", "About this child; its global id.")
    addressed_to: strawberry.ID | None = node(
        "addressed_to_id", "Organisation", "addressedTo", "Addressed to this body; its global id."
    )
    requested_by: strawberry.ID | None = node(
        "requested_by_id", "Organisation", "requestedBy", "Made by this authority; its global id."
    )
    statuses: list[CooperationStatus] | None = among("status", "In one of these states.")
    functions: list[Part3Function] | None = among("function", "In one of these functions under Part 3.")
    due_from: date | None = from_day("due_on", "Due on this day or later.")
    due_to: date | None = to_day("due_on", "Due on this day or earlier.")


@strawberry.input(description="Keeps the notifications for which all of this is true.")
class NotificationFilter:
    to_authority: strawberry.ID | None = node(
        "to_authority_id", "Organisation", "toAuthority", "Brought to this authority; its global id."
    )
    child: strawberry.ID | None = node("child_id", "Child", "child", _CHILD)
    bases: list[NotificationBasis] | None = among("basis", "On one of these bases.")
    notified_by: strawberry.ID | None = node(
        "notified_by_id", "Organisation", "notifiedBy", "Made by this health body; its global id."
    )
    opinions: list[Opinion] | None = among("opinion", "Of one of these opinions.")
    determined: bool | None = either(
        lambda notification, _: notification.c.determination.is_not(None),
        "Whether the authority has determined whether to assess (CFA 2014 s. 36(3)); false: it has yet to.",
        to="Notification",
    )


@strawberry.input(description="Keeps the assessments for which all of this is true.")
class AssessmentFilter:
    authority: strawberry.ID | None = node("owner_id", "Organisation", "authority", AUTHORITY)
    child: strawberry.ID | None = node("child_id", "Child", "child", _CHILD)
    decided: bool | None = either(
        lambda assessment, _: assessment.c.decision.is_not(None),
        "Whether the authority has decided whether to assess (SEND Regs 2014 reg. 5(1)); false: it has yet to.",
        to="Assessment",
    )
    decisions: list[AssessmentDecision] | None = among("decision", "Where the authority decided so.")
    outcomes: list[AssessmentOutcome] | None = among("outcome", "With this outcome.")
    requested_from: date | None = from_day("requested_on", "Requested on this day or later.")
    requested_to: date | None = to_day("requested_on", "Requested on this day or earlier.")


@strawberry.input(description="Keeps the reviews for which all of this is true.")
class ReviewFilter:
    authority: strawberry.ID | None = node("owner_id", "Organisation", "authority", AUTHORITY)
    child: strawberry.ID | None = node("child_id", "Child", "child", _CHILD)
    kinds: list[ReviewKind] | None = among("kind", "Of one of these kinds.")
    decided: bool | None = either(
        lambda review, _: review.c.decision.is_not(None),
        "Whether the authority has decided after the meeting (regs 20(10), 21(9)); false: it has yet to.",
        to="Review",
    )
    decisions: list[ReviewDecision] | None = among("decision", "Where the authority decided so.")
    meeting_from: date | None = from_day("meeting_on", "Whose meeting was held on this day or later.")
    meeting_to: date | None = to_day("meeting_on", "Whose meeting was held on this day or earlier.")
    due_from: date | None = from_day("due_on", "Due on this day or later.")
    due_to: date | None = to_day("due_on", "Due on this day or earlier.")


@strawberry.input(description="Keeps the disputes for which all of this is true.")
class DisputeFilter:
    authority: strawberry.ID | None = node("owner_id", "Organisation", "authority", AUTHORITY)
    child: strawberry.ID | None = node("child_id", "Child", "child", _CHILD)
    kinds: list[DisputeKind] | None = among("kind", "Of one of these kinds.")
    statuses: list[DisputeStatus] | None = among("status", "In one of these states.")
    raised_from: date | None = from_day("raised_on", "Raised on this day or later.")
    raised_to: date | None = to_day("raised_on", "Raised on this day or earlier.")

"""What a list may be narrowed by. Each filter says which rows it keeps; what is left out does not narrow."""

from collections.abc import Iterable
from datetime import date
from enum import Enum
from typing import Any

import strawberry
from sqlalchemy import ColumnElement, FromClause, exists, func, select

from hub.db import tables
from hub.db.duties import state_of
from hub.db.sharing import Asking, may_see
from hub.errors import invalid
from hub.law.duties import DutyRule, DutyState
from hub.law.reg8_time_limit import Part3Function
from hub.law.s31_cooperation import CooperationStatus
from hub.law.vocabulary import (
    AgreementStatus,
    AssessmentDecision,
    AssessmentOutcome,
    BudgetStatus,
    DisputeKind,
    DisputeStatus,
    NotificationBasis,
    OrganisationKind,
    PlanStatus,
    ReviewDecision,
    ReviewKind,
    SectionCode,
)
from schema.ids import row_of_type

Conditions = list[ColumnElement[bool]]
MOST_VALUES = 100


def _optional(description: str) -> Any:
    return strawberry.field(default=strawberry.UNSET, description=description)


def _given(value: object) -> bool:
    return value is not None and value is not strawberry.UNSET


def _among(column: ColumnElement[Any], values: Iterable[object] | None) -> Conditions:
    if values is None or values is strawberry.UNSET:
        return []
    words = [each.value if isinstance(each, Enum) else each for each in values]
    if len(words) > MOST_VALUES:
        raise invalid(f"at most {MOST_VALUES} values", rule="too-many-values", path=("filter",))
    return [column.in_(words)]


def _between(column: ColumnElement[Any], first: date | None, last: date | None) -> Conditions:
    return ([column >= first] if _given(first) else []) + ([column <= last] if _given(last) else [])


def _node(column: ColumnElement[Any], value: strawberry.ID | None, type_name: str, argument: str) -> Conditions:
    return [column == row_of_type(value, type_name, argument=argument)] if _given(value) and value is not None else []


@strawberry.input(description="Keeps the children for whom all of this is true.")
class ChildFilter:
    family_name_starts_with: str | None = _optional("Case does not matter.")
    born_from: date | None = _optional("Born on this day or later.")
    born_to: date | None = _optional("Born on this day or earlier.")
    has_current_plan: bool | None = _optional("Whether an EHC plan is maintained now.")

    @property
    def scope(self) -> str | None:
        """What looking into a child's plans takes."""
        return "plan.read" if _given(self.has_current_plan) else None

    def conditions(self, child: FromClause, asking: Asking) -> Conditions:
        kept = _between(child.c.date_of_birth, self.born_from, self.born_to)
        if _given(self.family_name_starts_with):
            start = func.lower(self.family_name_starts_with)
            kept.append(func.starts_with(func.lower(child.c.family_name), start))
        if _given(self.has_current_plan):
            plan = tables.plan.alias()
            maintained = exists().where(
                plan.c.owner_id == child.c.owner_id,
                plan.c.child_id == child.c.id,
                plan.c.status.in_([PlanStatus.FINAL, PlanStatus.AMENDMENT_PROPOSED, PlanStatus.CEASE_NOTIFIED]),
                may_see(plan, asking),
            )
            kept.append(maintained if self.has_current_plan else ~maintained)
        return kept


@strawberry.input(description="Keeps the plans for which all of this is true.")
class PlanFilter:
    statuses: list[PlanStatus] | None = _optional("In one of these states.")
    finalised_from: date | None = _optional("Final on this day or later.")
    finalised_to: date | None = _optional("Final on this day or earlier.")

    def conditions(self, plan: FromClause, _: Asking) -> Conditions:
        return _among(plan.c.status, self.statuses) + _between(
            plan.c.finalised_on, self.finalised_from, self.finalised_to
        )


@strawberry.input(description="Keeps the provision for which all of this is true.")
class ProvisionFilter:
    sections: list[SectionCode] | None = _optional("In one of these sections.")
    agreement_statuses: list[AgreementStatus] | None = _optional("Where some commissioning body's agreement stands so.")

    def conditions(self, provision: FromClause, asking: Asking) -> Conditions:
        kept = _among(provision.c.section, self.sections)
        if _given(self.agreement_statuses):
            agreement = tables.provision_agreement.alias()
            some = select(1).where(
                agreement.c.owner_id == provision.c.owner_id,
                agreement.c.provision_id == provision.c.id,
                may_see(agreement, asking),
                *_among(agreement.c.status, self.agreement_statuses),
            )
            kept.append(exists(some))
        return kept


@strawberry.input(description="Keeps the personal budgets for which all of this is true.")
class PersonalBudgetFilter:
    statuses: list[BudgetStatus] | None = _optional("In one of these states.")

    def conditions(self, budget: FromClause, _: Asking) -> Conditions:
        return _among(budget.c.status, self.statuses)


@strawberry.input(description="Keeps the requests for which all of this is true.")
class CooperationRequestFilter:
    child: strawberry.ID | None = _optional("About this child.")
    addressed_to: strawberry.ID | None = _optional("Addressed to this body.")
    requested_by: strawberry.ID | None = _optional("Made by this authority.")
    statuses: list[CooperationStatus] | None = _optional("In one of these states.")
    functions: list[Part3Function] | None = _optional("In one of these functions.")
    due_from: date | None = _optional("Due on this day or later.")
    due_to: date | None = _optional("Due on this day or earlier.")

    def conditions(self, request: FromClause, _: Asking) -> Conditions:
        return [
            *_node(request.c.child_id, self.child, "Child", "child"),
            *_node(request.c.addressed_to_id, self.addressed_to, "Organisation", "addressedTo"),
            *_node(request.c.requested_by_id, self.requested_by, "Organisation", "requestedBy"),
            *_among(request.c.status, self.statuses),
            *_among(request.c.function, self.functions),
            *_between(request.c.due_on, self.due_from, self.due_to),
        ]


@strawberry.input(description="Keeps the notifications for which all of this is true.")
class NotificationFilter:
    bases: list[NotificationBasis] | None = _optional("On one of these bases.")

    def conditions(self, notification: FromClause, _: Asking) -> Conditions:
        return _among(notification.c.basis, self.bases)


@strawberry.input(description="Keeps the assessments for which all of this is true.")
class AssessmentFilter:
    decisions: list[AssessmentDecision] | None = _optional("Decided so.")
    outcomes: list[AssessmentOutcome] | None = _optional("With this outcome.")
    requested_from: date | None = _optional("Requested on this day or later.")
    requested_to: date | None = _optional("Requested on this day or earlier.")

    def conditions(self, assessment: FromClause, _: Asking) -> Conditions:
        return [
            *_among(assessment.c.decision, self.decisions),
            *_among(assessment.c.outcome, self.outcomes),
            *_between(assessment.c.requested_on, self.requested_from, self.requested_to),
        ]


@strawberry.input(description="Keeps the duties for which all of this is true: a work tray.")
class DutyFilter:
    holder: strawberry.ID | None = _optional("Owed by this body.")
    states: list[DutyState] | None = _optional("In one of these states today.")
    rules: list[DutyRule] | None = _optional("Under one of these rules.")
    due_from: date | None = _optional("Due on this day or later.")
    due_to: date | None = _optional("Due on this day or earlier.")

    def conditions(self, duty: FromClause, asking: Asking) -> Conditions:
        return [
            *_node(duty.c.holder_id, self.holder, "Organisation", "holder"),
            *_among(state_of(duty, asking.today), self.states),
            *_among(duty.c.rule, self.rules),
            *_between(duty.c.due_on, self.due_from, self.due_to),
        ]


@strawberry.input(description="Keeps the reviews for which all of this is true.")
class ReviewFilter:
    kinds: list[ReviewKind] | None = _optional("Of one of these kinds.")
    decisions: list[ReviewDecision] | None = _optional("Decided so.")

    def conditions(self, review: FromClause, _: Asking) -> Conditions:
        return _among(review.c.kind, self.kinds) + _among(review.c.decision, self.decisions)


@strawberry.input(description="Keeps the disputes for which all of this is true.")
class DisputeFilter:
    kinds: list[DisputeKind] | None = _optional("Of one of these kinds.")
    statuses: list[DisputeStatus] | None = _optional("In one of these states.")

    def conditions(self, dispute: FromClause, _: Asking) -> Conditions:
        return _among(dispute.c.kind, self.kinds) + _among(dispute.c.status, self.statuses)


@strawberry.input(description="Keeps the bodies for which all of this is true.")
class OrganisationFilter:
    kinds: list[OrganisationKind] | None = _optional("Of one of these kinds.")
    in_force_on: date | None = _optional("In force on this day.")

    def conditions(self, organisation: FromClause, _: Asking) -> Conditions:
        kept = _among(organisation.c.kind, self.kinds)
        if _given(self.in_force_on):
            kept.append(func.coalesce(organisation.c.in_force_from, date.min) <= self.in_force_on)
            kept.append(func.coalesce(organisation.c.in_force_to, date.max) >= self.in_force_on)
        return kept

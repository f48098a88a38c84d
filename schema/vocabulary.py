"""The closed lists of `hub.law` as GraphQL enums: the same words, described by their docstrings and meanings."""

from typing import cast

import strawberry
from strawberry.types.enum import WithStrawberryEnumDefinition

from hub.law import (
    budget_decisions,
    budget_direct_payment_events,
    budget_regimes,
    duty_terms,
    imports,
    notices,
    precedence,
    purposes,
    reg8_time_limit,
    reg17_consent,
    reg17_disclosure,
    reg17_grounds,
    reg23_reassessment,
    reg44_orders,
    reg64_decision_makers,
    responsibility,
    s31_cooperation,
    s36_assessment,
    s37_changes,
    s37_plan,
    s44_review,
    s49_personal_budget,
    s51_terms,
    safeguarding,
    vocabulary,
)
from hub.law.duties import DutyRule, in_full
from hub.law.term import Term

_LISTS: tuple[type[Term], ...] = (
    imports.DiscardReason,
    imports.QuarantineForm,
    imports.QuarantineResolution,
    imports.QuarantineStep,
    vocabulary.AdviceKind,
    vocabulary.AgreementStatus,
    vocabulary.AssessmentDecision,
    vocabulary.AssessmentOutcome,
    vocabulary.BudgetKind,
    vocabulary.BudgetStatus,
    vocabulary.Certainty,
    vocabulary.DirectPaymentStatus,
    vocabulary.DisputeKind,
    vocabulary.DisputeStatus,
    vocabulary.IdentityDecision,
    vocabulary.NHSNumberStatus,
    vocabulary.NotificationBasis,
    vocabulary.Opinion,
    vocabulary.OrganisationKind,
    vocabulary.PaymentMechanism,
    vocabulary.PaymentPeriod,
    vocabulary.PlanStatus,
    vocabulary.ResponsibilityKind,
    vocabulary.ReviewDecision,
    vocabulary.ReviewKind,
    vocabulary.SectionCode,
    vocabulary.Sex,
    vocabulary.SharingMode,
    vocabulary.Source,
    duty_terms.DutyBasis,
    duty_terms.DutyRule,
    duty_terms.DutyState,
    duty_terms.Holder,
    duty_terms.Relief,
    responsibility.ResponsibilityGround,
    safeguarding.Alerted,
    reg8_time_limit.Part3Function,
    reg8_time_limit.TimeExceptionGround,
    notices.NoticeContent,
    notices.NoticeKind,
    notices.NoticeTo,
    reg17_disclosure.Part,
    s36_assessment.AskedBy,
    s37_changes.ChangeKind,
    s37_plan.CeaseReason,
    reg23_reassessment.NoReassessmentBecause,
    reg23_reassessment.ReassessmentAskedBy,
    reg44_orders.AppealedMatter,
    reg64_decision_makers.Decider,
    reg64_decision_makers.DecidesBecause,
    precedence.ChildField,
    precedence.StandsBy,
    purposes.Purpose,
    reg17_consent.CapacityBasis,
    reg17_consent.ConsentGiver,
    reg17_grounds.Ground,
    s31_cooperation.CooperationStatus,
    s31_cooperation.Receipt,
    s31_cooperation.RefusalGround,
    s44_review.Invited,
    s44_review.Phase,
    s49_personal_budget.AggregateBecause,
    s49_personal_budget.Buys,
    s49_personal_budget.ItemStatus,
    budget_regimes.Exclusion,
    budget_regimes.Regime,
    budget_regimes.Requirement,
    budget_direct_payment_events.Recipient,
    budget_direct_payment_events.Undertaking,
    budget_direct_payment_events.YoungPersonsWish,
    budget_decisions.Considered,
    budget_decisions.DecisionOnDirectPayment,
    budget_decisions.ReconsiderationOutcome,
    budget_decisions.RepaymentGround,
    budget_decisions.StopGround,
    s51_terms.RedressMatter,
    s51_terms.RedressStep,
)


def register() -> None:
    """Make each of them an enum of the schema."""
    for each in _LISTS:
        strawberry.enum(each, description=" ".join((each.__doc__ or "").split()))
        for value in cast(WithStrawberryEnumDefinition, each).__strawberry_definition__.values:
            value.description = _description(each(value.value))


def _description(term: Term) -> str:
    """What a value means; of a duty, also by when, whose it is and under which provision."""
    return in_full(term) if isinstance(term, DutyRule) else term.meaning

"""What a portal gives to be in a draft, as the action takes it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import strawberry

from hub.actions.plan_given import FromAdvice, Given, GivenNeed, GivenOutcome, GivenProvision, Ref
from schema.ids import from_global, row_of_type, type_in
from schema.mutations.plan_inputs import (
    FromAdviceInput,
    NeedInput,
    OutcomeInput,
    PlanContentsInput,
    ProvisionInput,
)

_IN_PLANS = frozenset({"Need", "Outcome", "Provision"})


def given_of(contents: PlanContentsInput) -> Given:
    """The contents as rows and references; raises `Problem` INVALID for what is no id of this hub."""
    return Given(
        sections=[(each.code, each.text) for each in contents.sections],
        needs=[_need(each) for each in contents.needs],
        outcomes=[_outcome(each) for each in contents.outcomes],
        provision=[_provision(each) for each in contents.provisions],
        taken_out=frozenset(from_global(each, argument="takenOut")[1] for each in contents.taken_out),
        agreement_by=contents.agreement_by,
    )


def _need(each: NeedInput) -> GivenNeed:
    return GivenNeed(
        each.key,
        _own(each.id, "Need"),
        each.section,
        each.description,
        each.area,
        each.sen_type,
        each.rank,
        _advised(each.from_advice),
    )


def _outcome(each: OutcomeInput) -> GivenOutcome:
    return GivenOutcome(each.key, _own(each.id, "Outcome"), each.description, each.by_when)


def _provision(each: ProvisionInput) -> GivenProvision:
    return GivenProvision(
        id=_own(each.id, "Provision"),
        section=each.section,
        description=each.description,
        need=_ref(each.need, "Need") if each.need is not None else None,
        outcomes=[_ref(one, "Outcome") for one in each.outcomes],
        frequency=each.frequency,
        minutes_per_week=each.minutes_per_week,
        delivered_by=each.delivered_by,
        qualification=each.qualification,
        setting=each.setting,
        starts_on=each.starts_on,
        ends_on=each.ends_on,
        commissioner_id=_own(each.commissioner, "Organisation"),
        provider_id=_own(each.provider, "Organisation"),
        annual_cost=each.cost(),
        for_adulthood=each.for_adulthood,
        from_advice=_advised(each.from_advice),
    )


def _own(given: strawberry.ID | None, type_name: str) -> UUID | None:
    return row_of_type(given, type_name) if given is not None else None


def _ref(given: str, type_name: str) -> Ref:
    """An id of something in the plan, or the key of something in this request."""
    return row_of_type(given, type_name) if type_in(given) in _IN_PLANS else given


def _advised(given: Sequence[FromAdviceInput]) -> list[FromAdvice]:
    return [FromAdvice(row_of_type(each.advice, "Advice", argument="advice"), each.place) for each in given]

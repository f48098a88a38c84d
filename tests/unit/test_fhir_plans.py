"""Plans, needs and outcomes as CarePlan, Condition, Goal and Observation: there and back, with nothing lost."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fhir_mappings import systems
from fhir_mappings.need import (
    AdvisedNeed,
    Need,
    Outcome,
    read_condition,
    read_goal,
    read_observation,
    to_condition,
    to_goal,
    to_observation,
)
from fhir_mappings.outcome import Faults
from fhir_mappings.plan import Plan, PlanProvision, Section, read_plan, to_care_plan
from fhir_mappings.values import Located
from hub.law.vocabulary import PlanStatus, SectionCode
from tests.unit.test_fhir_budgets import AUTHORITY, BOARD, sent

cases = settings(max_examples=40, deadline=None, database=None, derandomize=True)
words = st.text(st.characters(codec="utf-8", categories=("L", "N", "P")), min_size=1, max_size=20)
maybe = st.none() | words
days = st.none() | st.dates(date(2000, 1, 1), date(2050, 1, 1))
bodies = st.none() | st.sampled_from([AUTHORITY, BOARD])
several = st.lists(st.uuids(), max_size=2).map(tuple)

provisions = st.builds(
    PlanProvision,
    st.uuids(),
    st.sampled_from([SectionCode.F, SectionCode.G, SectionCode.H1, SectionCode.H2]),
    words,
    maybe,
    st.none() | st.integers(0, 3000),
    maybe,
    maybe,
    maybe,
    days,
    days,
    bodies,
    bodies,
    st.booleans(),
    st.none() | st.integers(0, 10_000_000),
    st.none() | st.uuids(),
    several,
)
plans = st.builds(
    Plan,
    st.uuids(),
    st.sampled_from(PlanStatus),
    st.integers(1, 50),
    days,
    days,
    days,
    days,
    days,
    bodies,
    st.none() | st.uuids(),
    st.lists(st.builds(Section, st.sampled_from(SectionCode), words), max_size=3).map(tuple),
    several,
    several,
    st.lists(provisions, max_size=3).map(tuple),
)
needs = st.builds(
    Need,
    st.uuids(),
    st.sampled_from([SectionCode.B, SectionCode.C, SectionCode.D]),
    words,
    st.none() | st.uuids(),
    maybe,
    maybe,
    st.none() | st.integers(1, 20),
)
outcomes = st.builds(Outcome, st.uuids(), words, st.integers(1, 20), st.none() | st.uuids(), days, maybe)
advised = st.builds(AdvisedNeed, st.uuids(), st.uuids(), words, st.dates(date(2000, 1, 1), date(2050, 1, 1)), bodies)


@cases
@given(plans)
def test_a_plan_with_its_provision_goes_there_and_back(plan: Plan) -> None:
    """Specified and quantified (reg. 12(1)(f)): what, how often, how long, by whom, where, until when."""
    faults = Faults()
    assert read_plan(sent(to_care_plan(plan, child=None, authority=AUTHORITY)), faults) == plan
    assert not faults.issues


@cases
@given(needs, outcomes, advised, st.sampled_from(PlanStatus))
def test_needs_and_outcomes_go_there_and_back(
    need: Need, outcome: Outcome, found: AdvisedNeed, status: PlanStatus
) -> None:
    faults = Faults()
    assert read_condition(sent(to_condition(need, child=None)), faults) == need
    assert read_goal(sent(to_goal(outcome, child=None, plan=status)), faults) == outcome
    assert read_observation(sent(to_observation(found, child=None)), faults) == found
    assert not faults.issues


PLAN = Plan(UUID(int=1), PlanStatus.FINAL, 1, provisions=(PlanProvision(UUID(int=2), SectionCode.F, "x"),))


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"id": "banana"}, "id-unknown"),
        ({"extension": []}, "plan-status"),
        ({"activity": [{"detail": {"description": "x", "status": "unknown"}}]}, "plan-provision"),
        ({"activity": [{"id": str(UUID(int=2)), "detail": {"status": "unknown"}}]}, "provision-undescribed"),
        ({"created": "2026"}, "date-partial"),
    ],
)
def test_what_a_plan_does_not_say_is_a_fault(change: dict[str, Any], rule: str) -> None:
    faults = Faults()
    care_plan = to_care_plan(PLAN, child=None, authority=AUTHORITY) | change
    assert read_plan(Located("CarePlan", care_plan), faults) is None
    assert rule in {each.rule for each in faults.issues}


def test_what_needs_and_outcomes_do_not_say_is_a_fault() -> None:
    def at(kind: str, **said: Any) -> Located:
        return Located(kind, {"resourceType": kind, "id": str(UUID(int=1)), **said})

    faults = Faults()
    section = [{"coding": [systems.PLAN_SECTION.coding(SectionCode.B)]}]
    assert read_condition(at("Condition", category=section), faults) is None
    assert read_goal(at("Goal", description={"text": "x"}), faults) is None
    assert read_observation(at("Observation", valueString="x"), faults) is None
    assert {each.rule for each in faults.issues} >= {"need", "outcome", "advised-need"}

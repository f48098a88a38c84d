"""Disclosure for higher education (reg. 47). The young person asks, and the authority sends the plan."""

from datetime import date

import pytest

from hub.law.duties import RULES, DutyRule, due_on
from hub.law.duty_terms import Holder
from hub.law.reg47_higher_education import refuse_request
from hub.law.s37_plan import MAINTAINED
from hub.law.vocabulary import PlanStatus

TODAY = date(2026, 11, 20)
BORN = date(2008, 3, 4)


def _refused(status: PlanStatus = PlanStatus.FINAL, born_on: date = BORN, on: date = TODAY) -> str | None:
    refused = refuse_request(status, born_on=born_on, on=on, today=TODAY)
    return refused and refused.rule


def test_the_young_person_asks() -> None:
    """The request is the young person's own: nobody asks before the end of compulsory school age."""
    assert _refused() is None
    assert _refused(born_on=date(2012, 3, 4)) == "not-a-young-person"
    assert _refused(on=date(2026, 11, 21)) == "in-the-future"


@pytest.mark.parametrize("status", PlanStatus)
def test_a_plan_is_maintained(status: PlanStatus) -> None:
    """What is sent is a plan that the authority maintains."""
    assert _refused(status) == (None if status in MAINTAINED else "no-plan-maintained")


def test_the_authority_sends_it_in_fifteen_working_days() -> None:
    """The authority sends the plan within 15 working days of being asked."""
    assert RULES[DutyRule.DISCLOSE_PLAN_FOR_HIGHER_EDUCATION].holder is Holder.AUTHORITY
    assert due_on(DutyRule.DISCLOSE_PLAN_FOR_HIGHER_EDUCATION, date(2026, 6, 1)) == date(2026, 6, 22)

"""The plan for higher education or a disabled students' allowance (SEND Regs 2014 reg. 47): the young person asks."""

from datetime import date

from hub.law.decisions import Refusal
from hub.law.reg64_decision_makers import over_compulsory_school_age
from hub.law.s37_plan import MAINTAINED
from hub.law.vocabulary import PlanStatus

REG_47 = "SEND Regs 2014 reg. 47"


def refuse_request(status: PlanStatus, *, born_on: date, on: date, today: date) -> Refusal | None:
    """Why a request of that day is not one: no plan is maintained, it is to come, or no young person asks."""
    if status not in MAINTAINED:
        return Refusal(REG_47, "no-plan-maintained", f"This version of the plan stands at {status}.")
    if on > today:
        return Refusal(REG_47, "in-the-future", "It has not been asked yet.", ("on",))
    if not over_compulsory_school_age(born_on, on):
        message = "It is for a young person to ask: somebody over compulsory school age and under 25 (s. 83(2))."
        return Refusal(REG_47, "not-a-young-person", message)
    return None

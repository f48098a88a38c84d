"""The rows of the statutory clocks: rule, start and end are facts, and the law says when each is due."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from hub.county.bodies import Body
from hub.county.rows import Case
from hub.law.duties import RULES, DutyBasis, DutyRule, Relief, due_on, state


@dataclass(frozen=True, slots=True)
class About:
    """What a duty is about: a row, by the name of its type in the schema."""

    type: str
    id: UUID


@dataclass(frozen=True, slots=True)
class Excuse:
    """A recorded exception to a time limit."""

    ground: Relief
    explanation: str
    recorded_at: datetime
    starts_on: date | None = None
    ends_on: date | None = None


def clock(
    case: Case,
    rule: DutyRule,
    about: About,
    *,
    started_on: date | None,
    holder: Body | None = None,
    met_on: date | None = None,
    ended_on: date | None = None,
    excuse: Excuse | None = None,
    without_limit: str | None = None,
) -> date | None:
    """Write a duty and answer the last day for it.

    The holder is the authority unless another is given. `without_limit` is the provision of a duty that has no clock.
    """
    bound = holder or case.owner
    due = due_on(rule, started_on) if started_on and not without_limit else None
    duty_id = case.add(
        "duty",
        rule=rule,
        provision=without_limit or RULES[rule].provision,
        holder_id=bound.id,
        basis=DutyBasis.NONE if without_limit else RULES[rule].basis,
        started_on=started_on,
        due_on=due,
        met_on=met_on,
        ended_on=ended_on,
        excused=excuse is not None,
        announced_state=state(
            due_on=due,
            started_on=started_on,
            met_on=met_on,
            ended_on=ended_on,
            excused=excuse is not None,
            today=case.today,
            window=RULES[rule].window,
        ),
        about_type=about.type,
        about_id=about.id,
    )
    if excuse is not None:
        case.add(
            "duty_exception",
            duty_id=duty_id,
            ground=excuse.ground.value,
            explanation=excuse.explanation,
            recorded_by_id=bound.id,
            recorded_at=excuse.recorded_at,
            starts_on=excuse.starts_on,
            ends_on=excuse.ends_on,
        )
    return due

"""The clocks of a request that a return tells of: whether to assess (six weeks), and the final plan (twenty)."""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from hub.actions.import_changes import Changes
from hub.actions.import_record import Record, Returned
from hub.actions.sen2_return import Assessment, Outcome, Request
from hub.db import tables
from hub.db.import_return import Row
from hub.law.duties import RULES, DutyRule, due_on, state

DECIDE, FINALISE = DutyRule.DECIDE_WHETHER_TO_ASSESS, DutyRule.FINALISE_PLAN


def keep_duties(changes: Changes, request: Request, assessment: Row, record: Record, returned: Returned) -> None:
    """Keep the duties of a request received since the law came into force.

    A historical request has none: its dates are not this authority's. Nor has that of a detained person: their clocks
    are in other Regulations (SI 2015/62). A new duty counts as announced, so that an import of old cases does not raise
    an alarm for each.
    """
    received = request.received_on
    if received is None or request.historical or assessment["historical"] or request.rya:
        return
    recorded = {row["rule"]: row for row in record.of("duty") if row["about_id"] == assessment["id"]}
    for rule, met_on, ended_on, excused in _duties(request, returned.header.reference_date):
        current = recorded.get(rule)
        if received < RULES[rule].in_force_from or (current is None and ended_on is not None and rule is FINALISE):
            continue  # a duty to finalise a plan that was never to be made
        if current is not None and (current["met_on"] or current["ended_on"]):
            ended_on = None  # how it ended stands
        due = _due_on(rule, received)
        now = state(
            due_on=due, started_on=received, met_on=met_on, ended_on=ended_on, excused=excused, today=returned.today
        )
        changes.keep(
            tables.duty,
            assessment["child_id"],
            current,
            {"met_on": met_on, "ended_on": ended_on, "excused": excused or None},
            rule=rule,
            provision=RULES[rule].provision,
            holder_id=changes.owner_id,
            basis=RULES[rule].basis,
            started_on=received,
            due_on=due,
            announced_state=now,
            about_type="Assessment",
            about_id=assessment["id"],
            **({} if excused else {"excused": False}),
        )


@lru_cache(maxsize=16_384)
def _due_on(rule: DutyRule, started_on: date) -> date | None:
    """The same days stand in a file again and again."""
    return due_on(rule, started_on)


def _duties(request: Request, reference_date: date) -> Iterator[tuple[DutyRule, date | None, date | None, bool]]:
    """Each rule with the day it was met, the day it fell away, and whether its time limit was relieved.

    Where the return tells that a duty is over but not since when, it is over by the reference date.
    """
    assessed = request.assessment or Assessment()
    decided = request.outcome in {Outcome.YES, Outcome.NO}
    gone = request.outcome is Outcome.WITHDRAWN or (request.exported_to is not None and not decided)
    met = request.outcome_on if decided else None
    over = (decided and met is None) or gone
    yield DECIDE, met, (request.outcome_on or reference_date) if over else None, False

    plan = assessed.named_plan
    made = plan is not None or request.active_plan is not None
    finalised = plan.starts_on if plan else None
    not_to_be = (
        request.outcome in {Outcome.NO, Outcome.WITHDRAWN}
        or assessed.outcome in {Outcome.NO, Outcome.WITHDRAWN}
        or request.exported_to is not None
    )
    over = finalised is None and (made or not_to_be)
    since = assessed.outcome_on or (request.outcome_on if request.outcome is not Outcome.YES else None)
    yield FINALISE, finalised, (since or reference_date) if over else None, bool(assessed.week20)

"""What relieves the authority of a time limit (SEND Regs 2014 regs 5(4), 10(4), 13(3), 27(3), 44(3), 45(7)).

"The local authority need not comply with the time limit ... if it is impractical to do so because" of one of the things
that the rule lists. Each is a recorded fact: which, what happened, when, and who says so. It relieves the limit and
never the duty.

Where a school, college or early years provider was closed, it must have been for at least four weeks without a break,
and advice must have been asked of it in the time from one week before it closed to one week before it opened again
(regs 5(4)(a), (b), 10(4)(a), (b)).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from hub.law.decisions import Refusal, says_something
from hub.law.duties import RULES, DutyRule, Relief

ONE_WEEK = timedelta(weeks=1)  # regs 5(4)(a), 10(4)(a)
AT_LEAST = {  # the shortest period of each, without a break
    Relief.SCHOOL_CLOSED: timedelta(weeks=4),  # reg. 10(4)(a)
    Relief.EARLY_YEARS_PROVIDER_CLOSED: timedelta(weeks=4),  # reg. 10(4)(b)
    Relief.ABSENT_FROM_AREA: timedelta(weeks=4),  # reg. 10(4)(d)
    Relief.ABSENT_FROM_AREA_TWO_WEEKS: timedelta(weeks=2),  # reg. 44(3)(b)
}
CLOSURES = frozenset({Relief.SCHOOL_CLOSED, Relief.EARLY_YEARS_PROVIDER_CLOSED})


@dataclass(frozen=True, slots=True)
class Excuse:
    """Why it was impractical to act in time. Both days are of the period that it lasted."""

    ground: Relief
    explanation: str
    from_: date | None = None
    to: date | None = None


def refuse_excuse(
    excuse: Excuse,
    *,
    rule: DutyRule,
    started_on: date | None,
    due_on: date | None,
    closed_on: date | None,
    advice_asked_on: Collection[date],
    today: date,
) -> Refusal | None:
    """Why the exception may not be recorded, or None where it may.

    `closed_on`: the day on which the duty was met or fell away. `advice_asked_on`: the days on which advice was asked
    of the school or provider.
    """
    provision = RULES[rule].provision
    if rule is DutyRule.COMPLY_WITH_ADVICE_REQUEST:
        return Refusal("SEND Regs 2014 reg. 8(2)", "claim-on-the-request", "Claim the exception on the request itself.")
    if excuse.ground not in RULES[rule].relieved_by:
        return Refusal(provision, "not-an-exception", "This does not relieve this time limit.", ("ground",))
    if started_on is None or due_on is None:
        return Refusal(provision, "clock-not-running", "The time limit has not begun to run.")
    if closed_on is not None and closed_on <= due_on:
        return Refusal(provision, "met-in-time", "The duty was met in time, or fell away: nothing is to be relieved.")
    if not says_something(excuse.explanation):
        return Refusal(
            provision, "explanation-required", "Say why it was impractical to act in time.", ("explanation",)
        )
    return _refuse_period(excuse, provision, started_on, due_on, today) or _refuse_closure(
        excuse, provision, advice_asked_on
    )


def _refuse_period(excuse: Excuse, provision: str, started_on: date, due_on: date, today: date) -> Refusal | None:
    first, last = excuse.from_, excuse.to
    if first and last and last < first:
        return Refusal(provision, "dates-out-of-order", "The period ends before it begins.", ("to",))
    if first and first > today:
        return Refusal(provision, "in-the-future", "It has not happened yet.", ("from",))
    if (first and first > due_on) or (last and last < started_on):
        return Refusal(provision, "outside-the-period", "It did not happen while the time limit ran.", ("from",))
    shortest = AT_LEAST.get(excuse.ground)
    if shortest is None:
        return None
    if first is None or last is None:
        return Refusal(provision, "dates-required", "Say from which day to which day it lasted.", ("from",))
    if last - first + timedelta(days=1) < shortest:
        message = f"It must have lasted at least {shortest.days // 7} weeks without a break."
        return Refusal(provision, "too-short", message, ("from",))
    return None


def _refuse_closure(excuse: Excuse, provision: str, advice_asked_on: Collection[date]) -> Refusal | None:
    if excuse.ground not in CLOSURES or excuse.from_ is None or excuse.to is None:
        return None
    opens = excuse.to + timedelta(days=1)
    if any(excuse.from_ - ONE_WEEK <= day <= opens - ONE_WEEK for day in advice_asked_on):
        return None
    return Refusal(
        provision,
        "no-advice-asked-then",
        "A closure counts where advice was asked of the school or provider in the time from one week before it closed "
        "to one week before it opened again.",
        ("from",),
    )

"""The six weeks in which a body must comply with a request, and what relieves them (SEND Regs 2014 reg. 8).

"That body must comply with such a request within 6 weeks of the date on which they receive it" (reg. 8(1)), where the
request is for an EHC needs assessment, or for a re-assessment (reg. 26(2)). It need not comply with the time limit if
that is impractical for one of the three reasons of reg. 8(2), each "during that 6 week period".
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from hub.law.decisions import Refusal, says_something
from hub.law.duties import DutyBasis, DutyRule, due_on
from hub.law.periods import ENGLAND, WorkingCalendar, WorkingDays, last_day, london_day
from hub.law.term import Term, means

FOUR_WEEKS = timedelta(weeks=4)  # reg. 8(2)(b)


class Part3Function(Term):
    """The function under Part 3 in which co-operation is asked. It decides whether the clock is statutory."""

    EHC_NEEDS_ASSESSMENT = means(
        "Assessing needs (CFA 2014 s. 36). The body has six weeks from receipt (SEND Regs 2014 reg. 8(1))."
    )
    REASSESSMENT = means(
        "Re-assessing needs (CFA 2014 s. 44). The body has six weeks from receipt (SEND Regs 2014 reg. 26(2))."
    )
    PLAN_PREPARATION = means("Preparing an EHC plan (CFA 2014 ss. 37, 38). No period is prescribed.")
    PLAN_REVIEW = means("Reviewing an EHC plan (CFA 2014 s. 44). No statutory clock.")
    SECURING_PROVISION = means("Securing the provision in a plan (CFA 2014 s. 42). No statutory clock.")
    PERSONAL_BUDGET = means("Preparing a personal budget (CFA 2014 s. 49). No statutory clock.")
    TRANSFER = means("Transferring a plan to another authority (SEND Regs 2014 reg. 15). No statutory clock.")
    OTHER_PART_3 = means("Any other function under Part 3. No statutory clock.")


class TimeExceptionGround(Term):
    """Why a body need not comply in time: reg. 8(2)(a), (b), (c). A waiting list is not among them."""

    EXCEPTIONAL_CIRCUMSTANCES = means(
        "Exceptional circumstances affect the child, the parent or the young person (reg. 8(2)(a))."
    )
    ABSENT_FROM_AREA = means("The family is away from the area for at least four weeks without a break (reg. 8(2)(b)).")
    MISSED_APPOINTMENT = means(
        "An appointment that the body made for an examination or a test was missed (reg. 8(2)(c))."
    )


STATUTORY_CLOCK: frozenset[Part3Function] = frozenset({Part3Function.EHC_NEEDS_ASSESSMENT, Part3Function.REASSESSMENT})
"""Regs 8(1) and 26(2). S. 31(4) would allow a period for the preparation of a plan too, but none is prescribed."""


@dataclass(frozen=True, slots=True)
class TimeException:
    """A recorded exception to the six weeks. It relieves the time limit, not the duty. Both days are of the period."""

    ground: TimeExceptionGround
    explanation: str
    claimed_by: UUID
    claimed_at: datetime
    from_: date | None = None
    to: date | None = None


@dataclass(frozen=True, slots=True)
class AgreedLimit:
    """The working days from receipt that an arrangement in force agrees for a request without a statutory clock."""

    arrangement: UUID
    working_days: int


NOT_RECEIVED = Refusal(
    "SEND Regs 2014 reg. 8(2)",
    "clock-not-running",
    "The six weeks run from receipt, and it is not recorded that the body has received this request.",
)


def basis(function: Part3Function, agreed: AgreedLimit | None = None) -> DutyBasis:
    """Where the time limit of a request comes from: the statute, or else what the bodies agreed, or else nowhere."""
    if function in STATUTORY_CLOCK:
        return DutyBasis.STATUTORY
    return DutyBasis.NONE if agreed is None else DutyBasis.LOCAL_AGREEMENT


def last_day_to_comply(
    function: Part3Function,
    received_at: datetime,
    agreed: AgreedLimit | None = None,
    calendar: WorkingCalendar = ENGLAND,
) -> date | None:
    """Six weeks from the London day of receipt; without a statutory clock what was agreed, or None."""
    if function in STATUTORY_CLOCK:
        return due_on(DutyRule.COMPLY_WITH_ADVICE_REQUEST, london_day(received_at))
    return None if agreed is None else last_day(WorkingDays(agreed.working_days), london_day(received_at), calendar)


def refuse_exception(
    exception: TimeException, *, function: Part3Function, received_at: datetime | None
) -> Refusal | None:
    """Why the exception cannot be recorded, or None where it can."""
    if function not in STATUTORY_CLOCK:
        return _refusal("no-statutory-clock", "This request has no statutory time limit, so there is none to relieve.")
    if received_at is None:
        return NOT_RECEIVED
    if not says_something(exception.explanation):
        return _refusal("explanation-required", "Say why it was impractical to comply within six weeks.", "explanation")
    if exception.from_ and exception.to and exception.to < exception.from_:
        return _refusal("dates-out-of-order", "The period ends before it begins.", "to")
    if not _touches_six_weeks(exception, london_day(received_at)):
        return _refusal("outside-the-six-weeks", "It must have happened during the six weeks from receipt.", "from")
    if exception.ground is TimeExceptionGround.ABSENT_FROM_AREA:
        return _refuse_absence(exception, london_day(received_at))
    return None


def _touches_six_weeks(exception: TimeException, received_on: date) -> bool:
    """Reg. 8(2): "during that 6 week period". A claim that gives no dates is taken to be about them."""
    last_day = due_on(DutyRule.COMPLY_WITH_ADVICE_REQUEST, received_on)
    begins, ends = exception.from_ or exception.to, exception.to or exception.from_
    return (begins is None or begins <= last_day) and (ends is None or received_on <= ends)


def _refuse_absence(exception: TimeException, received_on: date) -> Refusal | None:
    if exception.from_ is None or exception.to is None:
        return _refusal("absence-dates-required", "Say from which day to which day the family was away.", "from")
    first = max(exception.from_, received_on)
    last = min(exception.to, due_on(DutyRule.COMPLY_WITH_ADVICE_REQUEST, received_on))
    if last - first + timedelta(days=1) < FOUR_WEEKS:
        return _refusal(
            "absence-four-weeks",
            "The absence must be a continuous period of at least four weeks during the six weeks from receipt.",
            "from",
        )
    return None


def _refusal(rule: str, message: str, *path: str) -> Refusal:
    return Refusal("SEND Regs 2014 reg. 8(2)", rule, message, path)

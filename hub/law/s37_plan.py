"""The life of an EHC plan (CFA 2014 ss. 37 to 46, SEND Regs 2014 regs 13, 14, 22, 28 to 31). Its form: reg12_form.

In words:

1.  A draft is prepared and served on the parent or young person, who have at least 15 days beginning with that day
    (s. 38(1), (2), reg. 13(1)). Only then is it made final. A draft may be revised before and after it was served.
2.  A final version does not change. To amend it the authority makes a further version, which is drafted, served with
    the reasons, and made final; the earlier one is then superseded (s. 44, regs 22, 28).
3.  An authority that decides to cease to maintain a plan gives notice, and goes on maintaining it until the time to
    appeal is over or the appeal is determined (s. 45(4), reg. 31). No notice is waited for where the child or young
    person has died, nor at the end of the academic year in which the young person turned 25 (s. 46).
4.  A plan whose subject moves goes to the new authority (reg. 15).

TRANSITIONS is the whole of what may follow what. A pair that is absent is refused, and nothing happens.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TypeAlias

from hub.law.decisions import Refusal, says_something
from hub.law.duties import DutyRule, due_on
from hub.law.school_years import UNDER, age_on, may_be_kept_to
from hub.law.term import Term, means
from hub.law.transitions import Transitions
from hub.law.vocabulary import PlanStatus

MAINTAINED = (PlanStatus.FINAL, PlanStatus.AMENDMENT_PROPOSED, PlanStatus.CEASE_NOTIFIED)
"""While a version stands in one of these, the authority maintains it and the provision in it is owed (s. 42)."""
CHANGEABLE = frozenset({PlanStatus.DRAFT, PlanStatus.SERVED})


class CeaseReason(Term):
    """Why an authority ceases to maintain a plan (s. 45(1); the reasons of the SEN2 return)."""

    MAX_AGE = means("The academic year has ended in which the young person turned 25 (CFA 2014 s. 46).")
    NEEDS_MET_WITHOUT_PLAN = means("The plan is no longer necessary (CFA 2014 s. 45(1)(b)).")
    HIGHER_EDUCATION = means("The young person has gone to higher education.")
    PAID_EMPLOYMENT = means("The young person is in paid employment that is no apprenticeship.")
    NO_LONGER_WISHES_TO_ENGAGE = means("The young person no longer wishes to engage.")
    LEFT_ENGLAND = means("The child or young person has left England.")
    DECEASED = means("The child or young person has died.")
    OTHER = means("Any other reason for which the plan is no longer necessary.")


@dataclass(frozen=True, slots=True)
class Revised:
    """The contents of the draft are changed."""

    on: date


@dataclass(frozen=True, slots=True)
class Served:
    """The draft is sent to the parent or young person, with notice of the time to respond (s. 38(2), reg. 13(1))."""

    on: date


@dataclass(frozen=True, slots=True)
class Finalised:
    """The final plan is sent (s. 39(8), reg. 13(2))."""

    on: date


@dataclass(frozen=True, slots=True)
class AmendmentProposed:
    """The authority begins an amendment: a further version (regs 22, 28)."""

    on: date


@dataclass(frozen=True, slots=True)
class AmendmentDropped:
    """The authority decides not to amend (reg. 22(4))."""

    on: date


@dataclass(frozen=True, slots=True)
class Superseded:
    """A later version has been made final."""

    on: date


@dataclass(frozen=True, slots=True)
class CeaseNotified:
    """The authority notifies its decision to cease to maintain the plan (reg. 31)."""

    on: date
    reason: CeaseReason


@dataclass(frozen=True, slots=True)
class CeaseWithdrawn:
    """The authority goes on maintaining the plan after all, or is ordered to."""

    on: date


@dataclass(frozen=True, slots=True)
class Ceased:
    """The authority ceases to maintain the plan (s. 45). `appeal_until`: the last day to appeal, where it is known;
    `appeal_open`: an appeal is not determined."""

    on: date
    reason: CeaseReason
    appeal_until: date | None = None
    appeal_open: bool = False


@dataclass(frozen=True, slots=True)
class Transferred:
    """The plan goes to the authority to whose area its subject moved (reg. 15)."""

    on: date


PlanEvent: TypeAlias = (
    Revised
    | Served
    | Finalised
    | AmendmentProposed
    | AmendmentDropped
    | Superseded
    | CeaseNotified
    | CeaseWithdrawn
    | Ceased
    | Transferred
)

_S = PlanStatus
TRANSITIONS: Transitions[PlanStatus, type[PlanEvent], PlanStatus] = Transitions(
    PlanStatus,
    (
        Revised,
        Served,
        Finalised,
        AmendmentProposed,
        AmendmentDropped,
        Superseded,
        CeaseNotified,
        CeaseWithdrawn,
        Ceased,
        Transferred,
    ),
    {
        (_S.DRAFT, Revised): _S.DRAFT,
        (_S.DRAFT, Served): _S.SERVED,
        (_S.DRAFT, AmendmentDropped): _S.SUPERSEDED,
        (_S.SERVED, Revised): _S.SERVED,
        (_S.SERVED, Finalised): _S.FINAL,
        (_S.SERVED, AmendmentDropped): _S.SUPERSEDED,
        (_S.FINAL, AmendmentProposed): _S.AMENDMENT_PROPOSED,
        (_S.FINAL, Superseded): _S.SUPERSEDED,
        (_S.FINAL, CeaseNotified): _S.CEASE_NOTIFIED,
        (_S.FINAL, Ceased): _S.CEASED,
        (_S.FINAL, Transferred): _S.TRANSFERRED,
        (_S.AMENDMENT_PROPOSED, AmendmentDropped): _S.FINAL,
        (_S.AMENDMENT_PROPOSED, Superseded): _S.SUPERSEDED,
        (_S.AMENDMENT_PROPOSED, Ceased): _S.CEASED,
        (_S.AMENDMENT_PROPOSED, Transferred): _S.TRANSFERRED,
        (_S.CEASE_NOTIFIED, CeaseWithdrawn): _S.FINAL,
        (_S.CEASE_NOTIFIED, Ceased): _S.CEASED,
        (_S.CEASE_NOTIFIED, Transferred): _S.TRANSFERRED,
    },
)
_PROVISIONS: Mapping[type[PlanEvent], str] = MappingProxyType(
    {
        Revised: "CFA 2014 s. 38",
        Served: "SEND Regs 2014 reg. 13(1)",
        Finalised: "SEND Regs 2014 reg. 13(2)",
        AmendmentProposed: "SEND Regs 2014 regs 22, 28",
        AmendmentDropped: "SEND Regs 2014 reg. 22(4)",
        Superseded: "SEND Regs 2014 reg. 22(3)",
        CeaseNotified: "SEND Regs 2014 reg. 31",
        CeaseWithdrawn: "CFA 2014 s. 45",
        Ceased: "CFA 2014 s. 45",
        Transferred: "SEND Regs 2014 reg. 15",
    }
)


@dataclass(frozen=True, slots=True)
class Plan:
    """A version of a plan as it stands; `after` is the only way its status changes."""

    status: PlanStatus
    born_on: date
    drafted_on: date | None = None
    served_on: date | None = None
    finalised_on: date | None = None
    cease_notified_on: date | None = None

    @property
    def latest_on(self) -> date:
        """The last thing that happened to this version, or the birth of its subject."""
        days = (self.born_on, self.drafted_on, self.served_on, self.finalised_on, self.cease_notified_on)
        return max(day for day in days if day is not None)

    def after(self, event: PlanEvent, *, today: date) -> PlanStatus | Refusal:
        """The status after the event, or the refusal that leaves the version as it is."""
        provision = _PROVISIONS[type(event)]
        status = TRANSITIONS.get((self.status, type(event)))
        if status is None:
            return Refusal(provision, "out-of-order", f"This version of the plan stands at {self.status}.")
        if event.on > today:
            return Refusal(provision, "in-the-future", "It has not happened yet.", ("on",))
        if event.on < self.latest_on:
            message = f"It cannot have been before {self.latest_on}."
            return Refusal(provision, "dates-out-of-order", message, ("on",))
        return self._refuse(event) or status

    def _refuse(self, event: PlanEvent) -> Refusal | None:
        match event:
            case Finalised(on) if self.served_on is not None and on <= last_day_to_respond(self.served_on):
                message = (
                    "The parent or young person has at least 15 days, beginning with the day of service: "
                    f"until {last_day_to_respond(self.served_on)}."
                )
                return Refusal("SEND Regs 2014 reg. 13(1)(a)", "time-to-respond", message, ("on",))
            case CeaseNotified(on, CeaseReason.MAX_AGE) if age_on(self.born_on, on) < UNDER - 1:
                message = "The young person does not turn 25 within a year."
                return Refusal("CFA 2014 s. 46", "not-25", message, ("reason",))
            case Ceased():
                return self._refuse_ceasing(event)
            case _:
                return None

    def _refuse_ceasing(self, event: Ceased) -> Refusal | None:
        match event.reason:
            case CeaseReason.DECEASED:
                return None
            case CeaseReason.MAX_AGE if event.on >= may_be_kept_to(self.born_on):
                return None
            case _:
                pass
        if self.cease_notified_on is None:
            message = "Notify the decision first: the plan is maintained until the time to appeal is over."
            return Refusal("CFA 2014 s. 45(4)", "notice-first", message)
        last = max(event.appeal_until or date.min, due_on(DutyRule.APPEAL_AFTER_DECISION, self.cease_notified_on))
        if event.appeal_open or event.on <= last:
            message = f"The plan is maintained until the time to appeal is over ({last}) and any appeal is determined."
            return Refusal("CFA 2014 s. 45(4)", "appeal-period", message, ("on",))
        return None


def last_day_to_respond(served_on: date) -> date:
    """The last of the days that the parent or young person has (reg. 13(1)(a)); the plan is final later than that."""
    return due_on(DutyRule.LEAVE_TIME_TO_RESPOND_TO_DRAFT, served_on)


def refuse_amendment(reasons: str) -> Refusal | None:
    """Why an amendment may not be begun: reg. 22(2)(a) asks that the family is told why."""
    if says_something(reasons):
        return None
    return Refusal("SEND Regs 2014 reg. 22(2)", "reasons-required", "Say why the plan is to be amended.", ("reasons",))


def refuse_considering(plan: Plan, *, on: date, today: date) -> Refusal | None:
    """Why it may not be told that ceasing is considered (reg. 31(1)): it is decided, or there is nothing to cease."""
    if (plan.status, CeaseNotified) not in TRANSITIONS:
        message = f"This version of the plan stands at {plan.status}."
        return Refusal("SEND Regs 2014 reg. 31(1)", "out-of-order", message)
    if on > today:
        return Refusal("SEND Regs 2014 reg. 31(1)", "in-the-future", "It has not happened yet.", ("on",))
    return None


def ceasing_in_words(reason: CeaseReason, reasons: str) -> str:
    """The reasons that the notice gives (reg. 31(2)): those that are said; or the ground, where it says enough."""
    if says_something(reasons) or reason is CeaseReason.OTHER:
        return reasons
    return reason.meaning

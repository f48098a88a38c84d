"""Reviews of plans (CFA 2014 s. 44; SEND Regs 2014 regs 15(5), 18 to 21).

In words:

1.  A plan that is maintained is reviewed within each 12 months (s. 44(1)), before a transfer to another phase of
    education (reg. 18), and for the first time by a new authority by the later of two days (reg. 15(5)).
2.  Those who must be are invited, the health care professional among them, with at least two weeks' notice of the day
    (regs 20(2), (3), 21(2), (3)). The advice is gathered and sent to them at least two weeks before (regs 20(4),
    21(4)).
3.  The meeting is held. The report follows within two weeks (regs 20(9), 21(8)), and within four weeks of the meeting
    the authority decides to keep, amend or cease the plan (regs 20(10), 21(9)) or to re-assess (s. 44(3)), and says so.
4.  Advice, a report or a decision that is late is late, and is recorded all the same: its clock shows it.

TRANSITIONS is the whole of what may follow what. A pair that is absent is refused, and nothing happens.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType

from hub.law.decisions import Refusal, says_something
from hub.law.duties import DutyRule
from hub.law.s37_plan import MAINTAINED
from hub.law.term import Term, means
from hub.law.transitions import Transitions
from hub.law.vocabulary import PlanStatus, ReviewDecision

TWO_WEEKS = timedelta(weeks=2)  # regs 20(3), 21(3)


class ReviewState(Term):
    """How far a review has come."""

    DUE = means("Nothing has been done for it yet.")
    ARRANGED = means("Its meeting has a day, and those who must be are invited.")
    PAPERS_SENT = means("The advice gathered for it was sent to those who are invited.")
    HELD = means("The meeting was held.")
    REPORTED = means("The report of the meeting was sent.")
    DECIDED = means("The authority has decided.")


class Invited(Term):
    """Who is invited to a review meeting (regs 20(2), 21(2))."""

    PARENT_OR_YOUNG_PERSON = means("The child's parent or the young person (regs 20(2)(a), 21(2)(a)).")
    SCHOOL_OR_PROVIDER = means("The head, the principal or the early years provider (reg. 20(2)(b)).")
    SEN_OFFICER = means("An officer of the authority for special educational needs (regs 20(2)(c), 21(2)(b)).")
    HEALTH_CARE_PROFESSIONAL = means(
        "A health care professional whom the responsible commissioning body identifies (regs 20(2)(d), 21(2)(c))."
    )
    SOCIAL_CARE_OFFICER = means("An officer of the authority for social care (regs 20(2)(e), 21(2)(d)).")
    OTHER = means("Anybody else whom it is right to invite.")


MUST_BE_INVITED: frozenset[Invited] = frozenset(
    {
        Invited.PARENT_OR_YOUNG_PERSON,
        Invited.SEN_OFFICER,
        Invited.HEALTH_CARE_PROFESSIONAL,
        Invited.SOCIAL_CARE_OFFICER,
    }
)
"""To every review; and to that of a child who attends one, the school or provider (reg. 20(2)(b))."""


class Phase(Term):
    """A transfer from one phase of education to another (reg. 18)."""

    TO_SCHOOL = means("From early years provision to school.")
    INFANT_TO_JUNIOR = means("From infant to junior school.")
    PRIMARY_TO_MIDDLE = means("From primary to middle school.")
    TO_SECONDARY = means("From primary or middle to secondary school.")
    TO_POST_16 = means("From secondary school to a post-16 institution (reg. 18(1)(a)).")
    BETWEEN_POST_16 = means("From one post-16 institution to another (reg. 18(2)).")


PHASE_CLOCKS: Mapping[Phase, DutyRule] = MappingProxyType(
    {
        Phase.TO_SCHOOL: DutyRule.REVIEW_BEFORE_PHASE_TRANSFER,
        Phase.INFANT_TO_JUNIOR: DutyRule.REVIEW_BEFORE_PHASE_TRANSFER,
        Phase.PRIMARY_TO_MIDDLE: DutyRule.REVIEW_BEFORE_PHASE_TRANSFER,
        Phase.TO_SECONDARY: DutyRule.REVIEW_BEFORE_PHASE_TRANSFER,
        Phase.TO_POST_16: DutyRule.REVIEW_BEFORE_POST_16_PHASE,
        Phase.BETWEEN_POST_16: DutyRule.REVIEW_BEFORE_POST_16_TRANSFER,
    }
)
"""Before 15 February of the year of transfer; to post-16 before 31 March; between post-16, five months before."""


@dataclass(frozen=True, slots=True)
class Arranged:
    """The meeting is given a day, and these are invited. `attends`: the child attends a school or other setting."""

    meeting_on: date
    invited: frozenset[Invited]
    attends: bool
    on: date


@dataclass(frozen=True, slots=True)
class PapersSent:
    """The advice was sent to those who are invited."""

    on: date


@dataclass(frozen=True, slots=True)
class Held:
    """The meeting was held."""

    on: date


@dataclass(frozen=True, slots=True)
class Reported:
    """The report was sent."""

    on: date


@dataclass(frozen=True, slots=True)
class Decided:
    """The authority decides, with reasons."""

    decision: ReviewDecision
    reasons: str
    on: date


Step = Arranged | PapersSent | Held | Reported | Decided

_S = ReviewState
TRANSITIONS: Transitions[ReviewState, type[Step], ReviewState] = Transitions(
    ReviewState,
    (Arranged, PapersSent, Held, Reported, Decided),
    {
        (_S.DUE, Arranged): _S.ARRANGED,
        (_S.ARRANGED, Arranged): _S.ARRANGED,
        (_S.ARRANGED, PapersSent): _S.PAPERS_SENT,
        (_S.PAPERS_SENT, Arranged): _S.PAPERS_SENT,
        (_S.PAPERS_SENT, Held): _S.HELD,
        (_S.HELD, Reported): _S.REPORTED,
        (_S.REPORTED, Decided): _S.DECIDED,
    },
)


@dataclass(frozen=True, slots=True)
class Review:
    """A review as it stands; `after` is the only way it changes."""

    plan_status: PlanStatus
    planned_for: date | None = None
    notice_given_on: date | None = None
    invited: frozenset[Invited] = frozenset()
    papers_sent_on: date | None = None
    meeting_on: date | None = None
    report_on: date | None = None
    decision: ReviewDecision | None = None
    decided_on: date | None = None
    reasons: str | None = None

    @property
    def state(self) -> ReviewState:
        """The furthest that it has come."""
        came_to = (
            (self.decision, _S.DECIDED),
            (self.report_on, _S.REPORTED),
            (self.meeting_on, _S.HELD),
            (self.papers_sent_on, _S.PAPERS_SENT),
            (self.planned_for, _S.ARRANGED),
        )
        return next((state for fact, state in came_to if fact is not None), _S.DUE)

    def after(self, step: Step, *, today: date) -> "Review | Refusal":
        """The review after the step, or the refusal that leaves it as it is."""
        if self.plan_status not in MAINTAINED:
            return Refusal("CFA 2014 s. 44(1)", "plan-not-maintained", "This plan is not maintained.", ("plan",))
        if (self.state, type(step)) not in TRANSITIONS:
            message = f"Not after this: {self.state.meaning}"
            return Refusal(PROVISIONS[type(step)], "out-of-order", message, ("review",))
        return self._refuse_day(step, today) or self._refuse_content(step) or self._with(step)

    def _refuse_day(self, step: Step, today: date) -> Refusal | None:
        if step.on > today:
            return Refusal(PROVISIONS[type(step)], "in-the-future", "It has not happened yet.", ("on",))
        before = max(filter(None, (self.notice_given_on, self.meeting_on, self.report_on)), default=None)
        if before is not None and step.on < before:
            return Refusal(PROVISIONS[type(step)], "before-the-step-before", "What came before it is later.", ("on",))
        return None

    def _refuse_content(self, step: Step) -> Refusal | None:
        match step:
            case Arranged(meeting_on, invited, attends, on):
                return _refuse_arranged(meeting_on, invited, on, attends=attends)
            case PapersSent(on) if self.planned_for is not None and on > self.planned_for:
                return Refusal(PROVISIONS[PapersSent], "after-the-meeting", "The meeting was before that.", ("on",))
            case Held(on) if on != self.planned_for:
                message = "Those who are invited were told another day: give them notice of it first."
                return Refusal(PROVISIONS[Arranged], "another-day", message, ("on",))
            case Decided(reasons=reasons) if not says_something(reasons):
                message = "The decision is notified with its reasons."
                return Refusal("SEND Regs 2014 regs 20(11), 21(10)", "reasons-required", message, ("reasons",))
            case _:
                return None

    def _with(self, step: Step) -> "Review":
        match step:
            case Arranged(meeting_on, invited, on=on):
                return replace(self, planned_for=meeting_on, invited=invited, notice_given_on=on)
            case PapersSent(on):
                return replace(self, papers_sent_on=on)
            case Held(on):
                return replace(self, meeting_on=on)
            case Reported(on):
                return replace(self, report_on=on)
            case _:
                return replace(self, decision=step.decision, reasons=step.reasons, decided_on=step.on)


PROVISIONS: Mapping[type[Step], str] = MappingProxyType(
    {
        Arranged: "SEND Regs 2014 regs 20(3), 21(3)",
        PapersSent: "SEND Regs 2014 regs 20(4), 21(4)",
        Held: "CFA 2014 s. 44(1)",
        Reported: "SEND Regs 2014 regs 20(9), 21(8)",
        Decided: "SEND Regs 2014 regs 20(10), 21(9)",
    }
)


def _refuse_arranged(meeting_on: date, invited: frozenset[Invited], on: date, *, attends: bool) -> Refusal | None:
    if meeting_on < on + TWO_WEEKS:
        message = "Those who are invited have at least two weeks' notice of the day of the meeting."
        return Refusal("SEND Regs 2014 regs 20(3), 21(3)", "two-weeks-notice", message, ("meeting_on",))
    must = MUST_BE_INVITED | {Invited.SCHOOL_OR_PROVIDER} if attends else MUST_BE_INVITED
    for each in Invited:
        if each in must - invited:
            message = f"To be invited: {each.meaning}"
            return Refusal("SEND Regs 2014 regs 20(2), 21(2)", "not-invited", message, ("invited",))
    return None

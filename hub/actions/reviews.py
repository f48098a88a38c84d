"""Reviews of plans (CFA 2014 s. 44): arranged, held, reported and decided, each step with its clocks and notices."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from hub.actions import duties
from hub.actions.checks import allowed, asking, checked, must_exist
from hub.actions.notices import NoticeKind, Said, give_notice
from hub.actions.reassessment import reassess
from hub.actions.transaction import Transaction
from hub.audit import Event
from hub.db import reviews
from hub.db.duty_rows import About
from hub.db.reviews import KeptReview, ReviewedPlan
from hub.errors import forbidden, invalid
from hub.law.duties import DutyRule, due_on
from hub.law.reg64_decision_makers import PRESUMED, Capacity
from hub.law.s44_review import PHASE_CLOCKS, Arranged, Decided, Held, Invited, PapersSent, Phase, Reported, Review, Step
from hub.law.vocabulary import PlanStatus, ReviewDecision, ReviewKind

_D = DutyRule
_NOTICES = {
    ReviewDecision.MAINTAIN: NoticeKind.PLAN_MAINTAINED,
    ReviewDecision.AMEND: NoticeKind.PLAN_TO_BE_AMENDED,
    ReviewDecision.CEASE: NoticeKind.PLAN_TO_CEASE_AFTER_REVIEW,
}
ARRANGEABLE = frozenset(ReviewKind) - {ReviewKind.DIRECT_PAYMENT}  # PB Regs 2014 reg. 11 asks for no meeting


@dataclass(frozen=True, slots=True)
class Arranging:
    """A review meeting that is arranged. A phase transfer says which, and on which day."""

    plan_id: UUID
    kind: ReviewKind
    meeting_on: date
    invited: frozenset[Invited]
    attends: bool
    phase: Phase | None = None
    transfer_on: date | None = None
    capacity: Capacity = PRESUMED


async def arrange_review(tx: Transaction, arranging: Arranging) -> UUID:
    """The authority gives the meeting a day and invites those who must be (regs 20(2), (3), 21(2), (3))."""
    tx.must_have("review.write")
    plan = must_exist(await reviews.plan_of(tx.connection, arranging.plan_id, asking(tx)), "plan")
    _must_own(tx, plan.about)
    if arranging.kind not in ARRANGEABLE:
        raise invalid("this kind of review has no meeting", rule="kind-without-meeting", path=("kind",))
    if (arranging.kind is ReviewKind.PHASE_TRANSFER) != (
        arranging.phase is not None and arranging.transfer_on is not None
    ):
        raise invalid("a phase transfer says which and when", rule="phase-required", path=("phase",))
    there = await reviews.awaited(tx.connection, plan, arranging.kind)
    kept = there or _new(tx, plan, arranging.kind)
    kept = replace(kept, plan_id=plan.about.id, transfer_on=arranging.transfer_on)
    kept = replace(kept, review=replace(kept.review, plan_status=plan.status))
    step = Arranged(arranging.meeting_on, arranging.invited, arranging.attends, tx.today)
    changed = _after(tx, kept, step)
    if there is None:
        await reviews.insert_review(tx.connection, changed)
    else:
        await reviews.update_review(tx.connection, changed)
    about, holder = changed.about, plan.about.owner_id
    if arranging.phase is not None:
        await duties.open_duty(
            tx, PHASE_CLOCKS[arranging.phase], about, holder=holder, started_on=arranging.transfer_on
        )
    ahead = arranging.meeting_on
    await duties.open_duty(tx, _D.GIVE_NOTICE_OF_REVIEW_MEETING, about, holder=holder, started_on=ahead)
    await duties.meet(tx, about, _D.GIVE_NOTICE_OF_REVIEW_MEETING)
    if changed.review.papers_sent_on is None:
        await duties.open_duty(tx, _D.CIRCULATE_REVIEW_ADVICE, about, holder=holder, started_on=ahead)
    await give_notice(tx, NoticeKind.REVIEW_MEETING, about, said=Said(meeting_on=ahead), capacity=arranging.capacity)
    await _tell(tx, changed, "review_arranged", {"meeting_on": ahead.isoformat()})
    return about.id


async def circulate_review_advice(tx: Transaction, *, review_id: UUID, on: date) -> None:
    """The advice was sent to those who are invited (regs 20(4), 21(4))."""
    kept = await _step(tx, review_id, PapersSent(on))
    await duties.meet(tx, kept.about, _D.CIRCULATE_REVIEW_ADVICE, on=on)
    await _tell(tx, kept, "review_advice_circulated", {"on": on.isoformat()})


async def hold_review(tx: Transaction, *, review_id: UUID, on: date) -> None:
    """The meeting was held; the report is due in two weeks and the decision in four (regs 20(9), (10), 21(8), (9))."""
    kept = await _step(tx, review_id, Held(on))
    for rule in (_D.SEND_REVIEW_REPORT, _D.DECIDE_AFTER_REVIEW):
        await duties.open_duty(tx, rule, kept.about, holder=kept.about.owner_id, started_on=on)
    await _tell(tx, kept, "review_held", {"on": on.isoformat()})


async def report_review(tx: Transaction, *, review_id: UUID, on: date) -> None:
    """The report of the meeting was sent (regs 20(9), 21(8))."""
    kept = await _step(tx, review_id, Reported(on))
    await duties.meet(tx, kept.about, _D.SEND_REVIEW_REPORT, on=on)
    await _tell(tx, kept, "review_reported", {"on": on.isoformat()})


async def decide_review(
    tx: Transaction,
    *,
    review_id: UUID,
    decision: ReviewDecision,
    reasons: str,
    on: date,
    capacity: Capacity = PRESUMED,
) -> None:
    """The authority decides, and notifies the family with its reasons (regs 20(10), (11), 21(9), (10)).

    To amend: the notice of amendment is due within the same four weeks (Devon). To re-assess: the re-assessment begins,
    and the family has the notice of it (s. 44(3), reg. 27(2)). The next year is counted from the day of the decision,
    unless the plan is to cease.
    """
    kept = await _step(tx, review_id, Decided(decision, checked(reasons, "reasons"), on))
    about, plan, holder = kept.about, kept.plan, kept.about.owner_id
    await duties.meet(tx, about, _D.DECIDE_AFTER_REVIEW, _D.REVIEW_PLAN, *PHASE_CLOCKS.values(), on=on)
    of_plan = (
        _D.REVIEW_PLAN,
        _D.REVIEW_REASSESSED_PLAN,
        _D.REVIEW_TRANSFERRED_PLAN_FROM_LAST_REVIEW,
        _D.REVIEW_TRANSFERRED_PLAN_FROM_TRANSFER,
    )
    await duties.meet(tx, plan, *of_plan, on=on)
    if decision is ReviewDecision.REASSESS:
        reviewed = ReviewedPlan(plan, kept.review.plan_status)
        await reassess(tx, reviewed, reasons=reasons, on=on, capacity=capacity)
    else:
        said = Said(reasons=reasons)
        await give_notice(tx, _NOTICES[decision], about, said=said, capacity=capacity, given_on=on)
    if decision is ReviewDecision.AMEND:
        await duties.open_duty(tx, _D.SEND_AMENDMENT_NOTICE, about, holder=holder, started_on=kept.review.meeting_on)
    if decision is not ReviewDecision.CEASE:
        await _next_year(tx, kept, on)
    await _tell(tx, kept, "review_decided", {"decision": decision.value, "on": on.isoformat()})


async def _next_year(tx: Transaction, kept: KeptReview, since: date) -> None:
    """The annual review that is next (s. 44(1)): the one that was awaited already is counted anew."""
    plan = ReviewedPlan(kept.plan, kept.review.plan_status)
    there = await reviews.awaited(tx.connection, plan, ReviewKind.ANNUAL)
    following = replace(there or _new(tx, plan, ReviewKind.ANNUAL), due_on=due_on(_D.REVIEW_PLAN, since))
    if there is None:
        await reviews.insert_review(tx.connection, following)
    else:
        await reviews.update_review(tx.connection, following)
    about = following.about
    await duties.open_duty(tx, _D.REVIEW_PLAN, about, holder=about.owner_id, started_on=since)


def _new(tx: Transaction, plan: ReviewedPlan, kind: ReviewKind) -> KeptReview:
    about = About("Review", tx.new_id(), plan.about.owner_id, plan.about.child_id)
    return KeptReview(about, plan.about.id, kind, Review(plan.status))


def _after(tx: Transaction, kept: KeptReview, step: Step) -> KeptReview:
    return replace(kept, review=allowed(kept.review.after(step, today=tx.today)))


async def _step(tx: Transaction, review_id: UUID, step: Step) -> KeptReview:
    """One step of a review that is the caller's own."""
    tx.must_have("review.write")
    kept = must_exist(await reviews.review_for_update(tx.connection, review_id, asking(tx)), "review")
    _must_own(tx, kept.about)
    if kept.review.plan_status is PlanStatus.SUPERSEDED and isinstance(step, Reported | Decided):
        kept = replace(kept, review=replace(kept.review, plan_status=PlanStatus.FINAL))
    changed = _after(tx, kept, step)
    await reviews.update_review(tx.connection, changed)
    return changed


def _must_own(tx: Transaction, about: About) -> None:
    if about.owner_id != tx.caller.organisation:
        raise forbidden("only the authority that maintains the plan reviews it", rule="not-the-responsible-authority")


async def _tell(tx: Transaction, kept: KeptReview, kind: str, facts: dict[str, str]) -> None:
    await tx.record(Event(kind, kept.about.owner_id, "Review", kept.about.id, kept.about.child_id, facts))

"""Notices: what the family was told after a review, as the hub's law writes it."""

from datetime import date
from uuid import UUID

from hub.county.dates import at
from hub.county.rows import Case
from hub.law.notices import Notice, NoticeKind, NoticeTo, Said, notice
from hub.law.reg64_decision_makers import decision_maker
from hub.law.vocabulary import ReviewDecision

_TOLD = {
    ReviewDecision.MAINTAIN: (NoticeKind.PLAN_MAINTAINED, "The provision meets the needs, and the outcomes stand."),
    ReviewDecision.AMEND: (NoticeKind.PLAN_TO_BE_AMENDED, "Outcomes were met or have changed since the plan was made."),
    ReviewDecision.CEASE: (
        NoticeKind.PLAN_TO_CEASE_AFTER_REVIEW,
        "The needs are met without a plan.",
    ),
}


def after_review(case: Case, review_id: UUID, decision: ReviewDecision, decided_on: date) -> None:
    """What the parent or young person was told (SEND Regs 2014 regs 20(10), 21(9))."""
    if decision not in _TOLD:
        return
    kind, reasons = _TOLD[decision]
    told = notice(kind, NoticeTo.FAMILY, Said(reasons=reasons), given_on=decided_on)
    if not isinstance(told, Notice):
        raise LookupError(told.rule)
    decides = decision_maker(case.born, decided_on)
    case.add(
        "notice",
        kind=kind,
        given_to=NoticeTo.FAMILY,
        decider=decides.decider,
        decides_because=decides.because,
        provision=told.provision,
        contents=[each.value for each in told.contents],
        text=told.text,
        about_type="Review",
        about_id=review_id,
        given_on=decided_on,
        given_at=at(case.rng, decided_on),
        given_by_id=case.owner.id,
    )

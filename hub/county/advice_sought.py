"""The advice that an authority seeks for an assessment (reg. 6(1)): from the trusts by requests under s. 31."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from hub.county.advice import Given, complied_with, give, give_views
from hub.county.assessments import Steps
from hub.county.bodies import Body
from hub.county.contents import Strand, choose
from hub.county.cooperation import Course, complied, received, send
from hub.county.dates import at, days_after, year_group
from hub.county.people import adult
from hub.county.placements import setting_on
from hub.county.plans import Written
from hub.county.rows import Case
from hub.law.s31_cooperation import Part3Function, Receipt
from hub.law.vocabulary import AdviceKind


def gather(
    case: Case, assessment_id: UUID, steps: Steps, strands: Sequence[Strand], *, by: date, plan: Written | None = None
) -> list[Given]:
    """All the advice of an assessment that is over, received by a day; answers what was given."""
    asked_on = steps.asked_on
    late = (by - asked_on).days > 70 and case.chance(0.6)
    gathered: list[Given] = []
    for kind, giver in _advisers(case, asked_on):
        took = case.days(46, 60) if late and giver is case.bodies.therapies else case.days(16, 38)
        if giver and giver.id in _asked_under_s31(case):
            life = received(case.rng.choice(tuple(Receipt)), complied((took, took + 2)))
            request = send(case, giver, Part3Function.EHC_NEEDS_ASSESSMENT, asked_on, life, assessment_id=assessment_id)
            advice = complied_with(case, request, kind, giver, strands, plan)
            _asked(case, assessment_id, (kind, giver), asked_on, advice, request.id)
        else:
            advice = _own_advice(case, kind, giver, strands, days_after(asked_on, took), plan)
            _asked(case, assessment_id, (kind, giver), asked_on, advice)
        if advice:
            gathered.append(advice)
    return gathered


def begin(
    case: Case,
    assessment_id: UUID,
    steps: Steps,
    course: Course,
    to: Body,
    function: Part3Function = Part3Function.EHC_NEEDS_ASSESSMENT,
) -> None:
    """The advice of an assessment that is going on: one body is asked on this course, the others as it goes."""
    asked_on = steps.asked_on
    strands = choose(case, asked_on)
    request = send(case, to, function, asked_on, course.life, assessment_id=assessment_id)
    kind = AdviceKind.MEDICAL if to is case.bodies.therapies else AdviceKind.OTHER_AUTHORITY_THINKS_FIT
    advice = complied_with(case, request, kind, to, strands)
    _asked(case, assessment_id, (kind, to), asked_on, advice, request.id)
    for other, giver in _advisers(case, asked_on):
        if giver and giver.id in _asked_under_s31(case):
            continue
        answered_on = max(asked_on, days_after(asked_on, case.days(10, 44)))
        answered = answered_on < case.today
        given = _own_advice(case, other, giver, strands, answered_on, None) if answered else None
        _asked(case, assessment_id, (other, giver), asked_on, given)


def _asked_under_s31(case: Case) -> frozenset[UUID]:
    return frozenset({case.bodies.therapies.id, case.bodies.hospital.id})


def _advisers(case: Case, day: date) -> list[tuple[AdviceKind, Body | None]]:
    """Reg. 6(1)(a) to (h): who is asked for what."""
    setting = setting_on(case, day)
    found: list[tuple[AdviceKind, Body | None]] = [
        (AdviceKind.PARENT, None),
        (AdviceKind.EDUCATION, setting or case.owner),
        (AdviceKind.MEDICAL, case.bodies.therapies),
        (AdviceKind.PSYCHOLOGICAL, case.owner),
        (AdviceKind.SOCIAL_CARE, case.owner),
    ]
    if case.chance(0.3) or "SEMH" in case.types[:1]:
        found.append((AdviceKind.OTHER_AUTHORITY_THINKS_FIT, case.bodies.hospital))
    if year_group(case.born, day) >= 9:
        found.append((AdviceKind.PREPARING_FOR_ADULTHOOD, setting or case.owner))
    if case.chance(0.15):
        found.append((AdviceKind.PARENT_REASONABLY_ASKS, case.bodies.independent))
    return found


def _own_advice(
    case: Case, kind: AdviceKind, giver: Body | None, strands: Sequence[Strand], day: date, plan: Written | None
) -> Given:
    moment = at(case.rng, day)
    if kind is AdviceKind.PARENT:
        return give_views(case, day, moment, adult(case.rng, "Mother", case.family_name))
    earlier = kind is AdviceKind.SOCIAL_CARE and case.chance(0.15)
    given_on = day - timedelta(days=case.days(50, 200)) if earlier else day
    return give(case, kind, giver, strands, given_on=given_on, received_at=moment, plan=plan)


_ASKED_OF = {
    AdviceKind.PARENT: "The parents or the young person",
    AdviceKind.EDUCATION: "The head teacher or principal",
    AdviceKind.MEDICAL: "A health care professional whom the commissioning body identifies",
    AdviceKind.PSYCHOLOGICAL: "The educational psychology service",
    AdviceKind.SOCIAL_CARE: "Children's or adults' social care",
    AdviceKind.OTHER_AUTHORITY_THINKS_FIT: "Child and adolescent mental health or community paediatrics",
    AdviceKind.PREPARING_FOR_ADULTHOOD: "The school or college, for adulthood",
    AdviceKind.PARENT_REASONABLY_ASKS: "An independent occupational therapist, as the parents reasonably ask",
}


def _asked(
    case: Case,
    assessment_id: UUID,
    adviser: tuple[AdviceKind, Body | None],
    asked_on: date,
    advice: Given | None,
    request_id: UUID | None = None,
) -> None:
    """The request for advice (reg. 6(1)); where what was given before suffices, all three say so (reg. 6(4))."""
    kind, giver = adviser
    earlier = advice is not None and advice.given_on < asked_on
    sufficient = True if earlier else None
    medical = kind is AdviceKind.MEDICAL
    case.add(
        "advice_request",
        assessment_id=assessment_id,
        kind=kind,
        asked_of=_ASKED_OF[kind],
        organisation_id=giver.id if giver else None,
        identified_by_id=case.bodies.commissioner_on(case.owner, asked_on).id if medical else None,
        asked_on=asked_on,
        received_on=advice.received_on if advice else None,
        advice_id=advice.id if advice else None,
        cooperation_request_id=request_id,
        provider_satisfied=sufficient,
        authority_satisfied=sufficient,
        parent_satisfied=sufficient,
    )

"""EHC needs assessments: how a child came to one, the authority's decisions with their clocks, and the advice sought."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from hub.county.advice import Given, give, give_views
from hub.county.bodies import Body
from hub.county.clocks import About, Excuse, clock
from hub.county.contents import Strand, choose
from hub.county.cooperation import Course, complied, received, send
from hub.county.dates import at, days_after, on_work_day, year_group
from hub.county.notifications import notify
from hub.county.people import adult
from hub.county.placements import setting_on
from hub.county.plans import Written
from hub.county.responsibilities import BY_ASKER, answer
from hub.county.rows import Case
from hub.law.duties import DutyRule, Relief
from hub.law.periods import london_day
from hub.law.s31_cooperation import Part3Function, Receipt
from hub.law.vocabulary import AdviceKind, AssessmentDecision, AssessmentOutcome, Source

ASKERS = tuple(BY_ASKER)
_ASKED_BY = (44, 46, 5, 3, 2)

_CLOSED = "The school was closed for the summer, and its advice was asked for in the last week of term."
_HARDSHIP = "A death in the family; the parents asked for the meeting to be put off."


@dataclass(frozen=True, slots=True)
class Steps:
    """The days of an assessment; None for what has not happened. `ended_on` is the day of the outcome."""

    received_on: date
    decided_on: date | None = None
    advice_on: date | None = None
    ended_on: date | None = None


def steps_to_plan(case: Case, finalised_on: date) -> Steps:
    """The days that led to a plan: within twenty weeks in 46% of cases, within a year in almost all (EES 2025)."""
    pace = case.rng.random()
    took = case.days(122, 139) if pace < 0.464 else case.days(142, 300) if pace < 0.93 else case.days(366, 430)
    received_on = on_work_day(finalised_on - timedelta(days=took))
    decided_on = days_after(received_on, case.days(18, 34) if took < 142 else min(_to_decide(case), took - 105))
    return Steps(received_on, decided_on, days_after(decided_on, case.days(0, 1)), finalised_on)


def steps_so_far(case: Case, advice_on: date) -> Steps:
    """The days up to the one on which advice was asked for."""
    day = on_work_day(advice_on)
    decided_on = on_work_day(day - timedelta(days=case.days(0, 2)))
    return Steps(on_work_day(decided_on - timedelta(days=_to_decide(case))), decided_on, day)


def _to_decide(case: Case) -> int:
    """Days to decide whether to assess: 84.8% within six weeks."""
    return case.days(20, 42) if case.chance(0.848) else case.days(44, 80)


def write(
    case: Case,
    steps: Steps,
    *,
    decision: AssessmentDecision | None,
    outcome: AssessmentOutcome | None = None,
    historical: bool = False,
    notified: bool = False,
    challenged: tuple[bool, bool] = (False, False),
    until: date | None = None,
) -> UUID:
    """Write the assessment, the notification it may have come from, who answers for the child from then, and its clocks.

    `notified`: it came by a notification for certain; `challenged`: by mediation, by appeal; `until`: the last day of
    the authority. Of a historical assessment nothing but the dates is held.
    """
    told = not historical and notify(case, steps.received_on, decision, steps.decided_on, certain=notified)
    asker = "HEALTH_PROFESSIONAL" if told else case.rng.choices(ASKERS, _ASKED_BY)[0]
    answer(case, steps.received_on, BY_ASKER[asker], until=until)
    excuse = None if historical else _excuse(case, steps)
    mediation, tribunal = challenged
    refused = decision is AssessmentDecision.WILL_NOT_ASSESS
    assessment_id = case.add(
        "assessment",
        requested_on=steps.received_on,
        requested_by=asker,
        responsible_from=steps.received_on,
        reassessment=False,
        decision=decision,
        decided_on=steps.decided_on,
        outcome=outcome,
        outcome_on=steps.ended_on if outcome else None,
        request_mediation=mediation if refused else None,
        request_tribunal=tribunal if refused else None,
        assessment_mediation=mediation if outcome is AssessmentOutcome.NO_PLAN else None,
        assessment_tribunal=tribunal if outcome is AssessmentOutcome.NO_PLAN else None,
        week20_exception=excuse is not None if outcome is AssessmentOutcome.PLAN else None,
        rya=False,
        historical=historical,
        source=Source.SYNTHETIC,
    )
    if not historical:
        _clocks(case, assessment_id, steps, decision, outcome, excuse)
    return assessment_id


def reassess(case: Case, steps: Steps, *, asked: bool) -> UUID:
    """Write a re-assessment that has begun: asked for (fifteen days to decide, reg. 25), or decided after a review."""
    assessment_id = case.add(
        "assessment",
        requested_on=steps.received_on if asked else None,
        requested_by="PARENT_OR_YOUNG_PERSON" if asked else None,
        responsible_from=None,
        reassessment=True,
        decision=AssessmentDecision.WILL_ASSESS,
        decided_on=steps.decided_on,
        rya=False,
        historical=False,
        source=Source.SYNTHETIC,
    )
    about = About("Assessment", assessment_id)
    if asked:
        rule = DutyRule.DECIDE_WHETHER_TO_REASSESS
        clock(case, rule, about, started_on=steps.received_on, met_on=steps.decided_on)
    clock(case, DutyRule.FINALISE_REASSESSED_PLAN, about, started_on=steps.decided_on)
    return assessment_id


def _excuse(case: Case, steps: Steps) -> Excuse | None:
    """The exceptions of regs 5(4) and 10(4): 6.1% of plans. None where the time is kept or has far to run."""
    over = steps.ended_on or case.today
    if steps.advice_on is None or (over - steps.received_on).days <= 140 or not case.chance(0.12):
        return None
    if steps.advice_on.month == 7 and steps.advice_on.day > 12:
        year = steps.advice_on.year
        closed = (date(year, 7, 22), date(year, 9, 2))
        return Excuse(Relief.SCHOOL_CLOSED, _CLOSED, at(case.rng, steps.advice_on), *closed)
    recorded_on = days_after(steps.received_on, 120)
    return Excuse(Relief.EXCEPTIONAL_CIRCUMSTANCES, _HARDSHIP, at(case.rng, recorded_on))


def _clocks(
    case: Case,
    assessment_id: UUID,
    steps: Steps,
    decision: AssessmentDecision | None,
    outcome: AssessmentOutcome | None,
    excuse: Excuse | None,
) -> None:
    """Six weeks to decide; from the decision to assess also sixteen to refuse a plan and twenty to make it."""
    about = About("Assessment", assessment_id)
    began_on = steps.received_on
    withdrawn = decision is AssessmentDecision.WITHDRAWN
    decided_on = None if withdrawn else steps.decided_on
    clock(
        case, DutyRule.DECIDE_WHETHER_TO_ASSESS, about, started_on=began_on, met_on=decided_on,
        ended_on=steps.decided_on if withdrawn else None,
    )  # fmt: skip
    if decision is not AssessmentDecision.WILL_ASSESS:
        return
    refused = steps.ended_on if outcome is AssessmentOutcome.NO_PLAN else None
    made = steps.ended_on if outcome is AssessmentOutcome.PLAN else None
    dropped = steps.ended_on if outcome is AssessmentOutcome.WITHDRAWN else None
    clock(case, DutyRule.NOTIFY_NO_PLAN, about, started_on=began_on, met_on=refused, ended_on=made or dropped)
    clock(
        case,
        DutyRule.FINALISE_PLAN,
        about,
        started_on=began_on,
        met_on=made,
        ended_on=refused or dropped,
        excuse=excuse,
    )


def gather(
    case: Case, assessment_id: UUID, steps: Steps, strands: Sequence[Strand], *, by: date, plan: Written | None = None
) -> list[Given]:
    """All the advice of an assessment that is over, received by a day; requests to the trusts under s. 31."""
    assert steps.advice_on is not None  # noqa: S101  (an assessment that is over was begun)
    asked_on = steps.advice_on
    late = (by - asked_on).days > 70 and case.chance(0.6)
    given: list[Given] = []
    for kind, giver in _advisers(case, asked_on):
        took = case.days(46, 60) if late and giver is case.bodies.therapies else case.days(16, 38)
        if giver and giver.id in _asked_under_s31(case):
            life = received(case.rng.choice(tuple(Receipt)), complied((took, took + 2)))
            request = send(case, giver, Part3Function.EHC_NEEDS_ASSESSMENT, asked_on, life, assessment_id=assessment_id)
            assert request.complied_at is not None  # noqa: S101  (its life ends with compliance)
            advice = give(
                case, kind, giver, strands, given_on=on_work_day(london_day(request.complied_at)),
                received_at=request.complied_at, plan=plan, request_id=request.id,
            )  # fmt: skip
            _asked(case, assessment_id, kind, giver, asked_on, london_day(request.complied_at), advice, request.id)
        else:
            received_on = days_after(asked_on, took)
            advice = _own_advice(case, kind, giver, strands, received_on, plan)
            _asked(case, assessment_id, kind, giver, asked_on, received_on, advice, None)
        given.append(advice)
    return given


def begin(
    case: Case,
    assessment_id: UUID,
    steps: Steps,
    course: Course,
    to: Body,
    function: Part3Function = Part3Function.EHC_NEEDS_ASSESSMENT,
) -> None:
    """The advice of an assessment that is going on: one body is asked on this course, the others have answered or not."""
    assert steps.advice_on is not None  # noqa: S101  (an assessment that is going on was begun)
    asked_on = steps.advice_on
    strands = choose(case, asked_on)
    request = send(case, to, function, asked_on, course.life, assessment_id=assessment_id)
    kind = AdviceKind.MEDICAL if to is case.bodies.therapies else AdviceKind.OTHER_AUTHORITY_THINKS_FIT
    advice, received_on = None, None
    if request.complied_at is not None:
        received_on = london_day(request.complied_at)
        advice = give(
            case, kind, to, strands, given_on=received_on, received_at=request.complied_at, request_id=request.id
        )
    _asked(case, assessment_id, kind, to, asked_on, received_on, advice, request.id)
    for other, giver in _advisers(case, asked_on):
        if giver and giver.id in _asked_under_s31(case):
            continue
        answered_on = days_after(asked_on, case.days(10, 44))
        if answered_on >= case.today:
            _asked(case, assessment_id, other, giver, asked_on, None, None, None)
            continue
        answered_on = max(answered_on, asked_on)
        given = _own_advice(case, other, giver, strands, answered_on, None)
        _asked(case, assessment_id, other, giver, asked_on, answered_on, given, None)


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
    kind: AdviceKind,
    giver: Body | None,
    asked_on: date,
    received_on: date | None,
    advice: Given | None,
    request_id: UUID | None,
) -> None:
    """The request for advice (reg. 6(1)); where what was given before suffices, all three say so (reg. 6(4))."""
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
        received_on=received_on,
        advice_id=advice.id if advice else None,
        cooperation_request_id=request_id,
        provider_satisfied=sufficient,
        authority_satisfied=sufficient,
        parent_satisfied=sufficient,
    )

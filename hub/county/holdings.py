"""Children with plans: each version from the first, its reviews, what was amended, and the plan in force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from uuid import UUID

from hub.county import assessments, deliveries, plan_changes, plans, reviews, sections
from hub.county.advice import Given
from hub.county.advice_sought import gather
from hub.county.bodies import Body
from hub.county.clocks import About, clock
from hub.county.contents import Strand, amend, choose
from hub.county.dates import days_after, on_work_day
from hub.county.people import professional
from hub.county.plans import Agreed, Dates, Version, Written
from hub.county.reviews import KEPT_FOR, Years
from hub.county.rows import Case
from hub.law.duties import DutyRule
from hub.law.vocabulary import (
    AgreementStatus,
    AssessmentDecision,
    AssessmentOutcome,
    PlanStatus,
    ReviewDecision,
    SectionCode,
)

_NAMES_OF_ADVICE = (
    "Advice of an educational psychologist",
    "Educational advice of the school",
    "Medical advice of a community paediatrician",
    "Advice of a speech and language therapist",
    "Views of the family",
)


@dataclass(frozen=True, slots=True)
class Ending:
    """How the last version stands, if not in force: its status, when it ended, and what else its row says."""

    status: PlanStatus = PlanStatus.FINAL
    ended_on: date | None = None
    more: Mapping[str, object] = field(default_factory=dict[str, object])


@dataclass(frozen=True, slots=True)
class Holding:
    """A child's plan as it has been written: its years, and the version in force or last in force."""

    years: Years
    in_force: Written


def settled(case: Case, ordinal: int) -> AgreementStatus:
    """What the commissioner said of health provision that is in a final plan: agreed, or else left out of it."""
    return AgreementStatus.AGREED if ordinal == 1 or case.chance(0.82) else AgreementStatus.LEFT_OUT


def not_recorded(case: Case, ordinal: int) -> AgreementStatus:
    """Plans that came in from elsewhere do not say."""
    return AgreementStatus.NOT_RECORDED


def hold(case: Case, years: Years, decisions: Sequence[ReviewDecision], ending: Ending | None = None) -> Holding:
    """Write a plan from its assessment to today: a new version for each review that amended it."""
    ends = ending or Ending()
    spans = _spans(case, years, decisions)
    recorded = years.made_on >= case.today - KEPT_FOR
    steps = assessments.steps_to_plan(case, years.made_on)
    assessment_id = assessments.write(
        case,
        steps,
        decision=AssessmentDecision.WILL_ASSESS,
        outcome=AssessmentOutcome.PLAN,
        historical=not recorded,
        until=ends.ended_on if ends.status is PlanStatus.TRANSFERRED else None,
    )
    phase = reviews.phase_dates(case)
    written = _write_versions(case, assessment_id, spans, replace(ends, more=ends.more or phase))
    advice = _advice(case, assessment_id, steps, written[0], recorded)
    for each in written:
        case.add("plan_section", plan_id=each.id, code=SectionCode.K, text=sections.advice_text(advice))
    in_force = next(each for each in reversed(written) if each.dates.finalised_on)
    _write_reviews(case, years, decisions, written, in_force.setting)
    if ends.status is PlanStatus.FINAL:
        deliveries.report(case, in_force)
        reviews.phase_clock(case, in_force.id, phase.get("phase_transfer_final_on"))
    return Holding(years, in_force)


def _write_versions(case: Case, assessment_id: UUID, spans: Sequence[Dates], ends: Ending) -> list[Written]:
    """Each version, superseded by the next; the ending is that of the version in force."""
    current = max(n for n, span in enumerate(spans) if span.finalised_on)
    written: list[Written] = []
    strands: tuple[Strand, ...] = ()
    for number, span in enumerate(spans):
        strands = amend(case, strands, span.drafted_on) if written else choose(case, span.drafted_on)
        version = Version(
            _status(number, current, len(spans) - 1, ends),
            _agreed(case, span),
            number + 1,
            written[-1].id if written else None,
            ends.more if number == current else {},
        )
        dates = replace(span, ended_on=ends.ended_on) if number == current else span
        written.append(plans.write(case, assessment_id, strands, dates, version))
        if number:
            plan_changes.write(case, written[-2], written[-1])
    return written


def _spans(case: Case, years: Years, decisions: Sequence[ReviewDecision]) -> list[Dates]:
    """The dates of each version. The last is a proposal where its eight weeks are not over."""
    served_on = on_work_day(years.made_on - timedelta(days=case.days(21, 28)))
    drafted_on = on_work_day(served_on - timedelta(days=case.days(0, 6)))
    spans = [Dates(drafted_on, served_on, years.made_on)]
    for held, decision in zip(years.held, decisions, strict=True):
        if decision is ReviewDecision.AMEND:
            took = case.days(24, 55) if case.chance(0.7) else case.days(60, 90)
            finalised_on = days_after(held.decided_on, took)
            made = finalised_on if finalised_on < case.today else None
            if made is not None:
                spans[-1] = replace(spans[-1], ended_on=made)
            spans.append(Dates(held.decided_on, held.decided_on, made))
    return spans


def _agreed(case: Case, span: Dates) -> Agreed:
    if span.finalised_on is None:
        return _in_discussion
    return settled if span.finalised_on >= case.today - KEPT_FOR else not_recorded


def _status(number: int, current: int, last: int, ends: Ending) -> PlanStatus:
    """The version in force is the one whose amendment is proposed; the next has been served on the family."""
    if number < current:
        return PlanStatus.SUPERSEDED
    if number > current:
        return PlanStatus.SERVED
    return ends.status if current == last else PlanStatus.AMENDMENT_PROPOSED


def _advice(
    case: Case, assessment_id: UUID, steps: assessments.Steps, first: Written, recorded: bool
) -> list[tuple[str, str, date]]:
    """What section K lists: the advice gathered, or of a plan made before the hub what it said then."""
    if recorded:
        by = first.dates.drafted_on
        given: list[Given] = gather(case, assessment_id, steps, first.strands, by=by, plan=first)
        return [(each.title, each.author, each.given_on) for each in given]
    asked_on = steps.decided_on or steps.received_on
    return [(title, professional(case.rng), days_after(asked_on, case.days(14, 42))) for title in _NAMES_OF_ADVICE]


def _write_reviews(
    case: Case, years: Years, decisions: Sequence[ReviewDecision], written: Sequence[Written], setting: Body | None
) -> None:
    """The reviews, each of the version then in force, and the clock of each amendment."""
    reviewed: list[UUID] = []
    number = 0
    for decision in decisions:
        reviewed.append(written[number].id)
        if decision is ReviewDecision.AMEND:
            number += 1
            _amendment_clock(case, written[number])
    reviews.write(case, reviewed, years, decisions, setting)


def _amendment_clock(case: Case, version: Written) -> None:
    """Eight weeks from the notice to the final amended plan (reg. 22(3))."""
    if version.dates.drafted_on >= case.today - KEPT_FOR:
        about, notice_on = About("Plan", version.id), version.dates.served_on
        clock(case, DutyRule.FINALISE_AMENDED_PLAN, about, started_on=notice_on, met_on=version.dates.finalised_on)


def drafted(case: Case, *, served: bool) -> Written:
    """A child whose first plan has been drafted, or served on the family but not made final."""
    served_on = on_work_day(case.today - timedelta(days=case.days(2, 40))) if served else None
    drafted_on = on_work_day((served_on or case.today) - timedelta(days=case.days(1, 9)))
    received_on = on_work_day(drafted_on - timedelta(days=case.days(92, 150)))
    decided_on = days_after(received_on, case.days(16, 30))
    steps = assessments.Steps(received_on, decided_on, decided_on)
    assessment_id = assessments.write(
        case,
        steps,
        decision=AssessmentDecision.WILL_ASSESS,
        outcome=AssessmentOutcome.PLAN,
        drafted_on=drafted_on,
    )
    strands = choose(case, drafted_on)
    status = PlanStatus.SERVED if served else PlanStatus.DRAFT
    version = Version(status, _in_discussion if served else _not_yet)
    plan = plans.write(case, assessment_id, strands, Dates(drafted_on, served_on), version)
    given = gather(case, assessment_id, steps, strands, by=drafted_on, plan=plan)
    listed = [(each.title, each.author, each.given_on) for each in given]
    case.add("plan_section", plan_id=plan.id, code=SectionCode.K, text=sections.advice_text(listed))
    return plan


def _not_yet(case: Case, ordinal: int) -> AgreementStatus:
    return AgreementStatus.NOT_ASKED if ordinal == 1 or case.chance(0.5) else AgreementStatus.ASKED


def _in_discussion(case: Case, ordinal: int) -> AgreementStatus:
    return (AgreementStatus.ASKED, AgreementStatus.AGREED, AgreementStatus.DECLINED)[case.days(0, 2)]

"""Disputes, with what was done about each and the clocks that came of it."""

from datetime import date, timedelta
from uuid import UUID

from hub.county.bodies import Body
from hub.county.clocks import About, clock
from hub.county.dates import on_work_day
from hub.county.plans import Arranged
from hub.county.rows import Case
from hub.law.duties import DutyRule, due_on
from hub.law.vocabulary import DisputeKind, DisputeStatus


def between_partners(case: Case, about: Arranged, raised_on: date) -> None:
    """Health provision that was not agreed, in the procedure of the arrangement (s. 26(3)(g))."""
    case_workers = (case.owner, about.commissioner)
    dispute_id = _raise(
        case,
        DisputeKind.BETWEEN_PARTNERS,
        About("Provision", about.id),
        case_workers,
        DisputeStatus.ESCALATED,
        raised_on,
    )
    steps = (
        (
            "The plan co-ordinator and the designated clinical officer met and did not agree on the frequency.",
            case.owner,
            5,
        ),
        ("Taken to the joint commissioning manager and the children's commissioner.", about.commissioner, 15),
        ("For decision by the director of children's services and the ICB's executive lead for SEND.", case.owner, 25),
    )
    for ordinal, (description, by, days) in enumerate(steps, start=1):
        day = on_work_day(raised_on + timedelta(days=days))
        _step(case, dispute_id, ordinal, description, by, due_on=day, taken_on=day if day < case.today else None)


def mediation(case: Case, assessment_id: UUID, told_on: date) -> None:
    """A refusal to assess that was mediated, and ended in an agreement to assess."""
    dispute_id = _raise(
        case, DisputeKind.MEDIATION, About("Assessment", assessment_id), (case.owner,), DisputeStatus.AGREED, told_on,
        "The authority will look again at the request with a new report from the school, within four weeks.",
    )  # fmt: skip
    about = About("Dispute", dispute_id)
    arranged_on = on_work_day(told_on + timedelta(days=20))
    clock(case, DutyRule.ARRANGE_MEDIATION, about, started_on=told_on, met_on=arranged_on)
    met_on = on_work_day(told_on + timedelta(days=28))
    notice_on = on_work_day(due_on(DutyRule.GIVE_NOTICE_OF_MEDIATION, met_on) - timedelta(days=1))
    clock(case, DutyRule.GIVE_NOTICE_OF_MEDIATION, about, started_on=met_on, met_on=notice_on)
    _step(
        case, dispute_id, 1, "The parents told the mediation adviser that they want mediation.", None, taken_on=told_on
    )
    _step(case, dispute_id, 2, "Mediation arranged, and date and place notified.", case.owner, taken_on=notice_on)
    _step(case, dispute_id, 3, "Mediation held; agreement reached.", case.owner, taken_on=met_on)


def appeal(case: Case, assessment_id: UUID, refused_on: date) -> None:
    """An appeal against a refusal to assess that is not yet heard (s. 51(2)(a))."""
    certified_on = on_work_day(refused_on + timedelta(days=30))
    lodged_on = on_work_day(refused_on + timedelta(days=48))
    dispute_id = _raise(
        case, DisputeKind.APPEAL, About("Assessment", assessment_id), (case.owner,), DisputeStatus.OPEN, lodged_on
    )
    _step(
        case,
        dispute_id,
        1,
        "Mediation certificate issued: the parents did not want mediation.",
        None,
        taken_on=certified_on,
    )
    _step(case, dispute_id, 2, "Appeal registered by the Tribunal.", None, taken_on=lodged_on)
    _step(
        case, dispute_id, 3, "The authority's response.", case.owner, due_on=on_work_day(lodged_on + timedelta(days=30))
    )


def recommendation(case: Case, plan_id: UUID, made_on: date) -> None:
    """A health recommendation of the Tribunal, which is answered within five weeks (Rec Regs 2017 reg. 6)."""
    commissioner = case.bodies.icb
    dispute_id = _raise(
        case, DisputeKind.RECOMMENDATION, About("Plan", plan_id), (case.owner, commissioner), DisputeStatus.ORDERED,
        made_on, "Recommended: occupational therapy twelve times a year in section G.",
    )  # fmt: skip
    about = About("Dispute", dispute_id)
    replied_on = on_work_day(made_on + timedelta(days=30))
    replied = replied_on < case.today
    clock(
        case, DutyRule.RESPOND_TO_HEALTH_RECOMMENDATION, about, started_on=made_on, holder=commissioner,
        met_on=replied_on if replied else None,
    )  # fmt: skip
    clock(case, DutyRule.COPY_HEALTH_RESPONSE_TO_SECRETARY_OF_STATE, about, started_on=replied_on if replied else None)
    due = due_on(DutyRule.RESPOND_TO_HEALTH_RECOMMENDATION, made_on)
    _step(case, dispute_id, 1, "Tribunal's decision and recommendation sent to the parties.", None, taken_on=made_on)
    _step(
        case, dispute_id, 2, "Written response to the parent and the authority, with reasons if not followed.",
        commissioner, due_on=due, taken_on=replied_on if replied else None,
    )  # fmt: skip


def complaint(case: Case, plan_id: UUID, raised_on: date) -> None:
    """A complaint about provision that was not delivered, upheld and closed."""
    dispute_id = _raise(
        case, DisputeKind.COMPLAINT, About("Plan", plan_id), (case.owner, case.bodies.therapies), DisputeStatus.CLOSED,
        raised_on, "Upheld. Eleven missed sessions to be made good by the end of term, and an apology given.",
    )  # fmt: skip
    _step(
        case, dispute_id, 1, "Complaint acknowledged.", case.owner, taken_on=on_work_day(raised_on + timedelta(days=3))
    )
    answered_on = on_work_day(raised_on + timedelta(days=20))
    _step(
        case, dispute_id, 2, "Joint answer of the authority and the trust.", case.bodies.therapies, taken_on=answered_on
    )


def _raise(
    case: Case,
    kind: DisputeKind,
    about: About,
    parties: tuple[Body, ...],
    status: DisputeStatus,
    raised_on: date,
    outcome: str | None = None,
) -> UUID:
    return case.add(
        "dispute",
        kind=kind,
        about_type=about.type,
        about_id=about.id,
        parties=[party.id for party in parties],
        status=status,
        outcome=outcome,
        raised_on=raised_on,
    )


def _step(
    case: Case,
    dispute_id: UUID,
    ordinal: int,
    description: str,
    by: Body | None,
    *,
    due_on: date | None = None,
    taken_on: date | None = None,
) -> None:
    case.add(
        "dispute_step",
        dispute_id=dispute_id,
        ordinal=ordinal,
        description=description,
        taken_by_id=by.id if by else None,
        due_on=due_on,
        taken_on=taken_on,
    )

"""Advice: who gave it, the needs, provision and outcomes it advises, what became of them, and its document."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from hub.county.bodies import Body
from hub.county.contents import Strand
from hub.county.dates import on_work_day
from hub.county.documents import attach, letter, said
from hub.county.people import professional
from hub.county.plans import Written, describe, provider_of
from hub.county.roles import (
    AUDIOLOGIST,
    CAMHS_PRACTITIONER,
    DESIGNATED_OFFICER,
    HEAD_OF_EDUCATION,
    INDEPENDENT_THERAPIST,
    OCCUPATIONAL_THERAPIST,
    PAEDIATRICIAN,
    PSYCHOLOGIST,
    SENCO,
    SOCIAL_WORKER,
    SPEECH_THERAPIST,
    YOUTH_JUSTICE_WORKER,
    Employer,
    Role,
)
from hub.county.rows import Case
from hub.law.periods import london_day
from hub.law.s31_cooperation import CooperationRequest
from hub.law.vocabulary import AdviceKind, OrganisationKind, SectionCode, Source

_BY_EMPLOYER = {
    Employer.THERAPIES: (SPEECH_THERAPIST, OCCUPATIONAL_THERAPIST),
    Employer.HOSPITAL: (PAEDIATRICIAN, CAMHS_PRACTITIONER, AUDIOLOGIST),
}
_BY_KIND = {
    AdviceKind.PSYCHOLOGICAL: PSYCHOLOGIST,
    AdviceKind.SOCIAL_CARE: SOCIAL_WORKER,
    AdviceKind.EDUCATION: SENCO,
    AdviceKind.PREPARING_FOR_ADULTHOOD: SENCO,
    AdviceKind.PARENT_REASONABLY_ASKS: INDEPENDENT_THERAPIST,
}
_BY_BODY = {
    OrganisationKind.YOUTH_OFFENDING_TEAM: YOUTH_JUSTICE_WORKER,
    OrganisationKind.YOUTH_ACCOMMODATION: HEAD_OF_EDUCATION,
    OrganisationKind.INTEGRATED_CARE_BOARD: DESIGNATED_OFFICER,
    OrganisationKind.LOCAL_HEALTH_BOARD: PAEDIATRICIAN,
    OrganisationKind.NHS_ENGLAND: PAEDIATRICIAN,
}


@dataclass(frozen=True, slots=True)
class Given:
    """Advice that has been written: what section K says of it."""

    id: UUID
    title: str
    author: str
    given_on: date
    received_on: date


def author_of(case: Case, kind: AdviceKind, giver: Body | None, strands: Sequence[Strand]) -> Role:
    """The profession that advises: of a trust, the one whose provision the child is to have."""
    employer = _employer(case, giver)
    if employer is None:
        return (_BY_BODY.get(giver.kind) if giver else None) or _BY_KIND.get(kind, PSYCHOLOGIST)
    own = [each.work.role for strand in strands for each in strand.provided if each.work.role.employer is employer]
    registered = [role for role in own if role.register]
    return case.rng.choice(registered or _BY_EMPLOYER[employer])


def give(
    case: Case,
    kind: AdviceKind,
    giver: Body | None,
    strands: Sequence[Strand],
    *,
    given_on: date,
    received_at: datetime,
    plan: Written | None = None,
    request_id: UUID | None = None,
) -> Given:
    """Write advice with its contents; where there is a plan, say which need and provision came of it."""
    role = author_of(case, kind, giver, strands)
    author = professional(case.rng)
    advice_id = case.add(
        "advice",
        cooperation_request_id=request_id,
        kind=kind,
        given_by_id=giver.id if giver else None,
        author=f"{author}, {role.title}",
        registration=f"{role.register} ZZ{case.days(10_000, 99_999)}" if role.register else None,
        given_on=given_on,
        received_at=received_at,
        source=Source.SYNTHETIC,
    )
    own = _concerning(case, kind, giver, strands)
    for ordinal, (number, strand) in enumerate(own, start=1):
        case.add(
            "advised_need",
            advice_id=advice_id,
            ordinal=ordinal,
            description=strand.need,
            need_id=plan.needs[number] if plan else None,
        )
        case.add("advised_outcome", advice_id=advice_id, ordinal=ordinal, description=strand.outcome)
    texts = _provision(case, advice_id, giver, own, plan)
    if role.register:
        heading = [
            f"For the EHC needs assessment of {case.name} {case.family_name}",
            f"{author}, {role.title}, {said(given_on)}",
        ]
        paragraphs = [f"Need: {strand.need}" for _, strand in own] + [f"Provision: {text}" for text in texts]
        paragraphs += [f"Outcome: {strand.outcome}" for _, strand in own]
        attach(
            case, title=f"Advice of {role.one}", lines=letter(heading, paragraphs), created_at=received_at,
            advice_id=advice_id, request_id=request_id, plain=case.chance(0.2),
        )  # fmt: skip
    return Given(advice_id, f"Advice of {role.one}", author, given_on, london_day(received_at))


def complied_with(
    case: Case,
    request: CooperationRequest,
    kind: AdviceKind,
    giver: Body,
    strands: Sequence[Strand],
    plan: Written | None = None,
) -> Given | None:
    """Write the advice by which a body complied with a request, if it did."""
    if request.complied_at is None:
        return None
    return give(
        case,
        kind,
        giver,
        strands,
        given_on=on_work_day(london_day(request.complied_at)),
        received_at=request.complied_at,
        plan=plan,
        request_id=request.id,
    )


def give_views(case: Case, given_on: date, received_at: datetime, parent: str) -> Given:
    """The parent's or young person's own advice (reg. 6(1)(a))."""
    advice_id = case.add(
        "advice",
        kind=AdviceKind.PARENT,
        author=parent,
        given_on=given_on,
        received_at=received_at,
        source=Source.SYNTHETIC,
    )
    return Given(advice_id, "Views of the family", parent, given_on, london_day(received_at))


def _employer(case: Case, giver: Body | None) -> Employer | None:
    if giver is None:
        return None
    by_body = {case.bodies.therapies.id: Employer.THERAPIES, case.bodies.hospital.id: Employer.HOSPITAL}
    return by_body.get(giver.id)


_SECTIONS = {
    AdviceKind.SOCIAL_CARE: SectionCode.D,
    AdviceKind.EDUCATION: SectionCode.B,
    AdviceKind.PSYCHOLOGICAL: SectionCode.B,
}


def _concerning(
    case: Case, kind: AdviceKind, giver: Body | None, strands: Sequence[Strand]
) -> list[tuple[int, Strand]]:
    """The strands that this giver advises on, each with its place in the plan."""
    numbered = list(enumerate(strands))
    employer = _employer(case, giver)
    if employer is not None:
        return [
            (n, each) for n, each in numbered if any(work.work.role.employer is employer for work in each.provided)
        ] or numbered[:1]
    section = _SECTIONS.get(kind)
    return [(n, each) for n, each in numbered if each.section is section] if section else numbered[:1]


def _provision(
    case: Case, advice_id: UUID, giver: Body | None, own: Sequence[tuple[int, Strand]], plan: Written | None
) -> list[str]:
    """What is advised: of a trust, what its own staff would deliver."""
    employer = _employer(case, giver)
    texts: list[str] = []
    for number, strand in own:
        for place, each in enumerate(strand.provided):
            if employer is not None and each.work.role.employer is not employer:
                continue
            became = plan.arranged[number][place] if plan else None
            texts.append(describe(case, each, became.provider if became else provider_of(case, each, None)))
            case.add(
                "advised_provision",
                advice_id=advice_id,
                ordinal=len(texts),
                description=texts[-1],
                frequency=each.dose.frequency,
                minutes_per_week=each.dose.minutes_per_week,
                delivered_by=each.work.role.title,
                qualification=each.work.role.qualification,
                setting=each.where,
                provision_id=became.id if became else None,
            )
    return texts

"""Writes a SEN2 return as XML: the header, then each person, elements in the order of the guide."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any
from xml.sax.saxutils import escape

from adapters.la_sen2.reading import SOFTWARE
from hub.actions.sen2_return import ActivePlan, Assessment, NamedPlan, Person, Placement, Request, ReturnHeader
from hub.law.vocabulary import Sex

_SEXES: Mapping[Sex, str | None] = {Sex.MALE: "M", Sex.FEMALE: "F", Sex.UNKNOWN: None}
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

BEGINS = '<?xml version="1.0" encoding="utf-8"?>\n<Message>'
ENDS = "</Persons>\n</Message>\n"


def header_xml(header: ReturnHeader, *, release: str, made_at: datetime) -> str:
    """The header, and the beginning of the list of persons."""
    collection = _all(Collection="SEN2", Year=str(header.year), ReferenceDate=header.reference_date)
    source = _all(
        SourceLevel="L",
        LEA=header.authority_la_code,
        SoftwareCode=SOFTWARE,
        Release=release,
        SerialNo="1",
        DateTime=f"{made_at:%Y-%m-%dT%H:%M:%S}",
    )
    return (
        f"{BEGINS}<Header><CollectionDetails>{collection}</CollectionDetails><Source>{source}</Source></Header>"
        "\n<Persons>\n"
    )


def person_xml(person: Person) -> str:
    """Module 1, on one line."""
    said = _all(
        Surname=person.family_name,
        Forename=person.forename,
        PersonBirthDate=person.date_of_birth,
        Sex=_SEXES[person.sex],
        Ethnicity=person.ethnicity,
        PostCode=person.postcode,
        UPN=person.upn,
        UniqueLearnerNumber=person.uln,
        UPNunknown=person.upn_unknown_reason,
    )
    return f"<Person>{said}{''.join(map(_request, person.requests))}</Person>\n"


def _request(request: Request) -> str:
    """Module 2."""
    said = _all(
        ReceivedDate=request.received_on,
        RequestSource=request.source,
        RYA=request.rya,
        RequestOutcomeDate=request.outcome_on,
        RequestOutcome=request.outcome,
        RequestMediation=request.mediation,
        RequestTribunal=request.tribunal,
        Exported=request.exported_to,
    )
    assessment = _assessment(request.assessment) if request.assessment else ""
    active = _active_plan(request.active_plan) if request.active_plan else ""
    return f"<Requests>{said}{assessment}{active}</Requests>"


def _assessment(assessment: Assessment) -> str:
    """Module 3."""
    said = _all(
        AssessmentOutcome=assessment.outcome,
        AssessmentOutcomeDate=assessment.outcome_on,
        AssessmentMediation=assessment.mediation,
        AssessmentTribunal=assessment.tribunal,
        OtherMediation=assessment.other_mediation,
        OtherTribunal=assessment.other_tribunal,
        Week20=assessment.week20,
    )
    plan = _named_plan(assessment.named_plan) if assessment.named_plan else ""
    return f"<Assessment>{said}{plan}</Assessment>"


def _named_plan(plan: NamedPlan) -> str:
    """Module 4."""
    said = _all(
        StartDate=plan.starts_on,
        PlanRes=plan.residential,
        PlanWBP=plan.work_based,
        PB=plan.personal_budget,
        OA=plan.organised_arrangements,
        DP=plan.direct_payment,
        CeaseDate=plan.ceased_on,
        CeaseReason=plan.cease_reason,
    )
    details = "".join(f"<PlanDetail>{''.join(_setting(each))}</PlanDetail>" for each in plan.placements)
    return f"<NamedPlan>{said}{details}</NamedPlan>"


def _active_plan(plan: ActivePlan) -> str:
    """Module 5."""
    said = _all(
        TransferLA=plan.transfer_from,
        ReviewMeeting=plan.review_meeting_on,
        ReviewOutcome=plan.review_outcome,
        ReviewDraft=plan.review_drafted_on,
        PhaseTransferDueDate=plan.phase_transfer_due_on,
        PhaseTransferFinalDate=plan.phase_transfer_final_on,
        LastReview=plan.last_review_on,
    )
    details = "".join(f"<PlacementDetail>{''.join(_attended(each))}</PlacementDetail>" for each in plan.placements)
    needs = "".join(
        f"<SENneed>{_all(SENtype=need.sen_type, SENtypeRank=str(need.rank))}</SENneed>" for need in plan.needs
    )
    return f"<ActivePlans>{said}{details}{needs}</ActivePlans>"


def _setting(placement: Placement) -> Iterator[str]:
    yield _all(
        URN=placement.urn,
        UKPRN=placement.ukprn,
        SENSetting=placement.setting,
        SENSettingOther=placement.setting_other,
        PlacementRank=str(placement.rank),
    )
    yield _all(SENunitIndicator=placement.sen_unit, ResourcedProvisionIndicator=placement.resourced_provision)


def _attended(placement: Placement) -> Iterator[str]:
    setting, flags = _setting(placement)
    yield setting + _all(EntryDate=placement.entered_on, LeavingDate=placement.left_on)
    yield flags + _all(RES=placement.residential, WBP=placement.work_based)


def _all(**said: Any) -> str:
    """The elements that say something, in the order given."""
    return "".join(f"<{name}>{_text(value)}</{name}>" for name, value in said.items() if value is not None)


def _text(value: Any) -> str:
    match value:
        case bool():
            return "1" if value else "0"
        case Enum():
            return str(value.value)
        case date():
            return value.isoformat()
        case _:
            return escape(_NOT_XML.sub("\ufffd", str(value)))

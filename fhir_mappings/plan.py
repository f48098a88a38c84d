"""A version of an EHC plan (CFA 2014 s. 37) <-> CarePlan, with its provision as activities.

FHIR has no place for the sections of a plan, the body that commissions or the days of serving and ceasing: these travel
in send-plan and send-plan-provision, beside send-provision. Needs and outcomes are Conditions and Goals of their own
(`fhir_mappings.need`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any
from uuid import UUID

from fhir_mappings import codings, identifiers, profiles, systems
from fhir_mappings.elements import code_of, compact, day_of, first, id_of, references_to, subject_reference, uuid_of
from fhir_mappings.extension import (
    Pence,
    Piece,
    body,
    coded,
    complex_,
    dated,
    find_extension,
    flagged,
    numbered,
    priced,
    read_pieces,
    worded,
    written,
)
from fhir_mappings.outcome import Faults
from fhir_mappings.provision import read_provision, to_activity
from fhir_mappings.values import Child, Json, Located
from hub.law.vocabulary import PlanStatus, SectionCode


@dataclass(frozen=True, slots=True)
class PlanProvision:
    """Provision in section F, G, H1 or H2. `commissioner` and `provider` are References."""

    id: UUID
    section: SectionCode
    description: str
    frequency: str | None = None
    minutes_per_week: int | None = None
    delivered_by: str | None = None
    qualification: str | None = None
    setting: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    commissioner: Json | None = None
    provider: Json | None = None
    for_adulthood: bool = False
    annual_cost: Pence | None = None
    need_id: UUID | None = None
    outcomes: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """What a section says."""

    code: SectionCode
    text: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A version of a plan, as far as it is open to its reader."""

    id: UUID
    status: PlanStatus
    version: int
    drafted_on: date | None = None
    served_on: date | None = None
    finalised_on: date | None = None
    cease_notified_on: date | None = None
    ceased_on: date | None = None
    transferred_to: Json | None = None
    supersedes_id: UUID | None = None
    sections: tuple[Section, ...] = ()
    needs: tuple[UUID, ...] = ()
    outcomes: tuple[UUID, ...] = ()
    provisions: tuple[PlanProvision, ...] = ()


CARE_PLAN_STATUS: Mapping[PlanStatus, str] = MappingProxyType(
    {
        PlanStatus.DRAFT: "draft",
        PlanStatus.SERVED: "draft",
        PlanStatus.FINAL: "active",
        PlanStatus.AMENDMENT_PROPOSED: "active",
        PlanStatus.CEASE_NOTIFIED: "active",
        PlanStatus.CEASED: "completed",
        PlanStatus.TRANSFERRED: "completed",
        PlanStatus.SUPERSEDED: "revoked",
    }
)
"""CarePlan.status, a required binding, which says less than the plan's own: that one is in the extension."""

_ACTIVITY_STATUS = {"draft": "not-started", "active": "in-progress", "completed": "completed", "revoked": "stopped"}
_SECTION = (coded("code", "code", systems.PLAN_SECTION), worded("text", "text"))
PLAN_PIECES: Sequence[Piece] = (
    coded("status", "status", systems.PLAN_STATUS),
    numbered("version", "version"),
    dated("served", "served_on"),
    dated("ceaseNotified", "cease_notified_on"),
    body("transferredTo", "transferred_to"),
    complex_("section", "sections", _SECTION, Section, many=True),
)
PROVISION_PIECES: Sequence[Piece] = (
    body("commissioner", "commissioner"),
    flagged("forAdulthood", "for_adulthood"),
    priced("annualCost", "annual_cost"),
)


def to_care_plan(plan: Plan, *, child: Child | None, authority: Json) -> Json:
    """The CarePlan. `authority` is a Reference to the body that keeps the plan."""
    replaced = [{"reference": f"CarePlan/{plan.supersedes_id}", "type": "CarePlan"}] if plan.supersedes_id else None
    return compact(
        {
            "resourceType": "CarePlan",
            "id": str(plan.id),
            "extension": [{"url": profiles.PLAN_EXTENSION, "extension": written(plan, PLAN_PIECES)}],
            "identifier": [{"system": identifiers.PLAN, "value": str(plan.id)}],
            "replaces": replaced,
            "status": CARE_PLAN_STATUS[plan.status],
            "intent": "plan",
            "category": [{"coding": [codings.PLAN_CATEGORY]}],
            "title": "Education, Health and Care plan",
            "subject": subject_reference(child),
            "period": _period(plan.finalised_on, plan.ceased_on),
            "created": plan.drafted_on.isoformat() if plan.drafted_on else None,
            "author": authority,
            "addresses": references_to("Condition", plan.needs),
            "goal": references_to("Goal", plan.outcomes),
            "activity": [_activity(each, CARE_PLAN_STATUS[plan.status]) for each in plan.provisions],
        }
    )


def _activity(provision: PlanProvision, status: str) -> Json:
    specified = to_activity(provision)["detail"]
    more = written(provision, PROVISION_PIECES)
    detail = compact(
        {
            "extension": [
                *specified.get("extension", ()),
                {"url": profiles.PLAN_PROVISION_EXTENSION, "extension": more},
            ],
            "code": {"coding": [systems.PLAN_SECTION.coding(provision.section)]},
            "reasonReference": references_to("Condition", [provision.need_id] if provision.need_id else []),
            "goal": references_to("Goal", provision.outcomes),
            "status": _ACTIVITY_STATUS[status],
            "scheduledPeriod": _period(provision.starts_on, provision.ends_on),
            "performer": [provision.provider] if provision.provider else None,
            "description": provision.description,
        }
    )
    return {"id": str(provision.id), "detail": detail}


def _period(starts_on: date | None, ends_on: date | None) -> Json:
    return compact(
        {
            "start": starts_on.isoformat() if starts_on else None,
            "end": ends_on.isoformat() if ends_on else None,
        }
    )


def read_plan(located: Located, faults: Faults) -> Plan | None:
    """The plan that a CarePlan tells; None where something is wrong."""
    care_plan, at = located.resource, located.at
    before = len(faults.issues)
    said = read_pieces(find_extension(care_plan, profiles.PLAN_EXTENSION), PLAN_PIECES, faults, at)
    id_ = id_of(located, faults)
    provisions = [
        _read_activity(activity, faults, f"{at}.activity[{place}]")
        for place, activity in enumerate(care_plan.get("activity", ()))
    ]
    starts_on, ends_on = _read_period(care_plan.get("period", {}), faults, f"{at}.period")
    drafted = care_plan.get("created")
    if not {"status", "version"} <= said.keys():
        message = "send-plan says which version this is, and where it stands"
        faults.add("plan-status", message, at, code="required")
    drafted_on = day_of(drafted, faults, f"{at}.created") if drafted else None
    if id_ is None or len(faults.issues) > before:
        return None
    return Plan(
        id=id_,
        drafted_on=drafted_on,
        finalised_on=starts_on,
        ceased_on=ends_on,
        supersedes_id=uuid_of(first(care_plan, "replaces").get("reference", ""), "CarePlan"),
        needs=_ids(care_plan, "addresses", "Condition"),
        outcomes=_ids(care_plan, "goal", "Goal"),
        provisions=tuple(each for each in provisions if each is not None),
        **said,
    )


def _read_activity(activity: Json, faults: Faults, at: str) -> PlanProvision | None:
    detail: Json = activity.get("detail", {})
    found = read_provision(detail.get("description"), [detail], faults, f"{at}.detail")
    more: dict[str, Any] = read_pieces(
        find_extension(detail, profiles.PLAN_PROVISION_EXTENSION), PROVISION_PIECES, faults, f"{at}.detail"
    )
    section = code_of(systems.PLAN_SECTION, detail.get("code"), faults, f"{at}.detail.code")
    starts_on, ends_on = _read_period(detail.get("scheduledPeriod", {}), faults, f"{at}.detail.scheduledPeriod")
    id_ = uuid_of(activity.get("id", ""))
    if id_ is None or section is None or not found:
        message = "provision in a plan has the id that the hub gave it, and stands in a section"
        faults.add("plan-provision", message, at, code="required")
        return None
    given = found[0]
    return PlanProvision(
        id=id_,
        section=section,
        description=given.description,
        frequency=given.frequency,
        minutes_per_week=given.minutes_per_week,
        delivered_by=given.delivered_by,
        qualification=given.qualification,
        setting=given.setting,
        starts_on=starts_on,
        ends_on=ends_on,
        provider=first(detail, "performer") or None,
        need_id=uuid_of(first(detail, "reasonReference").get("reference", ""), "Condition"),
        outcomes=_ids(detail, "goal", "Goal"),
        **more,
    )


def _read_period(period: Json, faults: Faults, at: str) -> tuple[date | None, date | None]:
    days = [day_of(period[name], faults, f"{at}.{name}") if name in period else None for name in ("start", "end")]
    return days[0], days[1]


def _ids(element: Json, name: str, kind: str) -> tuple[UUID, ...]:
    found = (uuid_of(each.get("reference", ""), kind) for each in element.get(name, ()))
    return tuple(each for each in found if each is not None)

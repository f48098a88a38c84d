"""A version of an EHC plan as a Composition, with each of its sections A to K (SEND Regs 2014 reg. 12(1)).

Made from the CarePlan, so that it shows no more than that does. A section that is kept from its reader says so.
"""

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

from fhir_mappings import codings, profiles, systems
from fhir_mappings.elements import compact
from fhir_mappings.extension import find_extension
from fhir_mappings.narrative import to_narrative
from fhir_mappings.values import Json
from hub.law.vocabulary import PlanStatus, SectionCode

_STATUS: Mapping[PlanStatus, str] = MappingProxyType(
    {PlanStatus.DRAFT: "preliminary", PlanStatus.SERVED: "preliminary", PlanStatus.AMENDMENT_PROPOSED: "final"}
)
_WITHHELD = {
    "coding": [{"system": "http://terminology.hl7.org/CodeSystem/list-empty-reason", "code": "withheld"}],
}
_OUTCOMES = SectionCode.E


def to_plan_composition(
    care_plan: Json, conditions: Iterable[Json], *, on: str, withheld: Collection[SectionCode]
) -> Json:
    """The Composition, with the id of the plan. `on`: its day; `withheld`: sections that are kept back."""
    said = find_extension(care_plan, profiles.PLAN_EXTENSION)["extension"]
    texts = {code: text for part in said if part["url"] == "section" for code, text in [_section_of(part)]}
    status = next(part["valueCoding"]["code"] for part in said if part["url"] == "status")
    entries = _entries(care_plan, conditions)
    sections = [
        section
        for code in SectionCode
        if (section := _section(code, texts.get(code), entries.get(code, []), is_withheld=code in withheld))
    ]
    replaced = [
        {"code": "replaces", "targetReference": {"reference": f"Composition/{each['reference'].rpartition('/')[2]}"}}
        for each in care_plan.get("replaces", ())
    ]
    return compact(
        {
            "resourceType": "Composition",
            "id": care_plan["id"],
            "identifier": care_plan["identifier"][0],
            "status": _STATUS.get(systems.PLAN_STATUS.term(status), "final"),
            "type": {"coding": [codings.PLAN_CATEGORY]},
            "subject": care_plan["subject"],
            "date": on,
            "author": [care_plan["author"]],
            "title": care_plan["title"],
            "custodian": care_plan["author"],
            "relatesTo": replaced,
            "section": sections,
        }
    )


def _section_of(part: Json) -> tuple[SectionCode, str]:
    said = {each["url"]: each for each in part["extension"]}
    return systems.PLAN_SECTION.term(said["code"]["valueCoding"]["code"]), said["text"]["valueString"]


def _entries(care_plan: Json, conditions: Iterable[Json]) -> dict[SectionCode, list[Json]]:
    """By section what stands in it as resources: needs, outcomes, and the CarePlan with its provision."""
    found: dict[SectionCode, list[Json]] = {}
    for each in conditions:
        code = systems.PLAN_SECTION.read(each["category"][0])
        if code is not None:
            found.setdefault(code, []).append({"reference": f"Condition/{each['id']}", "type": "Condition"})
    if "goal" in care_plan:
        found[_OUTCOMES] = list(care_plan["goal"])
    for activity in care_plan.get("activity", ()):
        code = systems.PLAN_SECTION.read(activity["detail"]["code"])
        if code is not None:
            found[code] = [{"reference": f"CarePlan/{care_plan['id']}", "type": "CarePlan"}]
    return found


def _section(code: SectionCode, text: str | None, entries: list[Json], *, is_withheld: bool) -> Json | None:
    if not text and not entries and not is_withheld:
        return None
    return compact(
        {
            "title": f"Section {code.value}",
            "code": {"coding": [systems.PLAN_SECTION.coding(code)]},
            "text": to_narrative([text]) if text and text.strip() else None,
            "entry": entries,
            "emptyReason": _WITHHELD if not text and not entries else None,
        }
    )

"""Plans as CarePlan, with their needs as Condition and outcomes as Goal; and the needs that advice finds."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from adapters.nhs_fhir.reads.rows import Below, Rows, bodies_of, rows_below, rows_of, rows_seen, to_child
from adapters.nhs_fhir.showing import (
    Page,
    Readable,
    Shown,
    Wanted,
    child_parameters,
    code_parameter,
    terms_of,
)
from fhir_mappings import systems
from fhir_mappings.elements import organisation_reference
from fhir_mappings.need import AdvisedNeed, Need, Outcome, to_condition, to_goal, to_observation
from fhir_mappings.plan import CARE_PLAN_STATUS, Plan, PlanProvision, Section, to_care_plan
from fhir_mappings.values import Json
from hub.actions.transaction import Transaction
from hub.db import shown, tables
from hub.db.budgets import in_pence_or_none
from hub.db.queries import Organisation
from hub.db.sharing_parts import SECTION_PARTS
from hub.db.shown import Record
from hub.law.reg17_disclosure import Part
from hub.law.vocabulary import SectionCode

_SECTIONS = frozenset(SECTION_PARTS.values())


@dataclass(frozen=True, slots=True)
class _Contents:
    """What stands in plans, as far as it is open to the caller."""

    sections: Below
    needs: Below
    outcomes: Below
    provisions: Below
    serves: Mapping[tuple[UUID, UUID], tuple[UUID, ...]]
    bodies: Mapping[UUID, Organisation]
    before: Collection[tuple[UUID, UUID]]
    """(owner, id) of the plans that these replace."""

    def body(self, body_id: UUID | None) -> Json | None:
        return organisation_reference(self.bodies[body_id]) if body_id else None


async def load_care_plans(tx: Transaction, wanted: Wanted) -> Page:
    having = {"status": terms_of(CARE_PLAN_STATUS, wanted.asked["status"])} if "status" in wanted.asked else {}
    found = await rows_of(tx, tables.plan, wanted, having=having)
    before = await rows_seen(tx, tables.plan, (row["supersedes_id"] for row in found.rows))
    contents = await _contents(tx, found.rows, before)
    return found.page(_care_plan(found, row, contents) for row in found.rows)


async def _contents(tx: Transaction, plans: list[Record], before: Collection[tuple[UUID, UUID]]) -> _Contents:
    provisions = await rows_below(tx, tables.provision, "plan_id", plans)
    listed = [row for rows in provisions.values() for row in rows]
    bodies = await bodies_of(tx, plans, "owner_id", "transferred_to_id")
    bodies |= await bodies_of(tx, listed, "commissioner_id", "provider_id")
    outcomes = await rows_below(tx, tables.outcome, "plan_id", plans)
    seen = {(row["owner_id"], row["id"]) for rows in outcomes.values() for row in rows}
    serves: dict[tuple[UUID, UUID], tuple[UUID, ...]] = {}
    owners, ids = {row["owner_id"] for row in listed}, [row["id"] for row in listed]
    for link in await shown.linked(
        tx.connection, tables.provision_outcome, owner_ids=owners, column="provision_id", values=ids
    ):
        key = (link["owner_id"], link["provision_id"])
        if (link["owner_id"], link["outcome_id"]) in seen:
            serves[key] = (*serves.get(key, ()), link["outcome_id"])
    return _Contents(
        await rows_below(tx, tables.plan_section, "plan_id", plans),
        await rows_below(tx, tables.need, "plan_id", plans),
        outcomes,
        provisions,
        serves,
        bodies,
        before,
    )


def _care_plan(found: Rows, row: Record, contents: _Contents) -> Shown:
    child, key = found.child(row), (row["owner_id"], row["id"])
    sections = sorted(contents.sections.get(key, ()), key=lambda each: str(each["code"]))
    needs = contents.needs.get(key, ())
    outcomes = sorted(contents.outcomes.get(key, ()), key=lambda each: int(each["ordinal"]))
    provisions = sorted(contents.provisions.get(key, ()), key=lambda each: (str(each["section"]), each["ordinal"]))
    plan = Plan(
        row["id"],
        row["status"],
        row["version"],
        row["drafted_on"],
        row["served_on"],
        row["finalised_on"],
        row["cease_notified_on"],
        row["ceased_on"],
        contents.body(row["transferred_to_id"]),
        row["supersedes_id"] if (row["owner_id"], row["supersedes_id"]) in contents.before else None,
        tuple(Section(each["code"], each["text"]) for each in sections),
        tuple(each["id"] for each in needs),
        tuple(each["id"] for each in outcomes),
        tuple(_provision(each, contents, {need["id"] for need in needs}) for each in provisions),
    )
    authority = organisation_reference(contents.bodies[row["owner_id"]])
    links = to_child(child) | {
        "goal": tuple(("Goal", str(each)) for each in plan.outcomes),
        "condition": tuple(("Condition", str(each)) for each in plan.needs),
    }
    return Shown(
        to_care_plan(plan, child=found.known(row), authority=authority),
        child,
        _SECTIONS & child.parts | {Part.IDENTITY},
        _SECTIONS - child.parts,
        links,
    )


def _provision(row: Record, contents: _Contents, needs: set[UUID]) -> PlanProvision:
    return PlanProvision(
        row["id"],
        row["section"],
        row["description"],
        row["frequency"],
        row["minutes_per_week"],
        row["delivered_by"],
        row["qualification"],
        row["setting"],
        row["starts_on"],
        row["ends_on"],
        contents.body(row["commissioner_id"]),
        contents.body(row["provider_id"]),
        row["for_adulthood"],
        in_pence_or_none(row["annual_cost"]),
        row["need_id"] if row["need_id"] in needs else None,
        contents.serves.get((row["owner_id"], row["id"]), ()),
    )


async def load_conditions(tx: Transaction, wanted: Wanted) -> Page:
    sections = wanted.asked.get("category")
    having = {} if sections is None else {"section": terms_of(_NEED_SECTIONS, sections)}
    found = await rows_of(tx, tables.need, wanted, having=having)
    return found.page(
        Shown(
            to_condition(
                Need(
                    row["id"],
                    row["section"],
                    row["description"],
                    row["plan_id"],
                    row["area"],
                    row["sen_type"],
                    row["rank"],
                ),
                child=found.known(row),
            ),
            found.child(row),
            frozenset({SECTION_PARTS[row["section"]], Part.IDENTITY}),
            links=to_child(found.child(row)),
        )
        for row in found.rows
    )


async def load_goals(tx: Transaction, wanted: Wanted) -> Page:
    found = await rows_of(tx, tables.outcome, wanted)
    plans = await rows_seen(tx, tables.plan, (row["plan_id"] for row in found.rows))
    return found.page(
        Shown(
            to_goal(
                Outcome(
                    row["id"],
                    row["description"],
                    row["ordinal"],
                    row["plan_id"],
                    row["by_when"],
                    row["achievement"],
                ),
                child=found.known(row),
                plan=plans[row["owner_id"], row["plan_id"]]["status"],
            ),
            found.child(row),
            frozenset({Part.SECTION_E, Part.IDENTITY}),
            links=to_child(found.child(row)),
        )
        for row in found.rows
        if (row["owner_id"], row["plan_id"]) in plans
    )


async def load_observations(tx: Transaction, wanted: Wanted) -> Page:
    """The needs that advice finds."""
    found = await rows_of(tx, tables.advised_need, wanted)
    advice = await rows_seen(tx, tables.advice, (row["advice_id"] for row in found.rows))
    bodies = await bodies_of(tx, advice.values(), "given_by_id")
    shown_needs: list[Shown] = []
    for row in found.rows:
        within = advice[row["owner_id"], row["advice_id"]]
        giver = within["given_by_id"]
        given_by = organisation_reference(bodies[giver]) if giver else None
        need = AdvisedNeed(row["id"], row["advice_id"], row["description"], within["given_on"], given_by)
        child = found.child(row)
        shown_needs.append(
            Shown(
                to_observation(need, child=found.known(row)),
                child,
                frozenset({Part.ADVICE, Part.IDENTITY}),
                links=to_child(child),
            )
        )
    return found.page(shown_needs)


_NEED_SECTIONS = {each: systems.PLAN_SECTION.code(each) for each in (SectionCode.B, SectionCode.C, SectionCode.D)}
_OF_CHILD = child_parameters()
_NARROW = frozenset({"patient"})
READS = (
    Readable(
        "CarePlan",
        "A version of an EHC plan, with the sections and the provision that are open to the caller",
        load_care_plans,
        _OF_CHILD | {"status": code_parameter("The status of a CarePlan", CARE_PLAN_STATUS)},
        {"patient": "Patient", "goal": "Goal", "condition": "Condition"},
        narrow=_NARROW,
    ),
    Readable(
        "Goal", "An outcome in section E of a plan", load_goals, _OF_CHILD, {"patient": "Patient"}, narrow=_NARROW
    ),
    Readable(
        "Condition",
        "A need in section B, C or D of a plan, in words",
        load_conditions,
        _OF_CHILD | {"category": code_parameter("The section of the plan", _NEED_SECTIONS)},
        {"patient": "Patient"},
        narrow=_NARROW,
    ),
    Readable(
        "Observation",
        "A need that advice finds",
        load_observations,
        _OF_CHILD,
        {"patient": "Patient"},
        narrow=_NARROW,
    ),
)

"""The child-level list that Ofsted and the CQC ask for at an area SEND inspection ("Annex A", list 1): children with a
plan in force, as the hub knows them. What a hub has no place for is left empty, for the authority to fill.
"""

from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import date
from uuid import UUID

from hub.actions.export_person import Census, Facts, PlanThen
from hub.actions.sen2_return import ActivePlan, NamedPlan, Placement, Setting
from hub.actions.transaction import Transaction
from hub.audit import Event
from hub.db import import_return as kept
from hub.db.import_return import Row
from hub.law.vocabulary import Sex

COLUMNS = (
    "Unique ID",
    "UPN",
    "ULN",
    "Date of birth",
    "Gender",
    "Ethnicity",
    "Date initial EHC plan issued",
    "Date updated EHC plan issued",
    "Date EHC plan last reviewed",
    "SEN primary need",
    "Main education establishment – URN",
    "Main education establishment – phase",
    "Subsidiary education establishment – phase (dual registration)",
    "Elective home education",
    "Suspensions",
    "Permanent exclusions",
    "Absence",
    "Pupil Premium",
    "Known to children's social care?",
    "Which children's social care team?",
    "Does the child or young person have a disability?",
)
"""The columns of the list, in its own words and order."""

LEFT_EMPTY = (*COLUMNS[11:13], *COLUMNS[14:])
"""What the hub has no place for."""

BATCH = 500
_GENDERS: Mapping[str, str] = {Sex.MALE: "M", Sex.FEMALE: "F"}


Line = Mapping[str, object]
"""What is known of a child, by column."""


async def rows(tx: Transaction, owner_id: UUID, *, on: date) -> AsyncIterator[tuple[int, int, Line | None]]:
    """Each of the authority's children: which of how many, and its row; None for one without a plan in force."""
    census = Census(on.year + 1, on)
    ordered = await kept.children_in_order(tx.connection, owner_id)
    for begins in range(0, len(ordered), BATCH):
        batch = ordered[begins : begins + BATCH]
        facts = await kept.facts_of(tx.connection, owner_id, batch, of=kept.TOLD)
        children = await kept.children_of_ids(tx.connection, owner_id, batch)
        for nth, child in enumerate(children, start=begins + 1):
            yield nth, len(ordered), row_of(child, facts[child["id"]], census)


def row_of(child: Row, facts: Facts, census: Census) -> Line | None:
    """The child's row, by column; a column that the hub has no place for is not in it."""
    for plan in _plans(facts, census):
        active = plan.active()
        if active is not None:
            return _row(child, facts, plan, active)
    return None


def _plans(facts: Facts, census: Census) -> Iterable[PlanThen]:
    requests = sorted(facts.get("assessment", ()), key=lambda row: row["requested_on"] or date.min, reverse=True)
    for assessment_id in (*(row["id"] for row in requests if not row["reassessment"]), None):
        plan = PlanThen.of(facts, assessment_id, census)
        if plan is not None:
            yield plan


def _row(child: Row, facts: Facts, plan: PlanThen, active: ActivePlan) -> Line:
    issued = [version["finalised_on"] for version in plan.versions]
    main = _main_placement(active, plan.named())
    review = plan.latest_review()
    ulns = [row["value"] for row in facts.get("child_identifier", ()) if row["system"] == "unique-learner-number"]
    return {
        "Unique ID": child["id"],
        "UPN": child["upn"],
        "ULN": max(ulns, default=None),
        "Date of birth": child["date_of_birth"],
        "Gender": _GENDERS.get(child["sex"]),
        "Ethnicity": child["ethnicity"],
        "Date initial EHC plan issued": issued[0],
        "Date updated EHC plan issued": issued[-1] if len(issued) > 1 else None,
        "Date EHC plan last reviewed": review.get("decided_on") or review.get("meeting_on"),
        "SEN primary need": next((need.sen_type.value for need in active.needs if need.rank == 1), None),
        "Main education establishment – URN": main.urn if main else None,
        "Elective home education": _yes_or_no(
            any(each.setting == Setting.ELECTIVE_HOME_EDUCATION for each in active.placements if each.left_on is None)
        ),
    }


def _main_placement(active: ActivePlan, named: NamedPlan) -> Placement | None:
    """Where the child is; else what the plan names."""
    now = [each for each in active.placements if each.left_on is None]
    return min(now or named.placements, key=lambda each: each.rank, default=None)


def _yes_or_no(is_so: bool) -> str:
    return "Yes" if is_so else "No"


async def record_export(tx: Transaction, owner_id: UUID, *, on: date, children: int) -> None:
    """Put on record that the list was made (SEND Regs 2014 reg. 17(1)(i))."""
    facts = {"on": str(on), "children": children}
    await tx.record(Event("annex_a_exported", owner_id, "Organisation", owner_id, facts=facts))

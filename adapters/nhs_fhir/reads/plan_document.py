"""A plan as a Composition, which has the id of the plan and shows what the CarePlan shows."""

from dataclasses import replace

from adapters.nhs_fhir.reads.plan import load_care_plans, load_conditions
from adapters.nhs_fhir.showing import Shown, Wanted
from fhir_mappings.plan_document import to_plan_composition
from fhir_mappings.values import Json
from hub.actions.transaction import Transaction
from hub.db.sharing_rules import SECTION_PARTS


async def plan_compositions(tx: Transaction, wanted: Wanted) -> list[Shown]:
    """The plans that are asked for by id."""
    page = await load_care_plans(tx, wanted)
    return [await _composition(tx, each) for each in page.shown]


async def _composition(tx: Transaction, plan: Shown) -> Shown:
    needs = [reference["reference"].rpartition("/")[2] for reference in plan.resource.get("addresses", ())]
    conditions = await load_conditions(tx, Wanted(tuple(needs), count=len(needs))) if needs else None
    withheld = {code for code, part in SECTION_PARTS.items() if part in plan.withheld}
    composition = to_plan_composition(
        plan.resource,
        [each.resource for each in conditions.shown] if conditions else [],
        on=_day(plan.resource, tx.today.isoformat()),
        withheld=withheld,
    )
    return replace(plan, resource=composition)


def _day(care_plan: Json, today: str) -> str:
    """The day on which the plan was made final, or else drafted."""
    return str(care_plan.get("period", {}).get("start") or care_plan.get("created") or today)

"""A small world in which every table of the law stands in every state: something for each wrong step to be tried on."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy import insert, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import tables
from hub.law.duties import DutyBasis, DutyRule
from hub.law.s31_cooperation import CooperationStatus, Part3Function
from hub.law.s36_assessment import AssessmentStage
from hub.law.s44_review import Invited, ReviewState
from hub.law.vocabulary import (
    AgreementStatus,
    AssessmentDecision,
    AssessmentOutcome,
    DisputeKind,
    DisputeStatus,
    PlanStatus,
    ResponsibilityKind,
    ReviewDecision,
    ReviewKind,
    SectionCode,
    Sex,
    Source,
)
from schema.ids import to_global
from tests.world import World

BORN, EARLIER, TODAY = date(2016, 3, 4), date(2026, 10, 1), date(2026, 11, 22)
AT = datetime(2026, 10, 1, 9, tzinfo=UTC)
_STAGES: Mapping[AssessmentStage, tuple[AssessmentDecision | None, AssessmentOutcome | None]] = {
    AssessmentStage.REQUESTED: (None, None),
    AssessmentStage.ASSESSING: (AssessmentDecision.WILL_ASSESS, None),
    AssessmentStage.NOT_ASSESSED: (AssessmentDecision.WILL_NOT_ASSESS, None),
    AssessmentStage.WITHDRAWN: (AssessmentDecision.WITHDRAWN, None),
    AssessmentStage.PLAN: (AssessmentDecision.WILL_ASSESS, AssessmentOutcome.PLAN),
    AssessmentStage.NO_PLAN: (AssessmentDecision.WILL_ASSESS, AssessmentOutcome.NO_PLAN),
}
_CAME_TO: Mapping[str, ReviewState] = {
    "planned_for": ReviewState.ARRANGED,
    "papers_sent_on": ReviewState.PAPERS_SENT,
    "meeting_on": ReviewState.HELD,
    "report_on": ReviewState.REPORTED,
    "decided_on": ReviewState.DECIDED,
}


@dataclass
class InEveryState:
    """The global ids of what stands in each state, and of everything, by its type."""

    by_state: dict[object, str] = field(default_factory=dict[object, str])
    ids: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, type_name: str, row_id: UUID, *, state: object = None) -> None:
        self.ids[type_name].append(to_global(type_name, row_id))
        if state is not None:
            self.by_state[type(state), state] = to_global(type_name, row_id)

    def of(self, state: object) -> str:
        return self.by_state[type(state), state]


async def in_every_state(connection: AsyncConnection, world: World, new_id: Callable[[], UUID]) -> InEveryState:
    """A child for each state of a plan, an assessment, a request, a review and an agreement."""
    made = InEveryState()
    for body in (world.authority, world.other_authority, world.board, world.trust, world.other_trust, world.school):
        made.add("Organisation", body)
    for status in PlanStatus:
        child = await _child(connection, world, new_id, made)
        plan = await _plan(connection, world, child, status, new_id, made, state=status)
        await _duty(connection, world, child, plan, new_id, made)
    for stage, (decision, outcome) in _STAGES.items():
        child = await _child(connection, world, new_id, made)
        values = {"requested_on": EARLIER, "decision": decision, "decided_on": EARLIER if decision else None}
        values |= {"outcome": outcome, "outcome_on": EARLIER if outcome else None}
        made.add("Assessment", await _add(connection, "assessment", world, child, new_id, **values), state=stage)
    for status in CooperationStatus:
        child = await _child(connection, world, new_id, made)
        await _request(connection, world, child, status, new_id, made)
    for state in ReviewState:
        child = await _child(connection, world, new_id, made)
        plan = await _plan(connection, world, child, PlanStatus.FINAL, new_id, made)
        days = {name: EARLIER for name, reached in _CAME_TO.items() if list(ReviewState).index(reached) <= _at(state)}
        if days:
            days |= {"notice_given_on": date(2026, 9, 1), "invited": sorted(Invited)}
        decided = {"decision": ReviewDecision.MAINTAIN, "reasons": "x"} if state is ReviewState.DECIDED else {}
        review = await _add(
            connection, "review", world, child, new_id, plan_id=plan, kind=ReviewKind.ANNUAL, **days, **decided
        )
        made.add("Review", review, state=state)
    child = await _child(connection, world, new_id, made)
    draft = await _plan(connection, world, child, PlanStatus.DRAFT, new_id, made)
    for status in AgreementStatus:
        await _provision(connection, world, child, draft, status, new_id, made, state=status)
    dispute = {"kind": DisputeKind.COMPLAINT, "about_type": "Plan", "about_id": draft, "raised_on": EARLIER}
    dispute |= {"parties": [world.authority, world.board], "status": DisputeStatus.OPEN}
    made.add("Dispute", await _add(connection, "dispute", world, child, new_id, source=None, **dispute))
    return made


def _at(state: ReviewState) -> int:
    return list(ReviewState).index(state)


async def _add(
    connection: AsyncConnection,
    table: str,
    world: World,
    child: UUID,
    new_id: Callable[[], UUID],
    *,
    source: Source | None = Source.RECORDED,
    **values: Any,
) -> UUID:
    row = values | {"owner_id": world.authority, "child_id": child, "id": new_id()}
    if source is not None:
        row["source"] = source
    await connection.execute(insert(tables.metadata.tables[table]).values(**row))
    return row["id"]


async def _child(connection: AsyncConnection, world: World, new_id: Callable[[], UUID], made: InEveryState) -> UUID:
    child = new_id()
    await connection.execute(
        insert(tables.child).values(
            owner_id=world.authority,
            id=child,
            family_name="Testchild",
            given_names=[str(len(made.ids["Child"]))],
            date_of_birth=BORN,
            sex=Sex.FEMALE,
            source=Source.RECORDED,
            updated_at=AT,
        )
    )
    for body, kind in ((world.authority, ResponsibilityKind.AUTHORITY), (world.board, ResponsibilityKind.COMMISSIONER)):
        held = {"body_id": body, "kind": kind, "reason": "s. 24", "starts_on": date(2026, 4, 1)}
        await _add(connection, "responsibility", world, child, new_id, source=None, **held)
    made.add("Child", child)
    return child


async def _plan(
    connection: AsyncConnection,
    world: World,
    child: UUID,
    status: PlanStatus,
    new_id: Callable[[], UUID],
    made: InEveryState,
    *,
    state: PlanStatus | None = None,
) -> UUID:
    days: dict[str, Any] = {"drafted_on": date(2026, 8, 3)}
    if status is not PlanStatus.DRAFT:
        days["served_on"] = date(2026, 8, 10)
    if status not in {PlanStatus.DRAFT, PlanStatus.SERVED}:
        days["finalised_on"] = date(2026, 9, 1)
    if status in {PlanStatus.CEASE_NOTIFIED, PlanStatus.CEASED}:
        days["cease_notified_on"] = EARLIER
    if status is PlanStatus.TRANSFERRED:
        days |= {"transferred_to_id": world.other_authority, "ceased_on": EARLIER}
    plan = await _add(connection, "plan", world, child, new_id, status=status, version=1, **days)
    made.add("Plan", plan, state=state)
    final = status not in {PlanStatus.DRAFT, PlanStatus.SERVED}
    for code in (each for each in SectionCode if final or each is not SectionCode.I):
        said = {"plan_id": plan, "code": code, "text": f"what section {code} says"}
        await _add(connection, "plan_section", world, child, new_id, source=None, **said)
    await _provision(connection, world, child, plan, AgreementStatus.AGREED, new_id, made)
    return plan


async def _provision(
    connection: AsyncConnection,
    world: World,
    child: UUID,
    plan: UUID,
    status: AgreementStatus,
    new_id: Callable[[], UUID],
    made: InEveryState,
    *,
    state: AgreementStatus | None = None,
) -> None:
    said = {"plan_id": plan, "section": SectionCode.G, "ordinal": 1, "description": "therapy"}
    said |= {"commissioner_id": world.board, "provider_id": world.trust, "minutes_per_week": 30}
    provision = await _add(connection, "provision", world, child, new_id, source=None, **said)
    answer = {"provision_id": provision, "commissioner_id": world.board, "status": status, "asked_on": EARLIER}
    await _add(connection, "provision_agreement", world, child, new_id, source=None, **answer)
    made.add("Provision", provision, state=state)


async def _duty(
    connection: AsyncConnection, world: World, child: UUID, plan: UUID, new_id: Callable[[], UUID], made: InEveryState
) -> None:
    values = {
        "rule": DutyRule.FINALISE_PLAN,
        "provision": "SEND Regs 2014 reg. 13(2)",
        "holder_id": world.authority,
        "basis": DutyBasis.STATUTORY,
        "started_on": EARLIER,
        "due_on": date(2027, 2, 18),
        "about_type": "Plan",
        "about_id": plan,
    }
    made.add("Duty", await _add(connection, "duty", world, child, new_id, source=None, **values))


async def _request(
    connection: AsyncConnection,
    world: World,
    child: UUID,
    status: CooperationStatus,
    new_id: Callable[[], UUID],
    made: InEveryState,
) -> None:
    at: dict[str, Any] = {}
    if status not in {CooperationStatus.SENT, CooperationStatus.WITHDRAWN}:
        at |= {"received_at": AT, "receipt_by": "ACKNOWLEDGED", "due_on": date(2026, 11, 12)}
    match status:
        case CooperationStatus.COMPLIED:
            at["complied_at"] = AT
        case CooperationStatus.DECLINED:
            at |= {"declined_at": AT, "declined_reasons": "x", "declined_ground": "INCOMPATIBLE_WITH_OWN_DUTIES"}
        case CooperationStatus.WITHDRAWN:
            at["withdrawn_at"] = AT
        case CooperationStatus.ACCEPTED:
            at["accepted_at"] = AT
        case _:
            pass
    request = await _add(
        connection,
        "cooperation_request",
        world,
        child,
        new_id,
        source=None,
        function=Part3Function.EHC_NEEDS_ASSESSMENT,
        asked="advice",
        requested_by_id=world.authority,
        addressed_to_id=world.trust,
        status=status,
        sent_at=AT,
        updated_at=AT,
        **at,
    )
    made.add("CooperationRequest", request, state=status)


# What is put on record of a reading, or of an attempt that was refused, is no change.
_RECORDED = ("denied_attempt", "disclosure")
_WATCH = """
CREATE TABLE changed (name text);
GRANT SELECT ON changed TO hub_worker;
CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO changed VALUES (TG_RELID::regclass::text);
    RETURN NULL;
END $$;
"""


def watch(owner_url: str) -> None:
    """From now on each row that is written is noted, in the transaction that writes it: what is undone is not."""
    address = make_url(owner_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as owner:
        owner.execute(_WATCH)
        for name in (*sorted(set(tables.metadata.tables) - set(_RECORDED)), "procrastinate_jobs"):
            events = "AFTER INSERT OR UPDATE OR DELETE"
            owner.execute(
                SQL("CREATE TRIGGER noted {} ON {} FOR EACH ROW EXECUTE FUNCTION note_change()").format(
                    SQL(events), Identifier(name)
                )
            )


async def changes(connection: AsyncConnection) -> list[str]:
    """The tables of which a row was written, once for each row."""
    return list((await connection.execute(text("SELECT name FROM changed"))).scalars())

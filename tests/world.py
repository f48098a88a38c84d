"""A very small world to test in: an authority, another, two trusts, a commissioning body, and one child with a plan."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import tables
from hub.law.caller import Caller
from hub.law.reg17_disclosure import AUTHORITY_PURPOSES, Purpose
from hub.law.s49_personal_budget import ItemStatus
from hub.law.vocabulary import (
    AgreementStatus,
    AssessmentDecision,
    BudgetKind,
    BudgetStatus,
    NHSNumberStatus,
    OrganisationKind,
    PaymentMechanism,
    PaymentPeriod,
    PlanStatus,
    ResponsibilityKind,
    SectionCode,
    Sex,
    Source,
)

_READ_BY_FHIR = (
    "Account AuditEvent CarePlan Communication Condition Consent Contract Flag Goal HealthcareService Observation "
    "Organization Patient Practitioner PractitionerRole Provenance RelatedPerson"
)

ALL_SCOPES = frozenset(
    {
        "child.read",
        "plan.read",
        "provision.read",
        "budget.read",
        "advice.read",
        "cooperation.read",
        "notification.read",
        "notification.write",
        "audit.read",
        "record.import",
        "cooperation.request",
        "cooperation.respond",
        "advice.write",
        "assessment.write",
        "plan.write",
        "provision.agree",
        "provision.report",
        "system/Task.crus",
        *(f"system/{kind}.rs" for kind in _READ_BY_FHIR.split()),
        "system/Communication.c",
        "system/ServiceRequest.rs",
        "system/DocumentReference.crs",
        "system/Composition.crs",
        "system/Bundle.cr",
    }
)


@dataclass(frozen=True)
class World:
    """The ids of what is in it."""

    authority: UUID
    other_authority: UUID
    board: UUID
    trust: UUID
    other_trust: UUID
    other_board: UUID
    school: UUID
    child: UUID
    other_child: UUID
    assessment: UUID
    plan: UUID
    provision_f: UUID
    provision_g: UUID

    def caller(
        self, body: UUID, *, purpose: Purpose = Purpose.OWN_FUNCTIONS, scopes: frozenset[str] = ALL_SCOPES
    ) -> Caller:
        """A caller of one of the bodies, with every scope unless said otherwise."""
        kinds = {
            self.authority: (OrganisationKind.LOCAL_AUTHORITY, "990"),
            self.other_authority: (OrganisationKind.LOCAL_AUTHORITY, "991"),
            self.board: (OrganisationKind.INTEGRATED_CARE_BOARD, "QX1"),
            self.trust: (OrganisationKind.NHS_TRUST, "RX1"),
            self.other_trust: (OrganisationKind.NHS_TRUST, "RX2"),
            self.other_board: (OrganisationKind.INTEGRATED_CARE_BOARD, "QX2"),
            self.school: (OrganisationKind.SCHOOL, "900001"),
        }
        kind, code = kinds[body]
        return Caller(
            organisation=body,
            organisation_kind=kind,
            organisation_code=code,
            organisation_name=f"body {code}",
            client_id=f"client-of-{code}",
            person=None,
            scopes=scopes,
            purpose=purpose,
            purposes=AUTHORITY_PURPOSES,
            token_id="token",
        )


async def make_world(connection: AsyncConnection, new_id: Callable[[], UUID]) -> World:
    """Insert the small world, as the hub itself."""
    world = World(*(new_id() for _ in range(13)))
    now = datetime(2026, 11, 1, 9, tzinfo=UTC)

    def body(row_id: UUID, name: str, kind: OrganisationKind, **codes: str) -> dict[str, object]:
        empty = {"ods_code": None, "la_code": None, "urn": None}
        return {"id": row_id, "name": name, "kind": kind} | empty | codes

    await connection.execute(
        insert(tables.organisation),
        [
            body(world.authority, "Northmere", OrganisationKind.LOCAL_AUTHORITY, la_code="990"),
            body(world.other_authority, "Southvale", OrganisationKind.LOCAL_AUTHORITY, la_code="991"),
            body(world.board, "Mere and Vale ICB", OrganisationKind.INTEGRATED_CARE_BOARD, ods_code="QX1"),
            body(world.trust, "Mere Community Trust", OrganisationKind.NHS_TRUST, ods_code="RX1"),
            body(world.other_trust, "Vale Hospitals Trust", OrganisationKind.NHS_TRUST, ods_code="RX2"),
            body(world.other_board, "Dale ICB", OrganisationKind.INTEGRATED_CARE_BOARD, ods_code="QX2"),
            body(world.school, "Mere Primary School", OrganisationKind.SCHOOL, urn="900001"),
        ],
    )
    mine = {"owner_id": world.authority, "child_id": world.child}
    child = {"sex": Sex.FEMALE, "source": Source.RECORDED, "updated_at": now, "given_names": ["Ada"]}
    await connection.execute(
        insert(tables.child),
        [
            child
            | {
                "owner_id": world.authority,
                "id": world.child,
                "family_name": "Testchild",
                "date_of_birth": date(2016, 3, 4),
                "nhs_number": "9990000018",
                "nhs_number_status": NHSNumberStatus.VERIFIED,
                "postcode": "ZZ99 3WZ",
            },
            child
            | {
                "owner_id": world.other_authority,
                "id": world.other_child,
                "family_name": "Otherchild",
                "date_of_birth": date(2015, 1, 1),
                "nhs_number": "9990000026",
                "nhs_number_status": NHSNumberStatus.VERIFIED,
                "postcode": None,
            },
        ],
    )
    await connection.execute(
        insert(tables.responsibility).values(
            **mine,
            id=new_id(),
            body_id=world.board,
            kind=ResponsibilityKind.COMMISSIONER,
            reason="registered with a practice in its area",
            starts_on=date(2026, 4, 1),
        )
    )
    await connection.execute(
        insert(tables.contact).values(**mine, id=new_id(), name="Pat Testchild", relationship="mother")
    )
    await connection.execute(
        insert(tables.assessment).values(
            **mine,
            id=world.assessment,
            requested_on=date(2026, 10, 1),
            decision=AssessmentDecision.WILL_ASSESS,
            decided_on=date(2026, 10, 20),
            source=Source.RECORDED,
        )
    )
    await connection.execute(
        insert(tables.plan).values(
            **mine,
            id=world.plan,
            status=PlanStatus.FINAL,
            version=1,
            finalised_on=date(2025, 6, 1),
            source=Source.RECORDED,
        )
    )
    in_plan = mine | {"plan_id": world.plan}
    await connection.execute(
        insert(tables.plan_section),
        [in_plan | {"id": new_id(), "code": code, "text": f"what section {code} says"} for code in SectionCode],
    )
    need = new_id()
    await connection.execute(
        insert(tables.need).values(**in_plan, id=need, section=SectionCode.C, description="a health need", rank=1)
    )
    outcome = new_id()
    await connection.execute(insert(tables.outcome).values(**in_plan, id=outcome, ordinal=1, description="an outcome"))
    for row_id, section, funder in (
        (world.provision_f, SectionCode.F, world.authority),
        (world.provision_g, SectionCode.G, world.board),
    ):
        await connection.execute(
            insert(tables.provision).values(
                **in_plan,
                id=row_id,
                section=section,
                ordinal=1,
                description=f"provision in {section}",
                minutes_per_week=45,
                commissioner_id=funder,
                provider_id=world.trust,
                need_id=need,
                annual_cost=Decimal("1234.50"),
            )
        )
        await connection.execute(
            insert(tables.provision_outcome).values(owner_id=world.authority, provision_id=row_id, outcome_id=outcome)
        )
    await connection.execute(
        insert(tables.provision_agreement).values(
            **mine,
            id=new_id(),
            provision_id=world.provision_g,
            commissioner_id=world.board,
            status=AgreementStatus.AGREED,
        )
    )
    budget = new_id()
    await connection.execute(
        insert(tables.personal_budget).values(**in_plan, id=budget, status=BudgetStatus.AGREED, source=Source.RECORDED)
    )
    for kind, funder in ((BudgetKind.EDUCATION, world.authority), (BudgetKind.HEALTH, world.board)):
        await connection.execute(
            insert(tables.budget_item).values(
                **mine,
                id=new_id(),
                personal_budget_id=budget,
                kind=kind,
                funder_id=funder,
                financial_year="2026-27",
                amount=Decimal("100.00"),
                status=ItemStatus.AGREED,
                per=PaymentPeriod.MONTH,
                mechanism=PaymentMechanism.DIRECT_PAYMENT,
            )
        )
    return world

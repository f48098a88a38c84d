"""The root of every reading: one field for each noun, and nothing else."""

from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from hub.errors import invalid
from hub.law.reg17_disclosure import Purpose
from schema import filters
from schema.assessment import Assessment
from schema.child import Child
from schema.cooperation import CooperationRequest
from schema.dispute import Dispute
from schema.duty import Duty
from schema.ids import from_global, row_of_type
from schema.node import Node
from schema.notification import Notification
from schema.orders import ChildOrder
from schema.organisation import Organisation
from schema.pages import Connection, Order, Window, by_date, by_instant, by_text, page
from schema.personal_budget import PersonalBudget
from schema.plan import Plan
from schema.provision import Provision
from schema.reading import reader_of
from schema.review import Review
from schema.scalars import UPN, LACode, NHSNumber, ODSCode

First = Annotated[int | None, strawberry.argument(description="The first so many, from 1 to 100. Left out: 20.")]
After = Annotated[str | None, strawberry.argument(description="Only those after this cursor.")]
Last = Annotated[int | None, strawberry.argument(description="The last so many, from 1 to 100.")]
Before = Annotated[str | None, strawberry.argument(description="Only those before this cursor.")]


def _listed(node: type[Any], narrowed_by: type[Any], order: Order, description: str) -> Any:
    """A connection to the rows of a type that exist for the caller, in one order."""
    by = strawberry.argument(name="filter", description="Which ones. Left out: all.")

    async def resolve(
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        narrowed: Any = None,
    ) -> Any:
        return await _page(info, node, order, Window(first, after, last, before), narrowed)

    resolve.__annotations__["narrowed"] = Annotated[narrowed_by | None, by]
    resolve.__annotations__["return"] = Connection[node]  # pyright: ignore[reportInvalidTypeArguments]
    return strawberry.field(resolver=resolve, description=description)


async def _page(info: Info, node: type[Any], order: Order, window: Window, narrowed: Any) -> Any:
    reader = reader_of(info)
    reader.must_have(getattr(narrowed, "scope", None))
    return await page(
        reader, node, order, window, lambda source: narrowed.conditions(source, reader.asking) if narrowed else []
    )


async def _by_id(info: Info, type_name: str, row_id: strawberry.ID) -> Any:
    return await reader_of(info).node(type_name, row_of_type(row_id, type_name))


@strawberry.type(description="Who the token says that you are, and what you may ask for.")
class Viewer:
    organisation: Organisation = strawberry.field(description="The body you act for.")
    client_id: str | None = strawberry.field(description="The client that signed in.")
    person: str | None = strawberry.field(description="The person, where one signed in.")
    scopes: list[str] = strawberry.field(description="What you may ask. The law and the arrangements say what you get.")
    purposes: list[Purpose] = strawberry.field(description="The purposes you may state in `Purpose-Of-Use`.")
    default_purpose: Purpose = strawberry.field(description="The purpose of a request that states none.")
    purpose: Purpose = strawberry.field(description="The purpose of this request.")


@strawberry.type(description="Everything that can be read. What does not exist for you looks like an unknown id.")
class Query:
    @strawberry.field(description="Any object by its global id; absent where it does not exist for you.")
    async def node(self, info: Info, id: strawberry.ID) -> Node | None:
        type_name, row_id = from_global(id)
        return await reader_of(info).node(type_name, row_id)

    @strawberry.field(description="Who you are, and what you may ask for.")
    async def viewer(self, info: Info) -> Viewer:
        reader = reader_of(info)
        caller = reader.caller
        return Viewer(
            organisation=await reader.node("Organisation", caller.organisation),
            client_id=caller.client_id,
            person=caller.person,
            scopes=sorted(caller.scopes),
            purposes=sorted(caller.purposes),
            default_purpose=caller.default_purpose,
            purpose=caller.purpose,
        )

    @strawberry.field(description="One child, by exactly one of id, NHS number and UPN. Of two records, your own.")
    async def child(
        self,
        info: Info,
        id: strawberry.ID | None = None,
        nhs_number: NHSNumber | None = None,
        upn: UPN | None = None,
    ) -> Child | None:
        if sum(each is not None for each in (id, nhs_number, upn)) != 1:
            raise invalid("give exactly one of id, nhsNumber and upn", rule="exactly-one-of")
        if id is not None:
            return await _by_id(info, "Child", id)
        return await reader_of(info).child_by(nhs_number=nhs_number, upn=upn)

    @strawberry.field(description="The children who exist for you.")
    async def children(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        filter: Annotated[
            filters.ChildFilter | None, strawberry.argument(description="Which ones. Left out: all.")
        ] = None,
        order_by: Annotated[ChildOrder, strawberry.argument(description="In which order.")] = ChildOrder.FAMILY_NAME,
    ) -> Connection[Child]:
        return await _page(info, Child, order_by.order, Window(first, after, last, before), filter)

    @strawberry.field(description="One plan.")
    async def plan(self, info: Info, id: strawberry.ID) -> Plan | None:
        return await _by_id(info, "Plan", id)

    plans: Connection[Plan] = _listed(
        Plan, filters.PlanFilter, Order("plans", ()), "Every version of every plan that exists for you."
    )
    provisions: Connection[Provision] = _listed(
        Provision, filters.ProvisionFilter, Order("provisions", (by_text("section"),)), "Provision, by section."
    )
    personal_budgets: Connection[PersonalBudget] = _listed(
        PersonalBudget, filters.PersonalBudgetFilter, Order("budgets", ()), "Personal budgets (CFA 2014 s. 49)."
    )
    cooperation_requests: Connection[CooperationRequest] = _listed(
        CooperationRequest,
        filters.CooperationRequestFilter,
        Order("requests", (by_instant("sent_at"),), descending=True),
        "Requests to co-operate (CFA 2014 s. 31) that you made or were asked, newest first.",
    )
    notifications: Connection[Notification] = _listed(
        Notification,
        filters.NotificationFilter,
        Order("notifications", (by_instant("notified_at"),), descending=True),
        "Health bodies' notifications (CFA 2014 s. 23), newest first.",
    )
    assessments: Connection[Assessment] = _listed(
        Assessment,
        filters.AssessmentFilter,
        Order("assessments", (by_date("requested_on"),), descending=True),
        "EHC needs assessments, newest first.",
    )
    duties: Connection[Duty] = _listed(
        Duty,
        filters.DutyFilter,
        Order("duties", (by_date("due_on"),)),
        "Every statutory clock: the work tray, soonest first.",
    )
    reviews: Connection[Review] = _listed(
        Review,
        filters.ReviewFilter,
        Order("reviews", (by_date("meeting_on"),), descending=True),
        "Reviews, newest first.",
    )
    disputes: Connection[Dispute] = _listed(
        Dispute,
        filters.DisputeFilter,
        Order("disputes", (by_date("raised_on"),), descending=True),
        "Disputes, newest first.",
    )

    @strawberry.field(description="One body, by exactly one of its codes.")
    async def organisation(
        self, info: Info, ods_code: ODSCode | None = None, la_code: LACode | None = None
    ) -> Organisation | None:
        if (ods_code is None) == (la_code is None):
            raise invalid("give exactly one of odsCode and laCode", rule="exactly-one-of")
        return await reader_of(info).organisation_by(ods_code=ods_code, la_code=la_code)

    organisations: Connection[Organisation] = _listed(
        Organisation, filters.OrganisationFilter, Order("organisations", (by_text("name"),)), "Bodies, by name."
    )

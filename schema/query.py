"""The root of every reading: one field for each noun, and nothing else."""

from datetime import date, datetime
from typing import Annotated, cast

import strawberry
from strawberry.types import Info

from hub.law.reg17_disclosure import Purpose
from schema import filters, filters_beside_casework
from schema.arrangement import Arrangement
from schema.assessment import Assessment
from schema.board import Board
from schema.budget_item import AmountDue
from schema.child import Child
from schema.cooperation import CooperationRequest
from schema.disclosure import OF_RECORD, Disclosure
from schema.dispute import Dispute
from schema.duty import Duty
from schema.enquiry import Enquiry, WithdrawnRequest
from schema.identity import IdentityCandidate
from schema.ids import from_global
from schema.node import Node
from schema.notification import Notification
from schema.orders import ORDERS, ChildOrder
from schema.organisation import Organisation
from schema.pages import Connection
from schema.paging import Key, Order
from schema.personal_budget import PersonalBudget
from schema.plan import Plan
from schema.provision import Provision
from schema.quarantine import QuarantinedItem
from schema.reading import reader_of
from schema.review import Review
from schema.roots import (
    After,
    Before,
    BoardRoot,
    ByCodeRoot,
    ByIdRoot,
    First,
    Last,
    ListRoot,
    NodeRoot,
    ViewerRoot,
    listed,
    read_board,
    read_by_code,
    read_by_id,
    read_page,
    rooted,
)
from schema.scalars import UPN, LACode, NHSNumber, ODSCode
from schema.sharing import BrokenGlass
from schema.sources import Disagreement, Precedence

_CHILD = ByCodeRoot("Child", ("id", "nhsNumber", "upn"), own_first=True)
_CHILDREN = ListRoot("Child", None, filters.ChildFilter)
_BODY = ByCodeRoot("Organisation", ("odsCode", "laCode"), own_first=False)
_DISCLOSURES = ListRoot(
    "Disclosure",
    Order("disclosures", (Key("recorded_at", datetime),), descending=True),
    None,
    {"child": OF_RECORD},
)
_BOARD = BoardRoot("Board")
_Id = Annotated[strawberry.ID, strawberry.argument(description="The global id.")]


@strawberry.type(description="Who the token says that you are, and what you may ask for.")
class Viewer:
    organisation: Organisation = strawberry.field(description="The body you act for.")
    client_id: str | None = strawberry.field(description="The client that signed in.")
    person: str | None = strawberry.field(description="The person, where one signed in.")
    scopes: list[str] = strawberry.field(description="What you may ask. The law and the arrangements say what you get.")
    purposes: list[Purpose] = strawberry.field(description="The purposes you may state in `Purpose-Of-Use`.")
    default_purpose: Purpose = strawberry.field(description="The purpose of a request that states none.")
    purpose: Purpose = strawberry.field(description="The purpose of this request.")


async def _node(info: Info, id: _Id) -> Node | None:
    type_name, row_id = from_global(id)
    return await reader_of(info).node(type_name, row_id)


async def _viewer(info: Info) -> Viewer:
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


async def _child(
    info: Info,
    id: Annotated[strawberry.ID | None, strawberry.argument(description="The global id.")] = None,
    nhs_number: Annotated[NHSNumber | None, strawberry.argument(description="The NHS number.")] = None,
    upn: Annotated[UPN | None, strawberry.argument(description="The unique pupil number.")] = None,
) -> Child | None:
    return await read_by_code(info, _CHILD, {"id": id, "nhsNumber": nhs_number, "upn": upn})


async def _children(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    filter: Annotated[filters.ChildFilter | None, strawberry.argument(description="Which ones. Left out: all.")] = None,
    order_by: Annotated[
        ChildOrder, strawberry.argument(description="In which order. Left out: by family name.")
    ] = ChildOrder.FAMILY_NAME,
) -> Connection[Child]:
    arguments = {"first": first, "after": after, "last": last, "before": before, "filter": filter}
    return await read_page(info, _CHILDREN, ORDERS[order_by], **arguments)


async def _plan(info: Info, id: _Id) -> Plan | None:
    return await read_by_id(info, "Plan", id)


async def _organisation(
    info: Info,
    ods_code: Annotated[ODSCode | None, strawberry.argument(description="The ODS code of an NHS body.")] = None,
    la_code: Annotated[LACode | None, strawberry.argument(description="The code of a local authority.")] = None,
) -> Organisation | None:
    return await read_by_code(info, _BODY, {"odsCode": ods_code, "laCode": la_code})


async def _disclosures(
    info: Info,
    child: Annotated[strawberry.ID, strawberry.argument(description="Whose record; the child's global id.")],
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> Connection[Disclosure]:
    window = {"first": first, "after": after, "last": last, "before": before}
    return await read_page(info, _DISCLOSURES, cast(Order, _DISCLOSURES.order), child=child, **window)


def _board(
    info: Info,
    organisation: Annotated[strawberry.ID, strawberry.argument(description="The body; its global id.")],
    from_: Annotated[date, strawberry.argument(name="from", description="The first day that counts.")],
    to: Annotated[
        date, strawberry.argument(description="The last day that counts, at most three years after the first.")
    ],
) -> Board:
    return read_board(info, _BOARD, organisation, from_, to)


@strawberry.type(description="Everything that can be read. What does not exist for you looks like an unknown id.")
class Query:
    node: Node | None = rooted(
        _node, NodeRoot(), "Any object by its global id; absent where it does not exist for you."
    )
    viewer: Viewer = rooted(_viewer, ViewerRoot(), "Who you are, and what you may ask for.")
    child: Child | None = rooted(
        _child, _CHILD, "One child, by exactly one of id, NHS number and UPN. Of two records, your own."
    )
    children: Connection[Child] = rooted(_children, _CHILDREN, "The children who exist for you.")
    plan: Plan | None = rooted(_plan, ByIdRoot("Plan"), "One version of a plan, by its global id.")
    plans: Connection[Plan] = listed(
        Plan,
        filters.PlanFilter,
        Order("plans", ()),
        "Every version of every plan that exists for you; `statuses` leaves out those that are over.",
    )
    provisions: Connection[Provision] = listed(
        Provision,
        filters.ProvisionFilter,
        Order("provisions", (Key("section", str),)),
        "Provision in every version of every plan, by section, as far as the sections are open to you.",
    )
    personal_budgets: Connection[PersonalBudget] = listed(
        PersonalBudget,
        filters.PersonalBudgetFilter,
        Order("budgets", ()),
        "Personal budgets (CFA 2014 s. 49), with what is open to you of each.",
    )
    amounts_due: Connection[AmountDue] = listed(
        AmountDue,
        filters.AmountDueFilter,
        Order("amounts-due", (Key("due_on", date),)),
        "What each funder owes on which day, and for what: the work tray of a budget officer, earliest first.",
    )
    cooperation_requests: Connection[CooperationRequest] = listed(
        CooperationRequest,
        filters.CooperationRequestFilter,
        Order("requests", (Key("sent_at", datetime),), descending=True),
        "Requests to co-operate (CFA 2014 s. 31) that you made or were asked, newest first.",
    )
    withdrawn_requests: Connection[WithdrawnRequest] = listed(
        WithdrawnRequest,
        None,
        Order("withdrawn-requests", (Key("withdrawn_at", datetime),), descending=True),
        "Requests to co-operate that were withdrawn, which you made or were asked, newest first. Of the child they say "
        "nothing.",
    )
    enquiries: Connection[Enquiry] = listed(
        Enquiry,
        None,
        Order("enquiries", (Key("asked_at", datetime),), descending=True),
        "Requests for help (CFA 2014 ss. 28, 29) that you made or were asked, newest first.",
    )
    notifications: Connection[Notification] = listed(
        Notification,
        filters.NotificationFilter,
        Order("notifications", (Key("notified_at", datetime),), descending=True),
        "Health bodies' notifications (CFA 2014 s. 23), newest first.",
    )
    assessments: Connection[Assessment] = listed(
        Assessment,
        filters.AssessmentFilter,
        Order("assessments", (Key("requested_on", date, may_be_missing=True),), descending=True),
        "EHC needs assessments (CFA 2014 s. 36), newest first.",
    )
    duties: Connection[Duty] = listed(
        Duty,
        filters.DutyFilter,
        Order("duties", (Key("due_on", date, may_be_missing=True),)),
        "Every statutory clock: the work tray, soonest first.",
    )
    reviews: Connection[Review] = listed(
        Review,
        filters.ReviewFilter,
        Order("reviews", (Key("meeting_on", date, may_be_missing=True),), descending=True),
        "Reviews of plans (CFA 2014 s. 44), newest first.",
    )
    disputes: Connection[Dispute] = listed(
        Dispute,
        filters.DisputeFilter,
        Order("disputes", (Key("raised_on", date),), descending=True),
        "Disagreements and redress, newest first.",
    )
    arrangements: Connection[Arrangement] = listed(
        Arrangement,
        None,
        Order("arrangements", ()),
        "Joint commissioning arrangements (CFA 2014 s. 26) that you are in.",
    )
    board: Board = rooted(
        _board, _BOARD, "Counts and timeliness of one body's work between two days, as far as you may see it."
    )
    identity_candidates: Connection[IdentityCandidate] = listed(
        IdentityCandidate,
        filters_beside_casework.IdentityCandidateFilter,
        Order("identity-candidates", (Key("found_at", datetime),), descending=True),
        "Pairs of your records that may be one child's, newest first.",
    )
    quarantine: Connection[QuarantinedItem] = listed(
        QuarantinedItem,
        filters_beside_casework.QuarantineFilter,
        Order("quarantine", (Key("quarantined_at", datetime),), descending=True),
        "What could not be applied of what you sent, and why, newest first.",
    )
    disagreements: Connection[Disagreement] = listed(
        Disagreement,
        None,
        Order("disagreements", (Key("found_on", date),), descending=True),
        "Where the sources of a child's record said different things of a field, newest first: settled ones too.",
    )
    precedences: Connection[Precedence] = listed(
        Precedence, None, Order("precedences", ()), "Which sources you put first in your records, field by field."
    )
    broken_glass: Connection[BrokenGlass] = listed(
        BrokenGlass,
        filters_beside_casework.BrokenGlassFilter,
        Order("broken-glass", (Key("opened_at", datetime),), descending=True),
        "Where the glass was broken over one of your records, or by you while it lasts, newest first: what your "
        "privacy officer reviews (Children Act 2004 s. 11, SEND Regs 2014 reg. 17(4)).",
    )
    disclosures: Connection[Disclosure] = rooted(
        _disclosures,
        _DISCLOSURES,
        "Who was shown what of a child's record that is yours, and why, newest first; of records that have become "
        "part of it too.",
    )
    organisation: Organisation | None = rooted(_organisation, _BODY, "One body, by exactly one of its codes.")
    organisations: Connection[Organisation] = listed(
        Organisation,
        filters_beside_casework.OrganisationFilter,
        Order("organisations", (Key("name", str),)),
        "Bodies, by name.",
    )

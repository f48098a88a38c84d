"""Children and young people: who they are, who may be told, and which body answers for them."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import strawberry
from sqlalchemy import ColumnElement, FromClause, func, or_

from hub.db import tables
from hub.db.conditions import is_one_of
from hub.db.sharing import Sight
from hub.db.sharing_parts import BUDGET_PARTS, SECTION_PARTS
from hub.law.reg17_disclosure import Part
from hub.law.s37_plan import MAINTAINED
from hub.law.vocabulary import NHSNumberStatus, ResponsibilityKind, Sex, Source
from schema.contact import Contact
from schema.fields import column, first_of, many, member, node_id, one, row_of, withheld
from schema.node import Node
from schema.organisation import Organisation
from schema.scalars import UPN, NHSNumber
from schema.withholding import Withheld

if TYPE_CHECKING:
    from schema.advice import Advice
    from schema.assessment import Assessment
    from schema.cooperation import CooperationRequest
    from schema.dispute import Dispute
    from schema.duty import Duty
    from schema.enquiry import Enquiry
    from schema.notice import Notice
    from schema.notification import Notification
    from schema.personal_budget import PersonalBudget
    from schema.plan import Plan
    from schema.review import Review
    from schema.sharing import BrokenGlass, Consent, DisclosureDecision
    from schema.sources import ChildSource, Disagreement

_CHILD, _IDENTIFIER = tables.child.c, tables.child_identifier.c
_RESPONSIBILITY = tables.responsibility.c
_SECTIONS, _BUDGETS = SECTION_PARTS.values(), BUDGET_PARTS.values()


def _is_maintained(plan: FromClause, _: Sight) -> ColumnElement[bool]:
    return is_one_of(plan.c.status, MAINTAINED)


def _is_open(disagreement: FromClause, _: Sight) -> ColumnElement[bool]:
    return disagreement.c.settled_on.is_(None)


def _authority(child: FromClause, sight: Sight) -> ColumnElement[object]:
    """The twin of `hub.law.responsibility.authority_on`, in an array."""
    held = sight.rows(tables.responsibility)
    row, today = held.row, sight.asking.today
    newest = (
        held.select(row.c.body_id)
        .where(
            row.c.owner_id == child.c.owner_id,
            row.c.child_id == child.c.id,
            is_one_of(row.c.kind, [ResponsibilityKind.AUTHORITY]),
            row.c.starts_on <= today,
            or_(row.c.ends_on.is_(None), row.c.ends_on >= today),
        )
        .order_by(row.c.starts_on.desc())
        .limit(1)
    )
    return func.array(newest.scalar_subquery())


@row_of(tables.responsibility, part=Part.EXISTENCE)
class Responsibility:
    """Which body answers for a child, for what, from when and why (CFA 2014 ss. 24, 26(8))."""

    body: Organisation = one("Organisation", _RESPONSIBILITY.body_id, "The body.")
    kind: ResponsibilityKind = column(
        _RESPONSIBILITY.kind, "As what it answers: authority or commissioner, and under which provision."
    )
    for_provision: str | None = column(
        _RESPONSIBILITY.for_provision, "For which provision; absent: for all of its kind."
    )
    reason: str = column(_RESPONSIBILITY.reason, "Why, with the provision.")
    from_: date = column(_RESPONSIBILITY.starts_on, "The first day.", named="from")
    to: date | None = column(_RESPONSIBILITY.ends_on, "The last day; absent: until further notice.")


@row_of(tables.child_identifier, scope="child.read", part=Part.IDENTITY)
class ChildIdentifier:
    """A number or code by which some system knows the child, or knew the child before."""

    system: str = column(_IDENTIFIER.system, "Whose number it is: the name of the system.")
    value: str = column(_IDENTIFIER.value, "The number or code.")
    from_: date | None = column(_IDENTIFIER.held_from, "The first day on which it was the child's.", named="from")
    to: date | None = column(_IDENTIFIER.held_to, "The last day; absent: it still is.")


@row_of(tables.child, scope="child.read", part=Part.EXISTENCE)
class Child(Node):
    """A child or young person (0 to 25) with special educational needs or a disability. Exists for you only where the
    law, or an arrangement, gives you a relationship with the child; otherwise the answer is as for an unknown id.
    """

    id: strawberry.ID = node_id(_CHILD.id, "Child")
    nhs_number: NHSNumber | None = column(_CHILD.nhs_number, "The NHS number, where it is known.", part=Part.IDENTITY)
    nhs_number_status: NHSNumberStatus | None = column(
        _CHILD.nhs_number_status,
        "How far the NHS number has been traced. Only a verified one links records by itself.",
        part=Part.IDENTITY,
    )
    upn: UPN | None = column(_CHILD.upn, "The unique pupil number, where there is one.", part=Part.IDENTITY)
    identifiers: list[ChildIdentifier] | None = many(
        "ChildIdentifier",
        "child_id",
        "The child's other numbers, such as the one in the authority's case system.",
        order=("system", "value"),
        parts=[Part.IDENTITY],
    )
    family_name: str | None = column(_CHILD.family_name, "Family name.", part=Part.IDENTITY)
    given_names: list[str] | None = column(_CHILD.given_names, "Given names, in order.", part=Part.IDENTITY)
    date_of_birth: date | None = column(_CHILD.date_of_birth, "Date of birth.", part=Part.IDENTITY)
    sex: Sex | None = column(_CHILD.sex, "Sex, as recorded.", part=Part.IDENTITY)
    postcode: str | None = column(
        _CHILD.postcode,
        "Postcode of the home address. By statute open to the responsible authority alone, as the contacts are.",
        part=Part.CONTACTS,
    )
    responsibilities: list[Responsibility] | None = many(
        "Responsibility",
        "child_id",
        "Which body answers for the child, for what, from when and why.",
        order=("starts_on", "id"),
    )
    responsible_authority: Organisation | None = member(
        "Organisation",
        _authority,
        "The local authority that answers for the child today (CFA 2014 s. 24); absent where none does, as for a child "
        "with a disability and no SEN.",
    )
    record_kept_by: Organisation | None = one(
        "Organisation", _CHILD.owner_id, "The local authority whose record this is."
    )
    contacts: list[Contact] | None = many(
        "Contact",
        "child_id",
        "Parents, carers and others to be told. By statute open to the responsible authority alone, not "
        "to a commissioning body or a body that is asked.",
        parts=[Part.CONTACTS],
    )
    current_plan: Annotated[Plan, strawberry.lazy("schema.plan")] | None = first_of(
        "Plan",
        "child_id",
        "The EHC plan that the authority maintains now: the final one, also while amendments or its end are proposed.",
        order=("-version",),
        where=_is_maintained,
        parts=_SECTIONS,
    )
    plans: list[Annotated[Plan, strawberry.lazy("schema.plan")]] | None = many(
        "Plan", "child_id", "Every version of every EHC plan, newest first.", order=("-version", "id"), parts=_SECTIONS
    )
    assessments: list[Annotated[Assessment, strawberry.lazy("schema.assessment")]] | None = many(
        "Assessment",
        "child_id",
        "EHC needs assessments asked for, newest first.",
        order=("-requested_on", "id"),
        parts=[Part.ASSESSMENT],
    )
    notifications: list[Annotated[Notification, strawberry.lazy("schema.notification")]] | None = many(
        "Notification",
        "child_id",
        "Health bodies' notifications (CFA 2014 s. 23).",
        order=("notified_at", "id"),
        parts=[Part.NOTIFICATION],
    )
    cooperation_requests: list[Annotated[CooperationRequest, strawberry.lazy("schema.cooperation")]] | None = many(
        "CooperationRequest",
        "child_id",
        "Requests to co-operate (CFA 2014 s. 31), newest first. An asked body sees those addressed to it; "
        "a commissioning body, as such, none.",
        order=("-sent_at", "id"),
        parts=[Part.COOPERATION],
    )
    advice: list[Annotated[Advice, strawberry.lazy("schema.advice")]] | None = many(
        "Advice",
        "child_id",
        "Advice on needs, provision and outcomes (SEND Regs 2014 reg. 6(1)), newest first. A "
        "commissioning body sees medical advice, an asked body the advice that it gave.",
        order=("-given_on", "id"),
        parts=[Part.ADVICE],
    )
    personal_budgets: list[Annotated[PersonalBudget, strawberry.lazy("schema.personal_budget")]] | None = many(
        "PersonalBudget",
        "child_id",
        "Personal budgets (CFA 2014 s. 49). A commissioning body sees the amounts for health care provision.",
        parts=[*_BUDGETS, Part.BUDGET_TOTAL],
    )
    reviews: list[Annotated[Review, strawberry.lazy("schema.review")]] | None = many(
        "Review",
        "child_id",
        "Reviews of the plan (CFA 2014 s. 44), newest first.",
        order=("-meeting_on", "id"),
        parts=[Part.REVIEW],
    )
    duties: list[Annotated[Duty, strawberry.lazy("schema.duty")]] | None = many(
        "Duty",
        "child_id",
        "Statutory clocks that run, ran or were excused, soonest last day first. A body other than the "
        "responsible authority sees those that it holds.",
        order=("due_on", "id"),
        parts=[Part.DUTIES],
    )
    disputes: list[Annotated[Dispute, strawberry.lazy("schema.dispute")]] | None = many(
        "Dispute",
        "child_id",
        "Disagreements and redress. A commissioning body sees those that it is in.",
        parts=[Part.REDRESS],
    )
    enquiries: list[Annotated[Enquiry, strawberry.lazy("schema.enquiry")]] | None = many(
        "Enquiry",
        "child_id",
        "Requests for help about the child (CFA 2014 ss. 28, 29) that you made or were asked.",
        order=("asked_at", "id"),
    )
    notices: list[Annotated[Notice, strawberry.lazy("schema.notice")]] | None = many(
        "Notice",
        "child_id",
        "Notices that were given of decisions about the child, newest first. A commissioning body sees those that are "
        "addressed to it.",
        order=("-given_at", "id"),
        parts=[Part.NOTICES],
    )
    restricted: bool | None = column(
        _CHILD.restricted,
        "Whether where the child lives and whom to reach is kept, for somebody's safety, from every other body: no "
        "consent, decision (SEND Regs 2014 reg. 17(1)) or broken glass opens it.",
        part=Part.CONTACTS,
    )
    consents: list[Annotated[Consent, strawberry.lazy("schema.sharing")]] | None = many(
        "Consent",
        "child_id",
        "Consents to disclose (SEND Regs 2014 reg. 17(1) to (3)). For the authority whose record it is.",
        order=("-given_on", "id"),
    )
    disclosure_decisions: list[Annotated[DisclosureDecision, strawberry.lazy("schema.sharing")]] | None = many(
        "DisclosureDecision",
        "child_id",
        "Decisions to disclose (SEND Regs 2014 reg. 17(1)(a) to (k)). For the authority whose record it is.",
        order=("-decided_at", "id"),
    )
    broken_glass: list[Annotated[BrokenGlass, strawberry.lazy("schema.sharing")]] | None = many(
        "BrokenGlass",
        "child_id",
        "Where a body broke the glass, for safeguarding (Children Act 2004 s. 11). For the authority whose record it "
        "is, and while it lasts for that body.",
        order=("-opened_at", "id"),
    )
    sources: list[Annotated[ChildSource, strawberry.lazy("schema.sources")]] | None = many(
        "ChildSource",
        "child_id",
        "Everyone who told who the child is, with what each said and when: the return, case systems, other bodies. A "
        "body other than the authority finds what it told itself.",
        order=("said_on", "id"),
        parts=[Part.IDENTITY],
    )
    disagreements: list[Annotated[Disagreement, strawberry.lazy("schema.sources")]] | None = many(
        "Disagreement",
        "child_id",
        "Where the sources say different things of a field: each one's value and day, which stands and by which rule.",
        order=("field", "id"),
        parts=[Part.IDENTITY, Part.CONTACTS],
        where=_is_open,
    )
    source: Source | None = column(_CHILD.source, "Where who the child is was taken from.", part=Part.IDENTITY)
    updated_at: datetime | None = column(
        _CHILD.updated_at, "When who the child is was last changed.", part=Part.IDENTITY
    )
    withheld: list[Withheld] = withheld()

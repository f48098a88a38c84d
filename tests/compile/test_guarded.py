"""No selection on a child's table goes without the sharing rules: none can be compiled, and nobody sees another's."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy
from graphql import FragmentDefinitionNode, OperationDefinitionNode, parse
from graphql.execution.collect_fields import FragmentDetails
from graphql.execution.values import VariableValues
from sqlalchemy import ColumnElement, FromClause, func, select

from hub.county.people import upn
from hub.db import tables
from hub.db.sharing import Sight
from hub.law.caller import Caller
from hub.law.reg17_disclosure import MAY_HOLD, Part, Purpose, Relationship, parts_open
from hub.law.reg17_grounds import STATED
from hub.law.vocabulary import OrganisationKind
from schema.compile.plans import Plan, Planner
from schema.compile.selection import Selecting
from schema.encoding import PLAIN
from schema.ids import to_global
from schema.projection import ComputedField, Expression, projection_named, projections
from schema.query import Query
from schema.roots import of
from tests.compile.answers import Answers
from tests.compile.arguments import Known
from tests.compile.documents import Asked, asked
from tests.compile.filled import Filled
from tests.compile.related import objects_in
from tests.compile.whole import EVERY, SCHEMA, documents, share
from tests.world import ALL_SCOPES

NOBODY = UUID(int=1)
STRANGER = Caller(
    NOBODY,
    OrganisationKind.NHS_TRUST,
    "RX9",
    "Strange Trust",
    "stranger",
    None,
    ALL_SCOPES,
    Purpose.OWN_FUNCTIONS,
    frozenset(Purpose),
    "token",
)
ANY = Known(
    {each.name: [to_global(each.name, NOBODY)] for each in projections().values()},
    {"NHSNumber": ["9990000018"], "UPN": [upn("9001", "990", 26, 1)], "ODSCode": ["QX1"], "LACode": ["990"]},
    {},
)


def compiled(document: str, caller: Caller) -> Plan:
    """The plan of a document without variables."""
    nodes = parse(document).definitions
    fragments = {each.name.value: FragmentDetails(each) for each in nodes if isinstance(each, FragmentDefinitionNode)}
    (operation,) = (each for each in nodes if isinstance(each, OperationDefinitionNode))
    return Planner(of(Query), Selecting(SCHEMA, operation, fragments, VariableValues({}, {})), caller).plan()


def accesses() -> Iterator[Caller]:
    """A caller for each kind of access: of all kinds of body and purposes, those for which the law opens differently.

    A plan depends on nothing else of a caller but the scopes.
    """
    seen: set[Any] = set()
    for kind in OrganisationKind:
        for purpose in Purpose:
            held = [each for each in Relationship if kind in MAY_HOLD[each] and parts_open([each], purpose)]
            added = (purpose in STATED, purpose is Purpose.SAFEGUARDING)
            opened = (*added, *((each, parts_open([each], purpose)) for each in held))
            if opened not in seen:
                seen.add(opened)
                yield replace(STRANGER, organisation_kind=kind, purpose=purpose)


def _of(access: Any) -> str:
    return f"{access.organisation_kind}-{access.purpose}" if isinstance(access, Caller) else str(access)


@pytest.mark.parametrize(("place", "caller"), list(enumerate(accesses())), ids=_of)
def test_whatever_is_asked_is_read_through_the_guard(place: int, caller: Caller) -> None:
    """The planner lets no other statement pass, as the tests below show. Each document is asked by several kinds of
    access, and each of those asks several."""
    for document in share(documents(ANY), place):
        assert compiled(document, caller).sql


def test_every_kind_of_body_and_purpose_compiles() -> None:
    """Each with its own words in the statement; what the law opens to them is asked in full above. Each kind is tried
    for every third purpose, those next to each other for others (`make test-deep`: for all)."""
    document = "{ children { nodes { id contacts { name } withheld { rule } } } }"
    for at, kind in enumerate(OrganisationKind):
        for purpose in list(Purpose) if EVERY else list(Purpose)[at % 3 :: 3]:
            assert compiled(document, replace(STRANGER, organisation_kind=kind, purpose=purpose)).sql


def _bare(child: FromClause, _: Sight) -> ColumnElement[Any]:
    return select(func.max(tables.contact.c.name)).scalar_subquery()


def _aliased(child: FromClause, _: Sight) -> ColumnElement[Any]:
    contact = tables.contact.alias()
    return select(contact.c.name).where(contact.c.child_id == child.c.id).limit(1).scalar_subquery()


def _existing(child: FromClause, _: Sight) -> ColumnElement[Any]:
    return sqlalchemy.exists().where(tables.contact.c.child_id == child.c.id)


def _joined(child: FromClause, sight: Sight) -> ColumnElement[Any]:
    plan = sight.rows(tables.plan)
    joined = plan.select(func.max(tables.contact.c.name)).join(
        tables.contact, tables.contact.c.child_id == plan.row.c.child_id
    )
    return joined.scalar_subquery()


def _within(child: FromClause, sight: Sight) -> ColumnElement[Any]:
    plan = sight.rows(tables.plan)
    named = select(tables.contact.c.child_id).where(tables.contact.c.name == "x")
    return plan.select(func.count()).where(plan.row.c.child_id.in_(named)).scalar_subquery()


def _below(child: FromClause, _: Sight) -> ColumnElement[Any]:
    inner = select(tables.contact.c.name).subquery("innocent").alias("still")
    return select(func.max(inner.c.name)).scalar_subquery()


def _ordering(child: FromClause, sight: Sight) -> ColumnElement[Any]:
    plan = sight.rows(tables.plan)
    return plan.select(plan.row.c.version).order_by(_bare(child, sight)).limit(1).scalar_subquery()


def _sampled(child: FromClause, _: Sight) -> ColumnElement[Any]:
    return select(func.max(tables.contact.tablesample(100).c.name)).scalar_subquery()


def _by_name(child: FromClause, _: Sight) -> ColumnElement[Any]:
    contact = sqlalchemy.table("contact", sqlalchemy.column("name"))
    return select(func.max(contact.c.name)).scalar_subquery()


@pytest.mark.parametrize(
    "expression", [_bare, _aliased, _existing, _joined, _within, _below, _ordering, _sampled, _by_name]
)
def test_what_reads_past_the_guard_cannot_be_compiled(monkeypatch: pytest.MonkeyPatch, expression: Expression) -> None:
    """However it hides in a computed field, on a row of a list and on one further down."""
    fields: Any = projection_named("Child").fields
    monkeypatch.setitem(fields, "postcode", ComputedField(frozenset({Part.CONTACTS}), expression, PLAIN))
    for document in ("{ children { nodes { postcode } } }", "{ plans { nodes { child { postcode } } } }"):
        with pytest.raises(LookupError, match="contact"):
            compiled(document, replace(STRANGER, organisation_kind=OrganisationKind.LOCAL_AUTHORITY))


def test_a_filter_of_a_relation_may_not_read_past_it_either(monkeypatch: pytest.MonkeyPatch) -> None:
    fields: Any = projection_named("Child").fields
    where: Callable[..., Any] = lambda row, _: row.c.id.in_(select(tables.contact.c.id))  # noqa: E731  (typed, as a field has it)
    monkeypatch.setitem(fields, "currentPlan", replace(fields["currentPlan"], where=where))
    with pytest.raises(LookupError, match="contact"):
        compiled(
            "{ children { nodes { currentPlan { id } } } }",
            replace(STRANGER, organisation_kind=OrganisationKind.LOCAL_AUTHORITY),
        )


# --- nobody sees what is not theirs


@pytest.mark.parametrize(
    ("place", "kind", "purpose"),
    [
        (0, OrganisationKind.LOCAL_AUTHORITY, Purpose.OWN_FUNCTIONS),
        (1, OrganisationKind.LOCAL_AUTHORITY, Purpose.TRANSFER_AUTHORITY),
        (2, OrganisationKind.INTEGRATED_CARE_BOARD, Purpose.OWN_FUNCTIONS),
        (3, OrganisationKind.INTEGRATED_CARE_BOARD, Purpose.ANNUAL_REVIEW),
        (4, OrganisationKind.NHS_TRUST, Purpose.OWN_FUNCTIONS),
        (5, OrganisationKind.NHS_TRUST, Purpose.SAFEGUARDING),
        (6, OrganisationKind.SCHOOL, Purpose.PROVISION_DELIVERY),
    ],
)
async def test_a_stranger_sees_nothing_of_any_child(
    filled: Filled, answers: Answers, place: int, kind: OrganisationKind, purpose: Purpose
) -> None:
    """Through no root and no relation, by ids and codes of real children, with every scope, by either way."""
    caller = replace(STRANGER, organisation_kind=kind, purpose=purpose)
    every = [Asked(each, None, None) for each in share(documents(filled.known), place) if "viewer" not in each]
    every += [each for seed in range(10) if "viewer" not in (each := asked(SCHEMA, filled.known, seed)).document]
    for each in every:
        found = await answers.compare(each, caller)
        assert not objects_in(found.body)
        assert not found.children

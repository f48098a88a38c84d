"""Joint commissioning arrangements (CFA 2014 s. 26), and what they add to the sharing that the statute opens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import strawberry
from sqlalchemy import ARRAY, ColumnElement, FromClause, Text, cast, exists, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by, array
from sqlalchemy.types import Uuid

from hub.db import tables
from hub.db.sharing import Sight
from hub.law.reg8_time_limit import Part3Function
from hub.law.reg17_disclosure import Part, Purpose
from hub.law.reg17_grounds import Ground
from hub.law.s26_arrangements import REQUIREMENTS
from hub.law.vocabulary import OrganisationKind, SharingMode
from schema.encoding import constant
from schema.fields import column, computed, many, members, node_id, one, row_of
from schema.node import Node
from schema.organisation import Organisation

_ARRANGEMENT, _CLAUSE = tables.arrangement.c, tables.arrangement_clause.c
_STEP, _RULE = tables.arrangement_dispute_step.c, tables.sharing_rule.c
_LIMIT = tables.arrangement_time_limit.c


def _bodies(role: str) -> Callable[[FromClause, Sight], ColumnElement[object]]:
    """The ids of the bodies that are in an arrangement in this role."""

    def ids(arrangement: FromClause, _: Sight) -> ColumnElement[object]:
        party = tables.arrangement_party.alias()
        of_it = (party.c.arrangement_id == arrangement.c.id) & (party.c.role == constant(role))
        bodies = select(func.array_agg(party.c.body_id)).where(of_it).correlate_except(party).scalar_subquery()
        return func.coalesce(bodies, cast(constant("{}"), ARRAY(Uuid())))

    return ids


def _missing(arrangement: FromClause, _: Sight) -> ColumnElement[list[str]]:
    """The twin of `hub.law.s26_arrangements.missing`."""
    every = array([constant(each) for each in REQUIREMENTS])
    asked = func.unnest(every).table_valued("paragraph", with_ordinality="place", name="asked").render_derived()
    clause = tables.arrangement_clause.alias()
    answered = (clause.c.arrangement_id == arrangement.c.id) & (clause.c.requirement == asked.c.paragraph)
    none = cast(constant("{}"), ARRAY(Text))
    in_order = func.array_agg(aggregate_order_by(asked.c.paragraph, asked.c.place))
    some = exists(select(clause.c.id).where(answered).correlate_except(clause))
    return select(func.coalesce(in_order, none)).select_from(asked).where(~some).scalar_subquery()


@row_of(tables.arrangement_clause)
class Clause:
    """What an arrangement says on one of the paragraphs that it must contain."""

    requirement: str = column(_CLAUSE.requirement, "The paragraph that it answers, such as `s. 26(3)(a)`.")
    text: str = column(_CLAUSE.text, "What was agreed.")


@row_of(tables.arrangement_dispute_step)
class DisputeProcedureStep:
    """A step that the parties take to resolve a dispute between them (s. 26(3)(g))."""

    description: str = column(_STEP.description, "What is done.")
    owner_role: str | None = column(_STEP.owner_role, "The role of who sees to it.")
    working_days: int | None = column(
        _STEP.working_days, "How many working days the parties give it. No statute sets a time limit."
    )


@row_of(tables.arrangement_time_limit)
class AgreedTimeLimit:
    """How soon the parties comply with each other's requests to co-operate, where no statute says so (s. 26(3)(e))."""

    function: Part3Function = column(_LIMIT.function, "The function under Part 3 in which a party asks.")
    working_days: int = column(_LIMIT.working_days, "Working days from receipt.")


@row_of(tables.sharing_rule)
class SharingRule:
    """What an arrangement opens to its recipients beside what the statute opens (s. 26(3)(d), (e))."""

    recipient_kinds: list[OrganisationKind] = column(
        _RULE.recipient_kinds, "The kinds of body that it opens the parts to; empty: only those in `recipients`."
    )
    recipients: list[Organisation] = members(
        "Organisation", _RULE.recipients, "The bodies that it opens the parts to by name.", order=("name",)
    )
    purposes: list[Purpose] = column(_RULE.purposes, "For which purposes.")
    parts: list[Part] = column(_RULE.parts, "Which parts of a child's record.")
    mode: SharingMode = column(_RULE.mode, "Whether what the parts say is opened, or only that they exist.")
    basis: Ground = column(
        _RULE.basis,
        "On what it rests: STATUTE, for a responsible commissioning body alone (SEND Regs 2014 reg. 13(2)(c)); or "
        "INTERESTS_OF_THE_CHILD, which takes the authority's decision on each child besides (reg. 17(1)(a)).",
    )
    ground: str = column(_RULE.ground, "The legal ground on which it rests, in words.")
    from_: date = column(_RULE.starts_on, "The first day.", named="from")
    to: date | None = column(_RULE.ends_on, "The last day; absent: until further notice.")


@row_of(tables.arrangement)
class Arrangement(Node):
    """Arrangements of an authority and its partner commissioning bodies about education, health and care provision for
    children and young people with SEN or a disability (CFA 2014 s. 26). Exists for the bodies that are in it.
    """

    id: strawberry.ID = node_id(_ARRANGEMENT.id, "Arrangement")
    title: str = column(_ARRANGEMENT.title, "Its title.")
    authority: Organisation = one("Organisation", _ARRANGEMENT.authority_id, "The local authority.")
    parties: list[Organisation] = members(
        "Organisation", _bodies("PARTY"), "The bodies that make it, and sign (s. 26(1)).", order=("name",)
    )
    acting_bodies: list[Organisation] = members(
        "Organisation", _bodies("ACTING"), "The bodies that act under it, and do not sign.", order=("name",)
    )
    version: int = column(_ARRANGEMENT.version, "1 for the first, one more with each revision.")
    in_force_from: date | None = column(_ARRANGEMENT.in_force_from, "The first day; absent: not in force yet.")
    in_force_to: date | None = column(_ARRANGEMENT.in_force_to, "The last day; absent: until further notice.")
    review_on: date | None = column(_ARRANGEMENT.review_on, "When the parties review it next (s. 26(6)).")
    clauses: list[Clause] = many(
        "Clause", "arrangement_id", "What it says, paragraph by paragraph.", order=("requirement",), owned=False
    )
    missing: list[str] = computed(
        _missing, "The paragraphs of s. 26(3)(a) to (g) and (4)(a) to (c) that no clause answers yet."
    )
    sharing_rules: list[SharingRule] = many(
        "SharingRule", "arrangement_id", "What it opens, to whom, for what.", order=("starts_on",), owned=False
    )
    time_limits: list[AgreedTimeLimit] = many(
        "AgreedTimeLimit",
        "arrangement_id",
        "How soon the parties comply with each other's requests, while it is in force.",
        order=("function",),
        owned=False,
    )
    dispute_steps: list[DisputeProcedureStep] = many(
        "DisputeProcedureStep",
        "arrangement_id",
        "The steps to resolve a dispute between the parties, in order.",
        order=("ordinal",),
        owned=False,
    )

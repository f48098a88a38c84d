"""What the lists beside the casework may be narrowed by: bodies, alerts, pairs of records, and what waits."""

from datetime import date

import strawberry
from sqlalchemy import ColumnElement, Date, FromClause, Text, func

from hub.db import tables
from hub.db.sharing import Sight
from hub.law.imports import QuarantineForm
from hub.law.vocabulary import OrganisationKind
from schema.encoding import constant
from schema.filters import AUTHORITY
from schema.narrowing import among, either, narrowed_by, node
from schema.values import Value, as_it_is


def _in_force_on(body: FromClause, value: Value, _: Sight) -> ColumnElement[bool]:
    day = value.sql(Date(), as_it_is)
    earliest, latest = func.date(constant("-infinity")), func.date(constant("infinity"))
    return (func.coalesce(body.c.in_force_from, earliest) <= day) & (func.coalesce(body.c.in_force_to, latest) >= day)


def _name_has(body: FromClause, value: Value, _: Sight) -> ColumnElement[bool]:
    return func.strpos(func.lower(body.c.name), func.lower(value.sql(Text(), as_it_is))) > 0


@strawberry.input(description="Keeps the bodies for which all of this is true.")
class OrganisationFilter:
    kinds: list[OrganisationKind] | None = among("kind", "Of one of these kinds.")
    in_force_on: date | None = narrowed_by(_in_force_on, "That existed on this day.")
    name_has: str | None = narrowed_by(_name_has, "Whose name has this in it. Case does not matter.")


def _is_acknowledged(glass: FromClause, sight: Sight) -> ColumnElement[bool]:
    said = sight.rows(tables.glass_acknowledgement)
    here = (said.row.c.owner_id == glass.c.owner_id) & (said.row.c.broken_glass_id == glass.c.id)
    return said.exists(here, said.row.c.child_id == glass.c.child_id)


@strawberry.input(description="Keeps the alerts of broken glass for which all of this is true.")
class BrokenGlassFilter:
    authority: strawberry.ID | None = node("owner_id", "Organisation", "authority", AUTHORITY)
    acknowledged: bool | None = either(
        _is_acknowledged,
        "Whether the alert was acknowledged, as far as that is open to you; false: the open ones.",
        to="GlassAcknowledgement",
    )


@strawberry.input(description="Keeps the pairs of records for which all of this is true.")
class IdentityCandidateFilter:
    waiting: bool | None = either(
        lambda pair, _: pair.c.decision.is_(None),
        "Whether it waits for a person to decide; false: what was decided.",
        to="IdentityCandidate",
    )


@strawberry.input(description="Keeps what is or was in quarantine for which all of this is true.")
class QuarantineFilter:
    waiting: bool | None = either(
        lambda item, _: item.c.resolved_at.is_(None),
        "Whether it waits for somebody; false: what was resolved.",
        to="QuarantinedItem",
    )
    forms: list[QuarantineForm] | None = among("form", "Of one of these forms.")

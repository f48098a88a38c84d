"""Weeks of term: data of each authority and school year, by which amounts for TERM_WEEK and TERM are due."""

from __future__ import annotations

from datetime import date

import strawberry
from sqlalchemy import ColumnElement, FromClause, func

from hub.db import tables
from hub.db.sharing import Sight
from schema.fields import column, computed, node_id, row_of
from schema.node import Node

_YEAR = tables.school_year.c


def _how_many(year: FromClause, _: Sight) -> ColumnElement[int]:
    return func.cardinality(year.c.weeks)


@row_of(tables.school_year)
class SchoolYear(Node):
    """A school year of an authority, as it has set it. No statute fixes how many weeks of term there are."""

    id: strawberry.ID = node_id(_YEAR.id, "SchoolYear")
    name: str = column(_YEAR.name, "The school year, such as 2026-27.")
    weeks: list[date] = column(_YEAR.weeks, "The Mondays of the weeks of term, earliest first.")
    terms: list[date] = column(_YEAR.terms, "The first day of each term, earliest first.")
    term_weeks: int = computed(_how_many, "How many weeks of term it has.")

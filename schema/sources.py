"""What each source says of who a child is, where they disagree, and which of them an authority puts first."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    Date,
    FromClause,
    Select,
    Text,
    Uuid,
    case,
    cast,
    false,
    func,
    null,
    or_,
    select,
)
from sqlalchemy import column as sql_column
from sqlalchemy.dialects.postgresql import JSONB, array

from hub.db import tables
from hub.db.sharing import Sight
from hub.db.sharing_parts import FIELD_PARTS
from hub.db.tables.base import one_of
from hub.law.precedence import ChildField, StandsBy
from hub.law.reg17_disclosure import Part, Relationship
from hub.law.vocabulary import NHSNumberStatus, Source
from schema.encoding import constant
from schema.fields import column, counted, figure, figures, node_id, one, part_by, row_of
from schema.node import Node
from schema.organisation import Organisation

if TYPE_CHECKING:
    from schema.child import Child

_SOURCE, _DISAGREEMENT, _PRECEDENCE = tables.child_source.c, tables.disagreement.c, tables.precedence.c


def _told(source: FromClause, sight: Sight) -> Select[Any]:
    """The fields that the source has a word for, as rows; of what is not open to the caller, none."""
    words = func.unnest(
        array([constant(each.value) for each in ChildField]),
        cast(array([_word(each, source, sight) for each in ChildField]), ARRAY(Text)),
        cast(array([_day(each, source) for each in ChildField]), ARRAY(Date)),
    ).table_valued(sql_column("field", Text), sql_column("value", Text), sql_column("on", Date), with_ordinality="nth")
    words = words.render_derived()
    return (
        select(*(words.c[name] for name in ("field", "value", "on")))
        .select_from(words)
        .where(words.c.value.is_not(None))
        .order_by(words.c.nth)
    )


def _word(field: ChildField, source: FromClause, sight: Sight) -> ColumnElement[Any]:
    value = source.c[field.value.lower()]
    text: ColumnElement[Any] = (
        func.array_to_string(value, " ") if field is ChildField.GIVEN_NAMES else cast(value, Text)
    )
    return case((sight.opens([FIELD_PARTS[field]]), text), else_=null())


def _day(field: ChildField, source: FromClause) -> ColumnElement[Any]:
    return func.coalesce(cast(source.c.since.op("->>")(constant(field.value)), Date), source.c.said_on)


@figures(scope="child.read")
class ToldField:
    """One field, as a source has it."""

    field: ChildField = figure("field", one_of(ChildField), "The field.")
    value: str = figure("value", Text(), "What the source says; days as YYYY-MM-DD.")
    on: date = figure("on", Date(), "The day from which it has said so.")


@row_of(tables.child_source, scope="child.read", part=Part.IDENTITY)
class ChildSource(Node):
    """A source that told who the child is: the authority's return, one of its case systems, or another body. A body
    other than the authority finds what it told itself.
    """

    id: strawberry.ID = node_id(_SOURCE.id, "ChildSource")
    child: Annotated[Child, strawberry.lazy("schema.child")] | None = one("Child", _SOURCE.child_id, "The child.")
    source: Source = column(_SOURCE.source, "The kind of source.")
    system: str | None = column(_SOURCE.system, "Of an extract, the case system.")
    said_by: Organisation | None = one(
        "Organisation", _SOURCE.said_by_id, "The body that said it; absent: the authority itself."
    )
    said_on: date = column(_SOURCE.said_on, "The day of which it first told.")
    said: list[ToldField] = counted("ToldField", _told, "What it says, field by field, each with its day.")
    nhs_number_status: NHSNumberStatus | None = column(
        _SOURCE.nhs_number_status, "How far this source has traced the NHS number."
    )
    withdrawn_on: date | None = column(
        _SOURCE.withdrawn_on, "The day on which it told that it has the child no more; what it said counts no longer."
    )


def _values(disagreement: FromClause, sight: Sight) -> Select[Any]:
    """The words; which other body said one is told to the authority, and to that body."""
    each = func.jsonb_array_elements(disagreement.c.told, type_=JSONB).table_valued("told", with_ordinality="nth")
    each = each.render_derived()

    def word(name: str) -> ColumnElement[Any]:
        return each.c.told.op("->>")(constant(name))

    own = sight.held.get(Relationship.RESPONSIBLE_AUTHORITY, false())
    by_caller = cast(word("body"), Uuid) == sight.asking.organisation
    shown: list[ColumnElement[Any]] = [
        word("value").label("value"),
        word("source").label("source"),
        word("system").label("system"),
        case((or_(own, by_caller), word("code")), else_=null()).label("code"),
        cast(word("on"), Date).label("on"),
        cast(word("stands"), Boolean).label("stands"),
    ]
    return select(*shown).select_from(each).order_by(each.c.nth)


@figures(scope="child.read")
class DisagreeingValue:
    """What one of the sources says that disagree."""

    value: str = figure("value", Text(), "What it says; days as YYYY-MM-DD.")
    source: Source = figure("source", one_of(Source), "The kind of source.")
    system: str | None = figure("system", Text(), "Of an extract, the case system.")
    said_by: str | None = figure(
        "code", Text(), "The code of the other body that says it: told to the authority, and to that body."
    )
    on: date = figure("on", Date(), "The day from which it has said so.")
    stands: bool = figure("stands", Boolean(), "Whether the record has this value.")


@row_of(tables.disagreement, scope="child.read", part=part_by("field", FIELD_PARTS))
class Disagreement(Node):
    """A field of which the sources say different things. One value stands, by a rule; none is overwritten."""

    id: strawberry.ID = node_id(_DISAGREEMENT.id, "Disagreement")
    child: Annotated[Child, strawberry.lazy("schema.child")] | None = one("Child", _DISAGREEMENT.child_id, "The child.")
    field: ChildField = column(_DISAGREEMENT.field, "The field.")
    values: list[DisagreeingValue] = counted(
        "DisagreeingValue", _values, "What each source says, the one that stands first; none once they agree."
    )
    rule: StandsBy = column(_DISAGREEMENT.rule, "The rule by which one of them stands.")
    found_on: date = column(_DISAGREEMENT.found_on, "The day on which they were found to differ.")
    settled_on: date | None = column(
        _DISAGREEMENT.settled_on, "The day on which they agreed again; absent: they do not."
    )


@row_of(tables.precedence, scope="child.read")
class Precedence(Node):
    """Which sources an authority puts first for a field, in its own records (UK GDPR art. 5(1)(d): accuracy)."""

    id: strawberry.ID = node_id(_PRECEDENCE.id, "Precedence")
    field: ChildField = column(_PRECEDENCE.field, "The field.")
    sources: list[str] = column(
        _PRECEDENCE.sources,
        "The sources, the first first: a `Source` such as SEN2_RETURN, one case system as EXTRACT/caseworks, one body "
        "as FHIR/RRE01. Those that are not named come after them.",
    )
    set_at: datetime = column(_PRECEDENCE.set_at, "When it was said.")

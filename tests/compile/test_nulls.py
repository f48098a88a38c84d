"""The compiled path writes what it reads, so no field that cannot be null may read what can be."""

from collections.abc import Iterator

from graphql import GraphQLNonNull

from schema.projection import ColumnField, EmbeddedField, Field, Projection, RelationField, projections
from tests.compile.whole import SCHEMA

KEPT_BY_THE_ACTIONS = {("Declined", "ground"), ("Declined", "reasons"), ("Declined", "at")}
"""A body's decision not to comply has all three or none: `hub.law.s31_cooperation` makes no other."""


def never_null() -> Iterator[tuple[Projection, str, Field]]:
    """Each field of a type that stands for a table and, as the schema says, always has a value."""
    for projection in projections().values():
        shown = SCHEMA.type_map[projection.name].fields
        yield from (
            (projection, name, field)
            for name, field in projection.fields.items()
            if isinstance(shown[name].type, GraphQLNonNull)
        )


def test_what_cannot_be_null_is_always_there() -> None:
    for projection, name, field in never_null():
        place = f"{projection.name}.{name}"
        assert not field.parts, f"{place}: a part can be withheld"
        match field:
            case ColumnField() if projection.table is not None and (projection.name, name) not in KEPT_BY_THE_ACTIONS:
                assert not projection.table.c[field.column].nullable, place
            case RelationField(single=True) if projection.table is not None:
                assert field.to == "Organisation", f"{place}: any other row can be hidden"
                assert not any(projection.table.c[each].nullable for each in field.local), place
            case EmbeddedField() if projection.table is not None:
                assert not projection.table.c[field.present].nullable, place
            case _:
                pass

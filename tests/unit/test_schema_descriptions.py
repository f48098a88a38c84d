"""What GraphiQL shows beside every name: nothing in the schema is without a description."""

from collections.abc import Iterator

from graphql import GraphQLNamedType, build_schema, is_introspection_type, is_specified_scalar_type

from hub.law.duties import RULES, in_full
from hub.law.reg8_time_limit import Part3Function
from hub.law.s31_events import RefusalGround
from schema.execution import make_schema

SCHEMA = build_schema(make_schema().as_str())


def _named(each: GraphQLNamedType) -> Iterator[tuple[str, str | None]]:
    """A type and all that has a name in it, with their descriptions."""
    yield each.name, each.description
    for name, value in getattr(each, "values", {}).items():
        yield f"{each.name}.{name}", value.description
    for name, field in getattr(each, "fields", {}).items():
        yield f"{each.name}.{name}", field.description
        for argument, of in getattr(field, "args", {}).items():
            yield f"{each.name}.{name}.{argument}", of.description


def test_everything_in_the_schema_says_what_it_means() -> None:
    """Types, fields, arguments, inputs and enum values; all but those of the GraphQL standard."""
    ours = [
        each
        for each in SCHEMA.type_map.values()
        if not is_introspection_type(each) and not is_specified_scalar_type(each)
    ]
    described = dict(pair for each in ours for pair in _named(each))
    assert {"Child", "Child.upn", "Query.children.first", "WithdrawInput.cooperationRequest"} <= described.keys()
    assert {name for name, text in described.items() if not (text or "").strip()} == set()


def test_a_value_is_described_by_its_meaning_in_the_law() -> None:
    for term in (RefusalGround, Part3Function):
        values = SCHEMA.type_map[term.__name__].values  # pyright: ignore[reportAttributeAccessIssue]  (an enum)
        assert {name: value.description for name, value in values.items()} == {each: each.meaning for each in term}


def test_a_duty_is_described_with_its_time_limit_and_provision() -> None:
    values = SCHEMA.type_map["DutyRule"].values  # pyright: ignore[reportAttributeAccessIssue]  (an enum)
    assert {name: value.description for name, value in values.items()} == {duty: in_full(duty) for duty in RULES}

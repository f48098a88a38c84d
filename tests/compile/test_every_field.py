"""Every field of every type that a query can reach is compiled, and answers as its resolver does, for whoever asks."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from graphql import (
    FieldNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    is_composite_type,
    is_object_type,
    parse,
    visit,
)

from hub.law.caller import Caller
from hub.law.reg17_disclosure import Purpose
from schema.execution import make_schema
from schema.projection import is_node
from tests.compile.answers import Answers
from tests.compile.documents import Asked
from tests.compile.filled import Filled

SCHEMA: Any = make_schema()._schema
QUERY: Any = SCHEMA.query_type
LISTS = {
    SCHEMA.type_map[get_named_type(each.type).name].fields["nodes"].type.of_type.of_type.of_type.name: name
    for name, each in QUERY.fields.items()
    if "first" in each.args
}
"""By type, the field of `Query` that lists its objects."""

ASKING = [
    ("Northmere", Purpose.OWN_FUNCTIONS),
    ("Northmere", Purpose.SAFEGUARDING),
    ("Southvale", Purpose.OWN_FUNCTIONS),
    ("Mere and Vale ICB", Purpose.OWN_FUNCTIONS),
    ("Mere and Vale ICB", Purpose.SECTION_G_AGREEMENT),
    ("NHS England", Purpose.OWN_FUNCTIONS),
    ("Mere Community Trust", Purpose.OWN_FUNCTIONS),
    ("Mere Primary School", Purpose.OWN_FUNCTIONS),
]


def everything(kind: Any, *, leaves_only: bool = False) -> str:
    """Every field of a type: of the nodes it leads to what is no object, of other objects everything."""
    parts = ["__typename"]
    for name, field in kind.fields.items():
        below: Any = get_named_type(field.type)
        if not is_composite_type(below):
            parts.append(name)
        elif isinstance(below, GraphQLInterfaceType):
            spreads = " ".join(f"... on {each.name} {{ {each.name}: id }}" for each in SCHEMA.get_possible_types(below))
            parts.append(f"{name} {{ id __typename {spreads} }}" if not leaves_only else f"{name} {{ id }}")
        elif not leaves_only:
            parts.append(f"{name} {everything(below, leaves_only=is_node(below.name))}")
    return "{ " + " ".join(parts) + " }"


def documents(filled: Filled) -> Iterator[str]:
    """For each type with an id a document with all its fields; then the fields of `Query` that lead to one object."""
    for kind in SCHEMA.get_possible_types(SCHEMA.type_map["Node"]):
        if kind.name in LISTS:
            page = SCHEMA.type_map[f"{kind.name}Connection"]
            whole = everything(page).replace("nodes {", f"everything: nodes {everything(kind)} nodes {{")
            yield f"{{ {LISTS[kind.name]}(first: 100) {whole} }}"
        else:
            ids = filled.known.ids[kind.name][:6]
            nodes = [
                f'a{at}: node(id: "{each}") {{ ... on {kind.name} {everything(kind)} }}' for at, each in enumerate(ids)
            ]
            yield "{ " + " ".join(nodes) + " }"
    yield f"{{ __typename viewer {everything(SCHEMA.type_map['Viewer'])} }}"
    for name in ("child", "plan", "node"):
        type_name = "Advice" if name == "node" else name.capitalize()
        ids = filled.known.ids[type_name][:9]
        yield "{ " + " ".join(f'a{at}: {name}(id: "{each}") {{ id }}' for at, each in enumerate(ids)) + " }"
    codes = filled.known.codes
    for argument, values in (("nhsNumber", codes["NHSNumber"]), ("upn", codes["UPN"])):
        yield (
            "{ "
            + " ".join(f'a{at}: child({argument}: "{each}") {{ id }}' for at, each in enumerate(values[:19]))
            + " }"
        )
    yield '{ a: organisation(odsCode: "QX1") { id } b: organisation(laCode: "990") { id } }'


def fields_of(document: str) -> set[tuple[str, str]]:
    """The fields that a document asks, each with the type it is of."""
    info, found = TypeInfo(SCHEMA), set[tuple[str, str]]()

    class Fields(Visitor):
        def enter_field(self, node: FieldNode, *_: object) -> None:
            parent = info.get_parent_type()
            if parent is not None and is_object_type(parent):
                found.add((parent.name, node.name.value))

    visit(parse(document), TypeInfoVisitor(info, Fields()))
    return found


def reachable(kind: Any, found: dict[str, GraphQLObjectType]) -> None:
    """The object types that a query can reach from a type."""
    if isinstance(kind, GraphQLInterfaceType):
        for each in SCHEMA.get_possible_types(kind):
            reachable(each, found)
    elif isinstance(kind, GraphQLObjectType) and kind.name not in found:
        found[kind.name] = kind
        for field in kind.fields.values():
            reachable(get_named_type(field.type), found)


def test_the_documents_ask_every_field(filled: Filled) -> None:
    """A field that is added is asked at once; one that cannot be is missing here."""
    kinds: dict[str, GraphQLObjectType] = {}
    reachable(QUERY, kinds)
    every = {(name, each) for name, kind in kinds.items() for each in (*kind.fields, "__typename")}
    assert set().union(*(fields_of(each) for each in documents(filled))) == every


@pytest.mark.parametrize(("name", "purpose"), ASKING)
async def test_every_field_is_compiled_as_it_is_resolved(
    filled: Filled, answers: Answers, name: str, purpose: Purpose
) -> None:
    """But where a request waits to be received further down: the resolvers then find which."""
    caller: Caller = filled.caller(name, purpose=purpose)
    for document in documents(filled):
        found = await answers.compare(Asked(document, None, None), caller)
        assert found.compiled or name != "Northmere" or "ooperationRequest" in document, document


async def test_who_has_no_scope_is_told_so_in_the_same_place(filled: Filled, answers: Answers) -> None:
    caller = replace(filled.caller("Northmere"), scopes=frozenset({"child.read", "plan.read"}))
    for document in documents(filled):
        await answers.compare(Asked(document, None, None), caller)

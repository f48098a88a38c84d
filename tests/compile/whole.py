"""Documents that ask everything there is to ask: each type with all its fields, through each way to reach it."""

import os
from collections.abc import Iterable, Iterator
from typing import Any

from graphql import GraphQLInterfaceType, get_named_type, is_composite_type

from hub.law.reg17_disclosure import Purpose
from schema.execution import make_schema
from schema.projection import is_node
from tests.compile.arguments import Known
from tests.compile.rows import TODAY

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


EVERY = "HUB_TEST_EVERY" in os.environ
"""Whether each of those who ask asks every document (`make test-deep`)."""

_SHARES = 6


def share(documents: Iterable[str], place: int) -> list[str]:
    """What the one at a place among those who ask asks: one document in six, so that six next to each other ask all.
    Those that list children and plans are asked by everybody."""
    return [
        each
        for at, each in enumerate(documents)
        if EVERY or at % _SHARES == place % _SHARES or each.startswith(("{ children(", "{ plans("))
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


def documents(known: Known) -> Iterator[str]:
    """For each type with an id a document with all its fields; then the fields of `Query` that lead to one object."""
    for kind in SCHEMA.get_possible_types(SCHEMA.type_map["Node"]):
        if kind.name == "Disclosure":
            lists = [
                f'a{at}: disclosures(child: "{each}", first: 5) {{ nodes {everything(kind)} }}'
                for at, each in enumerate(known.ids["Child"][:9])
            ]
            page = everything(SCHEMA.type_map["DisclosureConnection"])
            yield f'{{ {" ".join(lists)} whole: disclosures(child: "{known.ids["Child"][0]}") {page} }}'
        elif kind.name in LISTS:
            page = SCHEMA.type_map[f"{kind.name}Connection"]
            whole = everything(page).replace("nodes {", f"everything: nodes {everything(kind)} nodes {{")
            yield f"{{ {LISTS[kind.name]}(first: 100) {whole} }}"
        else:
            ids = known.ids[kind.name][:6]
            nodes = [
                f'a{at}: node(id: "{each}") {{ ... on {kind.name} {everything(kind)} }}' for at, each in enumerate(ids)
            ]
            yield "{ " + " ".join(nodes) + " }"
    yield f"{{ __typename viewer {everything(SCHEMA.type_map['Viewer'])} }}"
    days = f'from: "{TODAY.replace(day=1)}", to: "{TODAY}"'
    board = everything(SCHEMA.type_map["Board"])
    for each in known.ids["Organisation"]:
        yield f'{{ board(organisation: "{each}", {days}) {board} }}'
    for name in ("child", "plan", "node"):
        type_name = "Advice" if name == "node" else name.capitalize()
        ids = known.ids[type_name][:9]
        yield "{ " + " ".join(f'a{at}: {name}(id: "{each}") {{ id }}' for at, each in enumerate(ids)) + " }"
    codes = known.codes
    for argument, values in (("nhsNumber", codes["NHSNumber"]), ("upn", codes["UPN"])):
        yield (
            "{ "
            + " ".join(f'a{at}: child({argument}: "{each}") {{ id }}' for at, each in enumerate(values[:19]))
            + " }"
        )
    yield '{ a: organisation(odsCode: "QX1") { id } b: organisation(laCode: "990") { id } }'

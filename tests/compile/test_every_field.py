"""Every field of every type that a query can reach is compiled, and answers as its resolver does, for whoever asks."""

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
    is_object_type,
    parse,
    visit,
)

from hub.law.caller import Caller
from hub.law.reg17_disclosure import Purpose
from tests.compile.answers import Answers
from tests.compile.documents import Asked
from tests.compile.filled import Filled
from tests.compile.related import objects_in, related, whose, withdrawn_from
from tests.compile.whole import ASKING, QUERY, SCHEMA, documents, share


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
    assert set().union(*(fields_of(each) for each in documents(filled.known))) == every


@pytest.mark.parametrize(("place", "name", "purpose"), [(place, *each) for place, each in enumerate(ASKING)])
async def test_every_field_is_compiled_as_it_is_resolved(
    filled: Filled, answers: Answers, place: int, name: str, purpose: Purpose
) -> None:
    """But where a request waits to be received further down: the resolvers then find which.

    The authority with most of the records asks every document, the others one in six each.

    What is shown is of those children alone to whom the law relates the body; of a request that was withdrawn from it,
    the id that it had.
    """
    caller: Caller = filled.caller(name, purpose=purpose)
    database = answers.resolved.transactions.database
    children, child_of = await related(database, caller), await whose(database, filled.known)
    withdrawn = await withdrawn_from(database, caller)
    seen: set[str] = set()
    for document in documents(filled.known) if place == 0 else share(documents(filled.known), place):
        found = await answers.compare(Asked(document, None, None), caller)
        assert found.compiled or "ooperationRequest" in document or "about" in document, document
        assert found.children <= children
        told = objects_in(found.body)
        seen |= told - withdrawn if "withdrawnRequests" in document else told
    assert {child_of[each] for each in seen} <= children
    assert bool(seen) == bool(children)


async def test_who_has_no_scope_is_told_so_in_the_same_place(filled: Filled, answers: Answers) -> None:
    caller = replace(filled.caller("Northmere"), scopes=frozenset({"child.read", "plan.read"}))
    for document in share(documents(filled.known), 0):
        await answers.compare(Asked(document, None, None), caller)

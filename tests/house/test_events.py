"""Whatever an action records can be read: in the history of what it is about, or by following it."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeAlias, TypeGuard, cast

import pytest
from graphql import GraphQLObjectType, GraphQLSchema, build_schema, get_named_type

ROOT = Path(__file__).parents[2]
SCHEMA: GraphQLSchema = build_schema((ROOT / "schema" / "schema.graphql").read_text())

IN_THE_AUDIT_LOG: Mapping[str, str] = {
    "Arrangement": "between bodies, about no child: its versions and signatures are fields of it",
    "Child": "Child.responsibilities is the list of them, each with its days",
    "Consent": "Child.consents is the list of them, each with its days",
    "DisclosureDecision": "Child.disclosureDecisions is the list of them, each with its days",
    "Enquiry": "it says itself when it was asked and answered",
    "ImportRun": "the report of the run says it",
    "Organisation": "the hub's own administration",
    "QuarantinedItem": "QuarantinedItem.steps is what was done with it, by whom and why",
    "ReceivedFile": "GET /import/{id} says what has come of it",
    "SchoolYear": "an authority's own calendar, about no child",
}
"""What events are about that has no history of its own in the schema, and why it needs none."""

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
Recorded: TypeAlias = tuple[str, str]
"""The kind of an event, and the type of what it is about."""


def recorded_in(source: str) -> set[Recorded]:
    """Every event that a module records: the calls of `Event`, and those of functions that hand the words on, its own
    or of another module of the actions.
    """
    tree = ast.parse(source)
    functions = [each for each in ast.walk(tree) if isinstance(each, Function)]
    functions += [each for statement in tree.body for each in _imported(statement)]
    hands_on: dict[str, tuple[Function, ast.expr, ast.expr]] = {}
    found: set[Recorded] = set()
    while True:
        before = len(found), len(hands_on)
        for function in functions:
            for kind, about in _calls(function, hands_on):
                kinds, abouts = _words(kind, function), _words(about, function)
                if kinds is None or abouts is None:
                    hands_on[function.name] = (function, kind, about)
                else:
                    found |= {(one, other) for one in kinds for other in abouts}
        if before == (len(found), len(hands_on)):
            return found


def _imported(statement: ast.stmt) -> list[Function]:
    """The functions that a module has from another of the actions."""
    if not isinstance(statement, ast.ImportFrom) or not (statement.module or "").startswith("hub.actions."):
        return []
    there = ast.parse((ROOT / f"{(statement.module or '').replace('.', '/')}.py").read_text())
    names = {each.name for each in statement.names}
    return [each for each in there.body if isinstance(each, Function) and each.name in names]


def _calls(
    function: Function, hands_on: Mapping[str, tuple[Function, ast.expr, ast.expr]]
) -> Iterator[tuple[ast.expr, ast.expr]]:
    """The kind and the type in each call that makes an event, or hands its words on to a function that does."""
    for call in (each for each in ast.walk(function) if isinstance(each, ast.Call) and isinstance(each.func, ast.Name)):
        name = cast(ast.Name, call.func).id
        if name == "Event":
            yield call.args[0], call.args[2]
        elif name in hands_on:
            of, kind, about = hands_on[name]
            given = dict(zip((each.arg for each in of.args.args), call.args, strict=False))
            given |= {each.arg: each.value for each in call.keywords if each.arg is not None}
            yield _handed(kind, given), _handed(about, given)


def _handed(word: ast.expr, given: Mapping[str, ast.expr]) -> ast.expr:
    return given.get(word.id, word) if isinstance(word, ast.Name) else word


def _words(word: ast.expr, function: Function) -> set[str] | None:
    """The words that an expression may be; None for an argument of the function."""
    match word:
        case ast.Constant(value=str() as text):
            return {text}
        case ast.IfExp(body=body, orelse=orelse):
            one, other = _words(body, function), _words(orelse, function)
            return None if one is None or other is None else one | other
        case ast.Name(id=name):
            return next((_words(each.value, function) for each in ast.walk(function) if _sets(each, name)), None)
        case _:
            return None


def _sets(each: ast.AST, name: str) -> TypeGuard[ast.Assign]:
    return isinstance(each, ast.Assign) and any(isinstance(one, ast.Name) and one.id == name for one in each.targets)


def readable() -> set[str]:
    """The types with a history, and those that a subscription tells of."""
    types = {name: each for name, each in SCHEMA.type_map.items() if isinstance(each, GraphQLObjectType)}
    told = [cast(GraphQLObjectType, get_named_type(each.type)) for each in types["Subscription"].fields.values()]
    followed = {str(field.type).strip("[]!") for event in told for field in event.fields.values()}
    return {name for name, each in types.items() if "history" in each.fields} | (followed & types.keys())


EVENTS = sorted({each for path in sorted((ROOT / "hub").rglob("*.py")) for each in recorded_in(path.read_text())})


@pytest.mark.parametrize(("kind", "about"), EVENTS)
def test_an_event_can_be_read(kind: str, about: str) -> None:
    assert about in readable() | IN_THE_AUDIT_LOG.keys(), f"nobody can read that {kind}: {about} has no history"


def test_the_events_are_those_of_the_casework() -> None:
    """The table holds what is handed on through functions, chosen between, or recorded at once; and nothing is excused
    that no event is about, or that can be read."""
    assert {
        ("amendment_dropped", "Plan"),
        ("ceasing_considered", "Plan"),
        ("cooperation_declined", "CooperationRequest"),
        ("delivery_reported", "Provision"),
        ("dispute_raised", "Dispute"),
        ("dispute_step_taken", "Dispute"),
        ("no_plan_decided", "Assessment"),
        ("notice_given", "Notice"),
        ("provision_agreed", "Plan"),
        ("provision_declined", "Plan"),
        ("reassessment_decided", "Assessment"),
        ("review_decided", "Review"),
    } <= set(EVENTS)
    assert {about for _, about in EVENTS} - readable() == IN_THE_AUDIT_LOG.keys()


def test_an_event_that_nobody_can_read_is_found() -> None:
    planted = """
async def act(tx):
    await tell(tx, "something_done" if tx else "something_undone", about="Nothing")

async def tell(tx, kind, about):
    await tx.record(Event(kind, tx.owner, about, tx.id))
"""
    found = recorded_in(planted)
    assert found == {("something_done", "Nothing"), ("something_undone", "Nothing")}
    assert "Nothing" not in readable()

"""What a document costs, before it is validated and before it runs."""

import time
from collections import Counter
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    build_schema,
    get_introspection_query,
    get_named_type,
    parse,
    validate,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from schema.execution import make_schema
from schema.limits import Cost, Limits, cost_of
from schema.tally import page_sizes

SCHEMA = make_schema()._schema
TABS = sorted((Path(__file__).parents[2] / "hub/web/graphiql/src/tabs").glob("*.graphql"))
DEFAULT = Limits()
NO_LIMITS = Limits(**{each.name: 10**100 for each in fields(Limits)} | {"nesting": 200})


def cost(text: str, variables: Any = None, *, limits: Limits = NO_LIMITS, schema: GraphQLSchema = SCHEMA) -> Cost:
    """Of the first operation in a document."""
    document = parse(text)
    operation = next(each for each in document.definitions if isinstance(each, OperationDefinitionNode))
    return cost_of(schema, document, operation, variables, limits=limits)


def refusal(text: str, *, limits: Limits = DEFAULT) -> GraphQLError:
    with pytest.raises(GraphQLError) as refused:
        cost(text, limits=limits)
    assert refused.value.extensions["code"] == "TOO_COSTLY"
    orjson.dumps(refused.value.extensions)
    return refused.value


def children(size: int) -> str:
    """A page of children as a portal asks for it, with the plan and what hangs on it."""
    return f"""{{ children(first: {size}) {{
        totalCount pageInfo {{ hasNextPage endCursor }}
        edges {{ cursor node {{ id nhsNumber upn responsibleAuthority {{ name }} withheld {{ fields rule }}
            cooperationRequests {{ status requestedBy {{ name }} addressedTo {{ name }} duty {{ state }} }}
            currentPlan {{ status sections {{ code }} needs {{ description }} outcomes {{ description }}
                provisions {{ description provider {{ name }} commissioner {{ name }}
                    agreements {{ status commissioner {{ name }} }} }}
                personalBudget {{ status items {{ kind funder {{ name }} }} payments {{ status }} }} }} }} }} }} }}"""


@pytest.mark.parametrize("tab", TABS, ids=lambda tab: tab.stem)
def test_what_graphiql_offers_is_far_from_any_limit(tab: Path) -> None:
    found = cost(tab.read_text(), limits=DEFAULT)
    assert found.nodes < DEFAULT.nodes / 50


@pytest.mark.parametrize("size", [50, 100])
def test_what_portals_send_is_answered(size: int) -> None:
    assert not validate(SCHEMA, parse(children(size)))
    assert cost(children(size), limits=DEFAULT).nodes < DEFAULT.nodes / 5


def test_the_introspection_that_tools_send_is_answered() -> None:
    query = get_introspection_query(
        specified_by_url=True, directive_is_repeatable=True, schema_description=True, input_value_deprecation=True
    )
    assert cost(query, limits=DEFAULT).depth == 15


def chain(length: int, link: str, end: str = "id") -> str:
    """Fragments on Child, each with the next in it where `link` says NEXT."""
    parts = [f"fragment F{at} on Child {{ {link.replace('NEXT', f'...F{at + 1}')} }}" for at in range(length)]
    return f"{{ children {{ nodes {{ ...F0 }} }} }} {' '.join(parts)} fragment F{length} on Child {{ {end} }}"


IN_PLANS = "a: currentPlan { child { NEXT } } b: currentPlan { child { NEXT } }"

REFUSED = {
    "depth by fields": ("{ children { nodes " + "{ currentPlan { child " * 20 + "{ id }" + "}}" * 20 + "}}", "depth"),
    "depth by fragments": (chain(20, "currentPlan { child { NEXT } }"), "depth"),
    "fragments that double": (chain(60, IN_PLANS), "depth"),
    "fragments that double in one place": (chain(60, "NEXT NEXT"), "nesting"),
    "a few fragments that grow": (chain(6, " ".join(f"a{n}: currentPlan {{ id NEXT }}" for n in range(9))), "aliases"),
    "inline fragments within one another": ("{" + "... {" * 80 + "__typename" + "}" * 80 + "}", "nesting"),
    "a thousand fragments in a row": (chain(1_000, "NEXT"), "nesting"),
    "aliases": ("{" + " ".join(f"a{n}: __typename" for n in range(2_000)) + "}", "aliases"),
    "counts under aliases": ("{" + " ".join(f"a{n}: children {{ totalCount }}" for n in range(180)) + "}", "aliases"),
    "one field again and again": ("{" + " __typename" * 4_000 + "}", "repeated_fields"),
    "an unknown field again and again": ("{ nonsense {" + " nonsense" * 1_000 + "} }", "repeated_fields"),
    "overlapping inline fragments": (
        "{" + ("... on Query { viewer {" + "... on Viewer { clientId }" * 40 + "} }") * 40 + "}",
        "repeated_fields",
    ),
    "what is not asked for": ("query A { __typename } query B {" + " __typename" * 99 + "}", "repeated_fields"),
    "an unused fragment": ("{ __typename } fragment F on Query {" + " __typename" * 99 + "}", "repeated_fields"),
    "directives": ("{ __typename" + " @skip(if: false)" * 4_000 + "}", "directives"),
    "directives on the operation": ("query" + " @nonsense" * 4_000 + "{ __typename }", "directives"),
    "directives on a variable": ("query ($a: Int" + " @nonsense" * 4_000 + ") { __typename }", "directives"),
    "root fields": ("{" + " ".join(f"nonsense{n}" for n in range(21)) + "}", "root_fields"),
    "lists within lists": ("{ children(first: 100) { nodes { plans { provisions { outcomes { provisions {"
        " agreements { status } } } } } } } }", "nodes"),
    "the schema within itself": ("{ __schema { types" + "{ fields { type" * 4 + "{ name }" + "} }" * 4 + "} }",
        "nodes"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "limit"), REFUSED.values(), ids=REFUSED)
def test_what_would_cost_too_much_is_refused_by_its_limit(text: str, limit: str) -> None:
    (named,) = refusal(text).extensions["limit"]
    assert named == limit


def test_a_limit_is_the_most_that_is_answered() -> None:
    found = cost(children(50))
    exactly = Limits(**{each.name: getattr(found, each.name) for each in fields(Limits)})
    assert cost(children(50), limits=exactly) == found
    for limit in ("depth", "nesting", "repeated_fields", "root_fields", "nodes"):
        one_less = replace(exactly, **{limit: getattr(found, limit) - 1})
        assert refusal(children(50), limits=one_less).extensions["limit"].keys() == {limit}


def test_a_refusal_says_what_was_found_and_where_most_of_it_is() -> None:
    text = (
        "{ viewer { clientId }\n all: children(first: 50) { totalCount edges { node { plans { needs { area } } } } } }"
    )
    refused = refusal(text, limits=Limits(nodes=1_000))
    path = ["all", "edges", "node", "plans", "needs"]
    nodes = 1 + 100 + 50 * (1 + 5 * (1 + 5))
    assert refused.extensions["limit"] == {"nodes": {"most": 1_000, "found": nodes, "path": path}}
    assert refused.message == (
        f"the document has {nodes} objects to read, most of them at {'.'.join(path)}; at most 1000 are allowed"
    )
    assert [(each.line, each.column) for each in refused.locations or ()] == [(2, 63)]


def test_where_no_field_has_half_of_it_none_is_named() -> None:
    refused = refusal(
        "{ a: children { totalCount } b: plans { totalCount } duties { totalCount } }", limits=Limits(nodes=1)
    )
    assert refused.extensions["limit"] == {"nodes": {"most": 1, "found": 300, "path": []}}
    assert "most of them" not in refused.message


def test_the_field_that_is_repeated_is_named() -> None:
    refused = refusal(
        "{ viewer { clientId person person ...V } } fragment V on Viewer { person }", limits=Limits(repeated_fields=2)
    )
    assert refused.extensions["limit"] == {"repeated_fields": {"most": 2, "found": 3, "path": ["viewer", "person"]}}


@pytest.mark.parametrize(
    "text",
    [
        "{ children { nodes { ...F } } } fragment F on Child { id currentPlan { child { ...F } } }",
        "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A __typename }",
        "{ ...Nowhere }",
        "{ nonsense { more { of } it } children { nonsense nodes } viewer { clientId { x } } }",
        "{ ... on Nonsense { id } ...F } fragment F on AlsoNonsense { id }",
        "{ children(first: $unknown, last: {}) { nodes { id } } }",
        "subscription { nothing { id } }",
        "{ __typename } type T { a: Int }",
    ],
)
def test_what_is_not_valid_is_left_to_validation(text: str) -> None:
    cost(text, limits=DEFAULT)
    assert validate(SCHEMA, parse(text))


def test_something_refused_within_itself_still_says_where() -> None:
    text = "{ viewer { ...F } } fragment F on Viewer { clientId ...F organisation { name } }"
    assert refusal(text, limits=Limits(nodes=1)).extensions["limit"]["nodes"]["path"] == ["viewer", "organisation"]


class Asked(GraphQLSchema):
    """The hub's schema, which counts how often it is asked for a field."""

    times = 0

    def get_field(self, parent_type: Any, field_name: str) -> Any:
        self.times += 1
        return super().get_field(parent_type, field_name)


def test_a_fragment_is_measured_once_however_often_it_is_spread() -> None:
    asked = Asked(**SCHEMA.to_kwargs())
    found = cost(chain(60, IN_PLANS), schema=asked, limits=replace(NO_LIMITS, nesting=10**6))
    assert found.aliases == 2 * (2**60 - 1)
    assert found.nodes == 20 * (1 + 2 * found.aliases)
    assert asked.times == 2 * (2 + 60 * 4) + 1  # each field with a selection set twice, and the last `id`


@pytest.mark.parametrize(
    "text", [chain(60, IN_PLANS), chain(60, "NEXT NEXT")], ids=["below one another", "in one place"]
)
def test_sixty_doubling_fragments_are_refused_within_fifty_milliseconds(text: str) -> None:
    """2^60 fields. Of processor time, with the parsing; the best of some, for others use the machine too."""
    spent: list[float] = []
    for _ in range(7):
        began = time.thread_time()
        refusal(text)
        spent.append(time.thread_time() - began)
    assert min(spent) < 0.05


NODES = {
    "{ viewer { organisation { successor { name } } } }": 3,
    "{ children { nodes { id } } }": 20,
    "{ children(first: 7) { nodes { id } } }": 7,
    "{ children(last: 7) { edges { node { id } } } }": 7,
    "{ children(first: 7) { edges { cursor } pageInfo { endCursor } } }": 0,
    "{ children(first: 7) { nodes { id } edges { node { id } } } }": 14,
    "{ children(first: 3, last: 7) { nodes { id } } }": 7,
    "{ children(first: null) { nodes { id } } }": 20,
    "{ children(first: 1000000) { nodes { id } } }": 100,
    "{ children(first: 0) { nodes { id } } }": 100,
    '{ children(first: "7") { nodes { id } } }': 100,
    "{ children { totalCount } }": 100,
    "{ children(first: 7) { ...C } duties(first: 3) { nodes { about { id } } } } "
    "fragment C on ChildConnection { totalCount nodes { plans { id } } }": 100 + 7 * (1 + 5) + 3 * (1 + 1),
    "{ __schema { types { name } } }": 1 + 10,
}  # fmt: skip


@pytest.mark.parametrize(("text", "nodes"), NODES.items())
def test_nodes_are_page_sizes_multiplied_down_the_tree(text: str, nodes: int) -> None:
    assert cost(text).nodes == nodes


@pytest.mark.parametrize(
    ("variables", "nodes"),
    [
        ({"n": 7}, 7),
        (None, 50),
        ({}, 50),
        ({"n": None}, 20),
        ({"n": 101}, 100),
        ({"n": -1}, 100),
        ({"n": True}, 100),
        ({"n": [7]}, 100),
        ({"n": 7, "b": 9}, 9),
    ],
)
def test_variables_give_page_sizes(variables: Any, nodes: int) -> None:
    text = "query ($n: Int = 50, $b: Int, $a: ID) { children(first: $n, last: $b, after: $a) { nodes { id } } }"
    found = cost(text, variables)
    assert (found.nodes, found.sized_by) == (nodes, {"n", "b"})


def test_the_cost_stays_the_same_while_the_page_sizes_do() -> None:
    assert page_sizes({"n", "b"}, {"n": 7, "after": "x"}) == (None, 7)
    assert page_sizes({"n"}, {"n": {}}) == page_sizes({"n"}, {"n": 500}) == (100,)
    assert page_sizes({"n"}, {"n": None}) != page_sizes({"n"}, None)  # a default holds for what is not given


SMALL = build_schema("""
    type Query { item: Item items(first: Int, last: Int): ItemConnection! events(last: Int): [Event!] thing: Thing }
    interface Thing { name: String }
    type Item implements Thing { name: String up: Item events: [Event!]! items(first: Int): ItemConnection }
    type Event { name: String item: Item }
    type ItemConnection { edges: [ItemEdge!]! nodes: [Item!]! pageInfo: PageInfo! totalCount: Int! }
    type ItemEdge { node: Item! cursor: String! }
    type PageInfo { endCursor: String }
""")
COMPOSITE = ["Query", "Thing", "Item", "Event", "ItemConnection", "ItemEdge", "PageInfo"]
SIZES = st.sampled_from(["", "(first: 3)", "(first: $n)", "(last: 7)", "(first: 4, last: $m)", "(first: 999)"])
DIRECTIVES = st.sampled_from(["", "", " @a", " @a @b"])


@st.composite
def selections(draw: Any, of_type: str, fragments: dict[str, str], levels: int) -> str:
    """A selection set of a type, with spreads of the fragments on it."""
    parts: list[str] = []
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["field", "field", "field", "inline", "spread"]))
        spread = [name for name, on in fragments.items() if on == of_type]
        if kind == "spread" and spread:
            parts.append(f"...{draw(st.sampled_from(spread))}{draw(DIRECTIVES)}")
        elif kind == "inline" and levels:
            on = draw(st.sampled_from(["", f" on {of_type}", *([" on Item"] if of_type == "Thing" else [])]))
            inner = on.removeprefix(" on ") or of_type
            parts.append(f"...{on}{draw(DIRECTIVES)} {draw(selections(inner, fragments, levels - 1))}")
        else:
            field = draw(st.sampled_from([*SMALL.get_type(of_type).fields, "nonsense", "__typename"]))  # type: ignore[union-attr]  # an object
            definition = SMALL.get_field(SMALL.get_type(of_type), field)  # type: ignore[arg-type]  # an object
            below = get_named_type(definition.type).name if definition else ""
            if below in COMPOSITE and not levels:
                continue
            arguments = draw(SIZES) if definition and {"first", "last"} & set(definition.args) else ""
            inside = draw(selections(below, fragments, levels - 1)) if below in COMPOSITE else ""
            parts.append(f"{draw(st.sampled_from(['', '', 'x: ']))}{field}{arguments}{draw(DIRECTIVES)} {inside}")
    return "{ " + " ".join(parts or ["__typename"]) + " }"


@st.composite
def documents(draw: Any) -> str:
    fragments: dict[str, str] = {}
    texts: list[str] = []
    for at in range(draw(st.integers(0, 4))):
        on = draw(st.sampled_from(COMPOSITE))
        texts.append(f"fragment F{at} on {on}{draw(DIRECTIVES)} {draw(selections(on, fragments, 2))}")
        fragments[f"F{at}"] = on
    root = draw(selections("Query", fragments, 4))
    return " ".join([f"query ($n: Int = 6, $m: Int @a) {root}", *texts])


class Expansion:
    """The document spelled out: every fragment is walked wherever it is spread, from the root down."""

    def __init__(self, text: str, variables: dict[str, Any]) -> None:
        self.variables = {"n": 6, "m": None} | variables
        self.document = parse(text)
        self.fragments = {
            each.name.value: each for each in self.document.definitions if isinstance(each, FragmentDefinitionNode)
        }
        self.found: Counter[str] = Counter()
        for definition in self.document.definitions:
            alone: Counter[str] = Counter()
            on = definition.type_condition.name.value if isinstance(definition, FragmentDefinitionNode) else "Query"
            bearers = [definition, *(definition.variable_definitions or ())]
            alone["directives"] = sum(len(each.directives or ()) for each in bearers)
            roots = self.walk(definition.selection_set, on, (1, 1), 1, 0, alone)
            if on == "Query" and not isinstance(definition, FragmentDefinitionNode):
                alone["root_fields"] = sum(roots.values())
            else:
                del alone["nodes"]
            self.found |= alone

    def walk(self, node: Any, on: str, at: tuple[int, int], times: int, page: int, found: Counter[str]) -> Counter[Any]:
        """Counts into `found`; the fields of this selection set. There are `times` of the object that it is of."""
        depth, nesting = at
        found["nesting"] = max(found["nesting"], nesting)
        selected: Counter[Any] = Counter()
        for each in node.selections:
            found["directives"] += len(each.directives or ())
            if isinstance(each, FieldNode):
                selected[on, each.name.value] += 1
                found["aliases"] += each.alias is not None
                found["depth"] = max(found["depth"], depth)
                below, number, size = self.below(each, on, times, page, found)
                if each.selection_set:
                    self.walk(each.selection_set, below, (depth + 1, nesting + 1), number, size, found)
            else:
                inner = self.fragments[each.name.value] if isinstance(each, FragmentSpreadNode) else each
                condition = inner.type_condition.name.value if inner.type_condition else on
                selected += self.walk(inner.selection_set, condition, (depth, nesting + 1), times, page, found)
        found["repeated_fields"] = max(found["repeated_fields"], *selected.values())
        return selected

    def below(self, node: FieldNode, on: str, times: int, page: int, found: Counter[str]) -> tuple[str, int, int]:
        """The type of a field, how many objects of it there are, and the size of the page that they are a list of."""
        definition = SMALL.get_field(SMALL.get_type(on), node.name.value)  # type: ignore[arg-type]  # an object
        below = get_named_type(definition.type).name if definition else ""
        asked = [self.size(each.value) for each in node.arguments or ()]
        size = max(asked, default=0) or 20
        match node.name.value:
            case "items":
                return below, times, size
            case "edges":
                return below, times * page, 0
            case "pageInfo":
                return below, times, 0
            case "totalCount":
                found["nodes"] += 100 * times
            case "nodes":
                times *= page
            case "events":
                times *= size if on == "Query" else 5
        if below in COMPOSITE:
            found["nodes"] += times
        return below, times, 0

    def size(self, value: Any) -> int:
        given = self.variables[value.name.value] if hasattr(value, "name") else int(value.value)
        return 0 if given is None else given if given <= 100 else 100


@settings(max_examples=200)
@given(documents(), st.fixed_dictionaries({}, optional={"n": st.sampled_from([None, 2, 500]), "m": st.just(8)}))
def test_the_cost_is_that_of_the_document_spelled_out(text: str, variables: dict[str, Any]) -> None:
    found = cost(text, variables, schema=SMALL)
    expected = Expansion(text, variables).found
    assert {each.name: getattr(found, each.name) for each in fields(Limits)} == {
        each.name: expected[each.name] for each in fields(Limits)
    }


@given(st.lists(st.lists(st.integers(0, 4), max_size=4), min_size=5, max_size=5))
def test_fragments_in_any_circle_come_to_an_end(spreads: list[list[int]]) -> None:
    text = "{ viewer { ...F0 } }" + "".join(
        f" fragment F{at} on Viewer {{ organisation {{ id }} {' '.join(f'...F{each}' for each in to)} }}"
        for at, to in enumerate(spreads)
    )
    assert cost(text).nodes >= 2
    refusal(text, limits=Limits(nodes=1))

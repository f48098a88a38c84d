"""Pages of lists: every row once, forwards and backwards, in every order; cursors good for their own list alone."""

from dataclasses import dataclass
from typing import Any

import pytest

from hub.law.caller import Caller
from schema.orders import ChildOrder
from schema.query import Query
from schema.roots import ListRoot, of
from tests.compile.answers import Answers
from tests.compile.documents import Asked
from tests.compile.filled import Filled

_ROOTS = {name: root for name, root in of(Query).items() if isinstance(root, ListRoot) and not root.required}
LISTS = [
    *((name, "") for name, root in _ROOTS.items() if root.order is not None),
    *((name, each.name) for name, root in _ROOTS.items() if root.order is None for each in ChildOrder),
]
BODIES = ("Northmere", "Mere and Vale ICB", "Mere Community Trust")
KEYS = {"duties": "dueOn", "assessments": "requestedOn", "reviews": "meetingOn", "children": "familyName dateOfBirth"}


@dataclass(frozen=True)
class Listing:
    """One list, in one order, for one caller."""

    answers: Answers
    caller: Caller
    name: str
    order: str

    async def page(self, **window: Any) -> Any:
        """A page, as both ways to answer give it."""
        order = f"orderBy: {self.order}" if self.order else ""
        node = f"node {{ id {KEYS.get(self.name, '')} }}"
        info = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
        document = f"""query ($first: Int, $after: String, $last: Int, $before: String) {{
            {self.name}(first: $first, after: $after, last: $last, before: $before {order})
            {{ edges {{ cursor {node} }} {info} }} }}"""
        return (await self.answers.compare(Asked(document, None, window), self.caller)).body["data"][self.name]


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize(("name", "order"), LISTS)
async def test_walking_a_list_gives_each_row_once(
    filled: Filled, answers: Answers, name: str, order: str, body: str
) -> None:
    """Forwards and backwards give the same rows in the same order, and say where they end."""
    listing = Listing(answers, filled.caller(body), name, order)
    whole = (await listing.page(first=100))["edges"]
    size = max(1, len(whole) // 3)
    found: list[Any] = []
    page: Any = {"pageInfo": {"hasNextPage": True}}
    while page["pageInfo"]["hasNextPage"]:
        page = await listing.page(first=size, **({"after": page["pageInfo"]["endCursor"]} if found else {}))
        assert page["pageInfo"]["hasPreviousPage"] == bool(found)
        found += page["edges"]
    assert found == whole
    found, page = [], {"pageInfo": {"hasPreviousPage": True}}
    while page["pageInfo"]["hasPreviousPage"]:
        page = await listing.page(last=size, **({"before": page["pageInfo"]["startCursor"]} if found else {}))
        assert page["pageInfo"]["hasNextPage"] == bool(found)
        found = page["edges"] + found
    assert found == whole


async def test_there_are_equals_and_missing_days_among_them(filled: Filled, answers: Answers) -> None:
    """Otherwise the walks would show little."""
    for name, key in {"duties": "dueOn", "assessments": "requestedOn", "reviews": "meetingOn"}.items():
        edges = (await Listing(answers, filled.caller("Northmere"), name, "").page(first=100))["edges"]
        days = [each["node"][key] for each in edges]
        assert None in days
        assert len(set(days)) < len(days)
    edges = (await Listing(answers, filled.caller("Northmere"), "children", "FAMILY_NAME").page())["edges"]
    names = [each["node"]["familyName"] for each in edges]
    assert len(set(names)) < len(names)


@pytest.mark.parametrize(("name", "order"), [each for each in LISTS if each != ("organisations", "")])
async def test_an_empty_list_has_a_page(filled: Filled, answers: Answers, name: str, order: str) -> None:
    listing = Listing(answers, filled.caller("Mere Primary School"), name, order)
    for window in ({"first": 3}, {"last": 3}):
        page = await listing.page(**window)
        ends = {"hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None}
        assert page == {"edges": [], "pageInfo": ends}


async def test_a_cursor_of_another_list_or_order_is_refused(filled: Filled, answers: Answers) -> None:
    caller = filled.caller("Northmere")
    there = {each: cursors[0] for each, cursors in filled.known.cursors.items() if cursors}
    assert len(there) > 10
    for (name, order), cursor in there.items():
        for other, other_order in LISTS:
            argument = f", orderBy: {other_order}" if other_order else ""
            document = f"query ($after: String) {{ {other}(after: $after{argument}) {{ __typename }} }}"
            found = await answers.compare(Asked(document, None, {"after": cursor}), caller)
            assert found.rules == ([] if (other, other_order) == (name, order) else ["cursor-malformed"])


@pytest.mark.parametrize(
    "cursor", ["", "W10", "bnVsbA", "é", "WyJjaGlsZHJlbiJd", "WyJkdXRpZXMiLCAiMjAyNi0xMy0wMSIsICJ4Il0"]
)
async def test_what_is_no_cursor_is_refused_whatever_is_asked_of_the_page(
    filled: Filled, answers: Answers, cursor: str
) -> None:
    """In a variable, after a good one has been answered by the same plan."""
    good = filled.known.cursors["duties", ""][0]
    for selection in ("nodes { id }", "totalCount", "pageInfo { endCursor }", "__typename"):
        document = f"query ($after: String) {{ duties(after: $after) {{ {selection} }} }}"
        assert (await answers.compare(Asked(document, None, {"after": good}), filled.caller("Northmere"))).compiled
        bad = await answers.compare(Asked(document, None, {"after": cursor}), filled.caller("Northmere"))
        assert bad.rules == ["cursor-malformed"]

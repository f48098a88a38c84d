"""A demo hub's pages, for whoever visits them in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import sync_playwright

from hub.web.pages import style
from tests.db.test_import_return import GOOD
from tests.running import RunningHub

from .chromium import launch
from .finding import graphql
from .visiting import Visitor, Visits, visitor


@pytest.fixture(scope="module")
def visits(hub: RunningHub) -> Iterator[Visits]:
    """One browser for all; each person enters once, and what went wrong for any of them is found at the end."""
    style.build()
    with sync_playwright() as playwright, launch(playwright) as browser, ExitStack() as stack:
        known: dict[tuple[str, str] | None, Visitor] = {}

        def visit(who: tuple[str, str] | None) -> Visitor:
            if who not in known:
                known[who], context = visitor(browser, hub.base_url)
                stack.callback(context.close)
                if who is not None:
                    known[who].enters(*who)
            return known[who]

        yield visit
        for each in known.values():
            assert each.strangers == []
            assert each.complaints == []


@pytest.fixture(scope="session")
def aside(hub: RunningHub) -> list[str]:
    """The global ids of three persons of a return, each of whom has a day of birth that is none."""
    first, last = GOOD.index("<Person>"), GOOD.index("</Persons>")
    person = GOOD[first : GOOD.index("</Person>", first) + len("</Person>")]
    person = person.replace("2013-05-02", "2013-02-31").replace("R990200013001", "")
    persons = "".join(person.replace("Appleby", family) for family in ("Quail", "Quince", "Quorn"))
    file = hub.data_dir / "set-aside.xml"
    file.write_text(GOOD[:first] + persons + GOOD[last:], encoding="utf-8")
    assert hub.command("import", "sen2", str(file), "--authority", "990").returncode == 3
    nodes = graphql(hub, "{ quarantine(first: 3, filter: {waiting: true}) { nodes { id } } }")["quarantine"]["nodes"]  # type: ignore[index]  (read from JSON)
    return [str(each["id"]) for each in nodes]

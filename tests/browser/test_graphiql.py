"""GraphiQL as a person meets it: a demo hub, a real browser, and nothing from elsewhere.

Needs the fixture `hub_url`: the base address of a running demo hub, without a slash at the end.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright

from hub.web import graphiql_page
from tests.running import RunningHub
from tests.streaming import ask_for_advice

from .chromium import WITH_CHROMIUM, launch
from .visiting import watched

pytestmark = WITH_CHROMIUM

AXE = graphiql_page.SOURCE / "node_modules" / "axe-core" / "axe.min.js"
TABS = sorted((graphiql_page.SOURCE / "src" / "tabs").glob("*.graphql"))
PATIENCE = 30_000  # milliseconds


@dataclass
class Visit:
    """The page, and everything that went wrong or out while it was open."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    asked: list[Request] = field(default_factory=list)

    def answer(self) -> str:
        """What the right-hand side shows now."""
        return self.page.locator(".graphiql-response .view-lines").inner_text().replace("\u00a0", " ")

    def answered_operations(self) -> list[tuple[str, Any]]:
        """Each operation asked so far (but introspection), with the whole answer that came."""
        found: list[tuple[str, Any]] = []
        for request in self.asked:
            name = request.post_data_json["operationName"]
            if name != "IntrospectionQuery" and (response := request.response()) is not None:
                found.append((name, response.json()))
        return found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    graphiql_page.build()
    with sync_playwright() as playwright, launch(playwright) as launched:
        yield launched


@pytest.fixture
def visit(browser: Browser, hub_url: str) -> Iterator[Visit]:
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    visit = Visit(page, *watched(page))
    page.on("request", lambda asked: visit.asked.append(asked) if _is_operation(asked) else None)
    page.goto(f"{hub_url}/graphql")
    yield visit
    context.close()


def _is_operation(request: Request) -> bool:
    return request.method == "POST" and urlsplit(request.url).path == "/graphql"


def _answers_with(visit: Visit, text: str) -> None:
    expect(visit.page.locator(".graphiql-response .view-lines")).to_contain_text(text, timeout=PATIENCE)


def test_the_first_tab_is_answered_with_a_child_at_once(visit: Visit) -> None:
    """Who opens the page sees a child without pressing anything, and the page asks nobody but the hub."""
    _answers_with(visit, "children")
    name, answer = visit.answered_operations()[0]
    assert name == "Children"
    assert "errors" not in answer
    first = answer["data"]["children"]["edges"][0]["node"]
    assert first["id"] in visit.answer()
    assert visit.strangers == []
    assert visit.complaints == []


def test_another_identity_gets_another_answer(visit: Visit) -> None:
    """The same question, asked as another body, is asked again with that body's token and answered differently."""
    _answers_with(visit, "children")
    before = visit.answer()
    view_as = visit.page.get_by_label("View as")
    first, *others = [choice for choice in _values(visit, "#view-as") if choice]
    assert view_as.input_value() == first
    different = False
    for other in others:
        with visit.page.expect_response(lambda got: _is_operation(got.request) and "Children" in _name(got.request)):
            view_as.select_option(other)
        _answers_with(visit, "data")
        if different := visit.answer() != before:
            break
    assert different, "every identity got the same answer"
    tokens = {request.headers["authorization"] for request in visit.asked if _name(request) == "Children"}
    assert len(tokens) > 1
    assert visit.strangers == []
    assert visit.complaints == []


def test_nobody_gets_nothing(visit: Visit) -> None:
    """Without a token the same question is refused."""
    _answers_with(visit, "children")
    visit.page.get_by_label("View as").select_option(label="Nobody (no token)")
    _answers_with(visit, "UNAUTHENTICATED")
    assert "authorization" not in visit.asked[-1].headers


def test_the_panel_tells_why_the_trust_cannot_see_section_d(visit: Visit) -> None:
    """What the answer cost, how it was made, what it put on record, and which rule keeps section D."""
    _answers_with(visit, "children")
    visit.page.get_by_role("tab", name="Plan", exact=True).click()
    expect(visit.page.locator(".graphiql-query-editor")).to_contain_text("query Plan", timeout=PATIENCE)
    trust = visit.page.locator("#view-as option", has_text="Trust system").get_attribute("value")
    visit.page.get_by_label("View as").select_option(trust)
    panel = visit.page.get_by_role("complementary", name="About this answer")
    kept = re.compile(r"needs: Not open to you: SECTION_D\..*Reg\. 17\(1\) keeps it shut")
    expect(panel).to_contain_text(kept, timeout=PATIENCE)
    expect(panel).to_contain_text(re.compile(r"Cost: at most [\d,]+ of [\d,]+ objects\."))
    expect(panel).to_contain_text("It disclosed records of 1 child, and that is on record.")
    assert "extensions" not in visit.answer()


def test_every_ready_tab_is_there(visit: Visit) -> None:
    """One tab for each file in src/tabs."""
    expect(visit.page.locator(".graphiql-tab")).to_have_count(len(TABS), timeout=PATIENCE)


def test_the_tab_that_watches_shows_a_request_as_it_is_made(visit: Visit, hub: RunningHub) -> None:
    """A subscription over server-sent events: each event is an answer, until the button stops it."""
    _answers_with(visit, "children")
    visit.page.get_by_role("tab", name="WatchRequests").click()
    # GraphiQL reads the operation's name from the editor a moment after it holds the text, and sends it with the text.
    expect(visit.page.locator(".graphiql-query-editor")).to_contain_text("cooperationRequestChanged", timeout=PATIENCE)
    visit.page.wait_for_timeout(2_000)
    button = visit.page.locator(".graphiql-execute-button")
    with visit.page.expect_response(lambda got: _name(got.request) == "WatchRequests") as opened:
        button.click()
    assert opened.value.headers["content-type"].startswith("text/event-stream")
    for _ in range(2):
        _answers_with(visit, ask_for_advice(hub))
    button.click()
    expect(button).to_have_attribute("aria-label", "Execute query (Ctrl-Enter)", timeout=PATIENCE)
    assert visit.complaints == []


def test_query_texts_stay_in_the_tab_s_session(visit: Visit) -> None:
    """Nothing is kept in localStorage; no answer and no token is kept anywhere."""
    _answers_with(visit, "children")
    visit.page.wait_for_timeout(1000)  # GraphiQL writes half a second after a change
    assert visit.page.evaluate("localStorage.length") == 0
    kept = visit.page.evaluate("JSON.stringify(sessionStorage)")
    assert "query Children" in kept
    assert visit.asked[-1].headers["authorization"].removeprefix("Bearer ") not in kept
    child = visit.answered_operations()[0][1]["data"]["children"]["edges"][0]["node"]["id"]
    assert child not in kept


def test_somebody_signs_in_from_the_toolbar_and_out_again(visit: Visit, hub: RunningHub) -> None:
    """Code with PKCE and consent; the token is in the page's memory alone, and is good no more after signing out."""
    _answers_with(visit, "children")
    page = visit.page
    page.get_by_label("Sign in for").select_option(label="Northmere County Council")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Bryony Castell").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Allow", exact=True).click()
    expect(page.get_by_text("Bryony Castell")).to_be_visible(timeout=PATIENCE)
    assert page.url == f"{hub.base_url}/graphql"
    expect(page.get_by_label("View as")).to_have_count(0)
    _answers_with(visit, "totalCount")
    authorization = visit.asked[-1].headers["authorization"]
    kept = page.evaluate("JSON.stringify([sessionStorage, localStorage, document.cookie])")
    assert authorization.removeprefix("Bearer ") not in kept
    assert "verifier" not in kept
    assert page.context.cookies() == []
    with page.expect_response(lambda got: _name(got.request) == "Children") as chosen:
        page.get_by_label("Purpose").select_option("ANNUAL_REVIEW")
    assert chosen.value.request.headers["purpose-of-use"] == "ANNUAL_REVIEW"
    viewer = {"json": {"query": "{ viewer { person } }"}, "headers": {"Authorization": authorization}, "timeout": 30}
    assert httpx.post(f"{hub.base_url}/graphql", **viewer).json() == {"data": {"viewer": {"person": "bryony.castell"}}}
    with page.expect_response(f"{hub.base_url}/graphql/sign-out"):
        page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("View as")).to_be_visible()
    assert httpx.post(f"{hub.base_url}/graphql", **viewer).status_code == 401
    assert [each for each in visit.complaints if "401" not in each] == []
    assert visit.strangers == []
    page.goto(f"{hub.base_url}/graphql?code=stolen&state=of-another")
    expect(page.get_by_role("status")).to_contain_text("begun elsewhere", timeout=PATIENCE)
    token = f"{hub.base_url}/graphql/sign-in"
    stolen = {"client_id": "graphiql-northmere", "code": "stolen", "verifier": "v" * 43, "nonce": "n"}
    for headers, status in (({}, 403), ({"Origin": "https://other"}, 403), ({"Origin": hub.base_url}, 403)):
        assert httpx.post(token, json=stolen, headers=headers).status_code == status
    assert httpx.post(token, json={"code": "x"}, headers={"Origin": hub.base_url}).status_code == 400


def test_the_bar_is_accessible(visit: Visit) -> None:
    """WCAG 2.2 AA, as far as a machine can tell, for the part of the page that is ours."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed (npm ci in hub/web/graphiql)")
    _answers_with(visit, "children")
    for scheme in ("light", "dark"):
        visit.page.emulate_media(color_scheme=scheme)
        assert _violations(visit.page, AXE) == []


def test_the_bar_can_be_used_by_keyboard(visit: Visit) -> None:
    """Home, "View as", "Purpose", the sign-in and the schema come first in the order of the Tab key."""
    _answers_with(visit, "children")
    reached: list[str] = []
    visit.page.evaluate("document.activeElement.blur()")
    for _ in range(6):
        visit.page.keyboard.press("Tab")
        reached.append(visit.page.evaluate("document.activeElement.id || document.activeElement.textContent"))
    assert reached == ["SEND Hub", "view-as", "purpose", "system", "Sign in", "Schema"]


def _violations(page: Page, axe: Path) -> list[str]:
    # Through the debugger, not as a <script>: the Content-Security-Policy is not loosened for the test.
    page.evaluate(axe.read_text(encoding="utf-8"))
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    options = json.dumps({"runOnly": {"type": "tag", "values": rules}})
    # The whole page is examined (its language, its title, ids used twice); GraphiQL's own inside does not count.
    found = page.evaluate(f"axe.run({{exclude: [['.graphiql-container']]}}, {options})")
    return [f"{one['id']}: {node['html']}" for one in found["violations"] for node in one["nodes"]]


def _values(visit: Visit, select: str) -> list[str]:
    return visit.page.eval_on_selector_all(f"{select} option", "all => all.map(one => one.value)")


def _name(request: Request) -> str:
    sent = request.post_data_json if request.method == "POST" else None
    return (sent or {}).get("operationName") or ""

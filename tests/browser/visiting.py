"""A browser that shows the hub's pages, and everything that went wrong or out while it did."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx
from playwright.sync_api import Browser, BrowserContext, Page, Route

from hub.web import graphiql_page
from hub.web.pages import style

AXE = graphiql_page.SOURCE / "node_modules" / "axe-core" / "axe.min.js"
PATIENCE = 20_000  # milliseconds
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@dataclass
class Visitor:
    """Somebody with a browser of their own. Nothing but the hub can be reached from it."""

    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def sees(self, path: str) -> str:
        """Go there; answers the text of the page's main part."""
        response = self.page.goto(self.base + path)
        assert response is not None
        assert response.ok, f"{path}: {response.status}"
        return self.page.locator("main").inner_text()

    def signs_in(self, body: str, person: str) -> None:
        """Through the hub's own authorization server, as in a demo."""
        self.page.goto(f"{self.base}/sign-in")
        self.page.get_by_label(body).check()
        self.page.get_by_role("button", name="Continue").click()
        self.page.get_by_label(person).check()
        self.page.get_by_role("button", name="Continue").click()
        self.page.get_by_role("button", name="Allow", exact=True).click()

    def violations(self, within: str = "html") -> list[str]:
        """What of WCAG 2.2 AA a machine can tell is broken on this page."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        options = json.dumps({"runOnly": {"type": "tag", "values": _RULES}})
        found = self.page.evaluate(f"axe.run({json.dumps(within)}, {options})")
        return [f"{one['id']}: {node['html']}" for one in found["violations"] for node in one["nodes"]]

    def overflows(self) -> int:
        """By how many pixels the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def visitor(browser: Browser, base: str) -> tuple[Visitor, BrowserContext]:
    """A visitor who has not signed in yet, and the context to close."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    made = Visitor(page, base)

    def guard(route: Route) -> None:
        if urlsplit(route.request.url).hostname == "127.0.0.1":
            route.continue_()
        else:
            made.strangers.append(route.request.url)
            route.abort()

    page.route("**/*", guard)
    # A violated Content-Security-Policy is a console error as well.
    page.on("console", lambda said: made.complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: made.complaints.append(str(error)))
    return made, context


def stylesheet_weight(base: str) -> int:
    """The bytes of the style sheet as it is sent."""
    with httpx.stream("GET", base + style.address(), headers={"Accept-Encoding": "gzip"}) as sent:
        return sum(len(chunk) for chunk in sent.iter_raw())

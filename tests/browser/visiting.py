"""A browser that shows the hub's pages, and everything that went wrong or out while it did."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import urlsplit

import httpx
from playwright.sync_api import Browser, BrowserContext, Page

from hub.web import graphiql_page
from hub.web.pages import style

AXE = graphiql_page.SOURCE / "node_modules" / "axe-core" / "axe.min.js"
PATIENCE = 20_000  # milliseconds
NORTHMERE = ("Northmere County Council", "Bryony Castell")
SOUTHWOLD = ("Southwold Vale Council", "Rafferty Dunmore")
BOARD = ("NHS Marchland Integrated Care Board", "Jarek Wilczynski")
TRUST = ("Mereside Children's Community NHS Trust", "Perpetua Adeyemi-Hall")
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


_NAMED = "each => each.outerHTML.slice(0, 90)"
_TABBABLE = f"""() => {{
    document.activeElement.blur();
    const all = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, "
        + "[tabindex]:not([tabindex='-1'])")];
    const groups = new Set();
    return all.filter(each => {{
        if (!each.checkVisibility() || each.disabled) return false;
        if (each.type !== "radio" || groups.has(each.name)) return each.type !== "radio";
        return groups.add(each.name);
    }}).map({_NAMED});
}}"""
_NOTES = f"""() => {{
    window.hubFocused = [];
    document.addEventListener("focusin", ({{target: each}}) => {{
        const style = getComputedStyle(each);
        const label = each.type === "radio" && getComputedStyle(each.labels[0], "::before");
        const seen = [style, label].some(one => one && (one.outlineStyle !== "none" || one.boxShadow !== "none"));
        window.hubFocused.push([({_NAMED})(each), seen]);
    }});
}}"""
_ON_PAPER = """() => {
    const shown = [...document.querySelectorAll(".hub-nav, .nhsuk-button, .hub-purpose, .nhsuk-skip-link")]
        .filter(each => each.checkVisibility()).map(each => `on paper: ${each.outerHTML.slice(0, 90)}`);
    const tables = [...document.querySelectorAll("details table")];
    const closed = tables
        .filter(each => each.getBoundingClientRect().height === 0)
        .map(each => `not on paper: ${each.caption.innerText}`);
    return document.querySelector("h1").checkVisibility() ? [...shown, ...closed] : ["nothing is on paper"];
}"""


@dataclass
class Visitor:
    """Somebody with a browser of their own. Nothing but the hub can be reached from it."""

    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    bytes_sent: int = 0

    def sees(self, path: str) -> str:
        """Go there; answers the text of the page's main part."""
        response = self.page.goto(self.base + path)
        assert response is not None
        assert response.ok, f"{path}: {response.status}"
        self.bytes_sent = response.request.sizes()["responseBodySize"]
        return self.page.locator("main").inner_text()

    def signs_in(self, body: str, person: str) -> None:
        """Through the hub's own authorization server, as in a demo."""
        self.page.goto(f"{self.base}/sign-in")
        self.page.get_by_label(body).check()
        self.page.get_by_role("button", name="Continue").click()
        self.page.get_by_label(person).check()
        self.page.get_by_role("button", name="Continue").click()
        self.page.get_by_role("button", name="Allow", exact=True).click()

    def enters(self, body: str, person: str) -> None:
        """As `signs_in`, by what the forms send, without looking at them."""
        with httpx.Client(base_url=self.base, headers={"Origin": self.base}, timeout=30) as client:
            system = _choice(client.get("/sign-in").text, body)
            asked = urlsplit(client.post("/sign-in", data={"system": system, "to": "/"}).headers["location"])
            who = _choice(client.get(f"{asked.path}?{asked.query}").text, person)
            allowed = client.post(asked.path, data={"request": asked.query, "person": who, "step": "allow"})
            client.get(allowed.headers["location"])
            kept = [{"name": each.name, "value": str(each.value), "url": self.base} for each in client.cookies.jar]
        self.page.context.add_cookies(kept)  # pyright: ignore[reportArgumentType]  (cookies)

    def violations(self, within: str = "html") -> list[str]:
        """What of WCAG 2.2 AA a machine can tell is broken on this page."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        options = json.dumps({"runOnly": {"type": "tag", "values": _RULES}, "resultTypes": ["violations"]})
        found = self.page.evaluate(f"axe.run({json.dumps(within)}, {options})")
        return [f"{one['id']}: {node['html']}" for one in found["violations"] for node in one["nodes"]]

    def walks(self, most: int = 12) -> list[str]:
        """What is wrong for somebody with a keyboard alone: out of order, not reached, or reached without a sign."""
        wanted: list[str] = self.page.evaluate(_TABBABLE)[:most]
        self.page.evaluate(_NOTES)
        for _ in wanted:
            self.page.keyboard.press("Tab")
        reached: list[tuple[str, bool]] = self.page.evaluate("window.hubFocused")
        names = [name for name, _ in reached]
        unseen = [f"{name} has the focus, and nothing shows it" for name, seen in reached if not seen]
        return unseen if names == wanted else [f"Tab comes to {names}, and {wanted} are next on the page"]

    def prints(self) -> list[str]:
        """What is wrong on paper: what only a screen can use is there, or what is closed on the screen is not."""
        self.page.emulate_media(media="print")
        try:
            found: list[str] = self.page.evaluate(_ON_PAPER)
        finally:
            self.page.emulate_media(media="screen")
        return found

    def overflows(self) -> int:
        """By how many pixels the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def visitor(browser: Browser, base: str) -> tuple[Visitor, BrowserContext]:
    """A visitor who has not signed in yet, and the context to close."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    return Visitor(page, base, *watched(page)), context


def watched(page: Page) -> tuple[list[str], list[str]]:
    """What goes wrong on the page from now on, and what it asks of anybody but this machine, who cannot be reached."""
    complaints: list[str] = []
    strangers: list[str] = []
    # A violated Content-Security-Policy is a console error as well.
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda asked: strangers.append(asked.url) if _is_elsewhere(asked.url) else None)
    return complaints, strangers


def _is_elsewhere(address: str) -> bool:
    at = urlsplit(address)
    return at.scheme not in {"data", "blob"} and at.hostname != "127.0.0.1"


def _choice(page: str, label: str) -> str:
    """The value of the radio button with this label."""
    said = html.unescape(page)
    value = re.search(rf'value="([^"]+)"[^>]*>\s*<label[^>]*>\s*{re.escape(label)}\s*<', said)
    assert value is not None, f"nobody can choose {label}"
    return value[1]


def stylesheet_weight(base: str) -> int:
    """The bytes of the style sheet as it is sent."""
    with httpx.stream("GET", base + style.address(), headers={"Accept-Encoding": "gzip"}) as sent:
        return sum(len(chunk) for chunk in sent.iter_raw())


Visits: TypeAlias = Callable[[tuple[str, str] | None], Visitor]
"""The visit of a body's person, or of nobody."""

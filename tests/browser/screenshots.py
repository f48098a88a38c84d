"""The pictures in the README: `python -m tests.browser.screenshots [BASE_URL]`, of its own demo or of one that runs."""

import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from hub.web import graphiql_page
from hub.web.pages import style
from tests.browser.chromium import launch
from tests.browser.visiting import Visitor, visitor
from tests.running import running_hub

FOLDER = Path(style.__file__).parent / "screenshots"
AUTHORITY = ("Northmere County Council", "Bryony Castell")
BOARD = ("NHS Marchland Integrated Care Board", "Jarek Wilczynski")
TRUST = ("Mereside Children's Community NHS Trust", "Perpetua Adeyemi-Hall")
_SIZE = {"width": 1200, "height": 900}


def take(base: str) -> None:
    """Take every picture of the demo at this address."""
    style.build()
    graphiql_page.build()
    with sync_playwright() as playwright, launch(playwright) as browser:
        somebody = _signed_in(browser, base, *AUTHORITY)
        _shoot(somebody, "/board", "board")
        late = _first(somebody, "/board", "section[aria-labelledby=others] a[href^='/children/']")
        _shoot(somebody, late, "timeline")
        _shoot(somebody, "/arrangements", "arrangements")
        _shoot(somebody, f"{_with_a_budget(somebody)}/budget", "budget")
        commissioner = _signed_in(browser, base, *BOARD)
        _shoot(commissioner, _first(commissioner, "/agreements", "main table a[href^='/agreements/']"), "section-g")
        clinician = _signed_in(browser, base, *TRUST)
        clinician.sees("/children")
        clinician.page.get_by_label("You look for").select_option("PROVISION_DELIVERY")
        clinician.page.get_by_role("button", name="Change").click()
        _shoot(clinician, f"{_first(clinician, '/children', 'main table a')}/plan", "plan-withheld", to="#section-D")
        _graphiql(visitor(browser, base)[0].page, base)


def _signed_in(browser: Browser, base: str, body: str, person: str) -> Visitor:
    made, _ = visitor(browser, base)
    made.page.set_viewport_size(_SIZE)  # pyright: ignore[reportArgumentType]  (a size)
    made.signs_in(body, person)
    return made


def _first(somebody: Visitor, path: str, link: str) -> str:
    somebody.sees(path)
    return str(somebody.page.locator(link).first.get_attribute("href"))


def _with_a_budget(somebody: Visitor) -> str:
    """The first child in the list whose budget can be drawn."""
    somebody.sees("/children")
    links = [str(each.get_attribute("href")) for each in somebody.page.locator("main table a").all()]
    return next(each for each in links if "Who pays what" in somebody.sees(f"{each}/budget"))


def _shoot(somebody: Visitor, path: str, name: str, *, to: str | None = None) -> None:
    somebody.sees(path)
    if to is not None:
        somebody.page.locator(to).evaluate("each => each.scrollIntoView()")
    somebody.page.screenshot(path=FOLDER / f"{name}.png")


def _graphiql(page: Page, base: str) -> None:
    """The trust's view of a plan: what it may not see, and why."""
    page.set_viewport_size({"width": 1400, "height": 900})
    page.goto(f"{base}/graphql")
    page.get_by_role("tab", name="Plan", exact=True).click()
    page.locator(".graphiql-query-editor", has_text="query Plan").wait_for()
    trust = page.locator("#view-as option", has_text="Trust system").get_attribute("value")
    page.get_by_label("View as").select_option(trust)
    page.get_by_role("complementary", name="About this answer").wait_for()
    page.wait_for_timeout(1_000)  # the editors colour their texts
    page.screenshot(path=FOLDER / "graphiql.png")


def main(arguments: list[str]) -> int:
    if arguments:
        take(arguments[0])
        return 0
    with running_hub() as hub:
        take(hub.base_url)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""What the pages tell: a demo hub, a real browser, no script, and nothing from elsewhere."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import httpx
import pytest
from playwright.sync_api import expect

from tests.running import RunningHub

from .chromium import WITH_CHROMIUM
from .finding import child_shown_to_southwold, first_child, late_child, paid_child, pair, plan_that_is
from .visiting import AXE, BOARD, NORTHMERE, SOUTHWOLD, TRUST, Visitor, Visits, stylesheet_weight

pytestmark = WITH_CHROMIUM

MOST_BYTES = 150_000


def test_the_board_tells_which_requests_are_late_and_whose(visits: Visits) -> None:
    """The first sentence names how many are late and with whom; the first table names each, and by how long."""
    visit = visits(NORTHMERE)
    said = visit.sees("/board")
    counted = re.search(
        r"(\d+) requests? (?:are|is) late: (.+?)\. (?:None|\d+) of them waits? for you", said, re.DOTALL
    )
    assert counted is not None, said[:400]
    rows = visit.page.locator("section[aria-labelledby=late] tbody tr")
    assert rows.count() == int(counted[1])
    for nth in range(rows.count()):
        holder = rows.nth(nth).locator("td").first.inner_text()
        assert holder in counted[2]
        assert re.search(r"\d+ (day|week)", rows.nth(nth).locator("td").last.inner_text())


def test_the_timeline_tells_why_a_plan_is_late(visits: Visits, hub: RunningHub) -> None:
    """The first sentence: how late, its last day by which provision, and with whom the ball is; then what took long."""
    visit = visits(NORTHMERE)
    said = visit.sees(f"/children/{late_child(hub)}")
    assert re.search(
        r"The final plan is \d+ (days?|weeks) late\. Its last day was .* \(SEND Regs 2014 reg\. 13\(2\)\)", said
    )
    assert "the ball is with Northmere County Council" in said
    assert "Why it is late:" in said
    assert visit.page.locator("svg.chart rect.chart__overdue").count() > 0


def test_a_plan_says_what_is_withheld_and_by_which_rule(visits: Visits) -> None:
    """To deliver provision the trust sees sections B, C, E, F and G, and reads why section D is kept from it."""
    visit = visits(TRUST)
    visit.sees("/children")
    visit.page.get_by_label("You look for").select_option("PROVISION_DELIVERY")
    visit.page.get_by_role("button", name="Change").click()
    visit.page.locator("main table a").first.click()
    visit.page.get_by_role("link", name="Plan", exact=True).click()
    kept = visit.page.locator("section[aria-labelledby=section-D]").inner_text()
    assert "Withheld from you." in kept
    assert "Reg. 17(1) keeps it shut." in kept
    assert "Withheld from you." not in visit.page.locator("section[aria-labelledby=section-G]").inner_text()
    visit.page.get_by_label("You look for").select_option("OWN_FUNCTIONS")
    visit.page.get_by_role("button", name="Change").click()


def test_each_version_of_a_plan_is_there_for_whom_it_is_open(visits: Visits, hub: RunningHub) -> None:
    """A draft where there is no other, and earlier versions by a link; what is kept of them is said in each."""
    visit, board = visits(NORTHMERE), visits(BOARD)
    child, earlier = plan_that_is(hub, "SUPERSEDED")
    visit.sees(f"/children/{child}/plan")
    assert visit.page.locator("tbody tr", has_text="shown here").count() == 1
    visit.page.locator(f"a[href$='/plan/{earlier}']").click()
    expect(visit.page.locator("main")).to_contain_text("Replaced by a later version.")
    drafted, draft = plan_that_is(hub, "DRAFT")
    assert "Being drafted; the family does not have it yet." in visit.sees(f"/children/{drafted}/plan")
    said = board.sees(f"/children/{drafted}/plan/{draft}")
    assert "Being drafted" in said
    assert "Withheld from you." in board.page.locator("section[aria-labelledby=section-A]").inner_text()
    assert "No plan is open to you." in visits(TRUST).sees(f"{first_child(visits(TRUST))}/plan")
    told = [_missing(visit, f"{child}/plan/{each}") for each in (draft, f"Plan_{'0' * 32}", "nonsense")]
    assert told[0] == told[1] == told[2]
    visit.complaints.clear()  # the browser says that 404 came


@pytest.mark.timeout(400)  # each page is looked at whole, and the browser may share the machine with other tests
def test_every_page_is_for_everybody(visits: Visits, hub: RunningHub, aside: list[str]) -> None:
    """WCAG 2.2 AA as far as a machine can tell, by keyboard alone, at 320 pixels without scrolling sideways, on paper,
    below 150 kB; and without a word in the console or a request to anybody else, which the fixture looks for."""
    late, paid = late_child(hub), paid_child(hub)
    head, board = visits(SOUTHWOLD), visits(BOARD)
    own, theirs = first_child(head), first_child(visits(TRUST))
    board.sees("/agreements")
    provision = board.page.locator("main table a[href^='/agreements/']").first.get_attribute("href")
    board.sees("/requests")
    request = board.page.locator("section[aria-labelledby=asked] a[href^='/requests/']").first.get_attribute("href")
    consent = "/oauth/authorize?" + urlencode({
        "response_type": "code", "client_id": "pages-mereside", "redirect_uri": f"{hub.base_url}/sign-in/return",
        "scope": "openid", "code_challenge": "c" * 43, "code_challenge_method": "S256",
    })  # fmt: skip
    pages = [
        (None, ["/", "/sign-in", "/rulebook", consent]),
        (NORTHMERE, ["/", "/board", "/children?name=A", f"/children/{late}", f"/children/{paid}/plan"]),
        (NORTHMERE, [f"/children/{paid}/budget", "/requests", "/arrangements"]),
        (SOUTHWOLD, [f"{own}/disclosures"]),
        (NORTHMERE, ["/review", f"/review/pairs/{pair(hub)}", f"/review/items/{aside[0]}"]),
        (BOARD, ["/board", "/agreements", str(provision), str(request)]),
        (TRUST, [f"{theirs}/plan", "/children"]),
    ]
    weight = stylesheet_weight(hub.base_url)
    for who, paths in pages:
        visit = visits(who)
        visit.page.set_viewport_size({"width": 320, "height": 640})
        for path in paths:
            visit.sees(path)
            wrong = visit.walks() + visit.prints()
            if AXE.is_file():  # from npm, in hub/web/graphiql
                # The book is long, and all of it is made alike: its beginning stands for the rest.
                wrong += visit.violations("html" if path != "/rulebook" else "header, .nhsuk-details, h1")
            assert (path, wrong, visit.overflows() > 0) == (path, [], False)
            assert visit.bytes_sent + weight < MOST_BYTES, path
    printed = visits(NORTHMERE)
    printed.sees(f"/children/{late}")
    assert printed.page.pdf(format="A4").startswith(b"%PDF")


def test_the_books_tell_who_pays_who_saw_and_what_is_arranged(visits: Visits, hub: RunningHub) -> None:
    """A budget by funder and year, what was shown of a record and why, the arrangement in sentences, the rule book."""
    visit = visits(NORTHMERE)
    budget = visit.sees(f"/children/{paid_child(hub)}/budget")
    assert re.search(r"Who pays what in 20\d\d-\d\d: £[\d,]+\.\d\d", budget)
    assert re.search(r"Northmere County Council\s+Education", budget)
    assert visit.page.locator("main svg").count() > 0
    arranged = visit.sees("/arrangements")
    assert "Nothing: each paragraph of s. 26(3) and (4) is answered." in arranged
    assert "Each rule adds to what the statute opens, and takes nothing away." in arranged
    assert re.search(r"NHS Trust may see .+, for provision delivery\. SEND Regs 2014 reg\. 17\(1\)\(a\)", arranged)
    head = visits(SOUTHWOLD)
    own, others = (child_shown_to_southwold(hub, each) for each in (SOUTHWOLD[0], NORTHMERE[0]))
    head.sees(f"/children/{own}")
    told = head.sees(f"/children/{own}/disclosures")
    assert re.search(r"disclosures? (is|are) on record\..*Rafferty", told, re.DOTALL | re.I)
    told = head.sees(f"/children/{others}/disclosures")
    assert "Northmere County Council keeps this record, and can say who has seen it." in told
    book = visits(None).sees("/rulebook")
    assert "1.1 The holidays listed for a year" in book
    assert "SI 2014/1530" in book


def _missing(visit: Visitor, child: str) -> str:
    response = visit.page.goto(f"{visit.base}/children/{child}")
    assert response is not None
    assert response.status == 404
    return visit.page.locator("main").inner_html()


def test_where_there_is_nothing_for_somebody_the_page_says_so(visits: Visits, hub: RunningHub) -> None:
    """A child of another authority and no child at all are the same page; without signing in there is no page."""
    visit = visits(SOUTHWOLD)
    said = [_missing(visit, child) for child in (late_child(hub), f"Child_{'0' * 32}")]
    assert said[0] == said[1]
    visit.complaints.clear()  # the browser says that 404 came
    closed = httpx.get(f"{hub.base_url}/children", follow_redirects=False)
    assert (closed.status_code, closed.headers["location"]) == (303, "/sign-in?to=%2Fchildren")
    for accepted, said in (("text/html", "There is no such page for you"), ("*/*", "Not Found")):
        nowhere = httpx.get(f"{hub.base_url}/nowhere", headers={"Accept": accepted})
        assert (nowhere.status_code, said in nowhere.text) == (404, True)
    policy = httpx.get(f"{hub.base_url}/").headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "script" not in policy

"""The pages as people meet them: a demo hub, a real browser, no script, and nothing from elsewhere."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from urllib.parse import urlencode

import httpx
import pytest
from playwright.sync_api import expect, sync_playwright

from hub.web.pages import style
from tests.db.test_import_return import GOOD
from tests.running import RunningHub

from .chromium import chromium_path, launch
from .finding import first_child, graphql, late_child, paid_child, pair, plan_that_is
from .visiting import AXE, Visitor, stylesheet_weight, visitor

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        chromium_path() is None and not os.environ.get("CI"), reason="no Chromium on this machine: apt install chromium"
    ),
]

NORTHMERE = ("Northmere County Council", "Bryony Castell")
SOUTHWOLD = ("Southwold Vale Council", "Rafferty Dunmore")
BOARD = ("NHS Marchland Integrated Care Board", "Jarek Wilczynski")
TRUST = ("Mereside Children's Community NHS Trust", "Perpetua Adeyemi-Hall")
MOST_BYTES = 150_000


@pytest.fixture(scope="module")
def visits(hub: RunningHub) -> Iterator[Callable[[tuple[str, str] | None], Visitor]]:
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


Visits = Callable[[tuple[str, str] | None], Visitor]


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


@pytest.fixture(scope="module")
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
    head.sees("/children")
    links = [each.get_attribute("href") for each in head.page.locator("main table a").all()]
    told: dict[str, str] = {}
    for link in links[:40]:
        responsible = re.search(r"(\w.*) is responsible\.", head.sees(str(link)))
        if responsible is not None and responsible[1].rpartition(". ")[2] not in told:
            told[responsible[1].rpartition(". ")[2]] = head.sees(f"{link}/disclosures")
    assert re.search(r"disclosures? (is|are) on record\..*Rafferty", told["Southwold Vale Council"], re.DOTALL | re.I)
    assert (
        "Northmere County Council keeps this record, and can say who has seen it." in told["Northmere County Council"]
    )
    book = visits(None).sees("/rulebook")
    assert "1.1 The holidays listed for a year" in book
    assert "SI 2014/1530" in book


def test_a_request_is_answered_and_a_refusal_by_law_stands_at_its_field(visits: Visits) -> None:
    """Declining without a ground and reasons is refused at the fields, with the provision; then it is accepted."""
    visit = visits(BOARD)
    visit.sees("/requests")
    visit.page.locator("section[aria-labelledby=asked] tr", has_text=re.compile("Sent|Received")).locator(
        "a[href^='/requests/']"
    ).first.click()
    visit.page.get_by_role("button", name="Decline the request").click()
    expect(visit.page.locator(".nhsuk-error-summary")).to_contain_text("CFA 2014 s. 31")
    visit.complaints.clear()  # the browser says that 422 came
    assert visit.violations() == [] if AXE.is_file() else True
    visit.page.get_by_role("button", name="Accept the request").click()
    expect(visit.page.locator("main")).to_contain_text("Accepted")
    expect(visit.page.get_by_role("button", name="Accept the request")).to_have_count(0)


def test_section_g_is_agreed_with_the_keyboard_alone(visits: Visits) -> None:
    """The commissioning body opens what waits, chooses with the keys, and agrees."""
    visit = visits(BOARD)
    visit.sees("/agreements")
    before = visit.page.locator("tbody tr").count()
    link = visit.page.locator("main table a[href^='/agreements/']").first
    link.focus()
    visit.page.keyboard.press("Enter")
    expect(visit.page.get_by_role("button", name="Decide")).to_be_visible()
    for _ in range(40):
        visit.page.keyboard.press("Tab")
        if visit.page.evaluate("document.activeElement.name") == "decision":
            break
    visit.page.keyboard.press("Space")
    visit.page.keyboard.press("Tab")
    visit.page.keyboard.press("Tab")
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator("main dl")).to_contain_text("Agreed on")
    visit.sees("/agreements")
    assert visit.page.locator("tbody tr").count() == before - 1


def test_a_match_is_decided_and_taken_back(visits: Visits) -> None:
    """Two records side by side; without a reason nothing is decided; one child, and two again."""
    visit = visits(NORTHMERE)
    visit.sees("/review")
    visit.page.locator("section[aria-labelledby=identity] a", has_text="Decide").first.click()
    expect(visit.page.locator("h1")).to_have_text("Is it one child?")
    visit.page.get_by_label("They are one child: keep the one record").check()
    visit.page.get_by_role("button", name="Decide").click()
    expect(visit.page.locator(".nhsuk-error-summary")).to_contain_text("Say why")
    visit.complaints.clear()  # the browser says that 422 came
    visit.page.get_by_label("Why?").fill("Their mother says so")
    visit.page.get_by_role("button", name="Decide").click()
    expect(visit.page.locator("main")).to_contain_text("Merge")
    expect(visit.page.locator("main")).to_contain_text("Their mother says so")
    visit.page.get_by_label("part them again").check()
    visit.page.get_by_label("Why?").fill("It was her sister")
    visit.page.get_by_role("button", name="Decide").click()
    expect(visit.page.locator("main")).to_contain_text("It was her sister")


def test_a_row_is_mended_with_the_keyboard_alone(visits: Visits, aside: list[str]) -> None:
    """It says why it could not be taken in; what it says takes a reason; a wrong correction is told at its field."""
    _, item, other = aside
    visit = visits(NORTHMERE)
    page, keys = visit.page, visit.page.keyboard
    said = visit.sees(f"/review/items/{item}")
    assert "(date-format)" in said
    assert "Qu" not in said
    page.get_by_label("Why do you read it?").focus()
    keys.type("to correct the date")
    keys.press("Enter")
    expect(page.get_by_label("What it says", exact=True)).to_have_value(re.compile("<Surname>Qu"))
    assert visit.violations() == [] if AXE.is_file() else True
    content = page.get_by_label("What it says", exact=True).input_value()
    page.get_by_label("What it says", exact=True).fill("<Person>")
    page.get_by_label("Why is it corrected so?").fill("typed wrongly")
    page.get_by_role("button", name="Mend").press("Enter")
    expect(page.locator(".nhsuk-error-summary")).to_contain_text("The file ends before it is complete")
    visit.complaints.clear()  # the browser says that 422 came
    page.get_by_label("What it says", exact=True).fill(content.replace("2013-02-31", "2013-02-28"))
    page.get_by_role("button", name="Mend").press("Enter")
    expect(page.locator("main")).to_contain_text("mended by bryony.castell")
    page.get_by_role("button", name="Replay").press("Enter")
    expect(page.locator("main")).to_contain_text("Replayed,")
    expect(page.get_by_role("button", name="Replay")).to_have_count(0)
    visit.sees(f"/review/items/{other}")
    page.get_by_role("button", name="Put aside").click()
    expect(page.locator(".nhsuk-error-summary")).to_contain_text("Say why it is put aside")
    visit.complaints.clear()
    page.get_by_label("The sender did not mean to send it.").check()
    page.get_by_role("button", name="Put aside").click()
    expect(page.locator("main")).to_contain_text("Discarded,")


def test_the_session_is_the_hub_s_alone(visits: Visits, hub: RunningHub) -> None:
    """No script can read the cookie, no other site's form is read, and after signing out the token is good no more."""
    visit = visits(None)
    visit.signs_in("NHS England", "Winifred Sato")
    cookies = {each["name"]: each for each in visit.page.context.cookies()}
    kept = cookies["hub-session"]
    assert (kept["httpOnly"], kept["sameSite"]) == (True, "Lax")
    assert "eyJ" not in kept["value"]
    with httpx.Client(base_url=hub.base_url, cookies={"hub-session": kept["value"]}) as client:
        ours = {"Origin": hub.base_url}
        assert client.get("/board").status_code == 200
        assert client.post("/sign-out", data={"form-key": "x"}, headers=ours).status_code == 403
        assert client.post("/sign-out", data={"form-key": "x"}, headers={"Origin": "https://other"}).status_code == 403
        assert client.post("/sign-out", data={"form-key": "x"}).status_code == 403
        visit.page.get_by_role("button", name="Sign out").click()
        expect(visit.page.get_by_role("link", name="Sign in").first).to_be_visible()
        after = client.get("/board")
        assert (after.status_code, after.headers["location"]) == (303, "/sign-in?to=%2Fboard")
    tampered = kept["value"][:-4] + "AAAA"
    assert httpx.get(f"{hub.base_url}/board", cookies={"hub-session": tampered}).status_code == 303


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

"""What people do on the pages: they answer, agree, decide and mend, each with what stands where they are wrong."""

from __future__ import annotations

import re

import httpx
from playwright.sync_api import expect

from tests.running import RunningHub

from .chromium import WITH_CHROMIUM
from .visiting import AXE, BOARD, NORTHMERE, Visits

pytestmark = WITH_CHROMIUM


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
    visit.page.locator("section[aria-labelledby=identity] td a", has_text="Decide").first.click()
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

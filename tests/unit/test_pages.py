"""What the pages say and keep, without a browser: cookies that open for nobody else, and why a plan is late."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc.jwk import ECKey
from starlette.requests import Request
from starlette.responses import Response

from hub.auth.keys import SigningKey
from hub.auth.sealing import Seal
from hub.errors import Problem
from hub.web.pages import charts, words
from hub.web.pages.child import withheld
from hub.web.pages.records import budget_shown
from hub.web.pages.session import Session, Sessions
from hub.web.pages.sign_in import _local  # pyright: ignore[reportPrivateUsage]  (its bounds are many, its caller one)
from hub.web.pages.story import happenings, story

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
TODAY = NOW.date()
KEYS = [ECKey.generate_key("P-256", private=True) for _ in range(2)]
SEAL, OTHER = (Seal(SigningKey(key, "k", "ES256")) for key in KEYS)


@settings(max_examples=30)
@given(st.dictionaries(st.text(max_size=8), st.text(max_size=20), max_size=4), st.integers(0, 60))
def test_what_is_sealed_opens_here_for_its_purpose_and_until_its_time(content: dict[str, str], flipped: int) -> None:
    until = NOW + timedelta(minutes=5)
    kept = SEAL.seal("session", content, until=until)
    assert SEAL.open("session", kept, now=NOW) == content
    assert SEAL.open("session", kept, now=until) is None
    assert SEAL.open("sign-in", kept, now=NOW) is None
    assert OTHER.open("session", kept, now=NOW) is None
    changed = kept[:flipped] + ("A" if kept[flipped] != "A" else "B") + kept[flipped + 1 :]
    assert SEAL.open("session", changed, now=NOW) is None


@pytest.mark.parametrize("length", [10, 3_000, 9_000])
def test_a_session_that_one_cookie_cannot_hold_is_kept_in_several(length: int) -> None:
    """And a shorter one after it is read whole, whatever is left of the longer."""
    sessions = Sessions(SEAL, clock=lambda: NOW, secure=True)
    cookies: dict[str, str] = {}
    for token in ("t" * length, "t"):
        session = Session(
            token, "j", "c", "A", "Organisation_1", "B", "ICB", ("child.read",), ("APPEAL",), "APPEAL", "k",
            (NOW + timedelta(hours=1)).timestamp(),
        )  # fmt: skip
        response = Response()
        sessions.keep(response, session)
        for header in response.headers.getlist("set-cookie"):
            assert len(header) <= 4_096
            assert all(rule in header for rule in ("Secure", "HttpOnly", "SameSite=lax", "Path=/"))
            name, value = header.partition(";")[0].split("=", 1)
            assert name.startswith("__Host-hub-session")
            cookies[name] = value.strip('"')
        sent = "; ".join(f"{name}={value}" for name, value in cookies.items())
        request = Request({"type": "http", "headers": [(b"cookie", sent.encode())]})
        assert sessions.of(request) == session
    assert len(cookies) == {10: 2, 3_000: 3, 9_000: 4}[length]
    with pytest.raises(Problem, match="too long"):
        sessions.keep(Response(), replace(session, token="t" * 12_000))


@pytest.mark.parametrize("kept", ["", "A", "not base64!", "AAAA", "é"])
def test_what_was_never_sealed_does_not_open(kept: str) -> None:
    assert SEAL.open("session", kept, now=NOW) is None


@pytest.mark.parametrize(
    "to", ["//other.example", "https://other.example", "/\\other", "/oauth/authorize?x", "/sign-in", "/a\nb", "", None]
)
def test_after_signing_in_nobody_is_sent_elsewhere(to: str | None) -> None:
    assert _local(to) == "/board"
    assert _local("/children/Child_1") == "/children/Child_1"


BODY = {"name": "Northmere County Council"}


def clock(rule: str, state: str, *, due: str, met: str | None = None) -> dict[str, Any]:
    return {
        "rule": rule, "state": state, "dueOn": due, "metOn": met, "provision": "SEND Regs 2014 reg. 13(2)",
        "holder": BODY, "exceptions": [],
    }  # fmt: skip


def test_the_story_says_what_is_late_whose_it_is_and_what_took_long() -> None:
    """The plan before everything else, however long that is late; then what was done late; then who is waited for."""
    child = {
        "duties": [
            clock("DECIDE_WHETHER_TO_ASSESS", "MET_LATE", due="2026-08-07", met="2026-09-15"),
            clock("NOTIFY_NO_PLAN", "OVERDUE", due="2026-10-16"),
            clock("FINALISE_PLAN", "OVERDUE", due="2026-11-13"),
        ],
        "assessments": [],
    }
    told = story(child, TODAY)
    assert told.late
    assert told.headline == (
        "The final plan is 15 days late. Its last day was 13 November 2026 (SEND Regs 2014 reg. 13(2)), and the ball "
        "is with Northmere County Council."
    )
    (took,) = told.took
    assert "took 39 days too long" in took
    assert told.waits == [
        "Northmere County Council: decide whether to make a plan, and notify if not (43 days late)",
        "Northmere County Council: send the final EHC plan (15 days late)",
    ]
    in_time = story({"duties": [clock("FINALISE_PLAN", "RUNNING", due="2026-12-24")]}, TODAY)
    assert not in_time.late
    assert in_time.headline.startswith("Nothing is late. Send the final EHC plan by 24 December 2026")
    assert story({"duties": []}, TODAY).headline == "Nothing is late, and no clock runs."
    some = story({"duties": None}, TODAY, sees_all=False).headline
    assert some == "Nothing that you may see is late, and no clock that you may see runs."


def test_what_is_withheld_is_told_of_what_the_page_would_show() -> None:
    """And of what stands at its head; of nothing else, or a page would be buried under it."""
    entries = [
        {"fields": ["reviews", "duties"], "rule": "part-not-open", "reason": "Not open to you: DUTIES."},
        {"fields": ["contacts"], "rule": "part-not-open", "reason": "Not open to you: CONTACTS."},
        {"fields": ["nhsNumber", "upn"], "rule": "part-not-open", "reason": "Not open to you: IDENTITY."},
    ]
    told = withheld(entries, frozenset({"duties"}))
    assert [each["names"] for each in told] == [["duties"], ["NHS number"]]
    assert told[0]["reason"] == "Not open to you: duties."
    assert len(withheld(entries)) == 3


def test_what_happened_is_told_in_order() -> None:
    plan = {"version": 1, "draftedOn": "2026-10-01", "servedOn": "2026-10-08", "finalisedOn": None, "ceasedOn": None}
    assessment = {
        "requestedOn": "2026-06-26", "decidedOn": "2026-09-15", "decision": "WILL_ASSESS", "outcomeOn": None,
        "adviceRequests": [],
    }  # fmt: skip
    told = happenings({"plans": [plan], "assessments": [assessment], "responsibleAuthority": BODY})
    assert [each.on for each in told] == sorted(each.on for each in told)
    assert told[-1].what == "Plan, version 1, was sent to the family as a draft"


@pytest.mark.parametrize(
    ("count", "said"), [(1, "1 day"), (13, "13 days"), (21, "3 weeks"), (28, "4 weeks"), (29, "29 days")]
)
def test_days_are_weeks_where_that_is_plainer(count: int, said: str) -> None:
    assert words.days(count) == said


def test_what_a_record_says_is_text_in_a_chart() -> None:
    """A name with markup in it is shown, never used."""
    drawn = charts.bars("<script>", [charts.Bar('<img src="x">', 3)])
    assert "<script>" not in drawn
    assert "<img" not in drawn
    day = date(2026, 11, 1)
    clocks = [charts.Clock("<b>", "</svg>", day, TODAY, day, "chart__running", "chart__overdue")]
    assert "<b>" not in charts.timeline("x", clocks, [], TODAY)


def test_a_budget_is_shown_before_its_plan_is_final() -> None:
    """That of the current plan; while the first plan is drafted, the one that was asked for last."""
    older, newer = ({"id": f"b{day}", "requestedOn": f"2026-11-0{day}"} for day in (1, 2))
    plan = {"personalBudget": {"id": "b1"}}
    assert budget_shown({"currentPlan": plan, "personalBudgets": [newer, older]}) == older
    for without in (None, {"personalBudget": None}):
        assert budget_shown({"currentPlan": without, "personalBudgets": [older, newer]}) == newer
    assert budget_shown({"currentPlan": None, "personalBudgets": None}) is None

"""Reviews over GraphQL: a year's review in its steps, with its clocks and notices; what is refused changes nothing."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from hub.actions.transaction import Transactions
from hub.db import tables
from hub.law.s44_review import Invited
from hub.law.vocabulary import PlanStatus, ReviewDecision
from schema.ids import to_global
from tests.contract.test_graphql_story import Ask, ask
from tests.world import ALL_SCOPES, World

__all__ = ["ask"]  # a fixture

SCOPES = ALL_SCOPES | {"review.write"}
EVERYBODY = [each.value for each in Invited]
SHOWN = """review { id kind dueOn plannedFor invited papersSentOn meetingOn reportOn decision decidedOn reasons
    duties { rule dueOn metOn } notices { kind givenTo provision text addressedTo { name } } }
  refusals { provision rule path }"""
ARRANGE = f"mutation($input: ArrangeReviewInput!) {{ done: arrangeReview(input: $input) {{ {SHOWN} }} }}"
PAPERS = f"mutation($input: ReviewStepInput!) {{ done: circulateReviewAdvice(input: $input) {{ {SHOWN} }} }}"
HOLD = f"mutation($input: ReviewStepInput!) {{ done: holdReview(input: $input) {{ {SHOWN} }} }}"
REPORT = f"mutation($input: ReviewStepInput!) {{ done: reportReview(input: $input) {{ {SHOWN} }} }}"
DECIDE = f"mutation($input: DecideReviewInput!) {{ done: decideReview(input: $input) {{ {SHOWN} }} }}"
REASSESSED = """{ children { nodes { notices { kind about { ... on Assessment {
    reassessment requestedBy decision duties { rule dueOn metOn } } } } } } }"""
ALL_REVIEWS = "{ reviews { nodes { kind dueOn decision duties { rule dueOn metOn } } } }"


class Year:
    """Reviews the plan of the small world, on whatever day it is."""

    def __init__(self, ask: Ask, world: World) -> None:
        self.ask, self.world = ask, world

    async def done(self, document: str, body: UUID | None = None, **given: Any) -> Any:
        answer = await self.ask(body or self.world.authority, document, {"input": given}, scopes=SCOPES)
        return answer["data"]["done"] if "errors" not in answer else answer["errors"][0]["extensions"]

    async def arranged(self, body: UUID | None = None, **given: Any) -> Any:
        plain = {
            "plan": to_global("Plan", self.world.plan),
            "kind": "ANNUAL",
            "meetingOn": "2026-12-10",
            "invited": EVERYBODY,
            "attendsSetting": True,
        }
        return await self.done(ARRANGE, body, **plain | given)


@pytest.fixture
def year(ask: Ask, world: World) -> Year:
    return Year(ask, world)


def _clocks(review: Any) -> dict[str, Any]:
    return {each["rule"]: (each["dueOn"], each["metOn"]) for each in review["duties"]}


async def _held(year: Year, transactions: Transactions) -> str:
    """A review whose meeting was arranged some time ago, and was held on 9 November 2026."""
    made = await year.arranged()
    earlier = {"planned_for": date(2026, 11, 9), "notice_given_on": date(2026, 10, 1)}
    async with transactions.begin(None) as tx:
        await tx.connection.execute(update(tables.review).values(**earlier))
    review = {"review": made["review"]["id"]}
    assert (await year.done(PAPERS, **review, on="2026-10-20"))["refusals"] == []
    held = await year.done(HOLD, **review, on="2026-11-09")
    assert held["refusals"] == []
    assert _clocks(held["review"])["SEND_REVIEW_REPORT"] == ("2026-11-23", None)
    assert _clocks(held["review"])["DECIDE_AFTER_REVIEW"] == ("2026-12-07", None)
    return made["review"]["id"]


async def test_a_meeting_is_arranged_and_those_invited_are_told(year: Year) -> None:
    """Regs 20(2), (3): two weeks' notice; the family, and the commissioning body for its health care professional.
    Again for another day."""
    made = await year.arranged()
    assert made["refusals"] == []
    review = made["review"]
    assert (review["plannedFor"], review["invited"]) == ("2026-12-10", sorted(EVERYBODY))
    assert _clocks(review)["GIVE_NOTICE_OF_REVIEW_MEETING"] == ("2026-11-26", "2026-11-22")
    assert _clocks(review)["CIRCULATE_REVIEW_ADVICE"] == ("2026-11-26", None)
    told = {(each["givenTo"], (each["addressedTo"] or {}).get("name")) for each in review["notices"]}
    assert told == {("FAMILY", None), ("COMMISSIONER", "Mere and Vale ICB")}
    assert all("10 December 2026" in each["text"] for each in review["notices"])
    again = await year.arranged(meetingOn="2026-12-17")
    assert again["review"]["id"] == review["id"]
    seen = await year.ask(year.world.board, "{ children { nodes { notices { kind addressedTo { name } } } } }")
    (child,) = seen["data"]["children"]["nodes"]
    assert [each["kind"] for each in child["notices"]] == ["REVIEW_MEETING"] * 2


@pytest.mark.parametrize("decision", ReviewDecision)
async def test_a_decision_in_four_weeks(year: Year, transactions: Transactions, decision: ReviewDecision) -> None:
    """Regs 20(9) to (11): report, decision, and the family's notice with its reasons and, where it may appeal, how. The
    next year is counted from the decision; to amend, the notice is due in the same four weeks."""
    async with transactions.begin(None) as tx:
        await tx.connection.execute(update(tables.assessment).values(outcome="PLAN", outcome_on=date(2025, 6, 1)))
    review = {"review": await _held(year, transactions)}
    assert (await year.done(REPORT, **review, on="2026-11-20"))["refusals"] == []
    silent = await year.done(DECIDE, **review, decision=decision.value)
    assert silent["refusals"][0]["rule"] == "reasons-required"
    decided = await year.done(DECIDE, **review, decision=decision.value, reasons="As the report says.")
    assert decided["refusals"] == []
    clocks = _clocks(decided["review"])
    assert clocks["DECIDE_AFTER_REVIEW"] == ("2026-12-07", "2026-11-22")
    assert clocks.get("SEND_AMENDMENT_NOTICE") == (("2026-12-07", None) if decision is ReviewDecision.AMEND else None)
    told = [each for each in decided["review"]["notices"] if each["kind"] != "REVIEW_MEETING"]
    if decision is ReviewDecision.REASSESS:
        assert told == []
        (child,) = (await year.ask(year.world.authority, REASSESSED))["data"]["children"]["nodes"]
        (again,) = (each for each in child["notices"] if each["kind"] != "REVIEW_MEETING")
        assert again["kind"] == "WILL_REASSESS"
        assert again["about"]["reassessment"]
        assert (again["about"]["requestedBy"], again["about"]["decision"]) == ("AUTHORITY", "WILL_ASSESS")
        assert _clocks(again["about"]) == {"FINALISE_REASSESSED_PLAN": ("2027-02-28", None)}
    else:
        (notice,) = told
        assert ("First-tier Tribunal" in notice["text"]) == (decision is not ReviewDecision.AMEND)
    reviews = (await year.ask(year.world.authority, ALL_REVIEWS))["data"]["reviews"]["nodes"]
    following = [each for each in reviews if each["decision"] is None]
    if decision is ReviewDecision.CEASE:
        assert following == []
    else:
        (one,) = following
        assert (one["kind"], one["dueOn"]) == ("ANNUAL", "2027-11-21")
        assert _clocks(one) == {"REVIEW_PLAN": ("2027-11-21", None)}


async def test_a_phase_transfer_is_strictly_before_its_day(year: Year) -> None:
    """Reg. 18(1): before 15 February of the year of transfer, or 31 March to a post-16 institution."""
    made = await year.arranged(kind="PHASE_TRANSFER", phase="TO_SECONDARY", transferOn="2027-09-01")
    assert _clocks(made["review"])["REVIEW_BEFORE_PHASE_TRANSFER"] == ("2027-02-14", None)


async def _count(transactions: Transactions) -> list[Any]:
    counted = (tables.review, tables.duty, tables.notice, tables.event)
    async with transactions.begin(None) as tx:
        return [await tx.connection.scalar(select(func.count()).select_from(each)) for each in counted]


async def test_what_is_refused_changes_nothing(year: Year, transactions: Transactions) -> None:
    """Out of order, without those who must be invited, at short notice, by another body, of a plan that has ceased."""
    review = {"review": (await year.arranged())["review"]["id"]}
    before = await _count(transactions)
    for document in (HOLD, REPORT):
        assert (await year.done(document, **review))["refusals"][0]["rule"] == "out-of-order"
    early = await year.done(DECIDE, **review, decision="MAINTAIN", reasons="x")
    assert early["refusals"][0] == {
        "provision": "SEND Regs 2014 regs 20(10), 21(9)",
        "rule": "out-of-order",
        "path": ["review"],
    }
    assert (await year.done(PAPERS, **review, on="2026-11-23"))["refusals"][0]["rule"] == "in-the-future"
    without = [each for each in EVERYBODY if each != "HEALTH_CARE_PROFESSIONAL"]
    assert (await year.arranged(invited=without))["refusals"][0]["rule"] == "not-invited"
    assert (await year.arranged(meetingOn="2026-12-05"))["refusals"][0]["rule"] == "two-weeks-notice"
    assert (await year.arranged(kind="DIRECT_PAYMENT"))["code"] == "INVALID"
    assert (await year.arranged(kind="PHASE_TRANSFER"))["code"] == "INVALID"
    assert (await year.arranged(year.world.board))["code"] == "FORBIDDEN"
    for stranger in (year.world.board, year.world.other_authority):
        assert (await year.done(PAPERS, stranger, **review))["code"] == "NOT_FOUND"
    assert (await year.arranged(year.world.other_authority))["code"] == "NOT_FOUND"
    async with transactions.begin(None) as tx:
        await tx.connection.execute(update(tables.plan).values(status=PlanStatus.CEASED))
    assert (await year.arranged())["refusals"][0]["rule"] == "plan-not-maintained"
    assert (await year.done(PAPERS, **review))["refusals"][0]["rule"] == "plan-not-maintained"
    assert await _count(transactions) == before

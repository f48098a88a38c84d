"""A personal budget, over GraphQL on the real hub: asked for in a draft, stopped when consent is withdrawn.

Each body has its own client and is told only what is open to it. Every amount was worked out by hand.
"""

import uuid
from collections.abc import AsyncIterator, Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from hub.db import tables
from hub.db.session import Database
from hub.law.budget_decisions import Considered
from hub.law.budget_direct_payment_events import Undertaking
from hub.law.budget_regimes import Requirement
from hub.law.vocabulary import OrganisationKind, ResponsibilityKind, SectionCode, Sex, Source
from schema.ids import from_global, to_global
from tests.journeys.bodies import Body, Journey, hub_for

AUTHORITY, BOARD = "authority", "board"
BODIES = {
    AUTHORITY: Body(
        OrganisationKind.LOCAL_AUTHORITY,
        "990",
        (
            "child.read",
            "plan.read",
            "provision.read",
            "budget.read",
            "advice.read",
            "cooperation.read",
            "cooperation.request",
            "assessment.write",
            "plan.write",
            "review.write",
            "budget.write",
        ),
    ),
    BOARD: Body(
        OrganisationKind.INTEGRATED_CARE_BOARD,
        "QX1",
        (
            "child.read",
            "plan.read",
            "provision.read",
            "budget.read",
            "cooperation.read",
            "provision.agree",
            "budget.write",
        ),
    ),
}
BORN = date(2011, 3, 4)
"""Over compulsory school age after 25 June 2027, the last Friday in June of the school year of the 16th birthday."""
SAID = {
    "frequency": "weekly",
    "minutesPerWeek": 45,
    "deliveredBy": "therapist",
    "qualification": "registered",
    "setting": "school",
}


@pytest.fixture
async def journey(
    database: Database, owner_url: str, tmp_path: Path, unused_tcp_port: int, new_id: Callable[[], uuid.UUID]
) -> AsyncIterator[Journey]:
    """An authority and a commissioning body with a client each, and a child aged 15 whom the authority knows."""
    async with hub_for(
        BODIES, database=database, owner_url=owner_url, folder=tmp_path, port=unused_tcp_port, new_id=new_id
    ) as told:
        authority, board = (from_global(told.ids[name])[1] for name in (AUTHORITY, BOARD))
        child = new_id()
        async with database.begin(None) as connection:
            await connection.execute(
                insert(tables.child).values(
                    owner_id=authority,
                    id=child,
                    family_name="Testchild",
                    given_names=["Ada"],
                    date_of_birth=BORN,
                    sex=Sex.FEMALE,
                    source=Source.RECORDED,
                    updated_at=told.now,
                )
            )
            await connection.execute(
                insert(tables.responsibility).values(
                    owner_id=authority,
                    id=new_id(),
                    child_id=child,
                    body_id=board,
                    kind=ResponsibilityKind.COMMISSIONER,
                    reason="registered with a practice in its area",
                    starts_on=date(2026, 4, 1),
                )
            )
        told.ids["child"] = to_global("Child", child)
        yield told


ITEMS = (
    "personalBudget { id status items { id kind status amount per provision { description } directPayments { id } } }"
)
DECISIONS = "personalBudget { status items { directPayments { status amount decisions { id decision outcome } } } }"


async def test_a_personal_budget(journey: Journey) -> None:
    """Asked for in a draft; education and social care are agreed, one health item is agreed and another declined with
    reasons; a direct payment is consented to, paid, reviewed, reduced, reconsidered and stopped. Section J and the
    bodies' reports agree to the penny. The plan as amended takes the budget over."""
    plan, provisions = await _drafted(journey)
    budget, items = await _agreed(journey, plan, provisions)
    direct = await _paid(journey, plan, items)
    await _reduced(journey, direct, items)
    amended = await _stopped(journey, plan, budget, direct, items)
    await _taken_over(journey, amended, budget, items)
    await _reports_agree(journey, budget)


async def _drafted(journey: Journey) -> tuple[str, dict[str, str]]:
    """(the draft, its provision by what it is)."""
    child = journey.ids["child"]
    made = await journey.do(
        AUTHORITY,
        "requestAssessment",
        "assessment { id }",
        child=child,
        receivedOn="2026-11-02",
        askedBy="PARENT_OR_YOUNG_PERSON",
    )
    assessment = made["assessment"]["id"]
    await journey.do(AUTHORITY, "decideAssessment", assessment=assessment, decision="WILL_ASSESS", on="2026-11-02")
    for kind in ("PARENT", "EDUCATION", "PSYCHOLOGICAL", "SOCIAL_CARE", "MEDICAL", "PREPARING_FOR_ADULTHOOD"):
        asked: dict[str, Any] = {"kind": kind, "askedOn": "2026-11-02", "noRepresentations": True}
        if kind == "MEDICAL":
            asked["organisation"] = journey.ids[BOARD]
        await journey.do(AUTHORITY, "seekAdvice", assessment=assessment, **asked)
    health = {"section": "G", "need": "n2", "outcomes": ["o1"], "commissioner": journey.ids[BOARD], **SAID}
    contents = {
        "sections": [{"code": code, "text": f"section {code}"} for code in SectionCode if code is not SectionCode.I],
        "needs": [
            {"key": "n1", "section": "B", "description": "a need for teaching"},
            {"key": "n2", "section": "C", "description": "a need for therapy"},
            {"key": "n3", "section": "D", "description": "a need for rest"},
        ],
        "outcomes": [{"key": "o1", "description": "Ada goes to college alone"}],
        "provisions": [
            {
                "section": "F",
                "description": "mentoring",
                "need": "n1",
                "outcomes": ["o1"],
                "forAdulthood": True,
                **SAID,
            },
            health | {"description": "therapy"},
            health | {"description": "hydrotherapy"},
            {"section": "H1", "description": "short breaks", "need": "n3", "outcomes": ["o1"], **SAID},
        ],
        "agreementBy": "2026-11-20",
    }
    shows = "plan { id provisions { id description } }"
    made = await journey.do(AUTHORITY, "draftPlan", shows, assessment=assessment, on="2026-11-02", contents=contents)
    return str(made["plan"]["id"]), {each["description"]: each["id"] for each in made["plan"]["provisions"]}


PROPOSE = "mutation($given: ProposeBudgetInput!) { proposeBudget(input: $given) { refusals { rule } } }"


async def _agreed(journey: Journey, plan: str, provisions: dict[str, str]) -> tuple[str, dict[str, Any]]:
    """(the budget, its items by what they buy): proposed, and decided on by each funder."""
    journey.on("2026-11-09")
    asked = {"plan": plan, "directPayments": True, "on": "2026-11-09"}
    assert await journey.refused(AUTHORITY, "requestPersonalBudget", **asked, requestedBy="YOUNG_PERSON") == (
        "not-theirs-to-ask"
    )
    made = await journey.do(
        AUTHORITY, "requestPersonalBudget", "personalBudget { id status }", **asked, requestedBy="PARENT"
    )
    budget = made["personalBudget"]["id"]
    assert made["personalBudget"]["status"] == "REQUESTED"
    assert await journey.refused(AUTHORITY, "requestPersonalBudget", **asked, requestedBy="PARENT") == "already-asked"

    def item(what: str, funder: str, amount: str, **more: Any) -> dict[str, Any]:
        given = {"provision": provisions[what], "funder": journey.ids[funder], "amount": amount, "per": "MONTH"}
        return given | {"mechanism": "ARRANGEMENT", "startsOn": "2027-01-01", "endsOn": "2027-12-31"} | more

    mentoring = item("mentoring", AUTHORITY, "250.00", mechanism="DIRECT_PAYMENT")
    for wrong, rule in (
        (mentoring | {"buys": "PLACE"}, "place-by-direct-payment"),
        (mentoring | {"amount": "-250.00"}, "amount-not-positive"),
        (mentoring | {"amount": "25000000.00"}, "amount-absurd"),
        (mentoring | {"directPayments": ["250.00", "0.01"]}, "shares-do-not-add-up"),
        (mentoring | {"per": "TERM_WEEK"}, "school-year-not-set"),
        (mentoring | {"endsOn": "2026-12-31"}, "dates-out-of-order"),
        (item("therapy", AUTHORITY, "80.00"), "not-the-funder"),
    ):
        assert await journey.refused(AUTHORITY, "proposeBudget", budget=budget, items=[wrong]) == rule
    for amount in ("250.001", "a lot", "NaN", "1e9999"):
        given = {"budget": budget, "items": [mentoring | {"amount": amount}]}
        assert await journey.turned_away(AUTHORITY, PROPOSE, given=given) == "INVALID"
    proposed = [
        mentoring,
        item("short breaks", AUTHORITY, "61.17", per="WEEK"),
        item("therapy", BOARD, "1000.00", per="YEAR"),
        item("hydrotherapy", BOARD, "80.00"),
    ]
    made = await journey.do(AUTHORITY, "proposeBudget", ITEMS, budget=budget, items=proposed)
    assert made["personalBudget"]["status"] == "PROPOSED"
    items = {each["provision"]["description"]: each for each in made["personalBudget"]["items"]}
    assert {each["status"] for each in items.values()} == {"PROPOSED"}

    therapy, hydro = items["therapy"]["id"], items["hydrotherapy"]["id"]
    assert await journey.refused(AUTHORITY, "agreeBudgetItem", item=therapy) == "not-the-funder"
    assert await journey.refused(BOARD, "agreeBudgetItem", item=therapy) == "provision-not-agreed"
    await journey.do(BOARD, "agreeProvision", provision=provisions["therapy"])
    await journey.do(BOARD, "agreeProvision", provision=provisions["hydrotherapy"])
    assert await journey.refused(BOARD, "declineBudgetItem", item=hydro) == "reasons-required"
    await journey.do(BOARD, "declineBudgetItem", item=hydro, reasons="It is arranged for all at the clinic.")
    await journey.do(BOARD, "agreeBudgetItem", item=therapy)
    await journey.do(AUTHORITY, "agreeBudgetItem", item=items["short breaks"]["id"])
    made = await journey.do(AUTHORITY, "agreeBudgetItem", ITEMS, item=items["mentoring"]["id"])
    assert made["personalBudget"]["status"] == "AGREED"
    return str(budget), items


def _offer(direct: str) -> dict[str, Any]:
    return {
        "directPayment": direct,
        "on": "2026-11-12",
        "recipient": "PARENT",
        "payee": "Pat Testchild",
        "goods": "Mentoring by a qualified mentor, two hours a week",
        "conditions": "Not a relative who lives with the family.",
        "amount": "250.00",
        "sufficient": True,
        "satisfied": [each.value for each in Requirement],
        "onPremises": True,
    }


async def _paid(journey: Journey, plan: str, items: dict[str, Any]) -> str:
    """The direct payment: offered, agreed to, consented to on the premises, begun, paid."""
    direct = str(items["mentoring"]["directPayments"][0]["id"])
    mentoring = items["mentoring"]["id"]
    journey.on("2026-11-12")
    offer = _offer(direct)
    excluded = offer | {"exclusions": ["ALCOHOL_TREATMENT"]}
    assert await journey.refused(AUTHORITY, "offerDirectPayment", **excluded) == "excluded-recipient"
    more = offer | {"amount": "250.01"}
    assert await journey.refused(AUTHORITY, "offerDirectPayment", **more) == "more-than-agreed"
    await journey.do(AUTHORITY, "offerDirectPayment", **offer)
    undertakings = [each.value for each in Undertaking]
    accepted = {"directPayment": direct, "on": "2026-11-13", "undertakings": undertakings}
    journey.on("2026-11-13")
    lacking = accepted | {"undertakings": undertakings[1:]}
    assert await journey.refused(AUTHORITY, "acceptDirectPayment", **lacking) == "undertaking-missing"
    await journey.do(AUTHORITY, "acceptDirectPayment", **accepted)
    shows = "query($id: ID!) { plan(id: $id) { sections { code text } personalBudget { sectionJBehind } } }"
    seen = (await journey.ask(AUTHORITY, shows, id=plan))["plan"]
    in_j = "mentoring: by direct payment of 250.00 pounds a month, for: Ada goes to college alone."
    assert {"code": "J", "text": in_j} in seen["sections"]
    assert seen["personalBudget"] == {"sectionJBehind": False}

    await journey.do(AUTHORITY, "servePlan", plan=plan, on="2026-11-13")
    journey.on("2026-11-30")
    await journey.do(AUTHORITY, "finalisePlan", plan=plan, on="2026-11-30", sectionI="a school")
    outside = {"plan": plan, "requestedBy": "PARENT", "directPayments": True, "on": "2026-11-30"}
    assert await journey.refused(AUTHORITY, "requestPersonalBudget", **outside) == "outside-the-window"

    journey.on("2027-01-01")
    first = {"directPayment": direct, "on": "2027-01-01"}
    assert await journey.refused(AUTHORITY, "startDirectPayment", **first) == "premises-consent-missing"
    await journey.do(AUTHORITY, "consentToPremises", **first)
    paid = {"item": mentoring, "amount": "250.00", "on": "2027-01-01"}
    assert await journey.refused(AUTHORITY, "recordPayment", **paid) == "not-in-payment"
    shows = "personalBudget { status duties { rule dueOn } }"
    made = await journey.do(AUTHORITY, "startDirectPayment", shows, **first)
    assert made["personalBudget"] == {
        "status": "IN_PAYMENT",
        "duties": [{"rule": "REVIEW_DIRECT_PAYMENTS", "dueOn": "2027-03-31"}],
    }
    await journey.do(AUTHORITY, "recordPayment", **paid)
    assert await journey.refused(AUTHORITY, "recordPayment", **paid | {"amount": "0.01"}) == "more-than-due"
    declined = {"item": items["hydrotherapy"]["id"], "amount": "80.00", "on": "2027-01-01"}
    assert await journey.refused(BOARD, "recordPayment", **declined) == "not-agreed"
    for month in ("02", "03"):
        journey.on(f"2027-{month}-01")
        await journey.do(AUTHORITY, "recordPayment", item=mentoring, amount="250.00", on=f"2027-{month}-01")
        await journey.do(AUTHORITY, "recordSpending", item=mentoring, amount="240.00", on=f"2027-{month}-01")
    return direct


async def _reduced(journey: Journey, direct: str, items: dict[str, Any]) -> None:
    """Reviewed within three months, reduced with reasons, and reconsidered once."""
    journey.on("2027-03-15")
    considered = [each.value for each in Considered]
    reviewing = {"directPayment": direct, "on": "2027-03-15", "considered": considered}
    assert await journey.refused(AUTHORITY, "reviewDirectPayment", **reviewing | {"considered": considered[1:]}) == (
        "not-considered"
    )
    shows = "personalBudget { duties { rule metOn state } reviews { kind meetingOn } }"
    made = await journey.do(AUTHORITY, "reviewDirectPayment", shows, **reviewing)
    assert made["personalBudget"] == {
        "duties": [{"rule": "REVIEW_DIRECT_PAYMENTS", "metOn": "2027-03-15", "state": "MET"}],
        "reviews": [{"kind": "DIRECT_PAYMENT", "meetingOn": "2027-03-15"}],
    }
    reduced = {"directPayment": direct, "change": "REDUCED", "on": "2027-03-16", "amount": "200.00"}
    reduced |= {"effectiveOn": "2027-05-01", "sufficient": True}
    journey.on("2027-03-16")
    assert await journey.refused(AUTHORITY, "changeDirectPayment", **reduced) == "reasons-required"
    reduced["reasons"] = "The mentor's rate is lower from May."
    assert await journey.refused(AUTHORITY, "changeDirectPayment", **reduced | {"effectiveOn": "2027-03-16"}) == (
        "notice-too-short"
    )
    made = await journey.do(AUTHORITY, "changeDirectPayment", DECISIONS, **reduced)
    (payment,) = [one for each in made["personalBudget"]["items"] for one in each["directPayments"]]
    assert (payment["status"], payment["amount"]) == ("REDUCED", "200.00")
    decision = payment["decisions"][0]["id"]
    again = {"decision": decision, "outcome": "UPHELD", "on": "2027-03-20", "reasons": "The new rate is in writing."}
    journey.on("2027-03-20")
    await journey.do(AUTHORITY, "reconsiderDirectPayment", **again)
    assert await journey.refused(AUTHORITY, "reconsiderDirectPayment", **again) == "reconsidered-once"
    for month, amount in (("04", "250.00"), ("05", "200.00"), ("06", "200.00")):
        journey.on(f"2027-{month}-01")
        await journey.do(
            AUTHORITY, "recordPayment", item=items["mentoring"]["id"], amount=amount, on=f"2027-{month}-01"
        )


async def _stopped(journey: Journey, plan: str, budget: str, direct: str, items: dict[str, Any]) -> Any:
    """The child becomes a young person, has it go on to the parent, and withdraws consent; section J follows. The draft
    that amends the plan."""
    wish = {"directPayment": direct, "wish": "CONTINUE"}
    journey.on("2027-06-25")
    assert await journey.refused(AUTHORITY, "recordYoungPersonsWish", **wish, on="2027-06-25") == "still-a-child"
    asked = {"directPayment": direct}
    assert await journey.refused(AUTHORITY, "askYoungPerson", **asked) == "still-a-child"
    journey.on("2027-06-26")
    await journey.do(AUTHORITY, "askYoungPerson", **asked)
    await journey.do(AUTHORITY, "recordYoungPersonsWish", **wish, on="2027-06-26")
    journey.on("2027-07-10")
    await journey.do(AUTHORITY, "recordPayment", item=items["mentoring"]["id"], amount="200.00", on="2027-07-01")
    stopped = {"directPayment": direct, "change": "STOPPED", "on": "2027-07-10", "reasons": "She no longer consents."}
    early = stopped | {"stopGround": "NO_LONGER_SECURABLE"}
    assert await journey.refused(AUTHORITY, "changeDirectPayment", **stopped | {"reasons": "", "stopGround": None}) == (
        "reasons-required"
    )
    del early
    made = await journey.do(AUTHORITY, "changeDirectPayment", DECISIONS, **stopped, stopGround="CONSENT_WITHDRAWN")
    assert made["personalBudget"]["status"] == "SUSPENDED"
    back = {"directPayment": direct, "change": "REPAYMENT", "on": "2027-07-10", "repayBy": "2027-08-31"}
    back |= {"repaymentGround": "NOT_USED_FOR_PROVISION", "reasons": "Not spent on mentoring."}
    # Paid 3 x 250 + 250 + 3 x 200 = 1600, of which 480 were spent.
    assert await journey.refused(AUTHORITY, "changeDirectPayment", **back, amount="1120.01") == "already-spent"
    await journey.do(AUTHORITY, "changeDirectPayment", **back, amount="1120.00")
    assert await journey.refused(AUTHORITY, "changeDirectPayment", **back, amount="0.01") == "already-spent"

    seen = "query($id: ID!) { plan(id: $id) { personalBudget { sectionJBehind } sections { code text } } }"
    assert (await journey.ask(AUTHORITY, seen, id=plan))["plan"]["personalBudget"] == {"sectionJBehind": True}
    assert await journey.refused(AUTHORITY, "writeSectionJ", budget=budget) == "no-draft"
    shows = "plan { id provisions { id description } needs { id section } outcomes { id } }"
    made = await journey.do(AUTHORITY, "proposeAmendment", shows, plan=plan, reasons="Direct payments have stopped.")
    shows = "personalBudget { sectionJBehind }"
    assert (await journey.do(AUTHORITY, "writeSectionJ", shows, budget=budget))["personalBudget"] == {
        "sectionJBehind": False
    }
    sections = (await journey.ask(AUTHORITY, seen, id=made["plan"]["id"]))["plan"]["sections"]
    assert {"code": "J", "text": "No direct payments are made."} in sections
    return made["plan"]


NOTICES = """query($id: ID!) { node(id: $id) { ... on PersonalBudget { notices {
    kind givenTo givenBy { name } decider text } } } }"""
TOLD = [
    ("AMOUNT_DECLINED", "FAMILY", BOARD, "PARENT"),
    ("DIRECT_PAYMENT_OFFERED", "RECIPIENT", AUTHORITY, None),
    ("DIRECT_PAYMENT_REDUCED", "RECIPIENT", AUTHORITY, None),
    ("DIRECT_PAYMENT_RECONSIDERED", "RECIPIENT", AUTHORITY, None),
    ("YOUNG_PERSON_ASKED", "FAMILY", AUTHORITY, "YOUNG_PERSON"),
    ("DIRECT_PAYMENT_STOPPED", "RECIPIENT", AUTHORITY, None),
    ("DIRECT_PAYMENT_REPAYABLE", "RECIPIENT", AUTHORITY, None),
]


async def _taken_over(journey: Journey, draft: Any, budget: str, items: dict[str, Any]) -> None:
    """The amended plan has a holiday club in the place of the short breaks: from its day those are not due any more,
    and the therapy goes on as the board agreed to it. Every decision was told."""
    (breaks,) = [each["id"] for each in draft["provisions"] if each["description"] == "short breaks"]
    (rest,) = [each["id"] for each in draft["needs"] if each["section"] == "D"]
    club = {"section": "H1", "description": "holiday club", "need": rest, "outcomes": [draft["outcomes"][0]["id"]]}
    contents = {"takenOut": [breaks], "provisions": [club | SAID]}
    await journey.do(AUTHORITY, "revisePlan", plan=draft["id"], contents=contents)
    await journey.do(AUTHORITY, "servePlan", plan=draft["id"], on="2027-07-10")
    journey.on("2027-07-26")
    await journey.do(AUTHORITY, "finalisePlan", plan=draft["id"], on="2027-07-26", sectionI="a school")
    seen = "query($id: ID!) { plan(id: $id) { personalBudget { id sectionJBehind items { id status } } } }"
    followed = (await journey.ask(AUTHORITY, seen, id=draft["id"]))["plan"]["personalBudget"]
    assert (followed["id"], followed["sectionJBehind"]) == (budget, False)
    status = {each["id"]: each["status"] for each in followed["items"]}
    named = {what: status[each["id"]] for what, each in items.items()}
    assert named == {"mentoring": "ENDED", "short breaks": "ENDED", "therapy": "AGREED", "hydrotherapy": "DECLINED"}
    told = (await journey.ask(AUTHORITY, NOTICES, id=budget))["node"]["notices"]
    assert sorted((each["kind"], each["givenTo"], each["givenBy"]["name"], each["decider"]) for each in told) == sorted(
        TOLD, key=str
    )
    (offered,) = [each["text"] for each in told if each["kind"] == "DIRECT_PAYMENT_OFFERED"]
    assert (
        "For Ada Testchild: Mentoring by a qualified mentor, two hours a week. Amount: 250.00 pounds a month."
        in offered
    )
    assert "Days of payment: 1 January 2027, 1 February 2027" in offered
    of_board = (await journey.ask(BOARD, NOTICES, id=budget))["node"]["notices"]
    assert [each["kind"] for each in of_board] == ["AMOUNT_DECLINED"]


REPORT = """query($budget: ID!, $funder: ID!, $from: Date!, $to: Date!) {
  node(id: $budget) { ... on PersonalBudget {
    wholeIndicative wholeAgreed wholePaid
    totals { kind funder { name } financialYear indicative agreed paid }
    items { kind reconciliation { due paid spent owed unspent overspent } due { agreed } paid { amount } }
    withheld { fields rule } } }
  board(organisation: $funder, from: $from, to: $to) { budgets { kind funder { name } agreed paid } }
  amountsDue(first: 100, filter: {dueFrom: $from, dueTo: $to, funder: $funder, owed: true}) {
    totalCount nodes { dueOn kind agreed item { status mechanism provision { description } } } } }"""

# By hand. Short breaks: 61.17 on each Friday from 1 January to 31 December 2027, 53 of them, 13 to 31 March; 17 more
# until 26 July, when the plan has them no more. Therapy: 1000.00 in twelve instalments, four of 83.34 first. Mentoring:
# 250.00 in January to April, 200.00 in May to July.
TOTALS = [
    ("EDUCATION", AUTHORITY, "2026-27", "750.00", "750.00", "750.00"),
    ("HEALTH", BOARD, "2026-27", "490.02", "250.02", None),
    ("SOCIAL_CARE", AUTHORITY, "2026-27", "795.21", "795.21", None),
    ("EDUCATION", AUTHORITY, "2027-28", "2250.00", "850.00", "850.00"),
    ("HEALTH", BOARD, "2027-28", "1469.98", "749.98", None),
    ("SOCIAL_CARE", AUTHORITY, "2027-28", "2446.80", "1039.89", None),
]


async def _reports_agree(journey: Journey, budget: str) -> None:
    asked = {"budget": budget, "from": "2027-01-01", "to": "2027-12-31"}
    found = await journey.ask(AUTHORITY, REPORT, **asked, funder=journey.ids[AUTHORITY])
    totals = [
        (
            each["kind"],
            each["funder"]["name"],
            each["financialYear"],
            each["indicative"],
            each["agreed"],
            each["paid"],
        )
        for each in found["node"]["totals"]
    ]
    assert totals == TOTALS
    whole = {name: found["node"][name] for name in ("wholeIndicative", "wholeAgreed", "wholePaid")}
    assert whole == {"wholeIndicative": "8202.01", "wholeAgreed": "4435.10", "wholePaid": "1600.00"}
    (mentoring,) = [each for each in found["node"]["items"] if each["kind"] == "EDUCATION"]
    assert mentoring["reconciliation"] == [
        {
            "due": "1600.00",
            "paid": "1600.00",
            "spent": "480.00",
            "owed": "0.00",
            "unspent": "1120.00",
            "overspent": "0.00",
        }
    ]
    assert found["board"]["budgets"] == [
        {"kind": "EDUCATION", "funder": {"name": AUTHORITY}, "agreed": "1600.00", "paid": "1600.00"},
        {"kind": "HEALTH", "funder": {"name": BOARD}, "agreed": "1000.00", "paid": None},
        {"kind": "SOCIAL_CARE", "funder": {"name": AUTHORITY}, "agreed": "1835.10", "paid": None},
    ]
    of_board = await journey.ask(BOARD, REPORT, **asked, funder=journey.ids[BOARD])
    assert [each["kind"] for each in of_board["node"]["totals"]] == ["HEALTH", "HEALTH"]
    assert of_board["node"]["wholeAgreed"] is None
    assert "wholeAgreed" in of_board["node"]["withheld"][0]["fields"]
    assert of_board["board"]["budgets"] == [found["board"]["budgets"][1]]
    owed = of_board["amountsDue"]["nodes"]
    assert len(owed) == 12
    assert {each["item"]["provision"]["description"] for each in owed} == {"therapy"}

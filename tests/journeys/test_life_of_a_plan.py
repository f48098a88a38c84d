"""The life of a plan, over GraphQL on the real hub: a child brought to attention at the age of 3, whose plan ceases at
25, at another authority and with another commissioning body than it began with.

Each body has its own client, signs its own assertions and is told only what is open to it. The clock is the test's.
Every clock in it is held to a table that was worked out by hand with a calendar.
"""

import uuid
from collections.abc import AsyncIterator, Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hub.db.session import Database
from hub.law.s44_review import Invited
from hub.law.vocabulary import OrganisationKind, SectionCode
from tests.journeys.bodies import Body, Journey, hub_for

AUTHORITY, OTHER, BOARD, MERGED, TRUST, NATION = "authority", "other", "board", "merged-board", "trust", "nhs-england"
_READS = ("child.read", "plan.read", "provision.read", "cooperation.read")
_WRITES = ("cooperation.request", "assessment.write", "plan.write", "review.write")
_BOARDS = (*_READS, "cooperation.respond", "provision.agree")
BODIES = {
    AUTHORITY: Body(OrganisationKind.LOCAL_AUTHORITY, "990", (*_READS, "advice.read", "notification.read", *_WRITES)),
    OTHER: Body(OrganisationKind.LOCAL_AUTHORITY, "991", (*_READS, *_WRITES)),
    BOARD: Body(OrganisationKind.INTEGRATED_CARE_BOARD, "QX1", _BOARDS),
    MERGED: Body(OrganisationKind.INTEGRATED_CARE_BOARD, "QX9", _BOARDS, date(2029, 4, 1)),
    TRUST: Body(
        OrganisationKind.NHS_TRUST,
        "RX1",
        (*_READS, "advice.read", "notification.read", "cooperation.respond", "advice.write", "notification.write"),
    ),
    NATION: Body(OrganisationKind.NHS_ENGLAND, "X24", ("hub.admin",)),
}

# What each clock must say at the end: when it began, its last day, when it was met, and who held it: by hand, with a
# calendar. Six and twenty weeks from Monday 2 November 2026 are the Mondays 14 December and 22 March, sixteen weeks the
# 22 February. Six weeks from Wednesday 2 December is 13 January, from Tuesday 8 December 19 January.
# Fifteen days beginning with 10 February 2027 end on the 24th. Twelve months beginning with 25 February 2027 end on
# 24 February 2028.
# The review meets on Monday 17 January 2028: two weeks before is the 3rd, two and four weeks after are the 31st and
# Monday 14 February. Decided on 7 February: twelve months beginning with it end on 6 February 2029. Fifteen days
# beginning with 10 February 2028 end on the 24th; eight weeks from it, over a 29 February, is Thursday 6 April.
# The child moves on Friday 15 September 2028; the authority knew on Tuesday the 5th: too late for that day. Fifteen
# working days beginning with the 5th end on Monday the 25th. Six weeks from the transfer on Monday the 18th is Monday
# 30 October. Three months beginning with it end on 17 December, which is before the twelve months that begin with the
# last review end: these count.
# The new authority's review meets on Monday 20 November 2028: two weeks before is the 6th, two and four weeks after are
# the Mondays 4 and 18 December. Decided on 1 December: twelve months beginning with it end on 30 November 2029, and the
# family's two months to appeal on 1 February.
OF_THE_OLD_AUTHORITY = {
    ("DECIDE_WHETHER_TO_ASSESS", "2026-11-02", "2026-12-14", "2026-11-23", "MET", AUTHORITY),
    ("NOTIFY_NO_PLAN", "2026-11-02", "2027-02-22", None, "ENDED", AUTHORITY),
    ("FINALISE_PLAN", "2026-11-02", "2027-03-22", "2027-02-25", "MET", AUTHORITY),
    ("COMPLY_WITH_ADVICE_REQUEST", "2026-12-02", "2027-01-13", None, "ENDED", BOARD),
    ("COMPLY_WITH_ADVICE_REQUEST", "2026-12-08", "2027-01-19", "2027-02-01", "MET", TRUST),
    ("LEAVE_TIME_TO_RESPOND_TO_DRAFT", "2027-02-10", "2027-02-24", "2027-02-24", "MET", AUTHORITY),
    ("REVIEW_PLAN", "2027-02-25", "2028-02-24", "2028-02-07", "MET", AUTHORITY),
    ("GIVE_NOTICE_OF_REVIEW_MEETING", "2028-01-17", "2028-01-03", "2027-12-06", "MET", AUTHORITY),
    ("CIRCULATE_REVIEW_ADVICE", "2028-01-17", "2028-01-03", "2027-12-20", "MET", AUTHORITY),
    ("SEND_REVIEW_REPORT", "2028-01-17", "2028-01-31", "2028-01-26", "MET", AUTHORITY),
    ("DECIDE_AFTER_REVIEW", "2028-01-17", "2028-02-14", "2028-02-07", "MET", AUTHORITY),
    ("SEND_AMENDMENT_NOTICE", "2028-01-17", "2028-02-14", "2028-02-10", "MET", AUTHORITY),
    ("REVIEW_PLAN", "2028-02-07", "2029-02-06", None, "ENDED", AUTHORITY),
    ("LEAVE_TIME_TO_RESPOND_TO_AMENDMENT", "2028-02-10", "2028-02-24", "2028-02-24", "MET", AUTHORITY),
    ("FINALISE_AMENDED_PLAN", "2028-02-10", "2028-04-06", "2028-03-01", "MET", AUTHORITY),
    ("TRANSFER_PLAN_ONCE_AWARE", "2028-09-05", "2028-09-25", "2028-09-18", "MET", AUTHORITY),
    ("NOTIFY_COMMISSIONER_OF_MOVE_ONCE_AWARE", "2028-09-05", "2028-09-25", None, "OVERDUE", MERGED),
}
OF_THE_NEW_AUTHORITY = {
    ("INFORM_FAMILY_OF_TRANSFER", "2028-09-18", "2028-10-30", None, "ENDED", OTHER),
    ("REVIEW_TRANSFERRED_PLAN_FROM_LAST_REVIEW", "2028-02-07", "2029-02-06", "2028-12-01", "MET", OTHER),
    ("GIVE_NOTICE_OF_REVIEW_MEETING", "2028-11-20", "2028-11-06", "2028-10-16", "MET", OTHER),
    ("CIRCULATE_REVIEW_ADVICE", "2028-11-20", "2028-11-06", "2028-11-01", "MET", OTHER),
    ("SEND_REVIEW_REPORT", "2028-11-20", "2028-12-04", "2028-11-28", "MET", OTHER),
    ("DECIDE_AFTER_REVIEW", "2028-11-20", "2028-12-18", "2028-12-01", "MET", OTHER),
    ("CONTACT_MEDIATION_ADVISER", "2028-12-01", "2029-02-01", None, "ENDED", "PARENT_OR_YOUNG_PERSON"),
    ("APPEAL_AFTER_DECISION", "2028-12-01", "2029-02-01", None, "ENDED", "PARENT_OR_YOUNG_PERSON"),
    ("REVIEW_PLAN", "2028-12-01", "2029-11-30", None, "ENDED", OTHER),
}


@pytest.fixture
async def journey(
    database: Database, owner_url: str, tmp_path: Path, unused_tcp_port: int, new_id: Callable[[], uuid.UUID]
) -> AsyncIterator[Journey]:
    """Six bodies with a client each, and no child."""
    made = hub_for(BODIES, database=database, owner_url=owner_url, folder=tmp_path, port=unused_tcp_port, new_id=new_id)
    async with made as told:
        yield told


async def test_the_life_of_a_plan(journey: Journey) -> None:
    """Brought to attention at 3 (s. 23); one body declines its advice, another is excused for giving it late; provision
    in section G is disputed and left out; final, reviewed and amended; transferred to another authority (reg. 15); its
    board merged into another; ceased at 25 (s. 46): every clock to the day."""
    child, assessment = await _notified(journey)
    await _assessed(journey, assessment)
    plan = await _final(journey, child, assessment)
    await _reviewed(journey, plan, _first_review(), decision="AMEND")
    amended = await _amended(journey, plan)
    moved, received = await _moved(journey, child, amended)
    await _merged(journey, moved)
    await _ceased(journey, received)
    assert await _clocks(journey, AUTHORITY, child) == OF_THE_OLD_AUTHORITY
    assert await _clocks(journey, OTHER, moved) == OF_THE_NEW_AUTHORITY


async def _clocks(journey: Journey, body: str, child: str) -> set[tuple[Any, ...]]:
    every = "query($id: ID!) { child(id: $id) { duties { rule startedOn dueOn metOn state holder { name } heldBy } } }"
    duties = (await journey.ask(body, every, id=child))["child"]["duties"]
    names = ("rule", "startedOn", "dueOn", "metOn", "state")
    found = [(*(each[name] for name in names), (each["holder"] or {"name": each["heldBy"]})["name"]) for each in duties]
    assert len(found) == len(set(found))
    return set(found)


async def _notified(journey: Journey) -> tuple[str, str]:
    """(child, the assessment that is owed): the parent is informed first, and the authority becomes responsible."""
    said = {
        "authority": journey.ids[AUTHORITY],
        "child": {
            "familyName": "Testchild",
            "givenNames": ["Ada"],
            "dateOfBirth": "2023-06-15",
            "sex": "FEMALE",
            "nhsNumber": "9990000018",
        },
        "opinion": "SEN",
        "certainty": "PROBABLY_HAS",
        "parentInformedOn": "2026-10-26",
    }
    order = "discussionOfferedOn"
    assert await journey.refused(TRUST, "notifySuspectedNeed", **said) == "discussion-not-offered"
    await journey.do(TRUST, "notifySuspectedNeed", **said, **{order: "2026-10-28"})
    mine = "{ children { nodes { id notifications { opinion } assessments { id decision } } } }"
    (child,) = (await journey.ask(AUTHORITY, mine))["children"]["nodes"]
    assert child["notifications"] == [{"opinion": "SEN"}]
    await journey.do(
        AUTHORITY,
        "assignResponsibility",
        child=child["id"],
        body=journey.ids[BOARD],
        kind="COMMISSIONER",
        ground="COMMISSIONS_FOR_PERSONS_OF_ITS_AREA",
        **{"from": "2026-11-02"},
    )
    (owed,) = child["assessments"]
    return str(child["id"]), str(owed["id"])


async def _assessed(journey: Journey, assessment: str) -> None:
    journey.on("2026-11-23")
    await journey.do(AUTHORITY, "decideAssessment", assessment=assessment, decision="WILL_ASSESS", on="2026-11-23")
    journey.on("2026-11-30")
    for kind in ("PARENT", "EDUCATION", "PSYCHOLOGICAL", "SOCIAL_CARE"):
        asked = {"assessment": assessment, "kind": kind, "askedOn": "2026-11-30", "noRepresentations": True}
        await journey.do(AUTHORITY, "seekAdvice", **asked)
    await _medical_advice(journey, assessment)


REQUEST = "adviceRequest { cooperationRequest { id } }"


async def _medical_advice(journey: Journey, assessment: str) -> None:
    """The board reads the request and declines; the trust that it identified is excused and gives its advice late."""
    asked = {"assessment": assessment, "kind": "MEDICAL", "noRepresentations": True}
    of_board = {"organisation": journey.ids[BOARD], "askedOn": "2026-11-30"}
    made = await journey.do(AUTHORITY, "seekAdvice", REQUEST, **asked, **of_board)
    first = made["adviceRequest"]["cooperationRequest"]["id"]
    journey.on("2026-12-02")
    assert len(
        (await journey.ask(BOARD, "{ cooperationRequests { nodes { id asked } } }"))["cooperationRequests"]["nodes"]
    )
    declined = {"cooperationRequest": first, "ground": "INCOMPATIBLE_WITH_OWN_DUTIES"}
    assert await journey.refused(BOARD, "declineCooperationRequest", **declined) == "written-reasons-required"
    await journey.do(BOARD, "declineCooperationRequest", **declined, reasons="The trust sees this child.")
    journey.on("2026-12-07")
    of_trust = {"organisation": journey.ids[TRUST], "identifiedBy": journey.ids[BOARD], "askedOn": "2026-12-07"}
    made = await journey.do(AUTHORITY, "seekAdvice", REQUEST, **asked, **of_trust)
    second = made["adviceRequest"]["cooperationRequest"]["id"]
    journey.on("2026-12-08")
    await journey.do(TRUST, "acknowledgeCooperationRequest", cooperationRequest=second)
    journey.on("2027-01-10")
    why = {"ground": "MISSED_APPOINTMENT", "explanation": "The child was ill on the day."}
    await journey.do(TRUST, "claimTimeException", cooperationRequest=second, **why)
    journey.on("2027-02-01")
    advice = {
        "kind": "MEDICAL",
        "givenOn": "2027-02-01",
        "needs": ["a need"],
        "provision": [{"description": "therapy"}],
    }
    await journey.do(TRUST, "submitAdvice", cooperationRequest=second, **advice)


SAID = {
    "frequency": "weekly",
    "minutesPerWeek": 45,
    "deliveredBy": "therapist",
    "qualification": "registered",
    "setting": "nursery",
}
PLAN = "plan { id version provisions { id section description } changes { section kind } }"


async def _final(journey: Journey, child: str, assessment: str) -> str:
    """Section G is disputed: the board agrees to one provision and declines another, which is left out."""
    seen = "query($id: ID!) { child(id: $id) { advice { id } } }"
    advice = (await journey.ask(AUTHORITY, seen, id=child))["child"]["advice"][0]["id"]
    journey.on("2027-02-08")
    health = {"section": "G", "need": "n2", "outcomes": ["o1"], "commissioner": journey.ids[BOARD], **SAID}
    contents = {
        "sections": [{"code": code, "text": f"section {code}"} for code in SectionCode if code is not SectionCode.I],
        "needs": [
            {"key": "n1", "section": "B", "description": "a need for teaching"},
            {"key": "n2", "section": "C", "description": "a need for therapy"},
        ],
        "outcomes": [{"key": "o1", "description": "an outcome"}],
        "provisions": [
            {"section": "F", "description": "teaching", "need": "n1", "outcomes": ["o1"], **SAID},
            health | {"description": "therapy", "fromAdvice": [{"advice": advice, "place": 1}]},
            health | {"description": "hydrotherapy"},
        ],
        "agreementBy": "2027-02-17",
    }
    made = await journey.do(
        AUTHORITY, "draftPlan", f"{PLAN} warnings {{ rule }}", assessment=assessment, on="2027-02-08", contents=contents
    )
    assert made["warnings"] == []
    plan, (_, therapy, hydrotherapy) = made["plan"]["id"], [each["id"] for each in made["plan"]["provisions"]]
    journey.on("2027-02-10")
    await journey.do(AUTHORITY, "servePlan", plan=plan, on="2027-02-10")
    journey.on("2027-02-12")
    await journey.do(BOARD, "agreeProvision", provision=therapy)
    await journey.do(BOARD, "declineProvision", provision=hydrotherapy, reasons="There is no such service.")
    last = {"plan": plan, "sectionI": "a nursery"}
    journey.on("2027-02-24")
    assert await journey.refused(AUTHORITY, "finalisePlan", **last, on="2027-02-24") == "time-to-respond"
    journey.on("2027-02-25")
    assert await journey.refused(AUTHORITY, "finalisePlan", **last, on="2027-02-25") == "not-agreed"
    left = await journey.do(
        AUTHORITY, "leaveOutProvision", "dispute { status }", provision=hydrotherapy, reasons="The plan is due."
    )
    assert left["dispute"] == {"status": "OPEN"}
    await journey.do(AUTHORITY, "finalisePlan", **last, on="2027-02-25")
    return str(plan)


def _first_review() -> dict[str, str]:
    return {
        "kind": "ANNUAL",
        "arranged": "2027-12-06",
        "papers": "2027-12-20",
        "meeting": "2028-01-17",
        "report": "2028-01-26",
        "decided": "2028-02-07",
    }


async def _reviewed(journey: Journey, plan: str, days: dict[str, str], *, decision: str, by: str = AUTHORITY) -> None:
    """Arranged, with the health care professional invited; advice circulated, held, reported and decided."""
    journey.on(days["arranged"])
    arranged = {"plan": plan, "kind": days["kind"], "meetingOn": days["meeting"], "attendsSetting": True}
    everybody = [each.value for each in Invited]
    without = [each for each in everybody if each != "HEALTH_CARE_PROFESSIONAL"]
    assert await journey.refused(by, "arrangeReview", **arranged, invited=without) == "not-invited"
    made = await journey.do(by, "arrangeReview", "review { id }", **arranged, invited=everybody)
    review = made["review"]["id"]
    for name, day in (("circulateReviewAdvice", "papers"), ("holdReview", "meeting"), ("reportReview", "report")):
        journey.on(days[day])
        await journey.do(by, name, review=review)
    journey.on(days["decided"])
    await journey.do(by, "decideReview", review=review, decision=decision, reasons="As the report says.")


async def _amended(journey: Journey, plan: str) -> str:
    """The amendment goes to the family within the four weeks of the decision, and is final within eight of that."""
    assert await journey.refused(AUTHORITY, "revisePlan", plan=plan, contents={}) == "out-of-order"
    made = await journey.do(AUTHORITY, "proposeAmendment", PLAN, plan=plan, reasons="The child speaks in sentences.")
    draft = str(made["plan"]["id"])
    assert made["plan"]["version"] == 2
    section = {"sections": [{"code": "A", "text": "I like to talk."}]}
    made = await journey.do(AUTHORITY, "revisePlan", PLAN, plan=draft, contents=section)
    assert {"section": "A", "kind": "CHANGED"} in made["plan"]["changes"]
    journey.on("2028-02-10")
    await journey.do(AUTHORITY, "servePlan", plan=draft, on="2028-02-10")
    journey.on("2028-03-01")
    made = await journey.do(AUTHORITY, "finalisePlan", PLAN, plan=draft, on="2028-03-01", sectionI="a nursery")
    assert made["plan"]["changes"] == [{"section": "A", "kind": "CHANGED"}]
    return draft


async def _moved(journey: Journey, child: str, plan: str) -> tuple[str, str]:
    """(child, plan) in the new authority's record. It reviews the plan; the old one sees what it had, and no more."""
    journey.on("2028-09-18")
    moved = {"child": child, "to": journey.ids[OTHER], "movedOn": "2028-09-15", "knownOn": "2028-09-05"}
    assert await journey.refused(AUTHORITY, "transferChild", **moved | {"movedOn": "2028-09-19"}) == "not-moved-yet"
    assert await journey.refused(AUTHORITY, "transferChild", **moved | {"to": journey.ids[TRUST]})
    await journey.do(AUTHORITY, "transferChild", **moved)
    assert await journey.refused(AUTHORITY, "transferChild", **moved) == "no-plan"
    assert await journey.refused(AUTHORITY, "proposeAmendment", plan=plan, reasons="x") == "out-of-order"
    mine = """{ children { nodes { id familyName recordKeptBy { name } currentPlan { id status
        provisions { description agreements { status commissioner { name } } } } } } }"""
    nodes = (await journey.ask(OTHER, mine))["children"]["nodes"]
    (received,) = [each for each in nodes if each["recordKeptBy"]["name"] == OTHER]
    assert received["currentPlan"]["status"] == "FINAL"
    agreements = [one for each in received["currentPlan"]["provisions"] for one in each["agreements"]]
    assert {each["status"] for each in agreements} == {"NOT_RECORDED"}
    new = str(received["currentPlan"]["id"])
    days = {
        "kind": "FIRST_AFTER_TRANSFER",
        "arranged": "2028-10-16",
        "papers": "2028-11-01",
        "meeting": "2028-11-20",
        "report": "2028-11-28",
        "decided": "2028-12-01",
    }
    await _reviewed(journey, new, days, decision="MAINTAIN", by=OTHER)
    return str(received["id"]), new


async def _merged(journey: Journey, child: str) -> None:
    """NHS England merges the board into another: accepted at once, carried out by the worker, and done once."""
    before = "query($id: ID!) { child(id: $id) { familyName } }"
    assert await journey.turned_away(MERGED, before, id=child) == "body-not-in-force"
    journey.on("2029-04-02")
    assert (await journey.ask(MERGED, before, id=child))["child"] is None
    merged = {"body": journey.ids[BOARD], "successor": journey.ids[MERGED], "from": "2029-04-01"}
    shows = "organisation { inForceTo succession { childrenTotal childrenDone dutiesDone finishedAt } }"
    asked = await journey.do(NATION, "succeedBody", shows, **merged)
    assert asked["organisation"]["succession"]["finishedAt"] is None
    await journey.let_the_worker_work()
    done = {"childrenTotal": 2, "childrenDone": 2, "dutiesDone": 1, "finishedAt": "2029-04-02T09:00:00+00:00"}
    again = await journey.do(NATION, "succeedBody", shows, **merged)
    assert again["organisation"] == {"inForceTo": "2029-03-31", "succession": done}
    assert (await journey.ask(MERGED, before, id=child))["child"] == {"familyName": "Testchild"}
    assert await journey.turned_away(BOARD, before, id=child) == "body-not-in-force"
    named = "{ provisions(filter: {sections: [G]}) { nodes { commissioner { name successor { name } } } } }"
    found = (await journey.ask(MERGED, named))["provisions"]["nodes"]
    assert {(each["commissioner"]["name"], each["commissioner"]["successor"]["name"]) for each in found} == {
        (BOARD, MERGED)
    }


async def _ceased(journey: Journey, plan: str) -> None:
    """The young person turns 25 on 15 June 2048; the plan may be kept to 31 July (s. 46)."""
    journey.on("2048-07-30")
    ended = {"plan": plan, "reason": "MAX_AGE"}
    assert await journey.refused(OTHER, "ceasePlan", **ended, on="2048-07-30") == "notice-first"
    journey.on("2048-07-31")
    made = await journey.do(OTHER, "ceasePlan", "plan { status ceasedOn }", **ended, on="2048-07-31")
    assert made["plan"] == {"status": "CEASED", "ceasedOn": "2048-07-31"}
    assert await journey.refused(OTHER, "ceasePlan", **ended, on="2048-07-31") == "out-of-order"
    assert await journey.refused(OTHER, "proposeAmendment", plan=plan, reasons="x") == "out-of-order"

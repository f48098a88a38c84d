"""What partners get, as they get it: by GraphQL, with every scope, over one small world (SEND Regs 2014 reg. 17)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from hub.actions.transaction import Transactions
from hub.db import openings, tables
from hub.db.session import Database
from hub.law.caller import Caller
from hub.law.reg17_disclosure import Purpose
from hub.law.s26_arrangements import REQUIREMENTS
from schema.answer import Request
from schema.execution import Execution
from schema.ids import to_global
from tests.conftest import NOW
from tests.world import ALL_SCOPES, World

SCOPES = ALL_SCOPES | {"arrangement.write"}
CHILD = """query ($id: ID!) { child(id: $id) {
    id familyName postcode contacts { name address } currentPlan { sections { code } } restricted
    withheld { fields rule reason } } }"""
EVERYTHING = "{ children { totalCount nodes { id } } plans { totalCount } cooperationRequests { totalCount } }"


class Asking:
    """Somebody who asks, at an hour that the test sets."""

    def __init__(self, database: Database, new_id: Callable[[], UUID], world: World) -> None:
        self.at = NOW
        self.world = world
        transactions = Transactions(database, clock=self.now, new_id=new_id)
        self.execution = Execution(transactions, clock=self.now, new_id=new_id)

    def now(self) -> datetime:
        return self.at

    def caller(self, body: UUID, purpose: Purpose = Purpose.OWN_FUNCTIONS) -> Caller:
        return replace(self.world.caller(body, purpose=purpose, scopes=SCOPES), purposes=frozenset(Purpose))

    async def ask(
        self, document: str, body: UUID, purpose: Purpose = Purpose.OWN_FUNCTIONS, **variables: Any
    ) -> Mapping[str, Any]:
        return await self.execution.execute(Request(document, None, variables), self.caller(body, purpose))

    async def child(self, body: UUID, purpose: Purpose = Purpose.OWN_FUNCTIONS) -> Mapping[str, Any] | None:
        return (await self.ask(CHILD, body, purpose, id=to_global("Child", self.world.child)))["data"]["child"]

    async def sections(self, body: UUID, purpose: Purpose) -> set[str]:
        child = await self.child(body, purpose)
        plan = child["currentPlan"] if child else None
        return {each["code"] for each in plan["sections"]} if plan else set()

    async def do(
        self, mutation: str, body: UUID, purpose: Purpose = Purpose.OWN_FUNCTIONS, **input_: Any
    ) -> Mapping[str, Any]:
        kind = mutation[0].upper() + mutation[1:]
        document = f"mutation ($input: {kind}Input!) {{ done: {mutation}(input: $input) {{ {_SHOWN[mutation]} }} }}"
        answer = await self.ask(document, body, purpose, input=input_)
        return answer["data"]["done"] if not answer.get("errors") else answer


_REFUSALS = "refusals { rule provision path }"
_ARRANGEMENT = "arrangement { id version inForceFrom inForceTo missing sharingRules { basis parts } } " + _REFUSALS
_SHOWN = {
    "decideDisclosure": "disclosureDecision { id parts recipients { odsCode } } " + _REFUSALS,
    "revokeDisclosure": "disclosureDecision { id revokedAt } " + _REFUSALS,
    "recordConsent": "consent { id endsOn } " + _REFUSALS,
    "withdrawConsent": "consent { withdrawnOn } " + _REFUSALS,
    "breakGlass": "brokenGlass { id endsAt alerted alertedTo acknowledgement { finding } } " + _REFUSALS,
    "acknowledgeBrokenGlass": "brokenGlass { id acknowledgement { clientId finding acknowledgedAt } } " + _REFUSALS,
    "restrictChild": "child { restricted } " + _REFUSALS,
    "namePrivacyOfficer": "organisation { laCode } " + _REFUSALS,
    "proposeArrangement": _ARRANGEMENT,
    "signArrangement": _ARRANGEMENT,
}


@pytest.fixture
def asking(database: Database, new_id: Callable[[], UUID], world: World) -> Asking:
    return Asking(database, new_id, world)


def body(row_id: UUID) -> str:
    return to_global("Organisation", row_id)


async def test_a_partner_with_every_scope_and_neither_gateway_nor_arrangement_gets_nothing(asking: Asking) -> None:
    """For no purpose, by no root: as if there were no child."""
    for purpose in Purpose:
        assert await asking.child(asking.world.other_trust, purpose) is None
        found = (await asking.ask(EVERYTHING, asking.world.other_trust, purpose))["data"]
        assert [each["totalCount"] for each in found.values()] == [0, 0, 0], purpose


async def test_one_with_a_request_gets_exactly_what_the_request_opens(asking: Asking) -> None:
    world = asking.world
    ask = "mutation ($input: RequestCooperationInput!) { requestCooperation(input: $input) { refusals { rule } } }"
    asked = {"child": to_global("Child", world.child), "addressedTo": body(world.trust), "asked": "Medical advice."}
    answer = await asking.ask(ask, world.authority, input=asked | {"function": "EHC_NEEDS_ASSESSMENT"})
    assert answer["data"]["requestCooperation"]["refusals"] == []
    child = await asking.child(world.trust)
    assert child is not None
    assert (child["familyName"], child["postcode"], child["contacts"]) == ("Testchild", None, None)
    assert child["currentPlan"] is None
    rules = {each["rule"] for each in child["withheld"]}
    assert rules == {"part-not-open", "rows-not-open"}
    found = (await asking.ask(EVERYTHING, world.trust))["data"]
    assert [each["totalCount"] for each in found.values()] == [1, 0, 1]
    assert await asking.child(world.other_trust) is None


async def test_a_commissioner_is_told_which_advice_it_sees(asking: Asking) -> None:
    """Whether or not there is other advice, and by the same rule in every answer."""
    child = await asking.child(asking.world.board)
    assert child is not None
    (kept,) = (each for each in child["withheld"] if "advice" in each["fields"])
    assert kept["rule"] == "rows-not-open"
    assert "medical advice alone" in kept["reason"]


async def test_an_opinion_opens_what_it_names_until_it_is_revoked(asking: Asking) -> None:
    world, purpose = asking.world, Purpose.PROVISION_DELIVERY
    named = {"recipients": [body(world.other_trust)], "purposes": [purpose.value], "parts": ["SECTION_F", "CONTACTS"]}
    why = {"child": to_global("Child", world.child), "officer": "Plan co-ordinator", "reasons": "To deliver it."}
    stranger = await asking.do("decideDisclosure", world.other_trust, **named, **why)
    assert stranger["errors"][0]["extensions"]["code"] == "NOT_FOUND"
    theirs = await asking.do("decideDisclosure", world.board, **named, **why)
    assert theirs["errors"][0]["extensions"]["rule"] == "not-the-responsible-authority"
    blank = await asking.do("decideDisclosure", world.authority, **named, **(why | {"reasons": "-"}))
    assert [each["rule"] for each in blank["refusals"]] == ["reasons-required"]
    assert await asking.child(world.other_trust, purpose) is None
    decided = await asking.do("decideDisclosure", world.authority, **named, **why)
    assert decided["refusals"] == []
    assert await asking.sections(world.other_trust, purpose) == {"F"}
    child = await asking.child(world.other_trust, purpose)
    assert child is not None
    assert child["contacts"] == [{"name": "Pat Testchild", "address": None}]
    assert child["familyName"] is None
    assert await asking.child(world.other_trust) is None, "not for its own functions"
    restricted = await asking.do("restrictChild", world.authority, child=why["child"], restricted=True)
    assert restricted["child"] == {"restricted": True}
    child = await asking.child(world.other_trust, purpose)
    assert child is not None
    assert child["contacts"] is None
    revoked = {"disclosureDecision": decided["disclosureDecision"]["id"]}
    assert (await asking.do("revokeDisclosure", world.authority, **revoked))["refusals"] == []
    again = await asking.do("revokeDisclosure", world.authority, **revoked)
    assert [each["rule"] for each in again["refusals"]] == ["already-revoked"]
    assert await asking.child(world.other_trust, purpose) is None


async def test_a_consent_opens_until_it_is_withdrawn(asking: Asking) -> None:
    world, purpose = asking.world, Purpose.ANNUAL_REVIEW
    consent = {
        "child": to_global("Child", world.child),
        "givenBy": "Pat Testchild",
        "giver": "PARENT",
        "basis": "CHILD_DOES_NOT_UNDERSTAND",
        "recipients": [body(world.other_trust)],
        "purposes": [purpose.value],
        "parts": ["SECTION_A"],
        "givenOn": "2026-11-20",
    }
    grown = await asking.do("recordConsent", world.authority, **(consent | {"giver": "YOUNG_PERSON"}))
    assert {each["rule"] for each in grown["refusals"]} == {"capacity-basis", "not-theirs-to-give"}
    given = await asking.do("recordConsent", world.authority, **consent)
    assert given["consent"]["endsOn"] == "2032-06-25", "the last Friday in June of the year the child is 16"
    assert await asking.sections(world.other_trust, purpose) == {"A"}
    withdrawn = await asking.do("withdrawConsent", world.authority, consent=given["consent"]["id"])
    assert withdrawn["consent"] == {"withdrawnOn": "2026-11-22"}
    assert await asking.child(world.other_trust, purpose) is None


async def test_an_arrangement_is_in_force_when_all_have_signed_and_ends_the_one_before(asking: Asking) -> None:
    world, purpose = asking.world, Purpose.ANNUAL_REVIEW
    rule = {
        "recipients": [body(world.board)],
        "purposes": [purpose.value],
        "parts": ["SECTION_B"],
        "from": "2026-04-01",
    }
    proposed = {
        "title": "Arrangements",
        "authority": body(world.authority),
        "parties": [body(world.authority), body(world.board)],
        "actingBodies": [body(world.trust)],
        "clauses": [{"requirement": each, "text": "agreed"} for each in REQUIREMENTS],
        "sharingRules": [rule | {"basis": "STATUTE"}],
        "reviewOn": "2027-03-31",
    }
    with_trust = {"parties": [*proposed["parties"], body(world.trust)]}
    wrong = await asking.do("proposeArrangement", world.authority, **(proposed | with_trust))
    assert [each["rule"] for each in wrong["refusals"]] == ["partner-commissioning-bodies"]
    lacking = await asking.do(
        "proposeArrangement", world.authority, **(proposed | {"clauses": proposed["clauses"][1:]})
    )
    unsigned = await asking.do("signArrangement", world.authority, arrangement=lacking["arrangement"]["id"])
    assert [each["rule"] for each in unsigned["refusals"]] == ["arrangement-incomplete"]
    first = (await asking.do("proposeArrangement", world.board, **proposed))["arrangement"]
    assert (first["version"], first["inForceFrom"], first["missing"]) == (1, None, [])
    assert "B" not in await asking.sections(world.board, purpose)
    theirs = await asking.do("signArrangement", world.trust, arrangement=first["id"])
    assert [each["rule"] for each in theirs["refusals"]] == ["not-a-party"]
    stranger = await asking.do("signArrangement", world.other_trust, arrangement=first["id"])
    assert stranger["errors"][0]["extensions"]["code"] == "NOT_FOUND"
    await asking.do("signArrangement", world.board, arrangement=first["id"])
    assert "B" not in await asking.sections(world.board, purpose), "half signed, it adds nothing"
    signed = await asking.do("signArrangement", world.authority, arrangement=first["id"])
    assert signed["arrangement"]["inForceFrom"] == "2026-11-22"
    assert await asking.sections(world.board, purpose) == {"B", "C", "E", "G"}
    assert await asking.sections(world.board, Purpose.SECTION_G_AGREEMENT) == {"C", "E", "G"}
    narrower = proposed | {"supersedes": first["id"], "sharingRules": []}
    second = (await asking.do("proposeArrangement", world.authority, **narrower))["arrangement"]
    assert second["version"] == 2
    late = await asking.do("proposeArrangement", world.authority, **narrower)
    assert late["errors"][0]["extensions"]["rule"] == "already-superseded"
    for party in (world.authority, world.board):
        await asking.do("signArrangement", party, arrangement=second["id"])
    assert await asking.sections(world.board, purpose) == {"C", "E", "G"}


async def test_glass_is_broken_for_an_hour_and_the_authority_is_told(asking: Asking, database: Database) -> None:
    world, safeguarding = asking.world, Purpose.SAFEGUARDING
    await asking.do("namePrivacyOfficer", world.authority, name="Privacy lead", contact="privacy@example.org")
    broken = {"nhsNumber": "9990000018", "reason": "Brought in alone at night; nobody to ask."}
    unstated = await asking.do("breakGlass", world.other_trust, **broken)
    assert unstated["errors"][0]["extensions"] == {"code": "FORBIDDEN", "rule": "safeguarding-not-stated"}
    speechless = await asking.do("breakGlass", world.other_trust, safeguarding, **(broken | {"reason": " "}))
    assert speechless["errors"][0]["extensions"]["rule"] == "reason-required"
    unknown = await asking.do("breakGlass", world.other_trust, safeguarding, **(broken | {"nhsNumber": "9990000034"}))
    assert unknown["errors"][0]["extensions"]["code"] == "NOT_FOUND"
    assert await asking.child(world.other_trust, safeguarding) is None
    done = await asking.do("breakGlass", world.other_trust, safeguarding, **broken)
    (glass,) = done["brokenGlass"]
    assert glass["alerted"] == "privacy@example.org"
    child = await asking.child(world.other_trust, safeguarding)
    assert child is not None
    assert child["familyName"] == "Testchild"
    assert await asking.child(world.other_trust) is None
    async with database.begin(None) as connection:
        event = (await connection.execute(select(tables.event).where(tables.event.c.kind == "glass_broken"))).one()
        grounds = set((await connection.execute(select(tables.disclosure.c.ground))).scalars())
    assert (event.owner_id, event.child_id) == (world.authority, world.child)
    assert event.facts["alerts"] == "privacy_officer"
    assert any("Broken glass" in each for each in grounds)
    asking.at = NOW + timedelta(minutes=60)
    assert await asking.child(world.other_trust, safeguarding) is None


async def test_the_alert_stays_open_until_the_body_acknowledges_it(asking: Asking, database: Database) -> None:
    """Where nobody is named it goes to the body, and says so; the body alone reviews it, once, and sees who did."""
    world, safeguarding = asking.world, Purpose.SAFEGUARDING
    broken = {"child": to_global("Child", world.child), "reason": "Brought in alone at night; nobody to ask."}
    (glass,) = (await asking.do("breakGlass", world.other_trust, safeguarding, **broken))["brokenGlass"]
    assert (glass["alerted"], glass["alertedTo"]) == (None, "BODY")
    assert await open_alerts(asking, world.authority) == [glass["id"]]
    assert await open_alerts(asking, world.other_authority) == []
    async with database.begin(None) as connection:
        assert await openings.alerts_open(connection) == 1
    found = {"brokenGlass": glass["id"], "finding": "Spoke to the ward: justified."}
    for body, code in ((world.other_trust, "FORBIDDEN"), (world.other_authority, "NOT_FOUND")):
        purpose = safeguarding if body == world.other_trust else Purpose.OWN_FUNCTIONS
        refused = await asking.do("acknowledgeBrokenGlass", body, purpose, **found)
        assert refused["errors"][0]["extensions"]["code"] == code
    silent = await asking.do("acknowledgeBrokenGlass", world.authority, **(found | {"finding": " "}))
    assert silent["refusals"][0]["rule"] == "finding-required"
    done = await asking.do("acknowledgeBrokenGlass", world.authority, **found)
    assert done["brokenGlass"]["acknowledgement"]["finding"] == found["finding"]
    assert done["brokenGlass"]["acknowledgement"]["clientId"] == "client-of-990"
    again = await asking.do("acknowledgeBrokenGlass", world.authority, **found)
    assert again["refusals"][0]["rule"] == "already-acknowledged"
    assert await open_alerts(asking, world.authority) == []
    shown = await asking.ask(
        "{ brokenGlass { nodes { acknowledgement { finding } } } }", world.other_trust, safeguarding
    )
    assert shown["data"]["brokenGlass"]["nodes"] == [{"acknowledgement": None}]
    async with database.begin(None) as connection:
        assert await openings.alerts_open(connection) == 0
        kinds = select(tables.event.c.kind, tables.event.c.owner_id).where(tables.event.c.about_type == "BrokenGlass")
        told = {tuple(each) for each in await connection.execute(kinds)}
    assert told == {("glass_broken", world.authority), ("glass_acknowledged", world.authority)}


async def open_alerts(asking: Asking, body: UUID) -> list[str]:
    document = "{ brokenGlass(filter: { acknowledged: false }) { totalCount nodes { id child { id } } } }"
    listed = (await asking.ask(document, body))["data"]["brokenGlass"]
    assert all(each["child"] for each in listed["nodes"])
    assert listed["totalCount"] == len(listed["nodes"])
    return [each["id"] for each in listed["nodes"]]

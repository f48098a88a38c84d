"""The life of a plan, over GraphQL on the real hub: asked for at the age of 3, ceased at 25.

Each body has its own client, signs its own assertions and is told only what is open to it. The clock is the test's.
Every clock in it is held to a table that was worked out by hand with a calendar.
"""

import threading
import time
import uuid
from collections.abc import AsyncIterator, Callable, Generator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from sqlalchemy import insert
from starlette.applications import Starlette

from hub.app import create_app
from hub.auth import clients
from hub.auth.assertions import client_assertion, new_client_key, public_jwks, token_form
from hub.auth.jose import ALGORITHMS
from hub.db import tables
from hub.db.place import Place
from hub.db.session import Database
from hub.law.vocabulary import OrganisationKind, ResponsibilityKind, SectionCode, Sex, Source
from hub.settings import Settings
from schema.ids import to_global

AUTHORITY, BOARD, TRUST = "authority", "board", "trust"
SCOPES = {
    AUTHORITY: (
        "child.read",
        "plan.read",
        "provision.read",
        "advice.read",
        "cooperation.read",
        "cooperation.request",
        "assessment.write",
        "plan.write",
    ),
    BOARD: ("child.read", "plan.read", "provision.read", "cooperation.read", "cooperation.respond", "provision.agree"),
    TRUST: ("child.read", "advice.read", "cooperation.read", "cooperation.respond", "advice.write"),
}
KINDS = {
    AUTHORITY: (OrganisationKind.LOCAL_AUTHORITY, {"la_code": "990"}),
    BOARD: (OrganisationKind.INTEGRATED_CARE_BOARD, {"ods_code": "QX1"}),
    TRUST: (OrganisationKind.NHS_TRUST, {"ods_code": "RX1"}),
}
BORN = date(2023, 6, 15)

# What each clock must say at the end: when it began, its last day, when it was met. By hand: six, sixteen and twenty
# weeks from Monday 2 November 2026 are the Mondays 14 December, 22 February and 22 March; six weeks from Wednesday
# 2 December is Wednesday 13 January, from Tuesday 8 December Tuesday 19 January; fifteen days beginning with
# 10 February end on the 24th, with 7 February 2028 on the 21st; twelve months beginning with 25 February 2027 end on
# 24 February 2028; eight weeks from Monday 7 February 2028 is Monday 3 April.
CLOCKS = {
    ("DECIDE_WHETHER_TO_ASSESS", "2026-11-02", "2026-12-14", "2026-11-23", "MET"),
    ("NOTIFY_NO_PLAN", "2026-11-02", "2027-02-22", None, "ENDED"),
    ("FINALISE_PLAN", "2026-11-02", "2027-03-22", "2027-02-25", "MET"),
    ("COMPLY_WITH_ADVICE_REQUEST", "2026-12-02", "2027-01-13", None, "ENDED"),
    ("COMPLY_WITH_ADVICE_REQUEST", "2026-12-08", "2027-01-19", "2027-02-01", "MET"),
    ("LEAVE_TIME_TO_RESPOND_TO_DRAFT", "2027-02-10", "2027-02-24", "2027-02-24", "MET"),
    ("LEAVE_TIME_TO_RESPOND_TO_AMENDMENT", "2028-02-07", "2028-02-21", "2028-02-21", "MET"),
    ("FINALISE_AMENDED_PLAN", "2028-02-07", "2028-04-03", "2028-03-01", "MET"),
    ("REVIEW_PLAN", "2027-02-25", "2028-02-24", None, "ENDED"),
}


class Journey:
    """The hub over HTTP, and the bodies that ask it."""

    def __init__(self, address: str, keys: Mapping[str, Mapping[str, Any]], ids: Mapping[str, uuid.UUID]) -> None:
        self.now = datetime(2026, 11, 2, 9, tzinfo=UTC)
        self.ids = {name: to_global("Child" if name == "child" else "Organisation", row) for name, row in ids.items()}
        self._keys = keys
        self._http = httpx.AsyncClient(base_url=address, timeout=30)
        self._address = address

    def on(self, day: str) -> None:
        self.now = datetime.fromisoformat(f"{day}T09:00:00+00:00")

    @property
    def today(self) -> str:
        return self.now.date().isoformat()

    async def ask(self, body: str, document: str, **variables: Any) -> Any:
        form = token_form(client_assertion(self._keys[body], body, f"{self._address}/oauth/token", self.now))
        token = (await self._http.post("/oauth/token", data=form)).json()["access_token"]
        answer = await self._http.post(
            "/graphql",
            json={"query": document, "variables": variables},
            headers={"Authorization": f"Bearer {token}"},
        )
        said = answer.json()
        assert "errors" not in said, said["errors"]
        return said["data"]

    async def try_(self, body: str, name: str, shows: str = "", /, **given: Any) -> Any:
        kind = INPUTS.get(name, f"{name[0].upper()}{name[1:]}Input")
        document = f"mutation($given: {kind}!) {{ done: {name}(input: $given) {{ {shows} refusals {{ rule }} }} }}"
        return (await self.ask(body, document, given=given))["done"]

    async def do(self, body: str, name: str, shows: str = "", /, **given: Any) -> Any:
        answer = await self.try_(body, name, shows, **given)
        assert answer["refusals"] == [], (name, answer)
        return answer

    async def refused(self, body: str, name: str, /, **given: Any) -> str:
        return str((await self.try_(body, name, **given))["refusals"][0]["rule"])

    async def aclose(self) -> None:
        await self._http.aclose()


INPUTS = {
    "acknowledgeCooperationRequest": "AcknowledgeInput",
    "declineCooperationRequest": "DeclineInput",
}


@contextmanager
def serving(app: Starlette, port: int) -> Generator[None]:
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
async def journey(
    database: Database,
    database_url: str,
    owner_url: str,
    tmp_path: Path,
    unused_tcp_port: int,
    new_id: Callable[[], uuid.UUID],
) -> AsyncIterator[Journey]:
    """Three bodies with a client each, and a child aged 3 whom the authority knows."""
    keys = {name: new_client_key("ES384") for name in SCOPES}
    ids = {name: new_id() for name in (*SCOPES, "child")}
    address = f"http://127.0.0.1:{unused_tcp_port}"
    told = Journey(address, keys, ids)
    async with database.begin(None) as connection:
        for name, (kind, codes) in KINDS.items():
            await connection.execute(insert(tables.organisation).values(id=ids[name], name=name, kind=kind, **codes))
            await clients.register(
                connection,
                client_id=name,
                organisation_id=ids[name],
                label=name,
                jwks=public_jwks(keys[name]),
                algorithms=ALGORITHMS,
                scopes=SCOPES[name],
                purposes=("OWN_FUNCTIONS",),
                default_purpose="OWN_FUNCTIONS",
                now=told.now,
            )
        await connection.execute(
            insert(tables.child).values(
                owner_id=ids[AUTHORITY],
                id=ids["child"],
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
                owner_id=ids[AUTHORITY],
                id=new_id(),
                child_id=ids["child"],
                body_id=ids[BOARD],
                kind=ResponsibilityKind.COMMISSIONER,
                reason="registered with a practice in its area",
                starts_on=date(2026, 4, 1),
            )
        )
    settings = Settings(database_url=database_url, data_dir=tmp_path, port=unused_tcp_port)
    place = Place(owner_url, database_url, database.url)
    with serving(create_app(settings, place, clock=lambda: told.now), unused_tcp_port):
        yield told
    await told.aclose()


async def test_the_life_of_a_plan(journey: Journey) -> None:
    """Asked for at 3; one body declines its advice, another is excused for giving it late; provision in section G is
    disputed and left out; final, amended, and ceased at 25: every clock to the day."""
    assessment = await _assessed(journey)
    plan = await _final(journey, assessment)
    amended = await _amended(journey, plan)
    await _ceased(journey, amended)
    every = "query($id: ID!) { child(id: $id) { duties { rule startedOn dueOn metOn state } } }"
    duties = (await journey.ask(AUTHORITY, every, id=journey.ids["child"]))["child"]["duties"]
    found = {tuple(each[name] for name in ("rule", "startedOn", "dueOn", "metOn", "state")) for each in duties}
    assert found == CLOCKS


async def _assessed(journey: Journey) -> str:
    child = journey.ids["child"]
    made = await journey.do(
        AUTHORITY, "requestAssessment", "assessment { id }", child=child, receivedOn="2026-11-02", askedBy=ASKED_BY
    )
    assessment = str(made["assessment"]["id"])
    again = {"child": child, "receivedOn": "2026-11-02", "askedBy": ASKED_BY}
    assert await journey.refused(AUTHORITY, "requestAssessment", **again) == "already-requested"
    assert await journey.refused(AUTHORITY, "requestAssessment", **again, detained=True) == "detained-persons-not-yet"
    journey.on("2026-11-23")
    await journey.do(AUTHORITY, "decideAssessment", assessment=assessment, decision="WILL_ASSESS", on="2026-11-23")
    journey.on("2026-11-30")
    for kind in ("PARENT", "EDUCATION", "PSYCHOLOGICAL", "SOCIAL_CARE"):
        asked = {"assessment": assessment, "kind": kind, "askedOn": "2026-11-30", "noRepresentations": True}
        await journey.do(AUTHORITY, "seekAdvice", **asked)
    await _medical_advice(journey, assessment)
    return assessment


ASKED_BY = "PARENT_OR_YOUNG_PERSON"
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


async def _final(journey: Journey, assessment: str) -> str:
    """Section G is disputed: the board agrees to one provision and declines another, which is left out."""
    seen = "query($id: ID!) { child(id: $id) { advice { id } } }"
    advice = (await journey.ask(AUTHORITY, seen, id=journey.ids["child"]))["child"]["advice"][0]["id"]
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


async def _amended(journey: Journey, plan: str) -> str:
    journey.on("2028-02-01")
    assert await journey.refused(AUTHORITY, "revisePlan", plan=plan, contents={}) == "out-of-order"
    made = await journey.do(AUTHORITY, "proposeAmendment", PLAN, plan=plan, reasons="The child speaks in sentences.")
    draft = str(made["plan"]["id"])
    assert made["plan"]["version"] == 2
    section = {"sections": [{"code": "A", "text": "I like to talk."}]}
    made = await journey.do(AUTHORITY, "revisePlan", PLAN, plan=draft, contents=section)
    assert {"section": "A", "kind": "CHANGED"} in made["plan"]["changes"]
    journey.on("2028-02-07")
    await journey.do(AUTHORITY, "servePlan", plan=draft, on="2028-02-07")
    journey.on("2028-03-01")
    made = await journey.do(AUTHORITY, "finalisePlan", PLAN, plan=draft, on="2028-03-01", sectionI="a nursery")
    assert made["plan"]["changes"] == [{"section": "A", "kind": "CHANGED"}]
    return draft


async def _ceased(journey: Journey, plan: str) -> None:
    """The young person turns 25 on 15 June 2048; the plan may be kept to 31 July (s. 46)."""
    journey.on("2048-07-30")
    ended = {"plan": plan, "reason": "MAX_AGE"}
    assert await journey.refused(AUTHORITY, "ceasePlan", **ended, on="2048-07-30") == "notice-first"
    journey.on("2048-07-31")
    made = await journey.do(AUTHORITY, "ceasePlan", "plan { status ceasedOn }", **ended, on="2048-07-31")
    assert made["plan"] == {"status": "CEASED", "ceasedOn": "2048-07-31"}
    assert await journey.refused(AUTHORITY, "ceasePlan", **ended, on="2048-07-31") == "out-of-order"
    assert await journey.refused(AUTHORITY, "proposeAmendment", plan=plan, reasons="x") == "out-of-order"

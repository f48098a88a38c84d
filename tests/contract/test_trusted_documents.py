"""Trusted documents: those that the hub ships can be run, and who may run only trusted ones runs no other."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from graphql import OperationDefinitionNode, OperationType, parse

from hub.actions.transaction import Transactions
from hub.auth import documents as trusted
from hub.auth.assertions import fetch_token, new_client_key, public_jwks
from hub.auth.clients import register
from hub.auth.documents import Document, TrustedDocuments
from hub.db.session import Database
from hub.errors import Kind, Problem
from hub.law.caller import Caller
from schema.answer import Request
from schema.documents import built_schema, mistakes, shipped
from schema.execution import Execution
from schema.ids import to_global
from tests.conftest import NOW
from tests.running import RunningHub
from tests.world import World

SHIPPED = {each.name: each for each in shipped()}
STRICT = {"Accept": "application/graphql-response+json"}


def operation(document: Document) -> OperationDefinitionNode:
    (found,) = [each for each in parse(document.text).definitions if isinstance(each, OperationDefinitionNode)]
    return found


FOR_PORTALS = {name: each for name, each in SHIPPED.items() if not name.startswith("Page")}
"""The others are for the hub's own pages: tests/browser asks them."""

QUERIES = sorted(name for name, each in FOR_PORTALS.items() if operation(each).operation is OperationType.QUERY)


@pytest.mark.parametrize("document", shipped(), ids=lambda each: each.name)
def test_a_shipped_document_is_one_valid_operation_of_its_own_name(document: Document) -> None:
    name = operation(document).name
    assert name is not None
    assert name.value == document.name
    assert mistakes(document, built_schema()) == []


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("query Planted { viewer { shoeSize } }", "Cannot query field 'shoeSize' on type 'Viewer'."),
        ("query Planted {", "Syntax Error: Expected Name, found <EOF>."),
        ("fragment Alone on Viewer { person }", "it has no operation"),
    ],
)
def test_a_planted_mistake_is_found(text: str, mistake: str) -> None:
    assert mistakes(Document("Planted", text), built_schema()) == [mistake]


def test_the_id_is_that_of_the_draft() -> None:
    """The example in its appendix A."""
    document = Document("", "query ($id: ID!) {\n  user(id: $id) {\n    name\n  }\n}")
    assert document.id == "sha256:7dba4bd717b41f10434822356a93c32b1fb4907b983e854300ad839f84cdcd6e"


# --- every shipped query on the demo

PORTAL, ASKED = "northmere-portal", "stonecrop-portal"
OWN_ID = "{ viewer { organisation { id } } }"
A_CHILD = """{ personalBudgets(first: 50) { nodes { items { kind } plan { status child { id nhsNumber } } } } }"""


@pytest.fixture(scope="module")
def child(hub: RunningHub) -> str:
    """A child with a plan and a personal budget in it."""
    budgets = hub.graphql(PORTAL, A_CHILD)["data"]["personalBudgets"]["nodes"]
    return next(each["plan"]["child"]["id"] for each in budgets if each["plan"]["status"] == "FINAL" and each["items"])


def own_id(hub: RunningHub, client: str) -> str:
    return str(hub.graphql(client, OWN_ID)["data"]["viewer"]["organisation"]["id"])


def run(hub: RunningHub, token: str, accept: Mapping[str, str] = STRICT, **asked: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"} | accept
    return httpx.post(f"{hub.base_url}/graphql", json=asked, headers=headers, timeout=30)


CASES: Mapping[str, tuple[str, Callable[[RunningHub, str], dict[str, Any]], str]] = {
    "WhoAmI": (PORTAL, lambda _hub, _child: {}, "viewer.scopes"),
    "Bodies": (PORTAL, lambda _hub, _child: {"kinds": ["NHS_TRUST"], "inForceOn": "2026-11-22"}, "organisations.nodes"),
    "ChildAndPlan": (PORTAL, lambda _, child: {"id": child}, "child.currentPlan.needs"),
    "WhatThePlanProvides": (PORTAL, lambda _, child: {"child": child}, "child.currentPlan.specialEducational"),
    "PersonalBudgetOfChild": (PORTAL, lambda _, child: {"child": child}, "child.currentPlan.personalBudget.items"),
    "PlansWithHealthProvisionNotAgreed": (PORTAL, lambda _hub, _child: {}, "plans.nodes"),
    "OwedThisMonth": (
        PORTAL,
        lambda hub, _: {"body": own_id(hub, PORTAL), "from": "2026-04-01", "to": "2027-03-31"},
        "amountsDue.nodes",
    ),
    "DutiesDue": (PORTAL, lambda _hub, _child: {"withinDays": 366}, "duties.nodes"),
    "RequestsToAnswer": (ASKED, lambda hub, _: {"addressedTo": own_id(hub, ASKED)}, "cooperationRequests.nodes"),
    "RequestsMade": (PORTAL, lambda hub, _: {"requestedBy": own_id(hub, PORTAL)}, "cooperationRequests.nodes"),
}
"""Who asks, with which variables, and what is there then."""


@pytest.mark.parametrize("name", QUERIES)
def test_every_shipped_query_answers_on_the_demo_by_its_id(hub: RunningHub, child: str, name: str) -> None:
    client, variables, there = CASES[name]
    answer = run(hub, hub.token(client), documentId=SHIPPED[name].id, variables=variables(hub, child))
    assert answer.status_code == 200, answer.text
    assert "errors" not in answer.json()
    found = answer.json()["data"]
    for step in there.split("."):
        found = found[step]
    assert found


def test_a_client_that_may_run_trusted_documents_alone_runs_no_other(hub: RunningHub, tmp_path: Path) -> None:
    """By text or by id; the hub's and its own, and at once those that are registered later."""
    key = new_client_key("ES384")
    (tmp_path / "keys.json").write_text(json.dumps(public_jwks(key)))
    own, later = Document("Own", "query Own { viewer { clientId } }\r\n"), Document("Later", "{ viewer { person } }")
    for each in (own, later):
        (tmp_path / f"{each.name}.graphql").write_bytes(each.text.encode())
    add = ["client", "add", "held-portal", "--organisation", "990", "--label", "A portal held to its documents"]
    add += ["--jwks", str(tmp_path / "keys.json"), "--scope", "child.read", "--purpose", "OWN_FUNCTIONS"]
    registered = hub.command_here(*add, "--only-documents", str(tmp_path / "Own.graphql"))
    assert registered.returncode == 0, registered.stderr
    assert f"{own.id}  Own" in registered.stdout
    token = fetch_token(hub.base_url, "held-portal", key)["access_token"]

    for asked in ({"documentId": own.id}, {"query": own.text}):
        assert run(hub, token, **asked).json() == {"data": {"viewer": {"clientId": "held-portal"}}}
    who = SHIPPED["WhoAmI"]
    for asked in ({"documentId": who.id}, {"documentId": "WhoAmI"}, {"query": who.text}):
        assert run(hub, token, **asked).json()["data"]["viewer"]["clientId"] == "held-portal"

    refused = run(hub, token, query=own.text.strip())
    assert refused.status_code == 403
    assert refused.json()["errors"][0]["extensions"] == {"code": "FORBIDDEN", "rule": "document-not-trusted"}
    assert "data" not in refused.json()
    older = run(hub, token, {"Accept": "application/json"}, query=own.text.strip())
    assert (older.status_code, older.json()) == (200, refused.json())
    unknown = run(hub, token, documentId=later.id)
    assert unknown.status_code == 404
    assert unknown.json()["errors"][0]["extensions"] == {"code": "NOT_FOUND", "rule": "document-unknown"}
    assert run(hub, token, documentId=later.id, query=later.text).status_code == 400
    assert run(hub, token, documentId=later.id).status_code == 404  # nothing is made known by sending it

    assert hub.command_here("client", "documents", "held-portal", str(tmp_path / "Later.graphql")).returncode == 0
    for each in (own, later):
        assert "errors" not in run(hub, token, documentId=each.id).json()
    assert run(hub, hub.token(PORTAL), documentId=own.id).status_code == 404  # the documents of one are not another's


def test_documents_that_could_not_be_run_are_not_registered(hub: RunningHub, tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text(json.dumps(public_jwks(new_client_key("ES384"))))
    planted = tmp_path / "Planted.graphql"
    add = ["client", "add", "never-registered", "--organisation", "990", "--label", "x", "--scope", "child.read"]
    add += ["--jwks", str(tmp_path / "keys.json"), "--purpose", "OWN_FUNCTIONS", str(planted)]
    for content in (b"{ shoeSize }", b"\xff"):
        planted.write_bytes(content)
        done = hub.command_here(*add, "--only-documents")
        assert (done.returncode, "(Planted)" in done.stderr) == (3, True), done.stderr
    assert hub.command_here(*add).returncode == 2
    assert "never-registered" not in hub.command_here("client", "list").stdout
    assert hub.command_here("client", "documents", PORTAL, str(planted)).returncode == 3


# --- the look-up


async def registered(database: Database, world: World, client_id: str, *documents: Document) -> Caller:
    async with database.begin(None) as connection:
        await register(
            connection,
            client_id=client_id,
            organisation_id=world.authority,
            label="a portal",
            jwks=public_jwks(new_client_key("ES384")),
            algorithms=["ES384"],
            scopes=["child.read"],
            purposes=["OWN_FUNCTIONS"],
            default_purpose="OWN_FUNCTIONS",
            now=NOW,
            documents=documents,
        )
    return replace(world.caller(world.authority), client_id=client_id, only_documents=True)


async def test_unknown_documents_drive_out_no_registered_one(database: Database, owner_url: str, world: World) -> None:
    """Once looked up, a registered document needs no database; what is not registered is never remembered."""
    own = Document("Own", "{ viewer { person } }")
    caller = await registered(database, world, "held-portal", own)
    known = TrustedDocuments(database, shipped())
    assert await known.text(caller, None, own.id) == own.text
    for number in range(trusted.MOST_REMEMBERED + 1):
        unknown = Document("", f"{{ viewer {{ person }} }} #{number}")
        with pytest.raises(Problem) as caught:
            await known.text(caller, None, unknown.id)
        assert caught.value.kind is Kind.NOT_FOUND
        with pytest.raises(Problem) as caught:
            await known.text(caller, unknown.text, None)
        assert caught.value.kind is Kind.FORBIDDEN
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute("DELETE FROM client_document")
    assert await known.text(caller, own.text, None) == own.text
    assert await known.text(caller, None, SHIPPED["WhoAmI"].id) == SHIPPED["WhoAmI"].text


async def test_a_client_may_have_more_documents_than_are_remembered(database: Database, world: World) -> None:
    own = [Document("", f"{{ viewer {{ person }} }} #{number}") for number in range(trusted.MOST_REMEMBERED + 5)]
    caller = await registered(database, world, "held-portal", *own)
    known = TrustedDocuments(database, ())
    for each in (*own, own[0]):
        assert await known.text(caller, None, each.id) == each.text


async def test_a_request_has_either_a_document_or_its_id(database: Database, world: World) -> None:
    caller = world.caller(world.authority)
    known = TrustedDocuments(database, shipped())
    for query, document_id in ((None, None), ("{ __typename }", SHIPPED["WhoAmI"].id)):
        with pytest.raises(Problem) as caught:
            await known.text(caller, query, document_id)
        assert caught.value.kind is Kind.INVALID
    assert await known.text(caller, "{ __typename }", None) == "{ __typename }"


async def test_a_document_that_is_too_large_to_be_sent_is_not_registered(database: Database, world: World) -> None:
    with pytest.raises(Problem) as caught:
        await registered(database, world, "held-portal", Document("Large", "#" * 100_001))
    assert (caught.value.rule, caught.value.path) == ("document-too-large", ("Large",))


# --- the shipped mutations


async def test_the_shipped_mutations_ask_and_answer(
    transactions: Transactions, world: World, new_id: Callable[[], UUID]
) -> None:
    """Each is run once, in the order of a story, and none is refused."""
    execution = Execution(transactions, clock=lambda: NOW, new_id=new_id)
    child, trust = to_global("Child", world.child), to_global("Organisation", world.trust)
    done: set[str] = set()

    async def act(name: str, body: UUID, **given: Any) -> Any:
        request = Request(SHIPPED[name].text, name, {"input": given})
        answer = await execution.execute(request, world.caller(body))
        assert "errors" not in answer, answer
        (payload,) = answer["data"].values()
        assert payload["refusals"] == [], payload
        done.add(name)
        return payload["cooperationRequest"]

    async def ask() -> str:
        made = await act(
            "RequestCooperation", world.authority, child=child, addressedTo=trust, function="EHC_NEEDS_ASSESSMENT",
            asked="Advice on speech.",
        )  # fmt: skip
        return str(made["id"])

    first, second = await ask(), await ask()
    ground = "EXCEPTIONAL_CIRCUMSTANCES"
    await act("AnswerAccept", world.trust, cooperationRequest=first)
    claimed = await act(
        "ClaimTimeException", world.trust, cooperationRequest=first, ground=ground, explanation="A fire"
    )
    assert [each["ground"] for each in claimed["timeExceptions"]] == [ground]
    advice = {"kind": "MEDICAL", "givenOn": "2026-11-20", "needs": ["Speech"]}
    assert (await act("SubmitAdvice", world.trust, cooperationRequest=first, **advice))["status"] == "COMPLIED"
    reasons = {"ground": "INCOMPATIBLE_WITH_OWN_DUTIES", "reasons": "It would close the ward."}
    assert (await act("AnswerDecline", world.trust, cooperationRequest=second, **reasons))["status"] == "DECLINED"
    assert done == set(FOR_PORTALS) - set(QUERIES)

"""The FHIR face over the small world: a client for each body, requests to answer, and every answer read back as R4."""

import base64
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx
from fhir.resources.R4B import get_fhir_model_class
from sqlalchemy import func, select
from starlette.applications import Starlette
from starlette.requests import Request

from adapters.nhs_fhir import routes
from hub.actions import cooperation
from hub.actions.transaction import Transactions
from hub.db import tables
from hub.errors import Kind, Problem
from hub.law.caller import Caller
from hub.law.reg8_time_limit import Part3Function
from hub.law.reg17_disclosure import Purpose
from hub.settings import Settings
from tests.world import ALL_SCOPES, World

BASE = "http://127.0.0.1:8000/fhir/R4"
FHIR_JSON = "application/fhir+json"
ODS = "https://fhir.nhs.uk/Id/ods-organization-code"
NHS = "https://fhir.nhs.uk/Id/nhs-number"
GMC = "https://fhir.hl7.org.uk/Id/gmc-number"
HUB = "https://send-hub.example/fhir"
ADAS_NUMBER = "9990000018"


class Partner:
    """One body's system: speaks to the face, and reads each answer with the R4B models."""

    def __init__(self, client: httpx.AsyncClient, name: str) -> None:
        self.client = client
        self._headers = {"Authorization": f"Bearer {name}"}

    async def get(self, path: str, *, headers: Mapping[str, str] | None = None, **query: Any) -> httpx.Response:
        return await self.send("GET", path, headers=headers, params=query or None)

    async def put(self, path: str, resource: Any, *, headers: Mapping[str, str] | None = None) -> httpx.Response:
        content = {"Content-Type": FHIR_JSON} | dict(headers or {})
        return await self.send("PUT", path, content=_bytes(resource), headers=content)

    async def post(self, path: str, resource: Any, *, headers: Mapping[str, str] | None = None) -> httpx.Response:
        content = {"Content-Type": FHIR_JSON} | dict(headers or {})
        return await self.send("POST", path, content=_bytes(resource), headers=content)

    async def answer(self, task: Any, *, version: int = 2, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """Put a Task back, as an answer to this version of it."""
        return await self.put(f"/Task/{task['id']}", task, headers={"If-Match": f'W/"{version}"'} | dict(headers or {}))

    async def send(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **rest: Any
    ) -> httpx.Response:
        sent = self._headers | dict(headers or {})
        response = await self.client.request(method, f"/fhir/R4{path}", headers=sent, **rest)
        read_back(response)
        return response


def _bytes(resource: Any) -> bytes:
    return resource if isinstance(resource, bytes) else json.dumps(resource).encode()


def read_back(response: httpx.Response) -> None:
    """Every answer with a body is a FHIR resource that the R4B models take, and that no cache may keep."""
    assert response.headers["cache-control"] == "no-store"
    if response.content:
        assert response.headers["content-type"] == FHIR_JSON
        content = response.json()
        get_fhir_model_class(content["resourceType"]).model_validate(content)


def issues(response: httpx.Response) -> list[tuple[str, str | None]]:
    """(rule, FHIRPath) of each issue of an OperationOutcome, which is complete: severity, code, both codings, words."""
    outcome = response.json()
    assert outcome["resourceType"] == "OperationOutcome", outcome
    for issue in outcome["issue"]:
        assert issue["severity"] == "error"
        assert issue["diagnostics"]
        assert [coding["system"] for coding in issue["details"]["coding"]] == [
            f"{HUB}/CodeSystem/send-error",
            "https://fhir.nhs.uk/Codesystem/http-error-codes",
        ]
    return [(issue["details"]["coding"][0]["code"], issue.get("expression", [None])[0]) for issue in outcome["issue"]]


def rules(response: httpx.Response) -> set[str]:
    return {rule for rule, _ in issues(response)}


def outcomes(response: Any) -> list[tuple[str, str]]:
    """(status, type of the location) of each entry."""
    assert response.status_code == 200, response.text
    content = response.json()
    assert content["type"] == "transaction-response"
    return [(each["response"]["status"], each["response"]["location"].partition("/")[0]) for each in content["entry"]]


def location(response: Any, kind: str) -> str:
    every = [each["response"]["location"] for each in response.json()["entry"]]
    return next(each for each in every if each.startswith(f"{kind}/"))


class FhirWorld:
    """The face, with its partners: `authority`, `other_authority`, `board`, `trust`, `other_trust`."""

    def __init__(self, client: httpx.AsyncClient, world: World, transactions: Transactions) -> None:
        self.world = world
        self.transactions = transactions
        self.client = client
        self.authority, self.other_authority = Partner(client, "authority"), Partner(client, "other_authority")
        self.board = Partner(client, "board")
        self.trust, self.other_trust = Partner(client, "trust"), Partner(client, "other_trust")

    def partner(self, name: str) -> Partner:
        return Partner(self.client, name)

    async def asked(
        self, *, function: Part3Function = Part3Function.EHC_NEEDS_ASSESSMENT, text: str = "Advice on SLCN"
    ) -> str:
        """The authority asks the trust; the id of the request, and so of its Task."""
        async with self.transactions.begin(self.world.caller(self.world.authority)) as tx:
            return str(
                await cooperation.request_cooperation(
                    tx, child_id=self.world.child, addressed_to=self.world.trust, function=function, asked=text
                )
            )

    async def retrieved(self) -> str:
        """The same, once the trust's system has read it: version 2."""
        request_id = await self.asked()
        await self.trust.get(f"/Task/{request_id}")
        return request_id

    async def count(self, table: str, **where: object) -> int:
        """How many rows there are like this."""
        of = tables.metadata.tables[table]
        conditions = [of.c[name] == value for name, value in where.items()]
        async with self.transactions.begin(None) as tx:
            return int(await tx.connection.scalar(select(func.count()).select_from(of).where(*conditions)) or 0)

    async def withdrawn(self, request_id: str) -> None:
        async with self.transactions.begin(self.world.caller(self.world.authority)) as tx:
            await cooperation.withdraw(tx, request_id=UUID(request_id))


@asynccontextmanager
async def fhir_world(
    world: World, transactions: Transactions, *, scopes: frozenset[str] = ALL_SCOPES, **settings: Any
) -> AsyncIterator[FhirWorld]:
    """`trust-without-advice` and others are the trust's system with fewer scopes, or for another purpose."""
    bodies = {
        "authority": world.authority,
        "other_authority": world.other_authority,
        "board": world.board,
        "trust": world.trust,
        "other_trust": world.other_trust,
    }
    special: dict[str, Caller] = {
        "reader": world.caller(world.trust, scopes=frozenset({"system/Task.rs"})),
        "subscriber": world.caller(world.trust, scopes=frozenset({"system/Subscription.cruds", "system/Task.r"})),
        "no-scopes": world.caller(world.trust, scopes=frozenset()),
        "without-graphql": world.caller(world.trust, scopes=frozenset({"system/*.cruds"})),
        "for-research": world.caller(world.trust, purpose=Purpose.RESEARCH, scopes=ALL_SCOPES),
    }

    async def authenticate(request: Request) -> Caller:
        name = request.headers.get("authorization", "").removeprefix("Bearer ")
        if name in special:
            return special[name]
        if name not in bodies:
            raise Problem(Kind.UNAUTHENTICATED, "this needs an access token", rule="no-token")
        return world.caller(bodies[name], scopes=scopes)

    app = Starlette(routes=routes(settings=Settings(**settings), transactions=transactions, authenticate=authenticate))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        yield FhirWorld(client, world, transactions)


# --- what a trust sends


def coded(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": f"{HUB}/CodeSystem/{system}", "code": code}]}


def task(request_id: str, status: str, **more: Any) -> dict[str, Any]:
    return {"resourceType": "Task", "id": request_id, "status": status, "intent": "order", **more}


def entry(resource: dict[str, Any], *, url: str | None = None, **request: Any) -> dict[str, Any]:
    """An entry of a transaction: a Task is put, anything else is posted."""
    kind = resource["resourceType"]
    asked = (
        {"method": "PUT", "url": f"Task/{resource.get('id')}"} if kind == "Task" else {"method": "POST", "url": kind}
    )
    return {**({"fullUrl": url} if url else {}), "resource": resource, "request": asked | request}


def bundle(*entries: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "transaction", "entry": list(entries), **more}


def composition(**more: Any) -> dict[str, Any]:
    """Advice in plain text: three sections, each a list."""
    return {
        "resourceType": "Composition",
        "status": "final",
        "type": coded("send-advice-kind", "ehc-health-advice"),
        "date": "2026-11-20",
        "author": [
            {
                "display": "Dr A. Synthetic",
                "identifier": {"system": "https://fhir.hl7.org.uk/Id/gmc-number", "value": "0000001"},
            }
        ],
        "title": "Health advice",
        "section": [section("needs", "A need"), section("outcomes", "An outcome"), section("provision", "Provision")],
    } | more


def section(kind: str, *items: str) -> dict[str, Any]:
    listed = "".join(f"<li>{item}</li>" for item in items)
    div = f'<div xmlns="http://www.w3.org/1999/xhtml"><h2>{kind}</h2><ul>{listed}</ul></div>'
    return {"code": coded("send-advice-section", kind), "text": {"status": "additional", "div": div}}


def document(content: bytes = b"%PDF-1.7 synthetic", **more: Any) -> dict[str, Any]:
    data = base64.b64encode(content).decode()
    attachment = {"contentType": "application/pdf", "title": "Report", "data": data}
    return {
        "resourceType": "DocumentReference",
        "status": "current",
        "date": "2026-11-20T10:00:00Z",
        "content": [{"attachment": attachment}],
    } | more


def patient(number: str = ADAS_NUMBER, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "identifier": [{"system": NHS, "value": number}],
        "gender": "female",
        "birthDate": "2016-03-04",
    } | more


def advice_bundle(request_id: str, *entries: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A completed Task with plain advice, and whatever else."""
    return bundle(entry(task(request_id, "completed")), entry(composition()), *entries, **more)

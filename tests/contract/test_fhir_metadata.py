"""What the face says that it can do it can do, for a system and for the person who connects one."""

import html
import re
from html.parser import HTMLParser
from typing import Any

import httpx

from adapters.nhs_fhir.interactions import OFFERED
from adapters.nhs_fhir.samples import SAMPLES
from fhir_mappings import guide
from hub.actions.transaction import Transactions
from tests.contract.fhir_world import FhirWorld, bundle, composition, entry, fhir_world, patient, rules, task
from tests.contract.test_fhir_messages import notice
from tests.world import World

NONSENSE: Any = "nonsense"
CALLS = {
    "read": ("GET", "/{type}/00000000-0000-0000-0000-000000000001"),
    "vread": ("GET", "/{type}/00000000-0000-0000-0000-000000000001/_history/1"),
    "search-type": ("GET", "/{type}?_id=00000000-0000-0000-0000-000000000001"),
    "create": ("POST", "/{type}"),
    "update": ("PUT", "/{type}/00000000-0000-0000-0000-000000000001"),
    "delete": ("DELETE", "/{type}/00000000-0000-0000-0000-000000000001"),
}


async def test_each_claimed_interaction_is_there_and_no_other(fhir: FhirWorld) -> None:
    """One walks the statement and calls each: none is unknown, or takes another method. What is not claimed is."""
    said = (await fhir.partner("nobody").get("/metadata")).json()
    assert said["fhirVersion"] == "4.0.1"
    (rest,) = said["rest"]
    claimed = {(each["type"], one["code"]) for each in rest["resource"] for one in each["interaction"]}
    offered = {(each.type, each.code) for each in OFFERED if not each.code.startswith("$") and each.type}
    assert claimed == offered | {(kind, code) for kind in guide.PUBLISHED_TYPES for code in ("read", "search-type")}
    for kind in {kind for kind, _ in claimed}:
        for code, (method, path) in CALLS.items():
            body = {"json": {"resourceType": kind}} if method in {"POST", "PUT"} else {}
            response = await fhir.authority.send(method, path.format(type=kind), **body)
            is_there = not (rules(response) & {"interaction-unknown", "method"}) if response.status_code > 399 else True
            assert is_there == ((kind, code) in claimed), (kind, code, response.text)
    for each in rest["resource"]:
        for parameter in each.get("searchParam", ()):
            response = await fhir.authority.send("GET", f"/{each['type']}", params={parameter["name"]: "x"})
            unknown = response.status_code == 400 and "parameter-unknown" in rules(response)
            assert not unknown, (each["type"], parameter["name"])
    operations = {one["name"] for each in [rest, *rest["resource"]] for one in each.get("operation", ())}
    assert operations == {"process-message", "validate", "expand", "document", "status", "events"}
    assert (await fhir.trust.get("/Nonsense/1")).status_code == 404


async def test_each_entry_of_a_batch_is_done_by_itself(fhir: FhirWorld) -> None:
    """Each has its own status; a repeated batch, by its X-Request-ID, does nothing twice."""
    request_id = await fhir.retrieved()
    sent = bundle(
        entry(task(request_id, "accepted"), ifMatch='W/"2"'),
        entry(task(request_id, "accepted"), ifMatch='W/"1"'),
        entry(task(request_id, "accepted")),
        entry(notice()),
        entry(notice(status="entered-in-error")),
        {"request": {"method": "GET", "url": f"Task/{request_id}"}},
        {"request": {"method": "GET", "url": "Task?owner:identifier=RX1&status=accepted"}},
        {"request": {"method": "GET", "url": "Task/../metadata"}},
        {"request": {"method": "POST", "url": ""}, "resource": bundle(type="batch")},
        {"request": {"method": "PATCH", "url": "Task/1"}},
        {"resource": patient()},
        NONSENSE,
        entry(composition()),
        {"request": {"method": "POST", "url": "Patient/$validate"}, "resource": patient()},
        type="batch",
    )
    first = await fhir.trust.post("", sent, headers={"X-Request-ID": "b-1"})
    assert first.status_code == 200, first.text
    said = first.json()
    statuses = [int(each["response"]["status"][:3]) for each in said["entry"]]
    assert statuses == [200, 412, 428, 201, 422, 200, 200, 404, 404, 400, 400, 400, 422, 200]
    assert said["entry"][0]["response"]["etag"] == 'W/"3"'
    assert said["entry"][5]["resource"]["status"] == "accepted"
    assert said["entry"][6]["resource"]["total"] == 1
    again = await fhir.trust.post("", sent, headers={"X-Request-ID": "b-1"})
    assert [each["response"]["status"][:3] for each in again.json()["entry"]][3] == "201"
    assert await fhir.count("notification") == 1
    twice = b'{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"POST","url":"Communication"},'
    twice += b'"resource":{"resourceType":"Communication","status":"completed","status":"unknown"}}]}'
    (refused,) = (await fhir.trust.post("", twice)).json()["entry"]
    assert refused["response"]["outcome"]["issue"][0]["details"]["coding"][0]["code"] == "json-name-repeated"
    assert (await fhir.trust.post("", {"resourceType": "Bundle", "type": "batch"})).json()["type"] == "batch-response"


async def test_every_version_of_a_request_can_be_read(fhir: FhirWorld) -> None:
    """As it was sent, received, claimed and accepted: for whom the request is open, and each version as it stood."""
    request_id = await fhir.retrieved()
    stands = (await fhir.trust.get(f"/Task/{request_id}")).json()
    assert (await fhir.trust.answer(stands | {"status": "accepted"})).status_code == 200
    for reader in (fhir.trust, fhir.authority):
        told = (await reader.get(f"/Task/{request_id}/_history")).json()
        assert (told["type"], told["total"]) == ("history", 3)
        resources = [each["resource"] for each in told["entry"]]
        assert [each["meta"]["versionId"] for each in resources] == ["3", "2", "1"]
        assert [each["businessStatus"]["coding"][0]["code"] for each in resources] == [
            "accepted",
            "clock-running",
            "awaiting-receipt",
        ]
        assert ["start" in each.get("executionPeriod", {}) for each in resources] == [True, True, False]
        assert [each["request"]["method"] for each in told["entry"]] == ["PUT", "PUT", "POST"]
        for each in resources:
            version = await reader.get(f"/Task/{request_id}/_history/{each['meta']['versionId']}")
            assert version.json() == each
            assert version.headers["etag"] == f'W/"{each["meta"]["versionId"]}"'
    first = (await fhir.trust.get(f"/Task/{request_id}/_history", _count="2")).json()
    assert [each["relation"] for each in first["link"]] == ["self", "next"]
    rest = (await fhir.trust.get(first["link"][1]["url"].partition("/fhir/R4")[2])).json()
    assert [each["resource"]["meta"]["versionId"] for each in rest["entry"]] == ["1"]
    last = resources[0]["meta"]["lastUpdated"]
    assert "entry" not in (await fhir.trust.get(f"/Task/{request_id}/_history", _since=last)).json()
    asked = (await fhir.trust.get(f"/ServiceRequest/{request_id}/_history")).json()
    assert asked["total"] == 3
    child = stands["for"]["reference"]
    assert (await fhir.authority.get(f"/{child}/_history")).json()["total"] == 1
    for path in ("_history", "_history/1", "_history/3"):
        assert (await fhir.other_trust.get(f"/Task/{request_id}/{path}")).status_code == 404
    assert (await fhir.trust.get(f"/Task/{request_id}/_history/4")).status_code == 404
    for wrong in ({"_since": "2026"}, {"_count": "0"}, {"_at": "2026"}):
        assert (await fhir.trust.get(f"/Task/{request_id}/_history", **wrong)).status_code == 400
    assert (await fhir.partner("no-scopes").get(f"/Task/{request_id}/_history")).status_code == 403


class Page(HTMLParser):
    """What a page has: its tags, with their attributes."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__()
        assert response.headers["content-type"].startswith("text/html")
        assert "script-src" not in response.headers["content-security-policy"]
        assert response.headers["content-security-policy"].startswith("default-src 'none'")
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(response.text)
        names = [name for name, _ in self.tags]
        assert (names.count("h1"), names.count("main"), names.count("script")) == (1, 1, 0)
        labelled = {attributes.get("for") for name, attributes in self.tags if name == "label"}
        assert {attributes["id"] for name, attributes in self.tags if name == "textarea"} <= labelled

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


async def _asked(fhir: FhirWorld, method: str, path: str, **more: Any) -> httpx.Response:
    return await fhir.client.request(method, f"/fhir/R4{path}", headers={"Accept": "text/html"}, **more)


async def test_a_person_reads_the_statement_and_sends_a_test_message(fhir: FhirWorld) -> None:
    """The page says the same as the statement; a good sample passes, a broken one says where; nothing is done."""
    page = await _asked(fhir, "GET", "/metadata")
    Page(page)
    assert all(each.type in page.text for each in OFFERED if each.type and each.type != "*")
    for name, sample in SAMPLES.items():
        shown = await _asked(fhir, "GET", f"/test?sample={name}")
        Page(shown)
        assert "curl" in shown.text
        text = re.search(r"<textarea[^>]*>(.*)</textarea>", shown.text, re.DOTALL)
        assert text is not None
        sent = await _asked(fhir, "POST", "/test", data={"sample": name, "message": html.unescape(text[1])})
        Page(sent)
        assert ("The hub would refuse this" in sent.text) == sample.title.startswith("Broken"), sent.text
    hostile = await _asked(fhir, "POST", "/test", data={"message": "</textarea><script>alert(1)</script>"})
    Page(hostile)
    assert (await _asked(fhir, "POST", "/test", content=b"x")).status_code == 415
    assert await fhir.count("notification") == 0


async def test_the_test_page_is_not_in_production(world: World, transactions: Transactions) -> None:
    async with fhir_world(world, transactions, environment="production") as fhir:
        assert (await fhir.trust.get("/test")).status_code == 404
        assert "/test" not in (await _asked(fhir, "GET", "/metadata")).text

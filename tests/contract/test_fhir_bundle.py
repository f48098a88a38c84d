"""A trust gives its advice with a transaction Bundle: all of it is done, once, or nothing is (reg. 8(1))."""

import asyncio
import base64
import json
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from hub.db import tables
from hub.law.vocabulary import Source
from tests.conftest import NOW
from tests.contract.fhir_world import (
    ADAS_NUMBER,
    GMC,
    HUB,
    NHS,
    FhirWorld,
    advice_bundle,
    bundle,
    coded,
    composition,
    document,
    entry,
    issues,
    location,
    outcomes,
    rules,
    section,
    task,
)

EXAMPLE = Path(__file__).parents[1] / "data" / "advice-bundle.json"


# --- what is given


async def test_more_advice_on_a_request_makes_a_version_of_its_task(fhir: FhirWorld) -> None:
    """What a Task shows as its output changes no more than its version says, and each version shows what had come."""
    request_id = await fhir.retrieved()
    for days in (0, 1):
        fhir.transactions.clock = lambda days=days: NOW + timedelta(days=1 + days)
        said = composition(section=[section("needs", f"Need {days}")])
        given = await fhir.trust.post("", bundle(entry(task(request_id, "completed")), entry(said)))
        assert given.json()["entry"][0]["response"]["etag"] == f'W/"{3 + days}"', given.text
    stale = await fhir.trust.answer(task(request_id, "accepted"), version=3)
    assert (stale.status_code, rules(stale)) == (412, {"version-stale"})
    told = (await fhir.authority.get(f"/Task/{request_id}/_history")).json()
    versions = [each["resource"] for each in told["entry"]]
    assert [each["meta"]["versionId"] for each in versions] == ["4", "3", "2", "1"]
    assert [len(each.get("output", ())) for each in versions] == [2, 1, 0, 0]
    assert versions[0]["output"][0] == versions[1]["output"][0], "in the order in which it came"
    same = await fhir.trust.post("", bundle(entry(task(request_id, "completed")), entry(said)))
    assert same.json()["entry"][0]["response"]["etag"] == 'W/"4"', "the same advice again is no other"


async def test_the_example_that_trusts_are_pointed_at_is_accepted(fhir: FhirWorld) -> None:
    """tests/data/advice-bundle.json, with the id of the Task in the place of TASK-ID (which stands once in a line)."""
    request_id = await fhir.retrieved()
    text = EXAMPLE.read_text()
    assert all(line.count("TASK-ID") <= 1 for line in text.splitlines())
    response = await fhir.trust.post("", text.replace("TASK-ID", request_id).encode())
    assert outcomes(response) == [
        ("200 OK", "Task"),
        ("201 Created", "Composition"),
        ("201 Created", "Composition"),
        ("201 Created", "Composition"),
        ("201 Created", "Composition"),
        ("201 Created", "Composition"),
        ("201 Created", "DocumentReference"),
    ]
    assert response.json()["entry"][0]["response"]["etag"] == 'W/"3"'
    async with fhir.transactions.begin(None) as tx:
        advice = (await tx.connection.execute(select(tables.advice))).mappings().one()
        provision = (await tx.connection.execute(select(tables.advised_provision))).mappings().one()
        source = (await tx.connection.execute(select(tables.source))).mappings().one()
    assert (advice["kind"], advice["author"], advice["registration"]) == ("MEDICAL", "Ms Sam Synthetic", "HCPC ZZ00000")
    assert str(advice["given_on"]) == "2026-11-20"
    assert provision["minutes_per_week"] == 30
    assert provision["qualification"] == "HCPC registered"
    assert provision["setting"] == "In school, in a quiet room"
    assert (source["kind"], source["owner_id"]) == (Source.FHIR, fhir.world.authority)
    assert bytes(source["content"]) == text.replace("TASK-ID", request_id).encode()
    assert advice["source_id"] == source["id"]
    for table, rows in (("advised_need", 1), ("advised_outcome", 1), ("document", 1)):
        assert await fhir.count(table) == rows


async def test_the_trust_the_authority_and_the_commissioner_read_the_advice_back(fhir: FhirWorld) -> None:
    request_id = await fhir.retrieved()
    posted = await fhir.trust.post("", advice_bundle(request_id, entry(document(b"the bytes"))))
    shown = (await fhir.trust.get(f"/Task/{request_id}")).json()
    assert shown["status"] == "completed"
    assert shown["businessStatus"]["coding"][0]["code"] == "complied"
    assert shown["output"][0]["valueReference"]["reference"] == location(posted, "Composition")
    for partner in (fhir.trust, fhir.authority, fhir.board):
        read = (await partner.get(f"/{location(posted, 'Composition')}")).json()
        assert read["subject"]["identifier"] == {"system": NHS, "value": ADAS_NUMBER}
        assert [each["code"]["coding"][0]["code"] for each in read["section"]] == [
            "needs",
            "outcomes",
            "provision",
            "documents",
        ]
        needs = next(each for each in read["contained"] if each["resourceType"] == "Condition")
        assert needs["code"]["text"] == "A need"
        author = next(each for each in read["contained"] if each["resourceType"] == "Practitioner")
        assert author["identifier"] == [{"system": GMC, "value": "0000001"}]
        reference = read["section"][3]["entry"][0]["reference"]
        assert reference == location(posted, "DocumentReference")
        attachment = (await partner.get(f"/{reference}")).json()["content"][0]["attachment"]
        assert (attachment["contentType"], attachment["size"]) == ("application/pdf", 9)
        assert base64.b64decode((await partner.get(f"/{attachment['url']}")).json()["data"]) == b"the bytes"
    for kind in ("Composition", "DocumentReference"):
        assert (await fhir.other_trust.get(f"/{location(posted, kind)}")).status_code == 404
    assert (await fhir.trust.get(f"/{location(posted, 'DocumentReference')[:-1]}x")).status_code == 404


async def test_a_document_alone_is_advice(fhir: FhirWorld) -> None:
    request_id = await fhir.retrieved()
    sent = bundle(entry(task(request_id, "completed")), entry(document()), entry(document(b"another")))
    response = await fhir.trust.post("", sent)
    assert outcomes(response)[1:] == [("201 Created", "DocumentReference")] * 2
    assert await fhir.count("document") == 2
    read = (await fhir.authority.get("/Task", status="completed")).json()["entry"][0]["resource"]
    assert read["output"]


async def test_a_document_may_stand_in_a_binary_of_the_bundle(fhir: FhirWorld) -> None:
    request_id = await fhir.retrieved()
    url = "urn:uuid:7d0d2ce2-3a3c-4f3e-8a2e-0a6f1f1f0001"
    binary = {"resourceType": "Binary", "contentType": "application/pdf", "data": base64.b64encode(b"bin").decode()}
    report = document() | {"content": [{"attachment": {"contentType": "application/pdf", "url": url}}]}
    sent = bundle(entry(task(request_id, "completed")), entry(report), entry(binary, url=url))
    response = await fhir.trust.post("", sent)
    assert outcomes(response)[1:] == [("201 Created", "DocumentReference"), ("201 Created", "Binary")]
    read = await fhir.trust.get(f"/{location(response, 'Binary')}")
    assert base64.b64decode(read.json()["data"]) == b"bin"


async def test_what_a_professional_wrote_beside_the_sections_is_kept(fhir: FhirWorld) -> None:
    """Text in a section that the hub has no place for becomes a plain-text document: nothing is dropped."""
    request_id = await fhir.retrieved()
    div = '<div xmlns="http://www.w3.org/1999/xhtml"><p>Seen on 3 November &amp; again on the&nbsp;10th.</p></div>'
    history = {"title": "History", "text": {"status": "generated", "div": div}}
    sent = bundle(entry(task(request_id, "completed")), entry(composition(section=[section("needs", "N"), history])))
    assert outcomes(await fhir.trust.post("", sent))
    async with fhir.transactions.begin(None) as tx:
        kept = (await tx.connection.execute(select(tables.document))).mappings().one()
    assert (kept["title"], kept["media_type"]) == ("History", "text/plain; charset=utf-8")
    assert bytes(kept["content"]).decode() == "Seen on 3 November & again on the 10th."


async def test_references_within_a_server_of_the_sender_are_followed_in_the_bundle(fhir: FhirWorld) -> None:
    """A relative reference beside a RESTful fullUrl (http://hl7.org/fhir/R4/bundle.html#references)."""
    request_id = await fhir.retrieved()
    base = "https://ehr.example/fhir"
    need = {"resourceType": "Condition", "id": "c1", "code": {"text": "A need"}, "subject": {"display": "the child"}}
    author = {"resourceType": "PractitionerRole", "id": "r1", "practitioner": {"reference": "Practitioner/p1"}}
    person = {"resourceType": "Practitioner", "id": "p1", "name": [{"text": "Dr B. Synthetic"}]}
    needs = {"code": coded("send-advice-section", "needs"), "entry": [{"reference": "Condition/c1"}]}
    advice = composition(section=[needs], author=[{"reference": "PractitionerRole/r1"}], id="a1")
    sent = bundle(
        entry(task(request_id, "completed")),
        *(entry(each, url=f"{base}/{each['resourceType']}/{each['id']}") for each in (advice, need, author, person)),
    )
    assert outcomes(await fhir.trust.post("", sent))
    assert await fhir.count("advised_need", description="A need") == 1
    assert await fhir.count("advice", author="Dr B. Synthetic") == 1


async def test_references_to_the_hub_lead_to_the_request_alone(fhir: FhirWorld) -> None:
    request_id = await fhir.retrieved()
    child = {"reference": f"Patient/{fhir.world.child}", "type": "Patient"}
    accepted = task(request_id, "accepted", focus={"reference": f"ServiceRequest/{request_id}"}, **{"for": child})
    assert (await fhir.trust.answer(accepted)).status_code == 200
    for other in (fhir.world.other_child, "banana"):
        sent = advice_bundle(request_id)
        sent["entry"][1]["resource"]["subject"] = {"reference": f"Patient/{other}"}
        response = await fhir.trust.post("", sent)
        assert issues(response) == [("reference-not-found", "Bundle.entry[1].resource.subject.reference")]
    sent["entry"][1]["resource"]["subject"] = child | {
        "reference": f"http://127.0.0.1:8000/fhir/R4/{child['reference']}"
    }
    assert outcomes(await fhir.trust.post("", sent))


async def test_a_body_that_declined_may_still_comply_and_more_advice_may_follow(fhir: FhirWorld) -> None:
    request_id = await fhir.retrieved()
    reason = coded("send-refusal-ground", "adverse-effect-on-functions") | {"text": "We cannot."}
    assert outcomes(await fhir.trust.post("", bundle(entry(task(request_id, "rejected", statusReason=reason)))))
    assert outcomes(await fhir.trust.post("", advice_bundle(request_id)))
    assert outcomes(await fhir.trust.post("", bundle(entry(task(request_id, "completed")), entry(document()))))
    assert await fhir.count("advice") == 2
    shown = (await fhir.trust.get(f"/Task/{request_id}")).json()
    assert (shown["status"], len(shown["output"])) == ("completed", 2)
    assert shown["note"][0]["text"] == "We cannot."


# --- once


async def test_the_same_bundle_twice_is_one_advice_and_one_answer(fhir: FhirWorld) -> None:
    """By X-Request-ID; without one by the Bundle's identifier or bytes; and by content under another X-Request-ID."""
    request_id = await fhir.retrieved()
    sent = advice_bundle(request_id, identifier={"system": "https://tools.ietf.org/html/rfc4122", "value": "b-1"})
    first = await fhir.trust.post("", sent, headers={"X-Request-ID": "a"})
    again = await fhir.trust.post("", sent, headers={"X-Request-ID": "a"})
    assert again.content == first.content
    for headers in ({"X-Request-ID": "b"}, {}, {}):
        other = await fhir.trust.post("", sent, headers=headers)
        assert outcomes(other)[1] == ("200 OK", "Composition")
        assert location(other, "Composition") == location(first, "Composition")
    assert await fhir.count("advice") == 1
    assert await fhir.count("event", kind="advice_submitted") == 1
    changed = sent | {"entry": [*sent["entry"], entry(document())]}
    for headers in ({"X-Request-ID": "a"}, {}):
        response = await fhir.trust.post("", changed, headers=headers)
        assert (response.status_code, rules(response)) == (409, {"idempotency-key-reused"})


async def test_racing_bundles_are_done_once(fhir: FhirWorld) -> None:
    request_id = await fhir.retrieved()
    sent = advice_bundle(request_id)
    posts = [fhir.trust.post("", sent, headers={"X-Request-ID": key}) for key in ("a", "a", "b", "c")]
    responses = await asyncio.gather(*posts)
    assert {response.status_code for response in responses} == {200}
    assert len({location(each, "Composition") for each in responses}) == 1
    assert await fhir.count("advice") == 1


async def test_a_refusal_by_law_is_remembered_for_its_request_id_alone(fhir: FhirWorld) -> None:
    request_id = await fhir.retrieved()
    future = advice_bundle(request_id)
    future["entry"][1]["resource"]["date"] = "2026-11-23"
    for headers in ({"X-Request-ID": "a"}, {"X-Request-ID": "a"}, {}):
        response = await fhir.trust.post("", future, headers=headers)
        assert response.status_code == 422
        assert response.json()["issue"][0]["details"]["text"] == "SEND Regs 2014 reg. 8(1)"
    assert await fhir.count("idempotency_key") == 1
    assert await fhir.count("advice") == 0


async def test_the_example_is_valid_json_without_a_real_number() -> None:
    text = EXAMPLE.read_text()
    assert json.loads(text)["type"] == "transaction"
    assert HUB in text
    assert "nhs-number" not in text

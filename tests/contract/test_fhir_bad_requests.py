"""Whole requests to the FHIR face that are refused: with every fault, never a 500, never a word of what was sent."""

import json
from typing import Any, cast
from uuid import UUID

import pytest

from adapters.nhs_fhir.apart import LARGE
from tests.contract.fhir_defects import COMPOSITION, FAMILY, NUMBER, PATIENT, with_composition, with_patient
from tests.contract.fhir_world import (
    FHIR_JSON,
    HUB,
    FhirWorld,
    advice_bundle,
    bundle,
    coded,
    composition,
    document,
    entry,
    issues,
    patient,
    rules,
    task,
)


@pytest.fixture
def fhir(fhir_with_low_caps: FhirWorld) -> FhirWorld:
    return fhir_with_low_caps


async def test_every_fault_is_told_at_once_and_nothing_of_what_was_sent(fhir: FhirWorld) -> None:
    secret = "Zaphod"
    sent = with_patient(
        number="9990000019", gender=secret, birthDate=secret, name=[{"family": [secret]}], **{secret: 1}
    )
    sent["entry"][1]["resource"].pop("title")
    sent["entry"][0]["resource"]["status"] = secret
    response = await fhir.trust.post("", sent)
    assert response.status_code == 400
    assert set(issues(response)) == {
        ("code-unknown", "Bundle.entry[0].resource.status"),
        ("required", f"{COMPOSITION}.title"),
        ("nhs-number-check-digit", NUMBER),
        ("code-unknown", f"{PATIENT}.gender"),
        ("date-invalid", f"{PATIENT}.birthDate"),
        ("json-type", FAMILY),
        ("element-unknown", PATIENT),
    }
    assert secret not in response.text
    assert "9990000019" not in response.text
    assert {each["details"]["coding"][1]["code"] for each in response.json()["issue"]} == {
        "REC_BAD_REQUEST",
        "REC_UNPROCESSABLE_ENTITY",
    }


async def test_faults_of_meaning_are_told_together(fhir: FhirWorld) -> None:
    sent = with_composition(
        status="preliminary",
        date="2026-11",
        type=coded("send-advice-kind", "x"),
        subject={"reference": "https://evil.example/fhir/Patient/1"},
    )
    assert {rule for rule, _ in issues(await fhir.trust.post("", sent))} == {
        "advice-not-final",
        "date-partial",
        "code-unknown",
        "reference-elsewhere",
    }


async def test_media_types(fhir: FhirWorld) -> None:
    for content_type, status in (
        ("text/plain", 415),
        ("application/fhir+xml", 415),
        ("application/fhir+json; charset=latin-1", 415),
        ("application/fhir+json; fhirVersion=5.0", 415),
        ("application/json; charset=UTF-8", 404),
        ("application/fhir+json; fhirVersion=4.0", 404),
    ):
        response = await fhir.trust.post("", advice_bundle("a"), headers={"Content-Type": content_type})
        assert response.status_code == status, content_type
    response = await fhir.trust.send("POST", "/Task/_search", content=b"{}", headers={"Content-Type": FHIR_JSON})
    assert response.status_code == 415


async def test_a_request_id_that_is_none(fhir: FhirWorld) -> None:
    for bad in ("a b", "x" * 129):
        response = await fhir.trust.post("", advice_bundle("a"), headers={"X-Request-ID": bad})
        assert (response.status_code, rules(response)) == (400, {"request-id-format"})
        assert "x-request-id" not in response.headers


async def test_a_task_alone_is_held_to_the_same_checks(fhir: FhirWorld) -> None:
    request_id = await fhir.retrieved()
    accepted = task(request_id, "accepted")
    for sent, expected in (
        (accepted | {"note": [{"text": ""}]}, ("empty", "Task.note[0].text")),
        (accepted | {"id": "other"}, ("id-mismatch", "Task.id")),
        (patient(), ("resource-type-unknown", "Task")),
        (
            task(request_id, "accepted", encounter={"reference": "Encounter/1"}),
            ("reference-not-found", "Task.encounter.reference"),
        ),
        (
            task(request_id, "accepted", **{"for": {"reference": "Observation/1"}}),
            ("reference-target", "Task.for.reference"),
        ),
    ):
        response = await fhir.trust.put(f"/Task/{request_id}", sent, headers={"If-Match": 'W/"2"'})
        assert issues(response) == [expected]


async def test_row_47_no_xml_is_read_whatever_is_in_it(fhir: FhirWorld) -> None:
    """Row 47: a DOCTYPE, an external entity, a billion laughs: 415, unread."""
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b SYSTEM "file:///etc/passwd">]><Bundle>&a;&b;</Bundle>'
    for address in ("", "/$process-message", "/$validate", "/Communication", "/Bundle"):
        for kind in ("application/fhir+xml", "text/xml"):
            refused = await fhir.trust.post(address, bomb, headers={"Content-Type": kind})
            assert (refused.status_code, rules(refused)) == (415, {"content-type"})
        assert (await fhir.trust.post(address, bomb)).status_code in {200, 400}  # as JSON it is none


async def test_row_49_a_reference_to_another_bodys_child_has_the_shape_of_not_found(fhir: FhirWorld) -> None:
    """Row 49: the same answer as for a child that does not exist, and on record."""
    request_id = await fhir.retrieved()
    answers = [
        await fhir.trust.post("", bundle(entry(task(request_id, "completed")), entry(composition(subject=subject))))
        for subject in ({"reference": f"Patient/{fhir.world.other_child}"}, {"reference": f"Patient/{UUID(int=1)}"})
    ]
    assert answers[0].json() == answers[1].json()
    assert rules(answers[0]) == {"reference-not-found"}
    assert await fhir.count("denied_attempt", rule="reference-not-found") == 2


async def test_row_57_one_bad_entry_of_fifty_undoes_all(fhir: FhirWorld) -> None:
    """Row 57: nothing of it is done; without the bad one all of it is. So large a Bundle is read in another process."""
    request_id = await fhir.retrieved()
    documents = [entry(document(str(number).encode() * 3_000)) for number in range(48)]
    assert len(json.dumps(documents)) > LARGE
    bad = entry(document() | {"status": "banana"})
    refused = await fhir.trust.post("", bundle(entry(task(request_id, "completed")), *documents, bad))
    assert (refused.status_code, await fhir.count("advice")) == (422, 0)
    done = await fhir.trust.post("", bundle(entry(task(request_id, "completed")), *documents))
    assert (done.status_code, await fhir.count("document")) == (200, 48)


async def test_what_is_large_is_answered_in_the_same_words_from_the_other_process(fhir: FhirWorld) -> None:
    """A batch, a transaction, a message: with so much white space behind it that another process reads it."""
    request_id = await fhir.retrieved()
    status = {"method": "PUT", "url": f"Task/{request_id}", "ifMatch": 'W/"2"'}
    refused = {"resource": task(request_id, "rejected"), "request": status}
    batch = {"resourceType": "Bundle", "type": "batch", "entry": [{"resource": patient()}, refused, 7]}
    header = {"resourceType": "MessageHeader", "id": "m", "source": {"endpoint": "urn:x"}}
    unknown = header | {"eventCoding": {"system": f"{HUB}/CodeSystem/send-message-event", "code": "x"}}
    answer = header | {"eventCoding": {"system": f"{HUB}/CodeSystem/send-message-event", "code": "answer-request"}}
    for path, sent in (
        ("", batch),
        ("", bundle(entry(task(request_id, "banana")), entry(composition(date="2026-13-01")))),
        ("/$process-message", {"resourceType": "Bundle", "type": "message", "entry": [{"resource": unknown}]}),
        ("/$process-message", {"resourceType": "Bundle", "type": "message", "entry": [{"resource": answer}, {}]}),
        ("/$process-message", {"resourceType": "Bundle", "type": "message", "entry": [{"resource": header}]}),
    ):
        body = json.dumps(sent).encode()
        small, large = await fhir.trust.post(path, body), await fhir.trust.post(path, body + b" " * LARGE)
        assert large.status_code == small.status_code
        assert _said(large.json()) == _said(small.json())
        assert _said(small.json())


def _said(answer: Any) -> list[Any]:
    """Every issue of an answer, be it an OperationOutcome, a batch or a message."""
    if isinstance(answer, list):
        return [issue for each in answer for issue in _said(each)]
    if not isinstance(answer, dict):
        return []
    content = cast("dict[str, Any]", answer)
    return [*content.get("issue", ()), *(issue for each in content.values() for issue in _said(each))]

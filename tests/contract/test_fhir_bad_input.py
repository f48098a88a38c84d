"""Bad input to the FHIR face: refused with every fault, never a 500, never a word of what was sent.

The rows are those of the threat model's table of bad inputs.
"""

import base64
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from adapters.nhs_fhir.apart import LARGE
from hub.actions.transaction import Transactions
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
    fhir_world,
    issues,
    patient,
    rules,
    section,
    task,
)
from tests.world import World


@pytest.fixture
async def fhir(world: World, transactions: Transactions) -> AsyncIterator[FhirWorld]:
    async with fhir_world(world, transactions, fhir_max_bytes=400_000, fhir_max_entries=100) as face:
        yield face


def with_patient(**more: Any) -> dict[str, Any]:
    return bundle(entry(task("a", "completed")), entry(composition()), entry(patient(**more)))


def with_task(**more: Any) -> dict[str, Any]:
    return bundle(entry(task("a", "completed") | more), entry(document()))


def with_composition(**more: Any) -> dict[str, Any]:
    return bundle(entry(task("a", "completed")), entry(composition(**more)))


def narrative(div: str) -> dict[str, Any]:
    text = {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{div}</div>'}
    return with_composition(text=text)


def extended(depth: int) -> dict[str, Any]:
    extension: dict[str, Any] = {"url": "https://example.org/x", "valueString": "deep"}
    for _ in range(depth):
        extension = {"url": "https://example.org/x", "extension": [extension]}
    return extension


def attachment(**more: Any) -> dict[str, Any]:
    said = {"contentType": "application/pdf", "data": base64.b64encode(b"x").decode()} | more
    content = {name: value for name, value in said.items() if value is not None}
    return bundle(entry(task("a", "completed")), entry(document() | {"content": [{"attachment": content}]}))


TASK = "Bundle.entry[0].resource"
PATIENT = "Bundle.entry[2].resource"
COMPOSITION = "Bundle.entry[1].resource"
NUMBER, FAMILY, DIV = f"{PATIENT}.identifier[0].value", f"{PATIENT}.name[0].family", f"{COMPOSITION}.text.div"
DOCUMENT = "Bundle.entry[1].resource.content[0].attachment"

CASES: dict[str, tuple[Any, int, str, str | None]] = {
    # row 46
    "nested extensions": (with_patient(extension=[extended(70)]), 400, "too-deep", None),
    "many contained": (
        with_composition(contained=[{"resourceType": "Organization", "id": f"o{n}"} for n in range(101)]),
        413,
        "too-many-contained",
        None,
    ),
    "contained in contained": (
        with_composition(
            contained=[{"resourceType": "Patient", "id": "p", "contained": [{"resourceType": "Patient", "id": "q"}]}]
        ),
        400,
        "contained",
        f"{COMPOSITION}.contained[0]",
    ),
    # row 48
    "check digit": (with_patient(number="9990000019"), 422, "nhs-number-check-digit", NUMBER),
    "same digits": (
        with_patient(number="9999999999"),
        422,
        "nhs-number-repeated-digit",
        NUMBER,
    ),
    "spaces": (with_patient(number="999 000 0018"), 422, "nhs-number-format", NUMBER),
    # row 49
    "javascript reference": (
        with_composition(subject={"reference": "javascript:alert(1)"}),
        422,
        "uri-scheme",
        f"{COMPOSITION}.subject.reference",
    ),
    "path reference": (
        with_composition(subject={"reference": "../../etc/passwd"}),
        422,
        "reference-form",
        f"{COMPOSITION}.subject.reference",
    ),
    "another host": (
        with_composition(subject={"reference": "https://evil.example/fhir/Patient/1"}),
        422,
        "reference-elsewhere",
        f"{COMPOSITION}.subject.reference",
    ),
    "missing in the bundle": (
        with_composition(subject={"reference": "urn:uuid:00000000-0000-4000-8000-000000000009"}),
        422,
        "reference-unresolved",
        f"{COMPOSITION}.subject.reference",
    ),
    "wrong target": (
        with_composition(author=[{"reference": "Goal/1"}]),
        422,
        "reference-target",
        f"{COMPOSITION}.author[0].reference",
    ),
    "javascript in a url": (attachment(url="javascript:alert(1)"), 422, "uri-scheme", f"{DOCUMENT}.url"),
    "an attachment elsewhere": (
        attachment(data=None, url="https://evil.example/x.pdf"),
        422,
        "attachment-without-data",
        DOCUMENT,
    ),
    # row 52
    "script": (narrative("<script>alert(1)</script>"), 422, "narrative-active-content", DIV),
    "event": (narrative('<p onclick="x()">n</p>'), 422, "narrative-active-content", DIV),
    "link": (
        narrative('<a href="java&#x09;script:x()">n</a>'),
        422,
        "narrative-active-content",
        DIV,
    ),
    "not XHTML": (narrative("<p>n"), 422, "narrative-not-xhtml", DIV),
    # row 53
    "gender": (with_patient(gender="xyz"), 422, "code-unknown", f"{PATIENT}.gender"),
    "task status": (
        bundle(entry(task("a", "banana")), entry(document())),
        422,
        "code-unknown",
        "Bundle.entry[0].resource.status",
    ),
    "composition status": (with_composition(status="banana"), 422, "code-unknown", f"{COMPOSITION}.status"),
    "method": (
        bundle(entry(task("a", "completed"), method="CONJURE")),
        422,
        "code-unknown",
        "Bundle.entry[0].request.method",
    ),
    "bundle type": ({"resourceType": "Bundle", "type": "banana"}, 422, "code-unknown", "Bundle.type"),
    # row 54
    "long decimal": (
        b'{"resourceType":"Bundle","type":"transaction","entry":[{"resource":{"resourceType":"Patient","extension":'
        b'[{"url":"u","valueDecimal":12345678901234567890.123}]},"request":{"method":"POST","url":"Patient"}}]}',
        422,
        "decimal-too-long",
        "Bundle.entry[0].resource.extension[0].valueDecimal",
    ),
    # row 55
    "year 0": (with_patient(birthDate="0000-00-00"), 422, "date-invalid", f"{PATIENT}.birthDate"),
    "year 9999": (with_patient(birthDate="9999-12-31"), 422, "birth-date-in-future", f"{PATIENT}.birthDate"),
    "29 February": (with_patient(birthDate="2023-02-29"), 422, "date-invalid", f"{PATIENT}.birthDate"),
    "future birth": (with_patient(birthDate="2026-11-23"), 422, "birth-date-in-future", f"{PATIENT}.birthDate"),
    "old birth": (with_patient(birthDate="1066-10-14"), 422, "date-out-of-range", f"{PATIENT}.birthDate"),
    "no time zone": (with_composition(date="2026-11-20T10:00:00"), 422, "date-invalid", f"{COMPOSITION}.date"),
    "advice of the year 9999": (
        with_composition(date="9999-12-31T23:59:59-12:00"),
        422,
        "date-out-of-range",
        f"{COMPOSITION}.date",
    ),
    # what the models let pass
    "no resourceType": (
        bundle(entry(task("a", "completed")) | {"resource": {"id": "a"}}),
        400,
        "resource-type-missing",
        "Bundle.entry[0].resource",
    ),
    "resourceType is a number": (
        bundle(entry(task("a", "completed")) | {"resource": {"resourceType": 7}}),
        400,
        "resource-type-missing",
        "Bundle.entry[0].resource",
    ),
    "unknown type contained": (
        with_composition(contained=[{"resourceType": "ProcedureRequest", "id": "x"}]),
        422,
        "resource-type-unknown",
        f"{COMPOSITION}.contained[0]",
    ),
    "null": (with_patient(name=None), 400, "json-null", f"{PATIENT}.name"),
    "empty list": (with_patient(name=[]), 400, "empty", f"{PATIENT}.name"),
    "empty object": (with_patient(name=[{}]), 400, "empty", f"{PATIENT}.name[0]"),
    "empty text": (with_patient(name=[{"family": ""}]), 400, "empty", FAMILY),
    "text for an object": (with_patient(name=['{"family":"x"}']), 400, "json-type", f"{PATIENT}.name[0]"),
    "object for a list": (with_patient(name={"family": "x"}), 400, "json-type", f"{PATIENT}.name"),
    "list for an object": (with_composition(type=[{"text": "x"}]), 400, "json-type", f"{COMPOSITION}.type"),
    "text for a boolean": (with_patient(active="true"), 400, "json-type", f"{PATIENT}.active"),
    "number for a date": (with_patient(birthDate=1420070400), 400, "json-type", f"{PATIENT}.birthDate"),
    "boolean for a number": (
        with_patient(multipleBirthInteger=True),
        400,
        "json-type",
        f"{PATIENT}.multipleBirthInteger",
    ),
    "unknown element": (with_patient(familyName="x"), 400, "element-unknown", PATIENT),
    "long id": (with_patient(id="a" * 65), 400, "id-format", f"{PATIENT}.id"),
    "two values": (with_patient(deceasedBoolean=True, deceasedDateTime="2020-01-01"), 400, "fhir-r4", None),
    "two values in an extension": (
        with_patient(extension=[{"url": "u", "valueCode": "a", "valueString": "b"}]),
        400,
        "ext-1",
        f"{PATIENT}.extension[0]",
    ),
    "period": (
        with_patient(name=[{"family": "x", "period": {"start": "2026-02-02", "end": "2026-01-01"}}]),
        422,
        "per-1",
        f"{PATIENT}.name[0].period",
    ),
    "modifier extension": (
        with_composition(modifierExtension=[{"url": "https://example.org/not", "valueBoolean": True}]),
        422,
        "modifier-unknown",
        f"{COMPOSITION}.modifierExtension",
    ),
    "implicit rules": (
        with_patient(implicitRules="https://example.org/r"),
        422,
        "modifier-unknown",
        f"{PATIENT}.implicitRules",
    ),
    "base64": (attachment(data="JVBE*****Ri0x"), 422, "base64", f"{DOCUMENT}.data"),
    "wrong size": (attachment(size=7), 422, "attachment-size", f"{DOCUMENT}.size"),
    "wrong hash": (attachment(hash=base64.b64encode(b"no").decode()), 422, "attachment-hash", f"{DOCUMENT}.hash"),
    "media type": (attachment(contentType="no type"), 422, "media-type", f"{DOCUMENT}.contentType"),
    "NUL": (with_patient(name=[{"family": "a\x00b"}]), 400, "text-nul", FAMILY),
    "half a surrogate pair": (
        with_patient(name=[{"family": "\ud800"}]),
        400,
        "text-lone-surrogate",
        FAMILY,
    ),
    # row 58
    "a name of 10 kB": (
        with_composition(author=[{"display": "x" * 10_240}]),
        422,
        "text-too-long",
        f"{COMPOSITION}.author",
    ),
    "provision extension": (
        with_composition(
            contained=[
                {
                    "resourceType": "ServiceRequest",
                    "id": "s",
                    "status": "active",
                    "intent": "proposal",
                    "subject": {"display": "the child"},
                    "code": {"text": "P"},
                    "extension": [
                        {
                            "url": f"{HUB}/StructureDefinition/send-provision",
                            "extension": [{"url": "cost", "valueString": "1"}],
                        }
                    ],
                }
            ],
            section=[{"entry": [{"reference": "#s"}]}],
        ),
        422,
        "provision-extension",
        f"{COMPOSITION}.contained[0].extension",
    ),
}


async def test_bad_resources_are_refused_with_the_place_and_the_rule(fhir: FhirWorld) -> None:
    for name, (sent, status, rule, place) in CASES.items():
        response = await fhir.trust.post("", sent)
        assert response.status_code == status, (name, response.text)
        found = issues(response)
        assert rule in {each for each, _ in found}, (name, found)
        if place is not None:
            assert (rule, place) in found, (name, found)
    assert await fhir.count("advice") == 0


RAW: dict[str, tuple[bytes, str]] = {
    "not JSON": (b"{", "json-syntax"),
    "no bytes": (b"", "json-syntax"),
    "a list": (b"[]", "json-type"),
    "a number": (b"1", "json-type"),
    "NaN": (b'{"resourceType":"Bundle","total":NaN}', "json-not-a-number"),
    "not UTF-8": (b'{"resourceType":"\xff"}', "json-not-utf-8"),
    "a byte order mark": (b'\xef\xbb\xbf{"resourceType":"Bundle","type":"transaction"}', "json-syntax"),
    "UTF-16": ('{"resourceType":"Bundle"}'.encode("utf-16"), "json-not-utf-8"),
    "nested lists": (b"[" * 100_000, "too-deep"),
    "nested objects": (b'{"a":' * 60_000 + b"1" + b"}" * 60_000, "too-deep"),
    "a very long number": (b'{"resourceType":"Bundle","total":' + b"9" * 10_000 + b"}", "number-too-long"),
    # row 56
    "a name twice": (
        b'{"resourceType":"Bundle","type":"batch","type":"transaction","entry":[]}',
        "json-name-repeated",
    ),
    "another resource": (b'{"resourceType":"Patient"}', "resource-type-unknown"),
}


async def test_bodies_that_are_no_fhir_json(fhir: FhirWorld) -> None:
    for name, (body, rule) in RAW.items():
        response = await fhir.trust.post("", body)
        assert response.status_code in {400, 422}, (name, response.text)
        assert rule in rules(response), (name, response.text)


async def test_a_name_that_stands_twice_is_found_in_its_place(fhir: FhirWorld) -> None:
    """Row 56: the last one does not win in silence."""
    body = json.dumps(with_patient()).replace('"gender": "female"', '"gender": "female", "gender": "male"')
    assert issues(await fhir.trust.post("", body.encode())) == [("json-name-repeated", PATIENT)]


async def test_caps_come_before_anything_is_built(fhir: FhirWorld) -> None:
    """Row 45, and the body's size whether or not it is announced."""
    many = bundle(*([{"resource": {"resourceType": "Patient"}}] * 10_000))
    response = await fhir.trust.post("", many)
    assert (response.status_code, rules(response)) == (413, {"body-too-large"})
    response = await fhir.trust.post("", bundle(*([{}] * 10_000)))
    assert (response.status_code, issues(response)) == (413, [("too-many-entries", "Bundle.entry")])

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(1_000):
            yield b" " * 10_000

    headers = {"Content-Type": FHIR_JSON}
    response = await fhir.trust.send("POST", "", content=endless(), headers=headers)
    assert (response.status_code, rules(response)) == (413, {"body-too-large"})


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


async def test_a_document_of_very_many_small_parts_is_refused_before_it_is_walked_through(
    world: World, transactions: Transactions
) -> None:
    async with fhir_world(world, transactions) as face:
        response = await face.trust.post("", with_patient(name=[{"family": "x"}] * 60_000))
    assert (response.status_code, rules(response)) == (413, {"too-many-objects"})


async def test_a_document_full_of_faults_gets_a_bounded_answer(fhir: FhirWorld) -> None:
    response = await fhir.trust.post("", with_patient(name=[{}] * 20_000))
    assert response.status_code == 400
    assert len(response.json()["issue"]) == 101
    assert response.json()["issue"][-1]["code"] == "incomplete"


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


async def test_names_with_marks_of_direction_and_no_width_are_kept(fhir: FhirWorld) -> None:
    """Row 58: kept as they came. Whoever shows them shows them escaped."""
    request_id = await fhir.retrieved()
    name = "Dr \u202eevil\u202c \u200bZero \U0001f600"
    sent = bundle(
        entry(task(request_id, "completed")),
        entry(composition(author=[{"display": name}], section=[section("needs", "A &lt;b&gt; \u202e need")])),
    )
    assert (await fhir.trust.post("", sent)).status_code == 200
    assert await fhir.count("advice", author=name) == 1
    assert await fhir.count("advised_need", description="A <b> \u202e need") == 1


async def test_exact_decimals_come_through_the_raw_payload(fhir: FhirWorld) -> None:
    """Row 54: what is not kept as a fact is kept as it was sent."""
    request_id = await fhir.retrieved()
    text = json.dumps(advice_bundle(request_id, entry(patient(extension=[{"url": "u", "valueDecimal": 1}]))))
    body = text.replace('"valueDecimal": 1', '"valueDecimal": 1.50').encode()
    assert (await fhir.trust.post("", body)).status_code == 200
    assert await fhir.count("source", content=body) == 1


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


# --- rows 45, 47, 49 and 57, which are of whole requests; 50, 51 stand with notifications and Tasks


async def test_row_45_a_bundle_of_ten_thousand_entries_is_refused_by_count(fhir: FhirWorld) -> None:
    """Row 45: before anything is built of it; in the other process too, where so large a body is read."""
    small = {"resource": {"resourceType": "Patient"}, "request": {"method": "POST", "url": "Patient"}}
    for kind in ("transaction", "batch"):
        refused = await fhir.trust.post("", {"resourceType": "Bundle", "type": kind, "entry": [small] * 3_000})
        assert (refused.status_code, rules(refused)) == (413, {"too-many-entries"})


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

"""Values that cannot be, in a resource that is whole (rows 48 to 55 and 58 of the threat model): refused in place."""

import base64
import json
from typing import Any

import pytest

from tests.contract.fhir_defects import (
    COMPOSITION,
    DIV,
    DOCUMENT,
    NUMBER,
    PATIENT,
    attachment,
    narrative,
    with_composition,
    with_patient,
)
from tests.contract.fhir_world import (
    HUB,
    FhirWorld,
    advice_bundle,
    bundle,
    composition,
    document,
    entry,
    issues,
    patient,
    section,
    task,
)


@pytest.fixture
def fhir(fhir_with_low_caps: FhirWorld) -> FhirWorld:
    return fhir_with_low_caps


CASES: dict[str, tuple[Any, int, str, str | None]] = {
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
    "an empty narrative": (narrative(""), 422, "txt-2", DIV),
    "a narrative of white space": (narrative("<p> \n\t</p>"), 422, "txt-2", DIV),
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
    "base64": (attachment(data="JVBE*****Ri0x"), 422, "base64", f"{DOCUMENT}.data"),
    "wrong size": (attachment(size=7), 422, "attachment-size", f"{DOCUMENT}.size"),
    "wrong hash": (attachment(hash=base64.b64encode(b"no").decode()), 422, "attachment-hash", f"{DOCUMENT}.hash"),
    "media type": (attachment(contentType="no type"), 422, "media-type", f"{DOCUMENT}.contentType"),
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

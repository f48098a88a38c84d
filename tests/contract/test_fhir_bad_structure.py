"""What is no FHIR resource, though the R4B models take it (fhir.md 1.4; rows 45, 46 and 56 of the threat model)."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from hub.actions.transaction import Transactions
from tests.contract.fhir_defects import (
    COMPOSITION,
    FAMILY,
    PATIENT,
    TASK,
    extended,
    with_composition,
    with_patient,
    with_task,
)
from tests.contract.fhir_world import FHIR_JSON, FhirWorld, bundle, entry, fhir_world, issues, rules, task
from tests.world import World


@pytest.fixture
def fhir(fhir_with_low_caps: FhirWorld) -> FhirWorld:
    return fhir_with_low_caps


CASES: dict[str, tuple[Any, int, str, str | None]] = {
    # row 46
    "nested extensions": (with_patient(extension=[extended(70)]), 400, "too-deep", None),
    "nested extensions, two hundred": (with_patient(extension=[extended(200)]), 400, "too-deep", None),
    "two thousand contained": (
        with_composition(contained=[{"resourceType": "Organization", "id": f"o{n}"} for n in range(2_000)]),
        413,
        "too-many-contained",
        None,
    ),
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
    "an element by the name that Python gives it": (
        with_task(for_fhir={"reference": "Patient/1"}),
        400,
        "element-unknown",
        TASK,
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
    "NUL": (with_patient(name=[{"family": "a\x00b"}]), 400, "text-nul", FAMILY),
    "half a surrogate pair": (
        with_patient(name=[{"family": "\ud800"}]),
        400,
        "text-lone-surrogate",
        FAMILY,
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
    refused = await fhir.trust.post("", body.encode())
    assert (refused.status_code, issues(refused)) == (400, [("json-name-repeated", PATIENT)])


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


async def test_row_45_a_bundle_of_ten_thousand_entries_is_refused_by_count(fhir: FhirWorld) -> None:
    """Row 45: before anything is built of it; in the other process too, where so large a body is read."""
    small = {"resource": {"resourceType": "Patient"}, "request": {"method": "POST", "url": "Patient"}}
    for kind in ("transaction", "batch"):
        refused = await fhir.trust.post("", {"resourceType": "Bundle", "type": kind, "entry": [small] * 3_000})
        assert (refused.status_code, rules(refused)) == (413, {"too-many-entries"})

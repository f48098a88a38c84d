"""$validate says what is wrong with anything, and never fails: real files, broken ones, every profile of the hub."""

import importlib
import json
import pkgutil
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest
from fhir.resources.R4B import get_fhir_model_class
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import fhir_mappings
from adapters.nhs_fhir.apart import Reading
from adapters.nhs_fhir.validate import validated
from fhir_mappings import guide
from fhir_mappings.code_system import CodeSystem
from hub.settings import Settings
from tests.contract.fhir_world import HUB, FhirWorld, advice_bundle, coded, patient, task
from tests.contract.test_fhir_messages import notice, notifying

REAL = Path(__file__).parents[3] / "shared" / "data" / "fhir"
needs_real = pytest.mark.skipif(not REAL.is_dir(), reason="the shared folder is not beside this repository")


async def found(fhir: FhirWorld, resource: Any, *, path: str = "/$validate") -> list[tuple[str, str, str | None]]:
    """(severity, rule, FHIRPath) of each issue."""
    response = await fhir.trust.post(path, resource)
    assert response.status_code == 200, response.text
    return [
        (each["severity"], each["details"]["coding"][0]["code"], each.get("expression", [None])[0])
        for each in response.json()["issue"]
    ]


def errors(said: list[tuple[str, str, str | None]]) -> list[tuple[str, str, str | None]]:
    return [each for each in said if each[0] in {"error", "fatal"}]


@needs_real
async def test_every_real_file_gets_the_verdict_of_its_manifest(fhir: FhirWorld) -> None:
    """The files of NHS England and HL7 UK: those that are valid R4 pass, by type and alone; one is really invalid."""
    manifest = json.loads((REAL / "MANIFEST.json").read_text())
    assert {each["file"] for each in manifest} == {each.name for each in REAL.glob("*.json")} - {"MANIFEST.json"}
    verdicts: dict[str, Any] = {}
    for each in manifest:
        body = (REAL / each["file"]).read_bytes()
        said = errors(await found(fhir, body, path=f"/{each['resourceType']}/$validate"))
        if bool(said) != (each["r4b"] != "ok"):
            verdicts[each["file"]] = said
        for path in ("", "/$process-message", "/Communication"):
            refused = await fhir.trust.post(path, body)
            statuses = [str(refused.status_code)]
            if refused.status_code == 200:  # a batch, each entry of which is refused
                statuses = [one["response"]["status"] for one in refused.json()["entry"]]
            assert {one[0] for one in statuses} == {"4"}
    assert verdicts == {}


BROKEN: dict[str, tuple[dict[str, Any], str, str]] = {
    "a string for an object": (patient(name=['{"family": "x"}']), "json-type", "Patient.name[0]"),
    "a string for a boolean": (patient(active="true"), "json-type", "Patient.active"),
    "a number for a boolean": (patient(active=1), "json-type", "Patient.active"),
    "a number for a date": (patient(birthDate=1420070400), "json-type", "Patient.birthDate"),
    "a string for a number": (patient(multipleBirthInteger="2"), "json-type", "Patient.multipleBirthInteger"),
    "null": (patient(name=None), "json-null", "Patient.name"),
    "null that keeps no place": (
        patient(name=[{"given": ["A", None], "_given": [None, None]}]),
        "json-null",
        "Patient.name[0].given[1]",
    ),
    "contained without an id": (
        patient(contained=[{"resourceType": "Patient", "active": True}]),
        "contained",
        "Patient.contained[0]",
    ),
    "an empty list": (patient(name=[]), "empty", "Patient.name"),
    "an empty object": (patient(maritalStatus={}), "empty", "Patient.maritalStatus"),
    "a long id": (patient(id="x" * 65), "id-format", "Patient.id"),
    "NUL": (patient(name=[{"family": "a\x00b"}]), "text-nul", "Patient.name[0].family"),
    "no type": ({"id": "x"}, "resource-type-missing", "Resource"),
    "a number as type": ({"resourceType": 5}, "resource-type-missing", "Resource"),
    "no type of R4": ({"resourceType": "ProcedureRequest"}, "resource-type-unknown", "Resource"),
    "a type of R4B alone": ({"resourceType": "SubscriptionTopic"}, "resource-type-unknown", "Resource"),
    "an unknown type inside": (
        patient(contained=[{"resourceType": "Nonsense", "id": "n"}]),
        "resource-type-unknown",
        "Patient.contained[0]",
    ),
    "no type inside": (
        {"resourceType": "Bundle", "type": "batch", "entry": [{"resource": {"id": "x"}}]},
        "resource-type-missing",
        "Bundle.entry[0].resource",
    ),
    "garbage in base64": (
        {"resourceType": "Binary", "contentType": "text/plain", "data": "JVBE*****Ri0x"},
        "base64",
        "Binary.data",
    ),
    "an unknown code": (patient(gender="banana"), "code-unknown", "Patient.gender"),
    "an end before its start": (
        {
            "resourceType": "Task",
            "status": "draft",
            "intent": "order",
            "executionPeriod": {"start": "2026-02-02", "end": "2026-02-01"},
        },
        "per-1",
        "Task.executionPeriod",
    ),
    "two values": (
        patient(extension=[{"url": "https://example.org/x", "valueString": "a", "valueBoolean": True}]),
        "ext-1",
        "Patient.extension[0]",
    ),
    "an empty narrative": (
        patient(text={"status": "empty", "div": '<div xmlns="http://www.w3.org/1999/xhtml"> </div>'}),
        "txt-2",
        "Patient.text.div",
    ),
    "a day that is none": (patient(birthDate="2023-02-29"), "date-invalid", "Patient.birthDate"),
    "an unknown element": (patient(banana=1), "element-unknown", "Patient"),
    "a missing element": ({"resourceType": "Observation", "status": "final"}, "required", "Observation.code"),
    "contained in contained": (
        patient(
            contained=[{"resourceType": "Patient", "id": "a", "contained": [{"resourceType": "Patient", "id": "b"}]}]
        ),
        "contained",
        "Patient.contained[0]",
    ),
}
WARNED: dict[str, tuple[dict[str, Any], str]] = {
    "a wrong check digit": (patient("9990000019"), "nhs-number-check-digit"),
    "a birth to come": (patient(birthDate="2030-01-01"), "birth-date-in-future"),
    "a modifier": (
        patient(modifierExtension=[{"url": "https://example.org/not", "valueBoolean": True}]),
        "modifier-unknown",
    ),
    "many digits": (
        {
            "resourceType": "Observation",
            "status": "final",
            "code": {"text": "x"},
            "valueQuantity": {"value": 10**19},
        },
        "decimal-too-long",
    ),
}


_SAID = {"url": "https://example.org/said", "valueString": "x"}


async def test_each_behaviour_of_the_models_is_a_defect_of_our_own(fhir: FhirWorld) -> None:
    """What fhir.resources coerces, drops or lets pass is named, with its place; what R4 leaves open is a warning."""
    for name, (resource, rule, at) in BROKEN.items():
        assert ("error", rule, at) in await found(fhir, resource), name
    for name, (resource, rule) in WARNED.items():
        said = await found(fhir, resource)
        assert (errors(said), {each[1] for each in said}) == ([], {rule}), name
    twice = b'{"resourceType": "Patient", "active": true, "active": false}'
    assert ("error", "json-name-repeated", "Patient") in await found(fhir, twice)
    assert await found(fhir, b'{"resourceType": "Patient", "a": NaN}') == [("error", "json-not-a-number", None)]
    assert await found(fhir, b"{") == [("error", "json-syntax", None)]
    assert await found(fhir, b"[" * 100_000) == [("error", "too-deep", None)]
    for fine in (
        patient(),
        patient(birthDate="2015-03", _birthDate={"extension": [_SAID]}),
        patient(name=[{"given": ["A", None], "_given": [None, {"extension": [_SAID]}]}]),
        patient(meta={"lastUpdated": "2020-01-01T00:00:00.123456789Z"}),
    ):
        assert await found(fhir, fine) == [("information", "valid", None)]
    assert ("error", "resource-type-mismatch", "Patient") in await found(fhir, patient(), path="/Task/$validate")
    assert ("error", "mode-unknown", None) in await found(fhir, patient(), path="/$validate?mode=banana")
    too_large: dict[str, Any] = {"resourceType": "Bundle", "type": "batch", "entry": [{}] * 501}
    assert (await fhir.trust.post("/$validate", too_large)).status_code == 413


async def test_with_a_profile_of_the_hub_everything_is_asked_that_a_write_asks(fhir: FhirWorld) -> None:
    """By the parameter, in Parameters, or in meta.profile; an unknown profile is said to be unchecked."""
    good = {
        guide.TASK_PROFILE: task("a", "accepted"),
        guide.ADVICE_PROFILE: advice_bundle("a"),
        guide.MESSAGE_PROFILE: notifying(),
        guide.NOTIFICATION_PROFILE: notice(),
    }
    assert good.keys() == guide.PROFILES.keys()
    for profile, resource in good.items():
        assert errors(await found(fhir, resource, path=f"/$validate?profile={profile}")) == [], profile
    bad = task("a", "accepted", code={"text": "x"}, **{"for": {"reference": "Observation/1"}})
    wrong = patient("9990000019", meta={"profile": [guide.TASK_PROFILE]})
    for sent in (bad | {"meta": {"profile": [guide.TASK_PROFILE]}}, _parameters(bad, guide.TASK_PROFILE)):
        assert ("error", "reference-target", "Task.for.reference") in await found(fhir, sent)
    assert errors(await found(fhir, bad)) == []
    assert {"profile-type"} == {each[1] for each in errors(await found(fhir, wrong))} - {"nhs-number-check-digit"}
    sent = notice(reasonCode=[coded("send-opinion", "none")])
    assert "code-unknown" in {
        each[1] for each in errors(await found(fhir, sent, path=f"/$validate?profile={guide.NOTIFICATION_PROFILE}"))
    }
    said = await found(fhir, patient(), path="/Patient/$validate?profile=https://example.org/p")
    assert said == [("warning", "profile-unknown", None)]


def _parameters(resource: dict[str, Any], profile: str) -> dict[str, Any]:
    parameters = [{"name": "resource", "resource": resource}, {"name": "profile", "valueUri": profile}]
    return {"resourceType": "Parameters", "parameter": parameters}


SAMPLES: list[dict[str, Any]] = [
    advice_bundle("a"),
    notifying(),
    notice(),
    patient(),
    *([json.loads(each.read_text()) for each in sorted(REAL.glob("UKCore-*.json"))] if REAL.is_dir() else []),
]
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=8),
    st.sampled_from(
        [[], {}, [None], [[]], {"resourceType": "Patient"}, {"resourceType": 7}, {"extension": [{}]}, "\ud800"]
    ),
)


def mutate(draw: Any, value: Any) -> Any:
    """The value with something in it replaced, removed or added, somewhere."""
    if not value or not isinstance(value, dict | list) or not draw(st.integers(0, 5)):
        return draw(JUNK)
    if isinstance(value, list):
        several = cast("list[Any]", value)
        place = draw(st.integers(0, len(several) - 1))
        return [*several[:place], mutate(draw, several[place]), *several[place + 1 :]]
    content = cast("dict[str, Any]", value)
    name = draw(st.sampled_from(sorted(content)))
    match draw(st.integers(0, 7)):
        case 0:
            return {each: one for each, one in content.items() if each != name}
        case 1:
            added = draw(st.sampled_from(["extension", "contained", "resourceType", "id", f"{name}x"]))
            return content | {added: draw(JUNK)}
        case _:
            return content | {name: mutate(draw, content[name])}


@st.composite
def broken(draw: Any) -> Any:
    value: Any = draw(st.sampled_from(SAMPLES))
    for _ in range(draw(st.integers(1, 3))):
        value = mutate(draw, value)
    return value


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(broken(), st.sampled_from([None, *guide.PROFILES]))
def test_no_input_is_answered_with_a_failure(value: Any, profile: str | None) -> None:
    """Whatever is sent has an OperationOutcome: no exception but BadInput leaves the reading."""
    reading = Reading(Settings(), date(2026, 11, 22), "http://127.0.0.1:8000/fhir/R4")
    body = json.dumps(value).encode()
    issues = validated(reading, body, None, [profile] if profile else [], None)
    assert all(each.rule and each.diagnostics for each in issues)


# --- the implementation guide


async def test_the_guide_is_served_and_holds_every_code_of_the_mappings(fhir: FhirWorld) -> None:
    """StructureDefinition, CodeSystem, ValueSet and NamingSystem, public; each valid; each value set expands."""
    assert {f"{HUB}/CodeSystem/send-opinion", f"{HUB}/CodeSystem/send-message-event"} <= {
        each["url"] for each in guide.code_systems()
    }
    nobody = fhir.partner("nobody")
    for kind, make in guide.PUBLISHED_TYPES.items():
        listed = (await nobody.get(f"/{kind}")).json()
        assert listed["total"] == len(make()) == len({each["resource"]["id"] for each in listed["entry"]})
        one = listed["entry"][0]["resource"]
        assert (await nobody.get(f"/{kind}/{one['id']}")).json() == one
        assert (await nobody.get(f"/{kind}", _id=one["id"])).json()["total"] == 1
        assert (await nobody.get(f"/{kind}", banana="1")).status_code == 400
        assert (await nobody.get(f"/{kind}/nothing")).status_code == 404
    opinions = await nobody.get("/ValueSet/$expand", url=f"{HUB}/ValueSet/send-opinion")
    codes = {each["code"] for each in opinions.json()["expansion"]["contains"]}
    assert codes == {"sen", "disability", "sen-and-disability"}
    assert (await nobody.get("/ValueSet/send-opinion/$expand")).json()["expansion"]["total"] == 3
    assert (await nobody.get("/ValueSet/$expand", url="https://example.org/x")).status_code == 404


def test_an_extension_is_defined_down_to_its_parts() -> None:
    """Each part by name, with its type and its codes, so that a tool can check what bears it; and no other."""
    defined = {each["url"]: each for each in guide.structure_definitions() if each["type"] == "Extension"}
    for definition in defined.values():
        get_fhir_model_class("StructureDefinition").model_validate(definition)
        assert [each["expression"] for each in definition["context"]] != ["Element"]
    listed = defined[f"{HUB}/StructureDefinition/send-plan"]["differential"]["element"]
    said = {each["id"]: each for each in listed}
    assert len(said) == len(listed)
    assert said["Extension.extension"]["slicing"]["rules"] == "closed"
    assert said["Extension.extension:served.value[x]"]["type"] == [{"code": "date"}]
    assert said["Extension.extension:section"]["max"] == "*"
    within = said["Extension.extension:section.extension:code.value[x]"]
    assert within["binding"] == {"strength": "required", "valueSet": f"{HUB}/ValueSet/send-plan-section"}
    sets = {each["url"] for each in guide.value_sets()}
    bound = [each["binding"]["valueSet"] for one in defined.values() for each in _elements(one) if "binding" in each]
    assert bound
    assert set(bound) <= sets


def _elements(definition: dict[str, Any]) -> list[dict[str, Any]]:
    return definition["differential"]["element"]


def test_every_code_and_extension_of_a_mapping_is_in_the_guide() -> None:
    """Whichever module of the mappings says it: the hub's own systems and extensions are published."""
    codes = {each["url"]: {one["code"] for one in each["concept"]} for each in guide.code_systems()}
    definitions = {each["url"] for each in guide.structure_definitions()}
    for module in pkgutil.iter_modules(fhir_mappings.__path__):
        for value in vars(importlib.import_module(f"fhir_mappings.{module.name}")).values():
            if isinstance(value, CodeSystem):
                system = cast("CodeSystem[Any]", value)
                if system.url.startswith(HUB):
                    assert {code for code, _ in system.codes.values()} <= codes[system.url], module.name
            elif isinstance(value, dict) and {"system", "code"} <= value.keys():
                coding = cast("dict[str, str]", value)
                assert not coding["system"].startswith(HUB) or coding["code"] in codes[coding["system"]], module.name
            elif isinstance(value, str) and value.startswith(f"{HUB}/StructureDefinition/send-"):
                assert value in definitions, module.name

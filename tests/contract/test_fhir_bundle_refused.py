"""A transaction Bundle that is no answer to the request, or not about its child: nothing of it is done."""

from typing import Any

import pytest

from hub.db import tables
from tests.contract.fhir_world import (
    ADAS_NUMBER,
    FhirWorld,
    advice_bundle,
    bundle,
    coded,
    composition,
    document,
    entry,
    issues,
    outcomes,
    patient,
    rules,
    task,
)

# --- all or nothing


async def test_one_bad_entry_of_fifty_undoes_all(fhir: FhirWorld) -> None:
    """Row 57."""
    request_id = await fhir.retrieved()
    urls = [f"urn:uuid:00000000-0000-4000-8000-0000000000{n:02}" for n in range(48)]
    needs = {"code": coded("send-advice-section", "needs"), "entry": [{"reference": url} for url in urls]}
    conditions = [
        entry({"resourceType": "Condition", "code": {"text": "N"}, "subject": {"display": "the child"}}, url=url)
        for url in urls
    ]
    sent = bundle(entry(task(request_id, "completed")), entry(composition(section=[needs])), *conditions)
    del conditions[47]["resource"]["code"]
    response = await fhir.trust.post("", sent)
    assert issues(response) == [("words-missing", "Bundle.entry[49].resource.code")]
    assert await fhir.count("advice") == 0
    assert (await fhir.trust.get(f"/Task/{request_id}")).json()["status"] == "requested"
    conditions[47]["resource"]["code"] = {"text": "N"}
    assert len(outcomes(await fhir.trust.post("", sent))) == 50
    assert await fhir.count("advised_need") == 48


async def test_references_in_a_circle_end(fhir: FhirWorld) -> None:
    """Row 57: circular urn references."""
    request_id = await fhir.retrieved()
    one, two = (f"urn:uuid:00000000-0000-4000-8000-00000000000{n}" for n in (1, 2))
    author = {"resourceType": "PractitionerRole", "practitioner": {"reference": one}}
    plan = {
        "resourceType": "CarePlan",
        "status": "active",
        "intent": "plan",
        "subject": {"display": "the child"},
        "basedOn": [{"reference": two}],
        "activity": [{"reference": {"reference": two}}],
    }
    sent = bundle(
        entry(task(request_id, "completed")),
        entry(composition(author=[{"reference": one}], section=[{"entry": [{"reference": two}]}])),
        entry(author, url=one),
        entry(plan, url=two),
    )
    response = await fhir.trust.post("", sent)
    assert response.status_code == 422
    assert ("reference-target", "Bundle.entry[2].resource.practitioner.reference") in issues(response)
    assert "provision-undescribed" in rules(response) or "reference-target" in rules(response)


async def test_another_bodys_task_or_none_is_not_found_and_the_payload_is_kept_once(fhir: FhirWorld) -> None:
    request_id = await fhir.retrieved()
    answers = set()
    for each in (request_id, "00000000-0000-4000-8000-000000000000", "banana"):
        response = await fhir.other_trust.post("", advice_bundle(each))
        assert response.status_code == 404
        answers.add(response.text)
    assert len(answers) == 1
    assert await fhir.count("advice") == 0
    assert await fhir.count("quarantined_item", owner_id=fhir.world.other_trust, form="FHIR_WRITE") == 3
    wrong = advice_bundle(request_id, entry(patient("9990000026")))
    for _ in range(2):
        assert (await fhir.trust.post("", wrong)).status_code == 422
    assert await fhir.count("quarantined_item", owner_id=fhir.world.trust, place="POST /") == 1


# --- whose child, which version, which scope


@pytest.mark.parametrize(
    ("known", "sent", "expected"),
    [
        (True, patient(), None),
        (True, patient("9990000026"), ("patient-mismatch", "Bundle.entry[2].resource.identifier[0].value")),
        (
            True,
            patient(identifier=[{"value": "local"}]),
            ("patient-unidentified", "Bundle.entry[2].resource.identifier"),
        ),
        (False, patient(), ("patient-unconfirmed", "Bundle.entry[2].resource.identifier[0].value")),
    ],
)
async def test_a_patient_in_the_bundle_is_the_child_of_the_request(
    fhir: FhirWorld, owner_url: str, known: bool, sent: dict[str, Any], expected: tuple[str, str] | None
) -> None:
    request_id = await fhir.retrieved()
    if not known:
        async with fhir.transactions.begin(None) as tx:
            await tx.connection.execute(tables.child.update().values(nhs_number=None, nhs_number_status=None))
    response = await fhir.trust.post("", advice_bundle(request_id, entry(sent)))
    if expected is None:
        assert outcomes(response)[2] == ("200 OK", "Patient")
    else:
        assert (response.status_code, issues(response)) == (422, [expected])
    for number in (ADAS_NUMBER, "9990000026"):
        assert number not in response.text


async def test_an_nhs_number_anywhere_is_compared(fhir: FhirWorld) -> None:
    """A logical reference is a claim about whose advice this is, too; whichever way its system is spelt."""
    request_id = await fhir.retrieved()
    sent = advice_bundle(request_id)
    other = {"identifier": {"system": "http://fhir.nhs.uk/Id/NHS-number", "value": "9990000026"}}
    sent["entry"][1]["resource"]["subject"] = other
    response = await fhir.trust.post("", sent)
    assert issues(response) == [("patient-mismatch", "Bundle.entry[1].resource.subject.identifier.value")]


async def test_if_match_in_the_bundle_is_honoured_when_given(fhir: FhirWorld) -> None:
    request_id = await fhir.retrieved()
    stale = bundle(entry(task(request_id, "completed"), ifMatch='W/"1"'), entry(composition()))
    response = await fhir.trust.post("", stale)
    assert (response.status_code, issues(response)) == (412, [("version-stale", "Bundle.entry[0].resource")])
    current = bundle(entry(task(request_id, "completed"), ifMatch='W/"2"'), entry(composition()))
    assert outcomes(await fhir.trust.post("", current))


async def test_advice_needs_the_scopes_of_what_is_created_and_of_the_action(fhir: FhirWorld) -> None:
    request_id = await fhir.retrieved()
    for name in ("reader", "without-graphql"):
        response = await fhir.partner(name).post("", advice_bundle(request_id))
        assert (response.status_code, rules(response)) == (403, {"scope-missing"})
    assert await fhir.count("advice") == 0
    assert await fhir.count("source") == 0


UNFIT: list[tuple[dict[str, Any], str]] = [
    ({"resourceType": "Bundle", "type": "collection"}, "bundle-type"),
    ({"resourceType": "Bundle", "type": "message", "entry": []}, "empty"),
    (bundle(entry(composition())), "one-answer"),
    (bundle(entry(task("a", "completed")), entry(task("b", "completed")), entry(document())), "one-answer"),
    (bundle(entry(task("a", "completed")), entry(composition()), entry(composition())), "one-answer"),
    (bundle(entry(task("a", "completed"), method="POST", url="Task"), entry(document())), "interaction"),
    (bundle({"request": {"method": "GET", "url": "Task"}}), "required"),
    (bundle(entry(task("a", "completed"), url="urn:uuid:1"), entry(document(), url="urn:uuid:1")), "bdl-7"),
    (bundle(entry(task("a", "completed"), url=None) | {"request": {"method": "PUT", "url": "Task/b"}}), "request-url"),
    (bundle(entry(task("a", "completed")), entry(document(), ifNoneExist="identifier=1")), "condition-unknown"),
    (bundle(entry(task("a", "completed"), ifMatch="1"), entry(document())), "if-match-format"),
    (bundle(entry(task("a", "completed")), entry({"resourceType": "Observation"})), "resource-type-unknown"),
    (bundle(entry(task("a", "completed")), entry(composition(status="preliminary"))), "advice-not-final"),
    (bundle(entry(task("a", "completed")), entry(composition(date="2026-11"))), "date-partial"),
    (bundle(entry(task("a", "completed")), entry(composition(type=coded("send-advice-kind", "x")))), "code-unknown"),
    (
        bundle(
            entry(task("a", "completed")), entry(composition(section=[{"code": coded("send-advice-section", "x")}]))
        ),
        "code-unknown",
    ),
    (bundle(entry(task("a", "completed")), entry(document() | {"status": "entered-in-error"})), "advice-not-final"),
]


async def test_bundles_that_are_not_an_answer(fhir: FhirWorld) -> None:
    for sent, rule in UNFIT:
        response = await fhir.trust.post("", sent)
        assert response.status_code in {400, 422}, (rule, response.text)
        assert rule in rules(response), (rule, response.text)


async def test_advice_that_says_the_opposite_is_refused(fhir: FhirWorld) -> None:
    """A refuted Condition is not a need; provision that shall not be performed is none (clinical safety)."""
    request_id = await fhir.retrieved()
    url, child = "urn:uuid:00000000-0000-4000-8000-000000000001", {"display": "the child"}
    status = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
    need = {"resourceType": "Condition", "code": {"text": "C"}, "subject": child}
    refuted = {"coding": [{"system": status, "code": "refuted"}]}
    plan = {"resourceType": "CarePlan", "status": "active", "intent": "plan", "subject": child}
    detail = {"status": "not-started", "description": "Feeding by mouth", "doNotPerform": True}
    asked = {"resourceType": "ServiceRequest", "status": "revoked", "intent": "order", "subject": child}
    goal = {"resourceType": "Goal", "lifecycleStatus": "cancelled", "description": {"text": "G"}, "subject": child}
    for resource, place in (
        (need | {"verificationStatus": refuted}, "verificationStatus"),
        (goal, "lifecycleStatus"),
        (plan | {"activity": [{"detail": detail}]}, "activity[0].detail.doNotPerform"),
        (plan | {"status": "revoked", "description": "P"}, "status"),
        (asked | {"code": {"text": "S"}}, "status"),
    ):
        advice = composition(section=[{"entry": [{"reference": url}]}])
        sent = bundle(entry(task(request_id, "completed")), entry(advice), entry(resource, url=url))
        response = await fhir.trust.post("", sent)
        assert issues(response) == [("resource-negated", f"Bundle.entry[2].resource.{place}")]


async def test_what_nothing_leads_to_is_not_dropped_in_silence(fhir: FhirWorld) -> None:
    request_id = await fhir.retrieved()
    need = {"resourceType": "Condition", "code": {"text": "C"}, "subject": {"display": "the child"}}
    response = await fhir.trust.post("", advice_bundle(request_id, entry(need)))
    assert issues(response) == [("resource-not-used", "Bundle.entry[2].resource")]


async def test_advice_comes_with_a_completed_task(fhir: FhirWorld) -> None:
    request_id = await fhir.retrieved()
    response = await fhir.trust.post("", bundle(entry(task(request_id, "accepted")), entry(document())))
    assert issues(response) == [("advice-without-completion", "Bundle.entry[0].resource.status")]
    response = await fhir.trust.post("", bundle(entry(task(request_id, "completed"))))
    assert issues(response) == [("advice-missing", "Bundle.entry[0].resource.status")]


async def test_a_refusal_by_law_stands_where_the_task_is_in_the_bundle(fhir: FhirWorld) -> None:
    request_id = await fhir.retrieved()
    response = await fhir.trust.post("", bundle(entry(task(request_id, "rejected"))))
    assert issues(response) == [("ground-required", "Bundle.entry[0].resource.statusReason.coding")]

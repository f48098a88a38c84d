"""Messages and notifications over HTTP: a trust notifies (CFA 2014 s. 23), answers and advises, each once."""

import asyncio
import json
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from adapters.nhs_fhir.tolerances import Tolerance, read_tolerances
from hub.actions.transaction import Transactions
from hub.actions.upkeep import forget_used_keys
from hub.db import tables
from hub.errors import NotReadyError
from hub.law.vocabulary import NHSNumberStatus
from tests.contract.fhir_world import (
    HUB,
    ODS,
    FhirWorld,
    bundle,
    coded,
    composition,
    document,
    entry,
    fhir_world,
    issues,
    patient,
    rules,
    task,
)
from tests.world import World

LA = f"{HUB}/Id/local-authority-code"
VERIFICATION = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus"
TRACED = "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland"
YOUNG = "9990000042"


def child(number: str = YOUNG, *, traced: str | None = None, born: str = "2023-05-06", **more: Any) -> dict[str, Any]:
    """A child under compulsory school age."""
    said = patient(number, **({"birthDate": born, "name": [{"family": "Testchild", "given": ["Bo"]}]} | more))
    if traced is not None:
        status = {"coding": [{"system": TRACED, "code": traced}]}
        said["identifier"][0]["extension"] = [{"url": VERIFICATION, "valueCodeableConcept": status}]
    return said


def named(system: str, code: str) -> dict[str, Any]:
    return {"identifier": {"system": system, "value": code}}


def opinion(**more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Communication",
        "extension": [
            {
                "url": f"{HUB}/StructureDefinition/send-notification",
                "extension": [
                    {"url": "certainty", "valueCoding": coded("send-certainty", "probably-has")["coding"][0]},
                    {"url": "parentInformed", "valueDate": "2026-11-10"},
                    {"url": "discussionOffered", "valueDate": "2026-11-12"},
                    {"url": "voluntaryOrganisation", "valueString": "Mere parents' forum"},
                ],
            }
        ],
        "status": "completed",
        "category": [coded("send-notification-basis", "s23-under-compulsory-school-age")],
        "reasonCode": [coded("send-opinion", "sen")],
        "recipient": [{"identifier": {"system": LA, "value": "990"}}],
        "sender": {"identifier": {"system": ODS, "value": "RX1"}},
        "subject": {"reference": "#child"},
    } | more


def notice(who: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return opinion(**({"contained": [(who or child()) | {"id": "child"}]} | more))


def message(event: str, *resources: dict[str, Any], header: str | None = None, **more: Any) -> dict[str, Any]:
    said = {
        "resourceType": "MessageHeader",
        "id": header or str(uuid4()),
        "eventCoding": {"system": f"{HUB}/CodeSystem/send-message-event", "code": event},
        "source": {"endpoint": "https://trust.example/messages"},
        "sender": {"identifier": {"system": ODS.lower(), "value": "RX1"}},
    }
    entries = [{"resource": each, "fullUrl": f"urn:uuid:{uuid4()}"} for each in (said, *resources)]
    return {"resourceType": "Bundle", "id": str(uuid4()), "type": "message", "entry": entries} | more


def notifying(**more: Any) -> dict[str, Any]:
    sent = message("notify-suspected-need", opinion(), child(), **more)
    sent["entry"][1]["resource"]["subject"] = {"reference": sent["entry"][2]["fullUrl"]}
    return sent


def told(response: Any) -> tuple[str, str, list[str]]:
    """(response code, the id of the message that was answered, the rules of the details)."""
    said = response.json()
    assert (said["resourceType"], said["type"]) == ("Bundle", "message"), said
    header = said["entry"][0]["resource"]
    assert header["response"]["details"]["reference"] == said["entry"][1]["fullUrl"]
    details = said["entry"][1]["resource"]["issue"]
    named = [each["details"]["coding"][0]["code"] for each in details]
    return header["response"]["code"], header["response"]["identifier"], named


async def test_a_child_is_notified_by_a_communication_alone(fhir: FhirWorld) -> None:
    """S. 23(3): the opinion comes to the authority's attention, and what was done for the parent first with it."""
    made = await fhir.trust.post("/Communication", notice(), headers={"Prefer": "return=representation"})
    assert made.status_code == 201, made.text
    said = made.json()
    assert made.headers["location"].endswith(f"/Communication/{said['id']}/_history/{said['meta']['versionId']}")
    assert made.headers["etag"] == f'W/"{said["meta"]["versionId"]}"'
    assert {each["url"] for each in said["extension"][0]["extension"]} == {
        "certainty",
        "parentInformed",
        "discussionOffered",
        "voluntaryOrganisation",
    }
    seen = await fhir.authority.get(f"/Communication/{said['id']}")
    assert seen.json()["reasonCode"] == said["reasonCode"]
    assert (await fhir.other_authority.get(f"/Communication/{said['id']}")).status_code == 404
    assert await fhir.count("source", kind="FHIR") == 1
    minimal = await fhir.trust.post("/Communication", notice(child(born="2023-05-07")), headers=_prefer("minimal"))
    assert (minimal.status_code, minimal.content) == (201, b"")
    assert minimal.headers["etag"]
    outcome = await fhir.trust.post("/Communication", notice(child("9990000050")), headers=_prefer("OperationOutcome"))
    assert outcome.json()["issue"][0]["severity"] == "information"
    with_text = await fhir.trust.post("/Communication", notice(payload=[{"contentString": "What we think"}]))
    assert with_text.json()["issue"][0]["details"]["coding"][0]["code"] == "payload-kept-aside"


def _prefer(what: str) -> dict[str, str]:
    return {"Prefer": f"return={what}"}


async def test_only_a_verified_number_links_a_notification_to_a_record(fhir: FhirWorld) -> None:
    """A number with another status than 01 is no proof of who a child is: a clerk of the authority decides."""
    first = await fhir.trust.post("/Communication", notice(child(traced="01")))
    again = await fhir.trust.post("/Communication", notice(child(traced="01"), status="completed", payload=[TEXT]))
    doubtful = await fhir.trust.post("/Communication", notice(child(traced="02")))
    assert {first.status_code, again.status_code, doubtful.status_code} == {201}
    assert await fhir.count("child", family_name="Testchild", date_of_birth=BORN) == 2
    async with fhir.transactions.begin(None) as tx:
        statuses = await tx.connection.scalars(
            select(tables.child.c.nhs_number_status).where(tables.child.c.date_of_birth == BORN)
        )
        assert set(statuses) == {NHSNumberStatus.VERIFIED, NHSNumberStatus.TO_BE_RESOLVED}
        (reasons,) = await tx.connection.scalars(select(tables.identity_candidate.c.reasons))
    assert reasons == ["NHS_NUMBER_SAME", "NHS_NUMBER_NOT_VERIFIED"]


BORN, BUSY = date(2023, 5, 6), 503
TEXT = {"contentString": "Again"}


CONDITION = {"resourceType": "Condition", "id": "c", "subject": {"reference": "#child"}}
NOTICES: dict[str, tuple[dict[str, Any], int, str]] = {
    "no parent informed": (
        notice(extension=[{"url": "https://example.org/x", "valueString": "y"}]),
        422,
        "notification-certainty",
    ),
    "another sender": (notice(sender=named(ODS, "RX2")), 403, "sender-mismatch"),
    "an unknown recipient": (notice(recipient=[named(LA, "999")]), 422, "recipient-unknown"),
    "a trust as recipient": (notice(recipient=[named(ODS, "RX2")]), 422, "not-an-authority"),
    "over school age": (notice(child(born="2012-01-01")), 422, "not-under-compulsory-school-age"),
    "another's patient": (opinion(subject={"reference": f"Patient/{UUID(int=1)}"}), 422, "communication-subject"),
    "a wrong number": (notice(child("9990000043")), 422, "nhs-number-check-digit"),
    "no name": (notice(child(name=[])), 400, "empty"),
    "a condition with it": (
        notice(contained=[child() | {"id": "child"}, CONDITION]),
        422,
        "resource-not-used",
    ),
    "taken back": (notice(status="entered-in-error"), 422, "communication-status"),
}


async def test_what_is_no_notification_is_refused_and_kept(fhir: FhirWorld) -> None:
    """Each with its rule; nothing of it is done, and what was refused for what it says is kept for a person."""
    for name, (sent, status, rule) in NOTICES.items():
        refused = await fhir.trust.post("/Communication", sent)
        assert (refused.status_code, rule in rules(refused)) == (status, True), (name, refused.text)
    assert await fhir.count("notification") == 0
    assert await fhir.count("quarantined_item", place="POST /Communication") == len(NOTICES) - 1
    refused = await fhir.trust.post("/Communication", notice(category=[coded("send-notification-basis", "nonsense")]))
    assert ("code-unknown", "Communication.category.coding") in issues(refused)
    refused = await fhir.partner("without-graphql").post("/Communication", notice())
    assert (refused.status_code, rules(refused)) == (403, {"scope-missing"})
    assert (await fhir.partner("reader").post("/Communication", notice())).status_code == 403


async def test_row_50_of_a_hundred_conditional_creates_that_race_one_creates(fhir: FhirWorld) -> None:
    """Row 50: If-None-Exist holds under concurrency; the others find what the first made, and it stays found."""
    named = notice(identifier=[{"system": "https://trust.example/Id/notice", "value": "N1"}])
    condition = {"If-None-Exist": "identifier=https://trust.example/Id/notice|N1"}
    gate = asyncio.Semaphore(12)

    async def create() -> Any:
        async with gate:
            answer = await fhir.trust.post("/Communication", named, headers=condition)
            while answer.status_code == BUSY:  # a busy machine, not a second notification: the sender sends it again
                answer = await fhir.trust.post("/Communication", named, headers=condition)
            return answer

    answers = await asyncio.gather(*(create() for _ in range(100)))
    assert sorted(each.status_code for each in answers) == [200] * 99 + [201]
    assert len({each.headers["location"] for each in answers}) == 1
    assert await fhir.count("notification") == 1
    async with fhir.transactions.begin(None) as tx:
        await forget_used_keys(tx)
    for wrong in ("identifier=N1", "name=x", "identifier=https://trust.example/Id/notice|N2"):
        refused = await fhir.trust.post("/Communication", named, headers={"If-None-Exist": wrong})
        assert refused.status_code == 400
    other = await fhir.trust.post("/Communication", notice(), headers={"X-Request-ID": "r-1"})
    repeated = await fhir.trust.post("/Communication", notice(), headers={"X-Request-ID": "r-1"})
    assert (other.headers["location"], other.status_code) == (repeated.headers["location"], 201)


async def test_a_message_notifies_answers_and_advises_each_once(fhir: FhirWorld) -> None:
    """The ids of the message and of its envelope are its names; what was done is said in the response."""
    sent = notifying()
    first = await fhir.trust.post("/$process-message", sent)
    assert first.status_code == 200, first.text
    assert told(first) == ("ok", sent["entry"][0]["resource"]["id"], ["processed"])
    again = await fhir.trust.post("/$process-message", sent)
    assert again.json() == first.json()
    in_another_envelope = await fhir.trust.post("/$process-message", sent | {"id": str(uuid4())})
    assert told(in_another_envelope)[0] == "ok"
    assert await fhir.count("notification") == 1
    in_the_same_envelope = await fhir.trust.post("/$process-message", notifying() | {"id": sent["id"]})
    assert in_the_same_envelope.status_code == 409
    assert told(in_the_same_envelope)[::2] == ("fatal-error", ["idempotency-key-reused"])
    changed = json.loads(json.dumps(sent))
    changed["entry"][1]["resource"]["reasonCode"] = [coded("send-opinion", "disability")]
    assert (await fhir.trust.post("/$process-message", changed)).status_code == 409

    request_id = await fhir.retrieved()
    accepted = await fhir.trust.post("/$process-message", message("answer-request", task(request_id, "accepted")))
    assert told(accepted)[0] == "ok", accepted.text
    stale = task(request_id, "accepted", meta={"versionId": "1"})
    refused = await fhir.trust.post("/$process-message", message("answer-request", stale))
    assert (refused.status_code, told(refused)[2]) == (412, ["version-stale"])
    advised = await fhir.trust.post(
        "/$process-message", message("give-advice", task(request_id, "completed"), composition())
    )
    assert told(advised)[::2] == ("ok", ["processed", "processed"]), advised.text
    assert await fhir.count("advice") == 1


async def test_a_message_that_cannot_be_processed_is_answered_by_one(fhir: FhirWorld) -> None:
    """A BaRS referral, a mixed or empty message, another's Task: fatal-error, with the rule, and nothing is done."""
    bars = notifying()
    bars["entry"][0]["resource"]["eventCoding"] = {
        "system": "https://fhir.nhs.uk/CodeSystem/message-events-bars",
        "code": "servicerequest-request",
    }
    foreign = task("00000000-0000-0000-0000-000000000001", "accepted")
    cases: list[tuple[dict[str, Any], int, str]] = [
        (bars, 422, "message-event"),
        (message("notify-suspected-need", child()), 422, "one-notification"),
        (message("answer-request", task("a", "accepted"), opinion(subject={"display": "x"})), 422, "one-answer"),
        (message("answer-request", composition()), 422, "one-answer"),
        (message("give-advice", task("a", "completed")), 422, "message-event-content"),
        (message("answer-request", foreign), 404, "not-found"),
        (message("answer-request", {"resourceType": "Encounter", "status": "planned"}), 422, "resource-type-unknown"),
    ]
    for sent, status, rule in cases:
        refused = await fhir.trust.post("/$process-message", sent)
        assert (refused.status_code, told(refused)[0]) == (status, "fatal-error"), refused.text
        assert rule in told(refused)[2]
    assert await fhir.count("denied_attempt", rule="not-found") == 1
    for no_message in (
        {},
        [],
        notifying(type="collection"),
        {"resourceType": "Bundle", "type": "message", "entry": []},
    ):
        refused = await fhir.trust.post("/$process-message", no_message)
        assert (refused.status_code, rules(refused)) == (400, {"message-header"})
    other = notifying()
    other["entry"][0]["resource"]["sender"]["identifier"]["value"] = "RX2"
    refused = await fhir.trust.post("/$process-message", other)
    assert (refused.status_code, rules(refused)) == (403, {"sender-mismatch"})
    assert (await fhir.partner("reader").post("/$process-message", notifying())).status_code == 403
    assert await fhir.count("notification") == 0


async def test_what_is_tolerated_of_a_sender_is_put_right_and_told(
    world: World, transactions: Transactions, tmp_path: Path
) -> None:
    """By name, of the client for whom the file says so, each as a warning; of another it is a fault."""
    file = tmp_path / "tolerances.json"
    file.write_text(json.dumps({"client-of-RX1": list(Tolerance)}))
    async with fhir_world(world, transactions, fhir_tolerances=str(file)) as fhir:
        request_id = await fhir.retrieved()
        sent = message("answer-request", task(f"urn:uuid:{request_id}", "accepted"))
        header = sent["entry"][0]["resource"]
        header["eventCoding"] = header["eventCoding"] | {"display": ["Answer"]}
        header["destination"] = {"endpoint": "https://hub.example"}
        header["focus"] = [{"display": "the Task"}, None]
        done = await fhir.trust.post("/$process-message", sent)
        assert told(done)[0] == "ok", done.text
        assert set(told(done)[2]) == {f"tolerated-{each}" for each in Tolerance} | {"processed"}
        tolerated = notice() | {"category": notice()["category"][0]}
        warned = await fhir.trust.post("/Communication", tolerated)
        (issue,) = warned.json()["issue"]
        assert (warned.status_code, issue["severity"], issue["expression"]) == (
            201,
            "warning",
            ["Communication.category"],
        )
        refused = await fhir.other_trust.post("/Communication", tolerated)
        assert (refused.status_code, rules(refused)) == (400, {"json-type"})
        bundled = bundle(
            entry(task(request_id, "completed")), entry(composition() | {"author": composition()["author"][0]})
        )
        answered = await fhir.trust.post("", bundled)
        outcome = answered.json()["entry"][0]["response"]["outcome"]
        assert outcome["issue"][0]["expression"] == ["Bundle.entry[1].resource.author"]
    for wrong in ("[]", '{"x": ["anything"]}', "{"):
        file.write_text(wrong)
        with pytest.raises(NotReadyError, match="HUB_FHIR_TOLERANCES"):
            read_tolerances(str(file))


async def test_the_end_user_organisation_is_the_body_of_the_token(fhir: FhirWorld) -> None:
    """NHSD-End-User-Organisation-ODS must agree with the token; the ids of an exchange are given back."""
    headers = {"NHSD-End-User-Organisation-ODS": "rx1", "X-Request-ID": "r-9", "X-Correlation-ID": "c-9"}
    seen = await fhir.trust.get("/Task?owner:identifier=RX1", headers=headers)
    assert (seen.status_code, seen.headers["x-request-id"], seen.headers["x-correlation-id"]) == (200, "r-9", "c-9")
    refused = await fhir.other_trust.get("/Task?owner:identifier=RX1", headers=headers)
    assert (refused.status_code, rules(refused)) == (403, {"end-user-organisation-mismatch"})


async def test_a_task_is_answered_as_it_is_preferred(fhir: FhirWorld) -> None:
    request_id = await fhir.retrieved()
    first = await fhir.trust.answer(task(request_id, "accepted"), headers=_prefer("OperationOutcome"))
    assert first.json()["issue"][0]["details"]["coding"][0]["code"] == "updated"
    assert first.headers["etag"] == 'W/"3"'
    again = await fhir.trust.answer(task(request_id, "accepted"), version=3, headers=_prefer("minimal"))
    assert (again.status_code, again.content) == (200, b"")


def document_of(request: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Advice as a document: its Composition names the request in its event."""
    first = composition(event=[{"detail": [request]}])
    return {
        "resourceType": "Bundle",
        "type": "document",
        "identifier": {"system": "https://tools.ietf.org/html/rfc4122", "value": str(uuid4())},
        "timestamp": "2026-11-20T10:00:00Z",
        "entry": [{"fullUrl": f"urn:uuid:{uuid4()}", "resource": first}],
    } | more


async def test_advice_comes_as_a_document_and_stays_as_it_was_sent(fhir: FhirWorld) -> None:
    """It completes the request that it names, and is read as it came by whom the advice is for, and by no one else."""
    request_id = await fhir.retrieved()
    sent = document_of({"reference": f"ServiceRequest/{request_id}"})
    where = {"If-None-Exist": f"identifier={sent['identifier']['system']}|{sent['identifier']['value']}"}
    made = await fhir.trust.post("/Bundle", sent, headers=where)
    assert made.status_code == 201, made.text
    again = await fhir.trust.post("/Bundle", sent, headers=where)
    assert (again.status_code, again.headers["location"]) == (200, made.headers["location"])
    path = made.headers["location"].partition("/fhir/R4")[2]
    for reader in (fhir.authority, fhir.trust):
        read = await reader.get(path)
        assert read.status_code == 200, read.text
        assert {name: value for name, value in read.json().items() if name not in {"id", "meta"}} == sent
    assert (await fhir.other_trust.get(path)).status_code == 404
    assert (await fhir.trust.get(f"/Task/{request_id}")).json()["status"] == "completed"
    none = f"Task/{UUID(int=1)}"
    for broken, status, rule in (
        (document_of({"reference": none}), 404, "not-found"),
        (document_of({"display": "none"}), 422, "document-without-request"),
        (sent | {"type": "collection"}, 422, "bundle-type"),
        (document_of({"reference": none}, entry=[{"resource": patient()}]), 422, "bdl-11"),
        ({name: value for name, value in sent.items() if name not in {"identifier", "timestamp"}}, 422, "bdl-10"),
    ):
        refused = await fhir.trust.post("/Bundle", broken)
        assert (refused.status_code, rule in rules(refused)) == (status, True), refused.text
    logical = document_of({"identifier": {"system": f"{HUB}/Id/cooperation-request", "value": await fhir.retrieved()}})
    assert (await fhir.trust.post("/Bundle", logical)).status_code == 201


async def test_advice_stands_alone_and_answers_the_request_that_it_names(fhir: FhirWorld) -> None:
    """A Composition by its event, a DocumentReference by its context; each once, and none that answers nothing."""
    identifier = {"system": "https://tools.ietf.org/html/rfc4122", "value": str(uuid4())}
    where = {"If-None-Exist": f"identifier={identifier['system']}|{identifier['value']}"}
    for made_of, listed in ((composition_for, identifier), (document_for, [identifier])):
        request_id = await fhir.retrieved()
        sent = made_of({"reference": f"Task/{request_id}"}) | {"identifier": listed}
        kind = sent["resourceType"]
        made = await fhir.trust.post(f"/{kind}", sent, headers=where)
        assert made.status_code == 201, made.text
        path = made.headers["location"].partition("/fhir/R4")[2]
        assert path.startswith(f"/{kind}/")
        again = await fhir.trust.post(f"/{kind}", sent, headers=where)
        assert (again.status_code, again.headers["location"]) == (200, made.headers["location"])
        assert (await fhir.authority.get(path)).json()["type"] == made.json()["type"]
        assert (await fhir.other_trust.get(path)).status_code == 404
        assert (await fhir.trust.get(f"/Task/{request_id}")).json()["status"] == "completed"
        logical = {"system": f"{HUB}/Id/cooperation-request", "value": await fhir.retrieved()}
        assert (await fhir.trust.post(f"/{kind}", made_of({"identifier": logical}))).status_code == 201
        for named, who, status, rule in (
            ({"reference": f"Task/{UUID(int=1)}"}, fhir.trust, 404, "not-found"),
            ({"reference": f"Task/{request_id}"}, fhir.other_trust, 404, "not-found"),
            ({"display": "none"}, fhir.trust, 422, "document-without-request"),
        ):
            refused = await who.post(f"/{kind}", made_of(named))
            assert (refused.status_code, rules(refused)) == (status, {rule})
        assert (await fhir.partner("reader").post(f"/{kind}", sent)).status_code == 403


def composition_for(request: dict[str, Any]) -> dict[str, Any]:
    return composition(event=[{"detail": [request]}])


def document_for(request: dict[str, Any]) -> dict[str, Any]:
    return document(uuid4().bytes, context={"related": [request]})

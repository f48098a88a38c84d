"""The main job, from an authority's return to a trust's advice, with real processes over HTTP.

The steps are those of the README, in its order, on one running `hub demo`.
"""

import json
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import httpx
import pytest

from hub.auth.assertions import client_assertion, new_client_key
from hub.clock import utc_now
from schema.ids import from_global
from tests.running import RunningHub

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"
PORTAL, TRUST, OTHER_TRUST = "northmere-portal", "mereside-ehr", "marchland-trust-ehr"
ODS = "https://fhir.nhs.uk/Id/ods-organization-code"

REQUEST = """mutation($input: RequestCooperationInput!) { requestCooperation(input: $input) {
  cooperationRequest { id status receivedAt dueOn duty { state } } refusals { provision rule } } }"""
SEEN = """query($id: ID!) { node(id: $id) { ... on CooperationRequest {
  status receivedAt receiptBy dueOn duty { state dueOn metOn } declined { ground reasons }
  advice { kind author needs { description } outcomes provision { description minutesPerWeek frequency }
    documents { mediaType size } } } } }"""


def fhir(hub: RunningHub, client: str, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
    sent = {"Authorization": f"Bearer {hub.token(client)}"} | headers
    content = None
    if body is not None:
        sent |= {"Content-Type": "application/fhir+json"}
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return httpx.request(method, f"{hub.base_url}/fhir/R4{path}", content=content, headers=sent, timeout=30)


def code_of(hub: RunningHub, client: str) -> str:
    return str(hub.client(client)["organisation"])


def waiting_tasks(hub: RunningHub, client: str) -> list[dict[str, Any]]:
    code = code_of(hub, client)
    tasks: list[dict[str, Any]] = []
    url = f"/Task?owner:identifier={ODS}|{code}&status=requested&_count=100"
    while url:
        answer = fhir(hub, client, "GET", url)
        assert answer.status_code == 200, answer.text
        bundle = answer.json()
        tasks += [entry["resource"] for entry in bundle.get("entry", []) if entry["resource"]["resourceType"] == "Task"]
        links = {each["relation"]: each["url"] for each in bundle.get("link", [])}
        url = links["next"].partition("/fhir/R4")[2] if "next" in links else ""
    return tasks


@pytest.fixture(scope="module")
def child(hub: RunningHub) -> dict[str, Any]:
    """A child of 990 with a verified NHS number, of whom no other body has been asked anything."""
    query = """{ children(first: 50, filter: {hasCurrentPlan: true}) {
      nodes { id nhsNumber nhsNumberStatus familyName cooperationRequests { id } } } }"""
    found = hub.graphql(PORTAL, query)["data"]["children"]["nodes"]
    known = [each for each in found if each["nhsNumber"] and each["nhsNumberStatus"] == "VERIFIED"]
    return next(each for each in known if not each["cooperationRequests"])


def ask(hub: RunningHub, child: dict[str, Any]) -> str:
    """The portal asks the trust for health advice; the id of the request."""
    trust = hub.graphql(PORTAL, f'{{ organisation(odsCode: "{code_of(hub, TRUST)}") {{ id }} }}')["data"][
        "organisation"
    ]
    given = {
        "child": child["id"],
        "addressedTo": trust["id"],
        "function": "EHC_NEEDS_ASSESSMENT",
        "asked": "Advice on speech, language and communication needs.",
    }
    answer = hub.graphql(PORTAL, REQUEST, {"input": given})["data"]["requestCooperation"]
    assert answer["refusals"] == []
    assert answer["cooperationRequest"]["status"] == "SENT"
    assert answer["cooperationRequest"]["receivedAt"] is None
    assert answer["cooperationRequest"]["duty"]["state"] == "WAITING_TO_START"
    return str(answer["cooperationRequest"]["id"])


def seen_by_portal(hub: RunningHub, request_id: str) -> dict[str, Any]:
    answer = hub.graphql(PORTAL, SEEN, {"id": request_id})
    assert "errors" not in answer
    return dict(answer["data"]["node"])


def task_id(request_id: str) -> str:
    return str(from_global(request_id)[1])


def test_1_the_return_of_the_readme_comes_in_and_again_changes_nothing(hub: RunningHub) -> None:
    first = hub.command("import", "sen2", "tests/data/return.xml", "--authority", "990")
    assert first.returncode == 0, first.stdout + first.stderr
    assert "new" in first.stdout
    report = Path(first.stdout.rpartition("report: ")[2].strip())
    counts = json.loads(report.read_text())
    assert (counts["read"], counts["new"], counts["refused"]) == (12, 12, 0)
    again = hub.command("import", "sen2", "tests/data/return.xml", "--authority", "990")
    counts = json.loads(Path(again.stdout.rpartition("report: ")[2].strip()).read_text())
    assert (counts["new"], counts["changed"], counts["unchanged"]) == (0, 0, 12)


def test_1_mistakes_are_named_without_the_childs_data_and_the_rest_is_loaded(hub: RunningHub) -> None:
    done = hub.command("import", "sen2", "tests/data/return-with-mistakes.xml", "--authority", "990")
    assert done.returncode == 3, done.stdout + done.stderr
    report = json.loads(Path(done.stdout.rpartition("report: ")[2].strip()).read_text())
    assert report["refused"] > 0
    assert report["new"] > 0
    assert report["read"] == report["new"] + report["changed"] + report["unchanged"] + report["refused"]
    assert all(each["place"].startswith("Person[") and each["rule"] for each in report["problems"])


@pytest.mark.parametrize(
    ("content", "authority"),
    [
        (b"not xml at all", "990"),
        (b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e "x">]><Message/>', "990"),
        ((ROOT / "tests/data/return.xml").read_bytes(), "991"),
        ((ROOT / "tests/data/return.xml").read_bytes()[:3_000], "990"),
    ],
)
def test_1_a_file_that_is_no_return_of_the_authority_is_refused_whole(
    hub: RunningHub, tmp_path: Path, content: bytes, authority: str
) -> None:
    path = tmp_path / "file.xml"
    path.write_bytes(content)
    done = hub.command("import", "sen2", str(path), "--authority", authority)
    assert done.returncode == 3
    assert done.stderr.startswith("hub: ")
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not SHARED.exists(), reason="the shared samples are not beside this checkout")
def test_1_the_shared_sample_and_three_thousand_persons_come_in(hub: RunningHub, tmp_path: Path) -> None:
    sample = hub.command("import", "sen2", str(SHARED / "data/sen2/sample.xml"), "--authority", "990")
    assert sample.returncode == 0, sample.stdout + sample.stderr
    made = tmp_path / "return.xml"
    maker = [sys.executable, str(SHARED / "tools/make_sen2.py"), "--la", "991", "--persons", "3000", "--seed", "1"]
    with made.open("wb") as output:
        subprocess.run(maker, stdout=output, check=True)
    done = hub.command("import", "sen2", str(made), "--authority", "991")
    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr
    count = hub.graphql("southwoldvale-portal", "{ children { totalCount } }")["data"]["children"]["totalCount"]
    assert count >= 3_000


def test_2_the_portal_reads_children_plans_provision_and_budgets(hub: RunningHub) -> None:
    query = """{ children(first: 20, filter: {hasCurrentPlan: true}) { totalCount nodes { familyName upn dateOfBirth
      currentPlan { status sections { code text } needs { description } outcomes { description }
        provisions { section description minutesPerWeek deliveredBy annualCost provider { name } commissioner { name } }
        placement { setting { name } } personalBudget { status } } } }
      personalBudgets(first: 5) { totalCount nodes { status items { kind amount per funder { name } }
        payments { status amount payments { amount } } } } }"""
    answer = hub.graphql(PORTAL, query)
    assert "errors" not in answer
    children = answer["data"]["children"]
    assert children["totalCount"] > 50
    plan = next(each["currentPlan"] for each in children["nodes"] if each["currentPlan"]["provisions"])
    assert {"A", "B", "E", "F"} <= {each["code"] for each in plan["sections"]}
    assert any(each["minutesPerWeek"] for each in plan["provisions"])
    assert answer["data"]["personalBudgets"]["totalCount"] >= 10
    assert any(each["items"] for each in answer["data"]["personalBudgets"]["nodes"])


def test_3_and_4_the_trust_finds_receives_and_answers_the_request(hub: RunningHub, child: dict[str, Any]) -> None:
    request_id = ask(hub, child)
    task = next(each for each in waiting_tasks(hub, TRUST) if each["id"] == task_id(request_id))
    assert task["status"] == "requested"
    assert task["for"]["identifier"]["value"] == child["nhsNumber"]
    received = seen_by_portal(hub, request_id)
    assert (received["status"], received["receiptBy"]) == ("RECEIVED", "RETRIEVED")
    assert received["dueOn"] == task["restriction"]["period"]["end"][:10]

    text = (ROOT / "tests/data/advice-bundle.json").read_text().replace("TASK-ID", task["id"])
    for known in ("NHS-NUMBER", "9990000018"):
        text = text.replace(known, child["nhsNumber"])
    key = str(uuid.uuid4())
    pushed = fhir(hub, TRUST, "POST", "", text.encode(), **{"X-Request-ID": key})
    assert pushed.status_code == 200, pushed.text
    assert pushed.headers["x-request-id"] == key
    again = fhir(hub, TRUST, "POST", "", text.encode(), **{"X-Request-ID": key})
    assert (again.status_code, again.json()) == (200, pushed.json())

    answered = seen_by_portal(hub, request_id)
    assert answered["status"] == "COMPLIED"
    assert answered["duty"]["state"] == "MET"
    assert len(answered["advice"]) == 1
    advice = answered["advice"][0]
    assert advice["needs"]
    assert advice["outcomes"]
    assert advice["provision"]


def test_4_declining_takes_a_ground_and_written_reasons(hub: RunningHub, child: dict[str, Any]) -> None:
    request_id = ask(hub, child)
    path = f"/Task/{task_id(request_id)}"
    read = fhir(hub, TRUST, "GET", path)
    task = read.json()
    task["status"] = "rejected"
    system = "https://send-hub.example/fhir/CodeSystem/send-refusal-ground"
    task["statusReason"] = {"coding": [{"system": system, "code": "adverse-effect-on-functions"}]}
    task.pop("note", None)
    refused = fhir(hub, TRUST, "PUT", path, task, **{"If-Match": read.headers["etag"]})
    assert refused.status_code == 422, refused.text
    assert refused.json()["resourceType"] == "OperationOutcome"
    assert "s. 31(3)" in refused.text
    assert seen_by_portal(hub, request_id)["status"] == "RECEIVED"
    task["statusReason"]["text"] = "The service for this age group is not commissioned from this trust."
    done = fhir(hub, TRUST, "PUT", path, task, **{"If-Match": read.headers["etag"]})
    assert done.status_code == 200, done.text
    declined = seen_by_portal(hub, request_id)
    assert declined["status"] == "DECLINED"
    assert declined["declined"]["ground"] == "ADVERSE_EFFECT_ON_FUNCTIONS"
    assert declined["declined"]["reasons"].startswith("The service")
    assert declined["duty"]["state"] == "ENDED"


def test_5_for_another_trust_they_do_not_exist(hub: RunningHub, child: dict[str, Any]) -> None:
    request_id = ask(hub, child)
    unknown = str(uuid.uuid4())
    hidden = fhir(hub, OTHER_TRUST, "GET", f"/Task/{task_id(request_id)}")
    missing = fhir(hub, OTHER_TRUST, "GET", f"/Task/{unknown}")
    assert hidden.status_code == missing.status_code == 404
    assert hidden.text.replace(task_id(request_id), "") == missing.text.replace(unknown, "")
    assert task_id(request_id) not in {each["id"] for each in waiting_tasks(hub, OTHER_TRUST)}
    patient = fhir(hub, OTHER_TRUST, "GET", f"/Patient/{task_id(child['id'])}")
    assert patient.status_code == 404
    others = """query($child: ID!, $request: ID!) { child(id: $child) { id } node(id: $request) { id }
      children(filter: {familyNameStartsWith: ""}) { nodes { id } } cooperationRequests { nodes { id } } }"""
    answer = hub.graphql(OTHER_TRUST, others, {"child": child["id"], "request": request_id})
    assert answer["data"]["child"] is None
    assert answer["data"]["node"] is None
    assert child["id"] not in {each["id"] for each in answer["data"]["children"]["nodes"]}
    assert request_id not in {each["id"] for each in answer["data"]["cooperationRequests"]["nodes"]}


def test_bad_tokens_are_refused_exactly(hub: RunningHub) -> None:
    """Forged, for another audience, cut short, and none: each says by its rule why not."""
    forged = client_assertion(new_client_key("ES384"), PORTAL, hub.base_url, utc_now())
    token = hub.token(PORTAL)
    head, body, signature = token.split(".")
    flipped = f"{head}.{body}.{signature[:-4]}AAAA"
    for given, rule in (
        (forged, None),
        (flipped, "token-signature"),
        ("nonsense", "token-malformed"),
        (None, "no-token"),
    ):
        headers = {"Authorization": f"Bearer {given}"} if given else {}
        for path, send in (("/graphql", {"query": "{ viewer { clientId } }"}), ("/fhir/R4/Task", None)):
            method = "POST" if send else "GET"
            answer = httpx.request(method, hub.base_url + path, headers=headers, timeout=30, json=send)
            assert answer.status_code == 401, (path, rule)
            assert "resource_metadata" in answer.headers["www-authenticate"]
        if rule:
            answer = httpx.post(f"{hub.base_url}/graphql", json={"query": "{ viewer { clientId } }"}, headers=headers)
            assert answer.json()["errors"][0]["extensions"]["rule"] == rule


def with_patient(text: str, nhs_number: str) -> str:
    """The bundle with the child named in it."""
    bundle = json.loads(text.replace("TASK-ID", str(uuid.uuid4())))
    identifier = [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": nhs_number}]
    patient = {"resourceType": "Patient", "identifier": identifier}
    entry = {
        "fullUrl": f"urn:uuid:{uuid.uuid4()}",
        "resource": patient,
        "request": {"method": "POST", "url": "Patient"},
    }
    bundle["entry"].append(entry)
    return json.dumps(bundle)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (lambda text: "not json", 400),
        (lambda text: '{"resourceType": "Patient"}', 422),
        (lambda text: text.replace('"transaction"', '"banana"').replace("TASK-ID", str(uuid.uuid4())), 422),
        (lambda text: text.replace("TASK-ID", str(uuid.uuid4())), 404),
        (lambda text: with_patient(text, "9990000019"), 422),
    ],
)
def test_bad_bundles_get_an_exact_outcome(hub: RunningHub, change: Any, status: int) -> None:
    text = change((ROOT / "tests/data/advice-bundle.json").read_text())
    answer = fhir(hub, TRUST, "POST", "", text.encode(), **{"X-Request-ID": str(uuid.uuid4())})
    assert answer.status_code == status, answer.text
    outcome = answer.json()
    assert outcome["resourceType"] == "OperationOutcome"
    assert all(issue["severity"] in {"error", "fatal"} and issue["details"]["coding"] for issue in outcome["issue"])
    assert "9990000019" not in answer.text

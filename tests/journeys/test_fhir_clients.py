"""A trust's engineer uses a client library of their own: fhir-kit-client, @medplum/core and fhirpy do the main job."""

import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from fhirpy import SyncFHIRClient

from tests.journeys.test_main_job import ODS, TRUST, ask, child, code_of, task_id
from tests.npm import read_from
from tests.running import RunningHub

__all__ = ["child"]  # the fixture

ADVICE = Path(__file__).parents[1] / "data" / "advice-bundle.json"
DONE = ["200 OK", *["201 Created"] * 6]


@pytest.fixture(scope="module")
def advice(child: dict[str, Any]) -> str:
    """The example of the README, for this child; TASK-ID is yet to be put in."""
    text = ADVICE.read_text()
    for known in ("NHS-NUMBER", "9990000018"):
        text = text.replace(known, child["nhsNumber"])
    return text


def test_node_clients_find_accept_and_complete_a_request(hub: RunningHub, child: dict[str, Any], advice: str) -> None:
    tasks = {name: task_id(ask(hub, child)) for name in ("kit", "medplum")}
    client = {"client_id": TRUST, "private_key": hub.client(TRUST)["private_key"], "ods": code_of(hub, TRUST)}
    said = read_from("fhir-clients.mjs", hub.base_url, told=json.dumps(client | {"tasks": tasks, "advice": advice}))
    assert said == {
        "kit": {
            "version": "4.0.1",
            "found": 1,
            "accepted": "accepted",
            "done": DONE,
            "batch": ["200 OK", "404 Not Found"],
            "outcome": "OperationOutcome",
            "refused": "OperationOutcome",
        },
        "medplum": {"found": 1, "read": "requested", "done": DONE, "outcome": "error"},
    }


def test_fhirpy_finds_and_completes_a_request(hub: RunningHub, child: dict[str, Any], advice: str) -> None:
    waiting = task_id(ask(hub, child))
    client: Any = SyncFHIRClient(f"{hub.base_url}/fhir/R4", authorization=f"Bearer {hub.token(TRUST)}")
    owner = {"owner:identifier": f"{ODS}|{code_of(hub, TRUST)}"}
    (found,) = client.resources("Task").search(**owner, _id=waiting).fetch_all()
    assert (found["id"], found["status"]) == (waiting, "requested")
    assert client.reference("Task", waiting).to_resource()["meta"]["versionId"] == found["meta"]["versionId"]
    bundle = json.loads(advice.replace("TASK-ID", waiting))
    bundle["identifier"]["value"] = str(uuid.uuid4())
    answered = client.execute("", method="post", data=bundle)
    assert [each["response"]["status"] for each in answered["entry"]] == DONE
    outcome = client.execute("Patient/$validate", method="post", data={"resourceType": "Patient", "gender": "banana"})
    assert outcome["issue"][0]["code"] == "code-invalid"

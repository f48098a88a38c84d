"""A trust's engineer gets from nothing to a received event and a delivered health advice, with a library of their own.

They have the README, the capability page and a key pair that they make; the operator does two commands of the README.
"""

import json
import subprocess
from pathlib import Path
from typing import Any

from hub.web.npm import find_npm, install
from tests.journeys.test_fhir_clients import DONE, advice
from tests.journeys.test_main_job import TRUST, ask, child, code_of, seen_by_portal
from tests.npm import FOLDER, read_from
from tests.running import RunningHub, free_port

__all__ = ["advice", "child"]  # the fixtures

SCOPES = (
    "system/Task.rus",
    "system/ServiceRequest.rs",
    "system/Patient.rs",
    "system/Composition.crs",
    "system/DocumentReference.crs",
    "system/Communication.crs",
    "system/Subscription.cruds",
    "cooperation.respond",
    "advice.write",
    "notification.write",
)
"""Those that the README names."""


def test_from_nothing_to_a_received_event_and_a_delivered_advice(
    hub: RunningHub, child: dict[str, Any], advice: str, tmp_path: Path
) -> None:
    keys = read_from("from-nothing.mjs", "keys", told="")
    public, port, ods = tmp_path / "keys.json", free_port(), code_of(hub, TRUST)
    public.write_text(json.dumps(keys["jwks"]))
    asked = [word for scope in SCOPES for word in ("--scope", scope)]
    about = ["--organisation", ods, "--label", "Our record system", "--jwks", str(public), "--purpose", "OWN_FUNCTIONS"]
    added = hub.command_here("client", "add", "our-ehr", *about, *asked)
    assert added.returncode == 0, added.stderr
    for needed in (f"{hub.base_url}/fhir/R4", "/oauth/token", "RS512"):
        assert needed in added.stdout
    endpoint = f"http://127.0.0.1:{port}"
    allowed = hub.command_here("webhook", "allow", "our-ehr", endpoint, "--network", "127.0.0.1/32")
    assert allowed.returncode == 0, allowed.stderr
    told = {"client_id": "our-ehr", "private": keys["private"], "ods": ods, "port": port, "advice": advice}
    install(FOLDER)
    with subprocess.Popen(
        ["node", str(FOLDER / "from-nothing.mjs"), hub.base_url],
        env=find_npm()[1],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as engineer:
        assert engineer.stdin is not None
        assert engineer.stdout is not None
        engineer.stdin.write(json.dumps(told))
        engineer.stdin.close()
        engineer.stdin = None
        said = engineer.stdout.readline()
        request_id = ask(hub, child) if said == "subscribed\n" else ""
        rest, complaint = engineer.communicate(timeout=90)
    assert engineer.returncode == 0, complaint
    assert said == "subscribed\n"
    assert json.loads(rest) == {
        "version": "4.0.1",
        "handshake": ["handshake", True],
        "event": ["event-notification", True],
        "forged": False,
        "owner": True,
        "read": "requested",
        "done": DONE,
        "after": "completed",
        "advice": 1,
    }
    assert seen_by_portal(hub, request_id)["status"] == "COMPLIED"

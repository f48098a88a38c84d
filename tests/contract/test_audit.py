"""The audit log from outside: its commands, its addresses, and a witness who keeps what was signed."""

import base64
import json
import time
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from typer.testing import CliRunner, Result

from hub import auditing, cli
from hub.audit.merkle import is_consistent, is_included
from hub.audit.notes import Checkpoint, witness_of
from hub.db import embedded
from hub.errors import Problem
from hub.settings import read_settings
from tests.running import RunningHub, command_here


def fetched(hub: RunningHub) -> Checkpoint:
    """The signed tree head of the running hub, checked by its key as a witness does."""
    key = httpx.get(f"{hub.base_url}/audit/key").text
    deadline = time.monotonic() + 60
    while (answer := httpx.get(f"{hub.base_url}/audit/checkpoint")).status_code == 503:
        assert time.monotonic() < deadline, "the worker has sealed nothing"
        time.sleep(0.5)
    return witness_of(key).opened(answer.text)


def proof(hub: RunningHub, **asked: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {hub.token('northmere-portal')}"}
    return httpx.get(f"{hub.base_url}/audit/proof", params=asked, headers=headers)


def verified(hub: RunningHub, *kept: Path) -> tuple[bool, str]:
    """What `hub audit verify` answers and says, without a process for it."""
    said: list[str] = []
    return auditing.verify_log(read_settings(hub.environment), kept, None, said.append), "\n".join(said)


def hashes(body: Any) -> list[bytes]:
    return [base64.b64decode(each) for each in body["proof"]]


def test_a_witness_sees_that_what_it_kept_is_still_there(hub: RunningHub, tmp_path: Path) -> None:
    """It keeps a checkpoint; more is recorded and sealed; the proof shows that the new log begins with the old."""
    kept = fetched(hub)
    (tmp_path / "kept").write_text(httpx.get(f"{hub.base_url}/audit/checkpoint").text)
    shown = hub.graphql("northmere-portal", "{ children(first: 2) { nodes { familyName } } }")
    assert len(shown["data"]["children"]["nodes"]) == 2
    deadline = time.monotonic() + 60
    while True:  # the row is sealed once every transaction from before it has ended
        sealed = auditing.sealed_checkpoint(read_settings(hub.environment))
        if (now := fetched(hub)).size >= kept.size + 2:
            break
        assert time.monotonic() < deadline
    body = proof(hub, earlier=kept.size, size=now.size).json()
    assert is_consistent(earlier=kept.size, earlier_root=kept.root, size=now.size, root=now.root, proof=hashes(body))
    body = proof(hub, position=now.size - 1, size=now.size).json()
    leaf = base64.b64decode(body["leaf"])
    assert is_included(leaf, now.size - 1, size=now.size, root=now.root, proof=hashes(body))
    assert sealed.startswith(f"{now.origin}\n{now.size}\n")
    printed = auditing.proof(read_settings(hub.environment), now.size - 1, None, now.size)
    assert json.loads(printed) == body

    status, said = verified(hub, tmp_path / "kept")
    assert status
    assert "rows are as they were sealed" in said
    assert "1 checkpoints kept outside agree" in said


def test_what_a_witness_may_not_or_cannot_ask(hub: RunningHub) -> None:
    size = fetched(hub).size
    assert httpx.get(f"{hub.base_url}/audit/proof", params={"earlier": 1}).status_code == 401
    for asked in ({}, {"earlier": 1, "position": 1}, {"earlier": "x"}, {"position": "-1"}, {"position": 10**17}):
        assert proof(hub, **asked).status_code == 400, asked
    assert proof(hub, position=0, size=size + 10_000).status_code == 400


def test_a_row_that_was_changed_is_named_by_the_command(hub: RunningHub, tmp_path: Path) -> None:
    """Then it is put back as it was, and all is well again. A checkpoint that was not signed by the log is refused."""
    fetched(hub)
    with embedded.attach_or_start(hub.data_dir) as server, psycopg.connect(server.owner_url, autocommit=True) as owner:
        row = owner.execute("SELECT position, row_id FROM sealed_row WHERE kind = 'event' LIMIT 1").fetchone()
        assert row is not None
        owner.execute("UPDATE event SET facts = facts || '{\"changed\": 1}' WHERE id = %s", [row[1]])
        found = hub.command("audit", "verify")
        owner.execute("UPDATE event SET facts = facts - 'changed' WHERE id = %s", [row[1]])
    assert found.returncode == 3
    assert f"position {row[0]}, event {row[1]}: the row was changed after it was sealed" in found.stdout
    assert verified(hub)[0]
    elsewhere = {name: value for name, value in hub.environment.items() if name != "HUB_PORT"}
    assert command_here(elsewhere, "audit", "verify").returncode == 0  # whatever the port, it is the same log
    forged = tmp_path / "forged"
    forged.write_text(httpx.get(f"{hub.base_url}/audit/checkpoint").text.replace("\n", "1\n", 2))
    with pytest.raises(Problem, match="not signed by the key of this log"):
        verified(hub, forged)


def test_the_commands_of_the_record(hub: RunningHub, tmp_path: Path) -> None:
    """The privacy officer's table, the family's answer, the file for the watchers, and what may not be retired."""

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(cli.app, ["audit", *arguments], env=dict(hub.environment))

    child = next(each for each in hub.demo["children"] if each["authority"] == "990" and each["nhs_number"])
    query = "query Look($id: ID!) { child(id: $id) { familyName } }"
    family_name = hub.graphql("northmere-portal", query, {"id": child["id"]})["data"]["child"]["familyName"]
    listed = json.loads(run("disclosures", child["id"], "--json").stdout)
    assert listed[-1]["operation"] == "graphql:Look"
    assert "graphql:Look" in run("disclosures", child["id"]).stdout
    family = run("disclosures", child["nhs_number"], "--for-family")
    assert "(which keeps the record)" in family.stdout
    assert "Data Protection Act 2018 Sch. 3" in family.stderr
    assert family_name not in family.stdout
    out = tmp_path / "audit.ndjson"
    assert run("export", "--out", str(out)).exit_code == 0
    assert all(json.loads(line)["resourceType"] == "AuditEvent" for line in out.read_text().splitlines())
    refused = run("retire", "event", "--before", "2020-01-01")
    assert isinstance(refused.exception, Problem)
    assert run("proof").exit_code == 2

"""What is recorded, as FHIR AuditEvents that the R4B models take and IHE's patterns describe."""

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fhir.resources.R4B import get_fhir_model_class

from hub.db.session import Database
from hub.exporting import export_audit
from hub.settings import Settings
from tests.conftest import NOW
from tests.db.test_audit_log import Log
from tests.world import World

DCM = "http://dicom.nema.org/resources/ontology/DCM"


@pytest.fixture
async def recorded(database: Database, world: World, new_id: Callable[[], UUID]) -> World:
    log = Log(database, world, new_id)
    await log.record(2)
    await log.record(1, at=NOW - timedelta(days=40))
    return world


def exported(owner_url: str, out: Path, **days: Any) -> list[dict[str, Any]]:
    given = {"first": None, "last": None} | days
    said = export_audit(Settings(database_url=owner_url, base_url="https://hub.test"), out, **given)
    found = [json.loads(line) for line in out.read_text().splitlines()]
    assert said.startswith(f"{len(found)} AuditEvents")
    return found


def test_every_record_is_an_audit_event_of_its_pattern(recorded: World, owner_url: str, tmp_path: Path) -> None:
    found = exported(owner_url, tmp_path / "audit.ndjson")
    model = get_fhir_model_class("AuditEvent")
    for each in found:
        model.model_validate(each)
    by_type: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for each in found:
        by_type.setdefault((each["action"], each["subtype"][-1]["code"]), []).append(each)
    assert {kind: len(those) for kind, those in by_type.items()} == {
        ("U", "plan_finalised"): 3,
        ("R", "read"): 3,
        ("E", "denied-attempt"): 3,
        ("E", "110127"): 3,
    }
    read = by_type["R", "read"][0]
    assert read["meta"]["profile"] == [
        "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.PatientRead"
    ]
    client, server, organisation = read["agent"]
    assert (client["type"]["coding"][0]["code"], server["type"]["coding"][0]["code"]) == ("110152", "110153")
    assert client["policy"][0].startswith("urn:ietf:params:oauth:jti:")
    assert (client["requestor"], server["requestor"]) == (True, False)
    assert organisation["who"]["identifier"]["value"] == "990"
    assert server["who"]["identifier"]["value"] == read["source"]["site"] == "hub.test/audit"
    data, patient = read["entity"]
    assert patient["what"]["reference"] == f"Patient/{recorded.child}"
    assert data["detail"] == [
        {"type": "shown", "valueString": "ADVICE"},
        {"type": "withheld", "valueString": "CONTACTS"},
    ]
    assert read["purposeOfEvent"][0]["coding"][0]["code"] == "OWN_FUNCTIONS"
    denied = by_type["E", "denied-attempt"][0]
    assert (denied["outcome"], denied["outcomeDesc"]) == ("4", "NOT_FOUND: not-found")
    assert "Patient" not in json.dumps(denied)
    assert "found alone" not in json.dumps(found), "free text stays in the hub"
    changed = by_type["U", "plan_finalised"][0]
    assert changed["entity"][0]["what"]["identifier"]["value"] == str(recorded.plan)


async def test_the_hubs_own_work_and_days_and_many_batches(
    recorded: World, database: Database, owner_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An event without a client is the hub's; the days bound what is written; a batch ends nowhere in particular."""
    monkeypatch.setattr("adapters.nhs_fhir.audit_export.BATCH", 2)

    whole = await asyncio.to_thread(exported, owner_url, tmp_path / "all")
    assert len({each["id"] for each in whole}) == 12
    since = await asyncio.to_thread(exported, owner_url, tmp_path / "since", first=NOW.date(), last=NOW.date())
    assert len(since) == 8
    before = await asyncio.to_thread(exported, owner_url, tmp_path / "before", last=NOW.date() - timedelta(days=1))
    assert {each["id"] for each in before} | {each["id"] for each in since} == {each["id"] for each in whole}

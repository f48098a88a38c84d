"""Every type that can be read: for the authority, a commissioning body, a trust that is asked, and a stranger."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from adapters.nhs_fhir.readable import READABLE
from hub.actions.transaction import Transactions
from hub.db import tables
from tests.contract.fhir_world import HUB, FhirWorld, Partner, fhir_world
from tests.world import World


@pytest.fixture
async def fhir(world: World, transactions: Transactions) -> AsyncIterator[FhirWorld]:
    async with fhir_world(world, transactions) as face:
        yield face


async def found(partner: Partner, kind: str, **query: Any) -> list[dict[str, Any]]:
    """The matches of a search."""
    response = await partner.get(f"/{kind}", **query)
    assert response.status_code == 200, response.text
    return [each["resource"] for each in response.json().get("entry", ()) if each["search"]["mode"] == "match"]


def parts_withheld(resource: dict[str, Any]) -> set[str]:
    """The parts that a resource says were kept back; it bears the label if and only if there are some."""
    meta = resource["meta"]
    labels = {each["code"] for each in meta.get("security", ())}
    parts = {each["valueCode"] for each in meta.get("extension", ()) if each["url"].endswith("send-withheld")}
    assert (labels == {"REDACTED"}) == bool(parts)
    return parts


def said(resource: dict[str, Any]) -> dict[str, Any]:
    """What the hub's own extension says, by the names of its parts."""
    [extension] = [each for each in resource["extension"] if each["url"].startswith(HUB)]
    return {each["url"]: next(value for key, value in each.items() if key != "url") for each in extension["extension"]}


async def test_each_funder_sees_its_part_of_a_budget(fhir: FhirWorld) -> None:
    child = str(fhir.world.child)
    [whole] = await found(fhir.authority, "Account", patient=child)
    [part] = await found(fhir.board, "Account", patient=child)
    assert whole["id"] == part["id"]
    assert said(whole)["status"]["code"] == "agreed"
    assert whole["owner"]["identifier"]["value"] == "990"
    assert parts_withheld(whole) == set()
    assert parts_withheld(part) == {"budget-education", "budget-social-care", "budget-total"}
    everything = {each["id"]: each for each in await found(fhir.authority, "Contract", patient=child)}
    [health] = await found(fhir.board, "Contract", patient=child)
    assert len(everything) == 2
    assert health == everything[health["id"]]
    [term] = health["term"]
    assert term["type"]["coding"][0]["code"] == "health"
    assert term["offer"]["party"][0]["reference"][0]["identifier"]["value"] == "QX1"
    assert term["asset"][0]["valuedItem"][0]["net"] == {"value": 100.00, "currency": "GBP"}
    assert said(health)["mechanism"]["code"] == "direct-payment"
    assert said(health)["per"]["code"] == "month"
    hidden = next(id_ for id_ in everything if id_ != health["id"])
    for partner, id_ in ((fhir.board, hidden), (fhir.trust, health["id"]), (fhir.other_trust, health["id"])):
        unseen, unknown = await partner.get(f"/Contract/{id_}"), await partner.get(f"/Contract/{uuid4()}")
        assert (unseen.status_code, unseen.text) == (404, unknown.text)
    async with fhir.transactions.begin(None) as tx:
        shown = select(tables.disclosure).where(tables.disclosure.c.organisation_id == fhir.world.board)
        rows = (await tx.connection.execute(shown)).mappings().all()
    account = next(row for row in rows if row["operation"] == "fhir:Account.search")
    assert "BUDGET_HEALTH" in account["parts_shown"]
    assert {"BUDGET_EDUCATION", "BUDGET_TOTAL"} <= set(account["parts_withheld"])


async def test_nothing_of_a_child_exists_for_a_stranger(fhir: FhirWorld) -> None:
    """Read or searched, by whichever type: the answer is that of an id that nothing has."""
    child = str(fhir.world.child)
    for kind, readable in READABLE.items():
        unknown = await fhir.other_trust.get(f"/{kind}/{uuid4()}")
        assert unknown.status_code == 404
        if "patient" in readable.parameters:
            seen = await found(fhir.authority, kind, patient=child)
            assert await found(fhir.other_trust, kind, patient=child) == []
            for each in seen:
                answer = await fhir.other_trust.get(f"/{kind}/{each['id']}")
                assert (answer.status_code, answer.text) == (404, unknown.text)
    assert await fhir.count("disclosure", organisation_id=fhir.world.other_trust) == 0


async def test_a_plan_is_shown_as_far_as_it_is_open(fhir: FhirWorld) -> None:
    """A commissioning body has the health needs, the outcomes and its own health provision (s. 42(3), reg. 12(2))."""
    child = str(fhir.world.child)
    [whole] = await found(fhir.authority, "CarePlan", patient=child)
    [part] = await found(fhir.board, "CarePlan", patient=child)
    assert (whole["id"], whole["status"], said(whole)["version"]) == (str(fhir.world.plan), "active", 1)
    assert {each["detail"]["description"] for each in whole["activity"]} == {"provision in F", "provision in G"}
    [activity] = part["activity"]
    assert activity["id"] == str(fhir.world.provision_g)
    assert activity["detail"]["goal"] == part["goal"]
    assert parts_withheld(whole) == set()
    assert {"section-a", "section-b", "section-d", "section-f"} <= parts_withheld(part)
    assert not {"section-c", "section-e", "section-g"} & parts_withheld(part)
    asked = {"patient:identifier": "9990000018", "_include": ["CarePlan:goal", "CarePlan:condition"]}
    response = await fhir.board.send("POST", "/CarePlan/_search", data=asked)
    included = [each["resource"] for each in response.json()["entry"] if each["search"]["mode"] == "include"]
    assert [each["resourceType"] for each in included] == ["Goal", "Condition"] or len(included) == 2
    [goal] = await found(fhir.board, "Goal", patient=child)
    [need] = await found(fhir.board, "Condition", patient=child)
    assert (goal["lifecycleStatus"], goal["description"]["text"]) == ("active", "an outcome")
    assert (need["code"]["text"], need["category"][0]["coding"][0]["code"]) == ("a health need", "c")
    assert {each["id"] for each in included} == {goal["id"], need["id"]}

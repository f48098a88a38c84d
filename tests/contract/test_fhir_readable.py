"""Every type that can be read: for the authority, a commissioning body, a trust that is asked, and a stranger."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from sqlalchemy import insert, select, update

from adapters.nhs_fhir.readable import READABLE
from hub.db import tables
from hub.law.reg17_consent import CapacityBasis, ConsentGiver
from hub.law.vocabulary import BudgetKind, Certainty, NotificationBasis, Opinion
from tests.conftest import NOW
from tests.contract.fhir_world import (
    HUB,
    ODS,
    FhirWorld,
    Partner,
    advice_bundle,
    document,
    entry,
)
from tests.npm import read_from


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
    amounts = await _with_money(fhir)
    [whole] = await found(fhir.authority, "Account", patient=child)
    [part] = await found(fhir.board, "Account", patient=child)
    assert whole["id"] == part["id"]
    assert said(whole)["status"]["code"] == "agreed"
    assert whole["owner"]["identifier"]["value"] == "990"
    assert parts_withheld(whole) == set()
    assert parts_withheld(part) == {"budget-education", "budget-social-care", "budget-total"}
    assert {_total(each) for each in _all_said(whole, "total")} == {
        ("education", "2026-27", 5.01, 5.01, 0.0),
        ("health", "2025-26", 100.0, 100.0, 0.0),
        ("health", "2026-27", 0.0, 100.0, 33.33),
    }
    assert {_total(each) for each in _all_said(part, "total")} == {
        total for total in map(_total, _all_said(whole, "total")) if total[0] == "health"
    }
    assert [
        len(await found(fhir.board, "Account", patient=child, status=status)) for status in ("active", "unknown")
    ] == [
        1,
        0,
    ]
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
    assert {name: said(health)[name]["value"] for name in ("due", "paid", "spent")} == amounts
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


def _all_said(resource: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Every part of the hub's extension with this name, as its own parts by their names."""
    [extension] = [each for each in resource["extension"] if each["url"].startswith(HUB)]
    return [said({"extension": [{**each, "url": HUB}]}) for each in extension["extension"] if each["url"] == name]


def _total(parts: dict[str, Any]) -> tuple[Any, ...]:
    sums = (parts[name]["value"] for name in ("indicative", "agreed", "paid"))
    return parts["kind"]["code"], parts["financialYear"], *sums


async def _with_money(fhir: FhirWorld) -> dict[str, float]:
    """Dues of both items and a payment of the health item; what of the latter was due by today, paid and spent."""
    async with fhir.transactions.begin(None) as tx:
        items = (await tx.connection.execute(select(tables.budget_item))).mappings().all()
        for item in items:
            health = item["kind"] is BudgetKind.HEALTH
            of = {"owner_id": item["owner_id"], "child_id": item["child_id"], "kind": item["kind"]}
            due = of | {
                "personal_budget_id": item["personal_budget_id"],
                "budget_item_id": item["id"],
                "funder_id": item["funder_id"],
            }
            listed = (
                [("2026-03-31", "100", "100"), ("2026-04-01", None, "100")]
                if health
                else [("2026-05-01", "5.01", "5.01")]
            )
            for day, indicative, agreed in listed:
                await tx.connection.execute(
                    insert(tables.amount_due).values(
                        **due,
                        id=tx.new_id(),
                        due_on=date.fromisoformat(day),
                        indicative_amount=indicative and Decimal(indicative),
                        agreed_amount=Decimal(agreed),
                    )
                )
            if health:
                paid = of | {"budget_item_id": item["id"], "amount": Decimal("33.33")}
                await tx.connection.execute(
                    insert(tables.payment).values(
                        **paid, id=tx.new_id(), funder_id=item["funder_id"], paid_on=date(2026, 4, 2)
                    )
                )
    return {"due": 200.0, "paid": 33.33, "spent": 0.0}


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
    narrowed = {"CarePlan": ("status", "active", "draft"), "Condition": ("category", "c", "b")}
    for kind, (name, there, absent) in narrowed.items():
        counts = [len(await found(fhir.board, kind, patient=child, **{name: code})) for code in (there, absent)]
        assert counts == [1, 0]


async def test_a_plan_and_advice_are_documents(fhir: FhirWorld) -> None:
    """The sections of a plan, each by its letter; what is kept from the reader says so; what it leads to is in it."""
    plan = fhir.world.plan
    whole = (await fhir.authority.get(f"/Composition/{plan}/$document")).json()
    part = (await fhir.board.get(f"/Composition/{plan}/$document")).json()
    for each_whole in (whole, part):
        assert each_whole["type"] == "document"
        first = each_whole["entry"][0]["resource"]
        assert (first["resourceType"], first["id"], first["status"]) == ("Composition", str(plan), "final")
        inside = {f"{each['resource']['resourceType']}/{each['resource']['id']}" for each in each_whole["entry"]}
        led_to = {one["reference"] for each in first["section"] for one in each.get("entry", ())}
        assert led_to
        assert led_to <= inside
    sections = {each["title"][-2:].strip(): each for each in part["entry"][0]["resource"]["section"]}
    assert {"C", "E", "G"} <= {code for code, each in sections.items() if "entry" in each}
    for code in ("A", "B", "D", "F"):
        assert sections[code]["emptyReason"]["coding"][0]["code"] == "withheld"
        assert not {"text", "entry"} & sections[code].keys()
    of_whole = {each["title"][-2:].strip(): each for each in whole["entry"][0]["resource"]["section"]}
    assert {"C", "F", "G"} <= {code for code, each in of_whole.items() if "entry" in each}
    again = (await fhir.board.get(f"/Composition/{plan}/$document")).json()
    assert again["identifier"] == part["identifier"] != whole["identifier"]
    request_id = await fhir.retrieved()
    await fhir.trust.post("", advice_bundle(request_id, entry(document())))
    [advice] = await found(fhir.trust, "Composition", patient=str(fhir.world.child))
    told = (await fhir.trust.get(f"/Composition/{advice['id']}/$document")).json()
    assert [each["resource"]["resourceType"] for each in told["entry"]][:2] == ["Composition", "Patient"]
    for path in (f"/Composition/{plan}", f"/Composition/{plan}/$document", f"/Composition/{advice['id']}/$document"):
        assert (await fhir.other_trust.get(path)).status_code == 404
    assert (await fhir.partner("no-scopes").get(f"/Composition/{plan}/$document")).status_code == 403
    within = [each["resource"] for each in whole["entry"] + told["entry"]]
    within += [one for each in within for one in each.get("contained", ())]
    shown = [json.dumps(each) for each in (*within, whole, told)]
    assert [each for each in read_from("fhir-r4.mjs", told="\n".join(shown)) if each[1]] == []


async def test_people_around_a_child_are_for_the_authority(fhir: FhirWorld) -> None:
    """Contacts, consents and a restriction are open to nobody else by statute; an address is never relayed."""
    child = str(fhir.world.child)
    await _with_consent(fhir)
    [own] = await found(fhir.authority, "RelatedPerson", patient=child)
    assert own["address"] == [{"text": "1 Synthetic Street"}]
    assert own["relationship"] == [{"text": "mother"}]
    [consent] = await found(fhir.authority, "Consent", patient=child)
    assert (consent["status"], consent["provision"]["actor"][0]["reference"]["display"]) == (
        "active",
        "Mere Community Trust",
    )
    assert await found(fhir.authority, "Flag", patient=child) == []
    for kind in ("RelatedPerson", "Consent", "Flag"):
        assert await found(fhir.board, kind, patient=child) == []
    [consented] = await found(fhir.partner("for-research"), "RelatedPerson", patient=child)
    assert consented["address"][0]["extension"][0]["valueCode"] == "masked"
    assert "Synthetic Street" not in str(consented)
    await _restrict(fhir)
    [flag] = await found(fhir.authority, "Flag", patient=child)
    assert flag["meta"]["security"][0]["code"] == "R"
    for kind in ("Flag", "RelatedPerson"):
        assert await found(fhir.partner("for-research"), kind, patient=child) == []


async def test_advice_with_who_gave_it_and_where_it_came_from(fhir: FhirWorld) -> None:
    """The trust answers; both sides find the advice, its author, its needs, and who sent what when."""
    request_id = await fhir.retrieved()
    sent = await fhir.trust.post("", advice_bundle(request_id, entry(document())))
    assert sent.status_code == 200, sent.text
    child = str(fhir.world.child)
    for partner in (fhir.authority, fhir.trust, fhir.board):
        [composition] = await found(partner, "Composition", patient=child)
        documents = await found(partner, "DocumentReference", **{"patient": child, "author:identifier": "RX1"})
        assert len(documents) == 1
        author = (await partner.get(f"/Practitioner/{composition['id']}")).json()
        role = (await partner.get(f"/PractitionerRole/{composition['id']}")).json()
        assert author["name"] == [{"text": "Dr A. Synthetic"}]
        assert role["organization"]["identifier"]["value"] == "RX1"
        assert role["practitioner"]["reference"] == f"Practitioner/{author['id']}"
        [need] = await found(partner, "Observation", patient=child)
        assert (need["valueString"], need["performer"][0]["identifier"]["value"]) == ("A need", "RX1")
        [source] = await found(partner, "Provenance", target=f"Composition/{composition['id']}")
        assert source["agent"][0]["who"]["identifier"]["value"] == "RX1"
        assert source["activity"]["coding"][0]["code"] == "advice_submitted"
    answers = await found(fhir.trust, "Provenance", target=f"Task/{request_id}")
    assert {each["target"][0]["reference"] for each in answers} == {f"Task/{request_id}"}
    assert len(answers) >= 2
    shown = await found(fhir.authority, "AuditEvent", patient=child)
    assert {each["agent"][-1]["who"]["identifier"]["value"] for each in shown} >= {"RX1", "QX1"}
    assert await found(fhir.trust, "AuditEvent", patient=child) == []
    assert (await fhir.partner("without-graphql").get("/AuditEvent", patient=child)).status_code == 403


async def test_a_notification_is_for_who_sent_it_and_the_authority(fhir: FhirWorld) -> None:
    """S. 23(3): what the body did for the parent first is shown to both; to another trust nothing is."""
    world = fhir.world
    await _notified(fhir)
    for partner, query in (
        (fhir.trust, {"sender:identifier": "RX1"}),
        (fhir.authority, {"recipient:identifier": "990", "sent": "2026-11-22", "_lastUpdated": "le2026-11-22"}),
    ):
        [told] = await found(partner, "Communication", **query)
        assert said(told)["parentInformed"] == "2026-11-22"
        assert said(told)["voluntaryOrganisation"] == "A parents' forum"
        named = told["subject"].get("reference")
        assert named == (f"Patient/{world.child}" if partner is fhir.authority else None)
    assert await found(fhir.other_trust, "Communication", **{"sender:identifier": "RX1"}) == []


async def test_bodies_are_known_to_all_and_found_by_their_codes(fhir: FhirWorld) -> None:
    for partner in (fhir.authority, fhir.other_trust):
        [trust] = await found(partner, "Organization", identifier=f"{ODS}|RX1")
        assert (trust["id"], trust["type"][0]["coding"][0]["code"]) == (str(fhir.world.trust), "nhs-trust")
        [authority] = await found(partner, "Organization", identifier="990")
        assert (await partner.get(f"/Organization/{authority['id']}")).json() == authority
        assert await found(partner, "Organization", identifier="nobody") == []
    first = (await fhir.trust.get("/Organization", _count="3")).json()
    names: list[str] = []
    while True:
        names += [each["resource"]["name"] for each in first["entry"]]
        links: dict[str, str] = {each["relation"]: each["url"] for each in first["link"]}
        if "next" not in links:
            break
        first = (await fhir.trust.get(f"/Organization?{urlsplit(links['next']).query}")).json()
    assert len(names) == len(set(names)) == await fhir.count("organisation")


async def test_validators_that_nobody_here_wrote_find_nothing_wrong(fhir: FhirWorld) -> None:
    """Every type, as it leaves: by @medplum/core (cardinality, invariants, bindings) and by the R4 JSON schema."""
    world, child = fhir.world, str(fhir.world.child)
    request_id = await fhir.retrieved()
    await fhir.trust.post("", advice_bundle(request_id, entry(document())))
    await _with_consent(fhir)
    await _notified(fhir)
    await _restrict(fhir)
    shown: list[dict[str, Any]] = [(await fhir.authority.get("/metadata")).json()]
    for partner in (fhir.authority, fhir.trust, fhir.board):
        for kind, readable in READABLE.items():
            if "patient" in readable.parameters:
                shown += await found(partner, kind, patient=child)
        shown.append((await partner.get("/Organization", identifier="RX1")).json())
        advice_id, document_id = (next(each["id"] for each in shown if each["resourceType"] == kind) for kind in _GIVEN)
        for path in (f"Practitioner/{advice_id}", f"PractitionerRole/{advice_id}", f"Binary/{document_id}"):
            shown.append((await partner.get(f"/{path}")).json())
        shown.append((await partner.get(f"/Patient/{uuid4()}")).json())
        shown.append((await partner.get(f"/Patient/{world.child}")).json())
    shown += [each["resource"] for bundle in shown for each in bundle.get("entry", ())]
    shown += [each for resource in shown for each in resource.get("contained", ())]
    kinds = {each["resourceType"] for each in shown}
    assert kinds >= READABLE.keys() | {"Bundle", "OperationOutcome", "CapabilityStatement"}
    broken = [{"resourceType": "Patient", "gender": "banana"}, {"resourceType": "Consent", "status": "active"}]
    lines = dict.fromkeys(json.dumps(each) for each in [*broken, *shown])
    said = read_from("fhir-r4.mjs", told="\n".join(lines))
    assert [bool(faults) for _, faults in said[:2]] == [True, True]
    assert [each for each in said[2:] if each[1]] == []
    assert [fault for each in shown for fault in breaches_of_uk_core(each)] == []


UK_CORE = Path(__file__).parents[3] / "shared" / "data" / "ukcore"


def breaches_of_uk_core(resource: dict[str, Any]) -> list[str]:
    """What the differential of each UK Core profile that the resource claims asks of its slices, and is not so."""
    names = [each.rpartition("/")[2] for each in resource.get("meta", {}).get("profile", ()) if "UKCore" in each]
    breaches: list[str] = []
    for name in names if UK_CORE.is_dir() else []:
        elements = json.loads((UK_CORE / f"{name}.json").read_text())["differential"]["element"]
        fixed = {each["id"]: each["fixedUri"] for each in elements if "fixedUri" in each}
        for each in elements:
            slice_, _, last = each["id"].rpartition(".")
            system = fixed.get(f"{slice_}.system")
            if each.get("min") and system is not None:
                of_slice = (one for one in resource.get("identifier", ()) if one.get("system") == system)
                breaches += [each["id"] for one in of_slice if last not in one]
            if each.get("max") == "0" and last in resource:
                breaches.append(each["id"])
    return breaches


_GIVEN = ("Composition", "DocumentReference")


async def _with_consent(fhir: FhirWorld) -> None:
    """A contact whose address is withheld, and consent to showing it to the trust for research."""
    async with fhir.transactions.begin(None) as tx:
        contact = tables.contact
        await tx.connection.execute(
            update(contact).values(address="1 Synthetic Street", address_withheld=True, telephone="01632 960000")
        )
        await tx.connection.execute(
            insert(tables.consent).values(
                owner_id=fhir.world.authority,
                child_id=fhir.world.child,
                id=tx.new_id(),
                given_by="Pat Testchild",
                capacity=ConsentGiver.PARENT,
                capacity_basis=CapacityBasis.CHILD_DOES_NOT_UNDERSTAND,
                parts=["IDENTITY", "CONTACTS"],
                recipients=[fhir.world.trust],
                purposes=["RESEARCH"],
                given_on=NOW.date(),
            )
        )


async def _restrict(fhir: FhirWorld) -> None:
    async with fhir.transactions.begin(None) as tx:
        child = tables.child
        await tx.connection.execute(update(child).where(child.c.id == fhir.world.child).values(restricted=True))


async def _notified(fhir: FhirWorld) -> None:
    """The trust has notified the authority of the child."""
    world = fhir.world
    async with fhir.transactions.begin(None) as tx:
        await tx.connection.execute(
            insert(tables.notification).values(
                owner_id=world.authority,
                child_id=world.child,
                id=tx.new_id(),
                notified_by_id=world.trust,
                to_authority_id=world.authority,
                basis=NotificationBasis.S23_UNDER_COMPULSORY_SCHOOL_AGE,
                opinion=Opinion.SEN,
                certainty=Certainty.PROBABLY_HAS,
                parent_informed_on=NOW.date(),
                discussion_offered_on=NOW.date(),
                notified_at=NOW,
                voluntary_organisations=["A parents' forum"],
            )
        )

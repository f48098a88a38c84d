"""Two case systems, the return and a trust tell of the same children: one record each, with every source visible."""

import io
from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, select, text

from adapters.la_extract.importing import Taken, import_extract
from adapters.la_extract.persons import MAIN
from adapters.la_sen2.exporting import ExportProblem, export_return
from adapters.la_sen2.importing import import_sen2
from hub.actions.import_report import ImportReport
from hub.actions.sen2_return import Severity
from hub.actions.transaction import Transactions
from hub.db import tables
from hub.law.vocabulary import ResponsibilityKind
from schema.ids import to_global
from tests.contract.fhir_world import FhirWorld, fhir_world
from tests.contract.test_fhir_messages import child as patient
from tests.contract.test_fhir_messages import coded, notice
from tests.contract.test_graphql_story import Ask
from tests.db.test_import_return import GOOD
from tests.extracts import ONE_ROW_A_CHILD, ONE_ROW_A_PLAN, example
from tests.world import ALL_SCOPES, World

ZOE_NUMBER = "9990000018"
RETURN_DAY, FIRST_DAY, SECOND_DAY = date(2026, 1, 15), date(2026, 11, 20), date(2026, 11, 21)
SCOPES = ALL_SCOPES | {"arrangement.write"}
CHILD = """
query One($id: ID!) { child(id: $id) {
  familyName givenNames dateOfBirth postcode nhsNumber nhsNumberStatus upn
  sources { source system saidBy { odsCode } saidOn said { field value on } }
  disagreements { field rule values { value source system saidBy on stands } }
} }
"""


@pytest.fixture
async def fhir(world: World, transactions: Transactions) -> AsyncIterator[FhirWorld]:
    async with transactions.begin(None) as tx:  # the world's own child has the number that Zoë is given here
        await tx.connection.execute(
            text("UPDATE child SET nhs_number = '9990000034' WHERE nhs_number = :number"), {"number": ZOE_NUMBER}
        )
        authority = {"body_id": world.authority, "kind": ResponsibilityKind.AUTHORITY, "reason": "s. 24"}
        key = {"owner_id": world.authority, "id": tx.new_id(), "child_id": world.child, "starts_on": RETURN_DAY}
        await tx.connection.execute(insert(tables.responsibility).values(key | authority))
    async with fhir_world(world, transactions) as face:
        yield face


@pytest.fixture
def ask(transactions: Transactions, world: World, new_id: Any) -> Ask:
    return Ask(transactions, world, new_id)


async def returned(transactions: Transactions, content: str) -> ImportReport:
    stream = io.BytesIO(content.encode())
    return await import_sen2(transactions, None, path_or_stream=stream, name="return.xml", authority_la_code="990")


async def extracted(transactions: Transactions, name: str, content: str, on: date) -> ImportReport:
    return await import_extract(
        transactions,
        None,
        taken=Taken("extract", {MAIN: content.encode("cp1252")}),
        mapping=example(name),
        authority_la_code="990",
        made_on=on,
    )


async def child_id(transactions: Transactions, upn: str) -> UUID:
    async with transactions.begin(None) as tx:
        (found,) = await tx.connection.scalars(select(tables.child.c.id).where(tables.child.c.upn == upn))
    return found


def zoe(**more: Any) -> dict[str, Any]:
    """Zoë as the trust knows her: under another name, at another address, with a number that it has traced."""
    said = {"name": [{"family": "Appleby-Thorne", "given": ["Zoë"]}], "address": [{"postalCode": "ZZ99 1AA"}]}
    return patient(ZOE_NUMBER, traced="01", born="2013-05-02", **(said | more))


async def test_four_sources_become_one_record_with_each_of_them_visible(
    fhir: FhirWorld, ask: Ask, world: World, transactions: Transactions
) -> None:
    """A return, two extracts of other shapes and a trust's Patient; what they disagree on is shown, by whom and since
    when, and what stands says by which rule. Nothing is overwritten, and who may not see a field sees none of it."""
    await returned(transactions, GOOD)
    assert (await extracted(transactions, "one-row-a-child", ONE_ROW_A_CHILD, FIRST_DAY)).new == 0
    moved = ONE_ROW_A_PLAN.replace("ZZ99 1AA", "ZZ99 7ZZ")
    assert (await extracted(transactions, "one-row-a-plan", moved, SECOND_DAY)).new == 0
    # s. 23 asks of the child's age; the trust's word about her may come at any age with what it answers.
    notified = await fhir.trust.post("/Communication", notice(zoe(), category=[OLDER]))
    assert notified.status_code == 201, notified.text
    async with transactions.begin(None) as tx:
        assert await tx.connection.scalar(text("SELECT count(*) FROM child WHERE date_of_birth = '2013-05-02'")) == 1
    found = await _shown(ask, world, world.authority, await child_id(transactions, "R990200013001"))
    assert [(each["source"], each["system"]) for each in found["sources"]] == [
        ("SEN2_RETURN", None),
        ("EXTRACT", "caseworks"),
        ("EXTRACT", "plantrack"),
        ("FHIR", None),
    ]
    assert found["sources"][3]["saidBy"] == {"odsCode": "RX1"}
    assert {"field": "FAMILY_NAME", "value": "Appleby", "on": "2026-01-15"} in found["sources"][0]["said"]
    disagreements = {each["field"]: each for each in found["disagreements"]}
    assert set(disagreements) == {"FAMILY_NAME", "POSTCODE"}
    assert (found["familyName"], disagreements["FAMILY_NAME"]["rule"]) == ("Appleby", "KEPT_BY_THE_AUTHORITY")
    assert {(each["value"], each["saidBy"], each["stands"]) for each in disagreements["FAMILY_NAME"]["values"]} == {
        ("Appleby", None, True),
        ("Appleby-Thorne", "RX1", False),
    }
    assert (found["postcode"], disagreements["POSTCODE"]["rule"]) == ("ZZ99 7ZZ", "LATEST")
    assert disagreements["POSTCODE"]["values"][0]["on"] == "2026-11-21"
    # A number that a trust has traced is what the authority's own system had, and now it is traced.
    assert (found["nhsNumber"], found["nhsNumberStatus"]) == (ZOE_NUMBER, "VERIFIED")

    await _each_reader(fhir, ask, world, transactions)
    await _the_authority_chooses(ask, world, transactions)
    await _exported_it_comes_back_unchanged(transactions)


async def _each_reader(fhir: FhirWorld, ask: Ask, world: World, transactions: Transactions) -> None:
    """The commissioner, who may see names and no address, sees the names alone, and not which trust it is; the trust
    that told finds what it told; to a trust without a relationship there is nothing."""
    zoe_id = await child_id(transactions, "R990200013001")
    commissioner = {"body_id": world.board, "kind": ResponsibilityKind.COMMISSIONER, "reason": "s. 26(8)"}
    asked = {"requested_by_id": world.authority, "addressed_to_id": world.trust, "function": "EHC_NEEDS_ASSESSMENT"}
    async with transactions.begin(None) as tx:
        key = {"owner_id": world.authority, "child_id": zoe_id}
        row = key | commissioner | {"id": tx.new_id(), "starts_on": RETURN_DAY}
        await tx.connection.execute(insert(tables.responsibility).values(row))
        row = key | asked | {"id": tx.new_id(), "asked": "Advice", "status": "SENT"}
        row |= {"sent_at": tx.now, "updated_at": tx.now, "version": 1}
        await tx.connection.execute(insert(tables.cooperation_request).values(row))
    boards = await _shown(ask, world, world.board, zoe_id)
    (differing,) = boards["disagreements"]
    assert (differing["field"], boards["sources"], boards["postcode"]) == ("FAMILY_NAME", [], None)
    assert {each["saidBy"] for each in differing["values"]} == {None}
    trusts = await _shown(ask, world, world.trust, zoe_id)
    assert [each["source"] for each in trusts["sources"]] == ["FHIR"]
    assert "POSTCODE" not in {each["field"] for each in trusts["sources"][0]["said"]}
    assert "RX1" in {each["saidBy"] for each in trusts["disagreements"][0]["values"]}
    assert await _shown(ask, world, world.other_trust, zoe_id) is None

    seen = (await fhir.board.get(f"/Patient/{zoe_id}")).json()
    (told,) = seen["extension"]
    words = {each["url"]: each for each in told["extension"]}
    assert (words["value"]["valueString"], seen["name"][0]["family"]) == ("Appleby-Thorne", "Appleby")
    assert "by" not in words
    owns = (await fhir.authority.get(f"/Patient/{zoe_id}")).json()["extension"]
    by = {part["valueString"] for each in owns for part in each["extension"] if part["url"] == "by"}
    assert {"RX1", "caseworks"} <= by


async def _the_authority_chooses(ask: Ask, world: World, transactions: Transactions) -> None:
    """What an authority puts first stands at once, and can be taken back; nobody else says it, and nothing unknown."""
    zoe_id = await child_id(transactions, "R990200013001")

    async def put(sources: list[str], body: UUID = world.authority) -> Any:
        said = {"input": {"field": "FAMILY_NAME", "sources": sources}}
        answer = await ask(body, PUT_FIRST, said, scopes=SCOPES)
        return answer["errors"][0]["extensions"]["code"] if "errors" in answer else answer["data"]["putSourcesFirst"]

    assert (await put(["FHIR/RX1", "EXTRACT"]))["precedence"]["sources"] == ["FHIR/RX1", "EXTRACT"]
    found = await _shown(ask, world, world.authority, zoe_id)
    assert found["familyName"] == "Appleby-Thorne"
    (names,) = [each for each in found["disagreements"] if each["field"] == "FAMILY_NAME"]
    assert (names["rule"], names["values"][0]["saidBy"]) == ("PLACED_FIRST", "RX1")
    assert await put(["GOSSIP"]) == await put(["FHIR", "FHIR"]) == "INVALID"
    assert await put(["FHIR"], world.board) == "FORBIDDEN"
    assert (await put([]))["precedence"]["sources"] == []
    assert (await _shown(ask, world, world.authority, zoe_id))["familyName"] == "Appleby"


async def _exported_it_comes_back_unchanged(transactions: Transactions) -> None:
    """The export has nothing that COLLECT would refuse, and imported again it changes nobody."""
    out, problems = io.BytesIO(), list[ExportProblem]()
    async with transactions.begin(None) as tx:
        await export_return(tx, la_code="990", year=2026, out=out, tell=problems.append, release="1", made_at=tx.now)
    assert not [each for each in problems if each.problem.severity is Severity.REFUSED], problems
    again = await returned(transactions, out.getvalue().decode())
    assert (again.new, again.changed, again.refused) == (0, 0, 0), again.problems
    assert again.unchanged >= 12


OLDER = coded("send-notification-basis", "s24-brought-to-attention")
PUT_FIRST = """
mutation Put($input: PutSourcesFirstInput!) { putSourcesFirst(input: $input) {
  precedence { field sources } refusals { provision }
} }
"""


async def _shown(ask: Ask, world: World, body: UUID, child: UUID, **more: Any) -> Any:
    answer = await ask(body, CHILD, {"id": to_global("Child", child)}, scopes=SCOPES, **more)
    assert "errors" not in answer, answer
    return answer["data"]["child"]

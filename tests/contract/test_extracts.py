"""Extracts of case systems are imported: one record of each child, what changed alone, and what waits."""

import asyncio
import json
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from adapters.la_extract.persons import MAIN
from hub.actions.transaction import Transactions
from hub.db import tables
from tests.db.test_import_return import GOOD, OTHER, OWN, add_child, do_import, everything, make_bodies, rows
from tests.extracts import ONE_ROW_A_CHILD, ONE_ROW_A_PLAN, do_extract, example, read


async def test_two_extracts_and_a_return_become_one_record_each(transactions: Transactions) -> None:
    """Two case systems and the return know the same children: one record of each child, with every number it has."""
    await make_bodies(transactions)
    await do_import(transactions, GOOD)
    children = await rows(transactions, "SELECT count(*) AS n FROM child")
    first = await do_extract(transactions, example("one-row-a-child"), {MAIN: ONE_ROW_A_CHILD.encode("utf-16")})
    second = await do_extract(transactions, example("one-row-a-plan"), {MAIN: ONE_ROW_A_PLAN.encode("cp1252")})
    assert (first.new, first.changed, first.refused) == (0, 2, 0), first.problems
    assert (second.new, second.refused) == (0, 0), second.problems
    assert await rows(transactions, "SELECT count(*) AS n FROM child") == children
    zoe = "SELECT i.system, i.value FROM child_identifier i JOIN child c ON c.id = child_id WHERE upn = 'R990200013001'"
    assert {(each["system"], each["value"]) for each in await rows(transactions, zoe)} >= {
        ("caseworks", "C1"),
        ("plantrack", "P-7"),
    }
    (number,) = await rows(transactions, "SELECT nhs_number, nhs_number_status FROM child WHERE upn = 'R990200013001'")
    assert number == {"nhs_number": "9990000018", "nhs_number_status": "PRESENT_NOT_TRACED"}
    # What an extract does not say is not erased; the same one again changes nothing.
    (idris,) = await rows(transactions, "SELECT upn, postcode FROM child WHERE family_name = 'Bancroft'")
    assert idris["upn"] == "R990200014002"
    before = await everything(transactions)
    again = await do_extract(transactions, example("one-row-a-child"), {MAIN: ONE_ROW_A_CHILD.encode("utf-16")})
    assert (again.changed, again.new, again.unchanged_file) == (0, 0, True)
    after = await everything(transactions)
    assert {table for table in after if after[table] != before[table]} == {"event", "import_run"}
    # A changed row changes that child alone.
    moved = ONE_ROW_A_CHILD.replace("ZZ99 1AA", "ZZ99 7ZZ")
    assert (await do_extract(transactions, example("one-row-a-child"), {MAIN: moved.encode()})).changed == 1


async def test_a_number_of_another_child_is_left_out_and_a_bad_row_waits(transactions: Transactions) -> None:
    await make_bodies(transactions)
    mapping = example("one-row-a-child")
    await do_extract(transactions, mapping, {MAIN: ONE_ROW_A_CHILD.encode()})
    twice = ONE_ROW_A_CHILD.replace("C2,,", "C2,9990000018,")
    report = await do_extract(transactions, mapping, {MAIN: twice.encode()})
    assert dict(report.warnings_by_rule).get("nhs-number-of-another") == 1
    assert len(await rows(transactions, "SELECT 1 FROM child WHERE nhs_number IS NOT NULL")) == 1
    bad = ONE_ROW_A_CHILD.replace("23/11/2014", "31/02/2014")
    report = await do_extract(transactions, mapping, {MAIN: bad.encode()})
    assert report.refusals_by_rule == {"date-format": 1}
    (item,) = await rows(transactions, "SELECT kind, place, problems, content FROM quarantined_item")
    assert (item["kind"], item["place"]) == ("EXTRACT", "row 3")
    assert "Bancroft" not in json.dumps(item["problems"])
    assert json.loads(bytes(item["content"]))[""][0]["Last Name"] == "Bancroft"
    report = await do_extract(transactions, mapping, {MAIN: ONE_ROW_A_CHILD.encode() + b"\r\n"})
    assert report.refused == 0


async def test_a_child_of_another_authority_is_never_looked_at(transactions: Transactions) -> None:
    """Row 66: the same NHS number, UPN, names and number of the case system in another authority's records. The report
    is the one that there is without it, and the row stays as it was."""
    await make_bodies(transactions)
    mapping, files = example("one-row-a-child"), {MAIN: ONE_ROW_A_CHILD.encode()}
    held = {"upn": "R990200013001", "nhs_number": "9990000018", "nhs_number_status": "VERIFIED"}
    await add_child(transactions, UUID(int=77), owner=OTHER, **held)
    number = {"owner_id": OTHER, "id": UUID(int=78), "child_id": UUID(int=77), "system": "caseworks", "value": "C1"}
    async with transactions.begin(None) as tx:
        await tx.connection.execute(insert(tables.child_identifier).values(number))
    before = await rows(transactions, "SELECT child::text AS row FROM child")
    report = await do_extract(transactions, mapping, files)
    alone = tuple(problem for each in read(mapping, ONE_ROW_A_CHILD) for problem in each.problems)
    assert (report.new, report.changed, report.problems) == (2, 0, alone)
    assert await rows(transactions, f"SELECT child::text AS row FROM child WHERE owner_id = '{OTHER}'") == before
    (own,) = await rows(
        transactions, f"SELECT nhs_number FROM child WHERE owner_id = '{OWN}' AND upn IS NOT NULL LIMIT 1"
    )
    assert own["nhs_number"] == "9990000018"
    assert not await rows(transactions, "SELECT 1 FROM identity_candidate")


async def test_two_imports_at_once_go_one_after_the_other(transactions: Transactions) -> None:
    await make_bodies(transactions)
    mapping = example("one-row-a-child")
    both: list[Any] = await asyncio.gather(
        *(do_extract(transactions, mapping, {MAIN: ONE_ROW_A_CHILD.encode()}) for _ in range(2))
    )
    assert sorted(each.new for each in both) == [0, 2]

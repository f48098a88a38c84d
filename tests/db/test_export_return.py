"""The way out is the way in: what is exported imports as what was recorded, and importing it again changes nothing."""

import io
import re
from collections.abc import Sequence
from datetime import date

import pytest

from adapters.la_sen2.exporting import ExportProblem, ExportReport, export_return
from adapters.la_sen2.reading import read_return
from hub.actions.sen2_return import Person
from hub.actions.transaction import Transactions
from hub.db import tables
from tests.conftest import NOW
from tests.db.test_import_return import GOOD, OWN, do_import, everything, make_bodies, rows

CENSUS = date(2026, 1, 15)
OVER = re.compile(r"<Requests>\s*<ReceivedDate>2023-05-15<.*?</Requests>", re.DOTALL)
"""The one request of the return that was over before the year that it is about."""
TOLD = OVER.sub("", GOOD)


@pytest.fixture(autouse=True)
async def _bodies(transactions: Transactions) -> None:
    await make_bodies(transactions)


async def export(
    transactions: Transactions, *, la_code: str = "990", year: int = 2026
) -> tuple[str, ExportReport, list[ExportProblem]]:
    out, problems = io.BytesIO(), list[ExportProblem]()
    async with transactions.begin(None) as tx:
        report = await export_return(
            tx, la_code=la_code, year=year, out=out, tell=problems.append, release="1", made_at=NOW
        )
    return out.getvalue().decode(), report, problems


def persons(content: str, authority: str = "990") -> list[Person]:
    found = read_return(io.BytesIO(content.encode()), authority_la_code=authority, today=CENSUS)[1]
    return [each.person for each in found if each.person]


def alike(found: Sequence[Person]) -> list[str]:
    return sorted(repr(each) for each in found)


async def test_what_was_imported_is_exported_and_imported_again_changes_nothing(transactions: Transactions) -> None:
    await do_import(transactions, GOOD)
    exported, report, problems = await export(transactions)
    assert alike(persons(exported)) == alike(persons(TOLD))
    assert (report.children, report.persons, report.refused) == (12, 12, 0)
    assert [each.problem.rule for each in problems] == ["sex-missing"], "U is no code of the return"
    before = await everything(transactions)
    again = await do_import(transactions, exported)
    assert (again.new, again.changed, again.unchanged, again.refused, again.warnings) == (0, 0, 12, 0, 1)
    after = await everything(transactions)
    assert {name for name, kept in after.items() if kept != before[name]} == {"import_run", "source", "event"}
    assert (await export(transactions))[0] == exported, "the same records are the same bytes"


async def test_into_an_empty_hub_it_is_the_same_record(transactions: Transactions) -> None:
    """Another authority takes the return as its own: every row is as it was, save its ids and whose it is."""
    await do_import(transactions, TOLD)
    exported, _, _ = await export(transactions)
    there = exported.replace("<LEA>990<", "<LEA>991<")
    report = await do_import(transactions, there, authority="991")
    assert (report.new, report.refused) == (12, 0)
    assert (await export(transactions, la_code="991"))[0] == there
    own = {"child", "child_identifier", "assessment", "plan", "placement", "need", "review", "personal_budget", "duty"}
    for name in sorted(own):
        columns = [
            column.name
            for column in tables.metadata.tables[name].columns
            if column.name != "owner_id" and not column.foreign_keys and "id" not in column.name.split("_")
        ]
        listed = ", ".join(f'"{column}"' for column in columns)
        both = await rows(
            transactions, f'SELECT owner_id, ({listed})::text AS said FROM "{name}" ORDER BY owner_id, said'
        )
        assert [each["said"] for each in both if each["owner_id"] == OWN] == [
            each["said"] for each in both if each["owner_id"] != OWN
        ], name

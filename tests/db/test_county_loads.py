"""The county as it stands in a database: all of it or nothing, with an event for each child, and only once."""

import hashlib
import io
from datetime import date

import pytest
from sqlalchemy import func, select

from adapters.la_sen2.exporting import ExportProblem, export_return
from adapters.la_sen2.importing import import_sen2
from hub.actions.county import load_county
from hub.actions.transaction import Transactions
from hub.actions.upkeep import announce_duties
from hub.county.county import County, make_county
from hub.db import tables
from hub.errors import Kind, Problem
from tests.conftest import NOW


@pytest.fixture(scope="module")
def county() -> County:
    return make_county(seed=1, today=date(2026, 11, 22))


async def test_every_row_is_loaded_and_nothing_is_lost_on_the_way(transactions: Transactions, county: County) -> None:
    told: list[int] = []
    async with transactions.begin(None) as tx:
        counts = await load_county(tx, county, told.append)
    assert counts == {name: len(rows) for name, rows in county.rows.items()}
    assert sum(told) == county.size
    async with transactions.begin(None) as tx:
        for name, rows in county.rows.items():
            table = tables.metadata.tables[name]
            key = [column.name for column in table.primary_key.columns]
            found = {
                tuple(row[column] for column in key): row
                for row in (await tx.connection.execute(select(table))).mappings()
            }
            assert len(found) == len(rows), name
            for row in rows:
                kept = found[tuple(row[column] for column in key)]
                assert {column: kept[column] for column in row} == row, name


async def test_its_return_is_imported_again_and_changes_nothing(transactions: Transactions, county: County) -> None:
    """Records that were never imported, with plans that were amended after the census and requests of before the hub:
    the export tells how they stood on the day, and what it tells is of the version of that day."""
    async with transactions.begin(None) as tx:
        await load_county(tx, county)
        problems, out = list[ExportProblem](), io.BytesIO()
        report = await export_return(
            tx, la_code="990", year=2026, out=out, tell=problems.append, release="1", made_at=NOW
        )
    assert report.persons > 50
    again = await import_sen2(
        transactions, None, path_or_stream=io.BytesIO(out.getvalue()), name="out.xml", authority_la_code="990"
    )
    assert (again.new, again.changed, again.refused, again.unchanged) == (0, 0, 0, report.persons)


async def test_each_child_has_an_event_and_so_has_the_whole(transactions: Transactions, county: County) -> None:
    event = tables.event.c
    async with transactions.begin(None) as tx:
        await load_county(tx, county)
    async with transactions.begin(None) as tx:
        rows = (await tx.connection.execute(select(tables.event).where(event.kind == "county_loaded"))).mappings().all()
    assert {row["child_id"] for row in rows if row["child_id"]} == {child["id"] for child in county.rows["child"]}
    (whole,) = (row for row in rows if row["child_id"] is None)
    assert whole["facts"]["rows"]["child"] == 300
    assert {row["recorded_at"] for row in rows} == {NOW}
    names = {child["family_name"] for child in county.rows["child"]}
    assert not any(name in str(row["facts"]) for row in rows for name in names)


async def test_a_county_is_not_loaded_where_one_of_its_bodies_is_known(
    transactions: Transactions, county: County
) -> None:
    async with transactions.begin(None) as tx:
        await load_county(tx, county)
    with pytest.raises(Problem) as raised:
        async with transactions.begin(None) as tx:
            await load_county(tx, make_county(seed=2, today=date(2026, 11, 22), children=3))
    assert (raised.value.kind, raised.value.rule) == (Kind.CONFLICT, "county-already-loaded")
    async with transactions.begin(None) as tx:
        assert await tx.connection.scalar(select(func.count()).select_from(tables.child)) == 300


async def test_a_load_that_fails_leaves_nothing_behind(transactions: Transactions, county: County) -> None:
    def stop(rows: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        async with transactions.begin(None) as tx:
            await load_county(tx, county, stop)
    async with transactions.begin(None) as tx:
        assert await tx.connection.scalar(select(func.count()).select_from(tables.organisation)) == 0


async def test_documents_arrive_as_they_were_made(transactions: Transactions, county: County) -> None:
    async with transactions.begin(None) as tx:
        await load_county(tx, county)
        for row in (await tx.connection.execute(select(tables.document))).mappings():
            assert hashlib.sha256(row["content"]).hexdigest() == row["sha256"]


async def test_no_alarm_is_raised_for_duties_that_were_late_before_the_load(
    transactions: Transactions, county: County
) -> None:
    async with transactions.begin(None) as tx:
        await load_county(tx, county)
    async with transactions.begin(None) as tx:
        assert await announce_duties(tx) == 0

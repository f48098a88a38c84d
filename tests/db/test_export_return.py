"""The way out is the way in: what is exported imports as what was recorded, and importing it again changes nothing."""

import asyncio
import csv
import io
import json
import os
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from adapters.la_sen2.exporting import ExportProblem, ExportReport, export_return
from adapters.la_sen2.reading import read_return
from hub.actions.sen2_return import Person
from hub.actions.transaction import Transactions
from hub.db import tables
from hub.db.place import WORKER_ROLE, as_role
from hub.errors import Kind, Problem
from hub.exporting import export_sen2
from hub.settings import read_settings
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


# --- as things stood, and as a return sees them


async def changed(transactions: Transactions, *statements: str) -> None:
    async with transactions.begin(None) as tx:
        for statement in statements:
            await tx.connection.execute(text(statement))


OF = "(SELECT id FROM child WHERE family_name = '{}')"


async def test_what_happened_after_the_census_is_not_told(transactions: Transactions) -> None:
    """A plan that ceased in March, a decision of February, a request of April: the return of January knows none."""
    await do_import(transactions, TOLD)
    before, _, _ = await export(transactions)
    new = (
        "INSERT INTO assessment (owner_id, id, child_id, requested_on, source) "
        f"VALUES ('{OWN}', '{UUID(int=9)}', {OF.format('Eze')}, '2026-04-01', 'GRAPHQL')"
    )
    await changed(
        transactions,
        f"UPDATE plan SET status = 'CEASED', ceased_on = '2026-03-01' WHERE child_id = {OF.format('Appleby')}",
        "UPDATE assessment SET decision = 'WILL_ASSESS', decided_on = '2026-02-01' "
        f"WHERE child_id = {OF.format('Fairweather')}",
        f"UPDATE review SET decided_on = '2026-02-01' WHERE child_id = {OF.format('Appleby')}",
        new,
    )
    after, _, _ = await export(transactions)
    assert after == before.replace("<ReviewOutcome>M</ReviewOutcome>", "", 1).replace(
        "<LastReview>2025-11-06</LastReview>", ""
    )


async def test_versions_of_a_plan_are_one_plan_to_a_return(transactions: Transactions) -> None:
    """It began with the first version; it is as the final one says; a draft is not told. Nothing changes by return."""
    await do_import(transactions, TOLD)
    before, _, _ = await export(transactions)
    version = (
        "INSERT INTO plan (owner_id, id, child_id, assessment_id, supersedes_id, version, status, finalised_on, "
        "source) SELECT owner_id, '{id}', child_id, assessment_id, id, {n}, '{status}', {on}, 'GRAPHQL' FROM plan "
        "WHERE version = {n} - 1 AND child_id = " + OF.format("Appleby")
    )
    moved = "UPDATE {} SET plan_id = '" + str(UUID(int=12)) + f"' WHERE child_id = {OF.format('Appleby')}"
    await changed(
        transactions,
        f"UPDATE plan SET status = 'SUPERSEDED' WHERE child_id = {OF.format('Appleby')}",
        version.format(id=UUID(int=12), n=2, status="FINAL", on="'2025-12-20'"),
        version.format(id=UUID(int=13), n=3, status="DRAFT", on="NULL"),
        f"UPDATE plan SET personal_budget_reported = false, organised_arrangements_reported = false "
        f"WHERE id = '{UUID(int=12)}'",
        moved.format("placement"),
        moved.format("need"),
    )
    after, _, _ = await export(transactions)
    assert after == before
    report = await do_import(transactions, after)
    assert (report.new, report.changed, report.refused) == (0, 0, 0)
    (draft,) = await rows(transactions, "SELECT status FROM plan WHERE version = 3")
    assert draft["status"] == "DRAFT"


async def test_a_plan_that_came_from_another_authority_is_told_and_comes_back(transactions: Transactions) -> None:
    """SEND Regs 2014 reg. 15: it has no request of this authority's; a return tells it as historical."""
    await do_import(transactions, TOLD)
    await changed(
        transactions,
        f"UPDATE plan SET assessment_id = NULL, transferred_from = '991' WHERE child_id = {OF.format('Appleby')}",
        f"UPDATE assessment SET reassessment = true WHERE child_id = {OF.format('Appleby')}",  # which is no request
    )
    exported, _, _ = await export(transactions)
    (told,) = next(each for each in persons(exported) if each.family_name == "Appleby").requests
    assert told.historical
    assert told.active_plan is not None
    assert told.active_plan.transfer_from == "991"
    report = await do_import(transactions, exported)
    assert (report.new, report.changed, report.refused) == (0, 0, 0)


# --- the validation that an authority fights with each January


async def test_each_fault_is_a_named_rule_at_a_child_of_the_hubs_own_id(
    transactions: Transactions, owner_url: str, tmp_path: Path
) -> None:
    """No UPN and no reason, two plans, a URN without flags, dates out of order, age 26: by rule, with its severity."""
    await do_import(transactions, TOLD)
    of = "WHERE child_id = " + OF
    await changed(
        transactions,
        "UPDATE child SET upn = NULL WHERE family_name = 'Appleby'",
        "UPDATE child SET date_of_birth = '2000-01-14' WHERE family_name = 'Bancroft'",
        f"UPDATE placement SET sen_unit = NULL {of.format('Lloyd')} AND urn IS NOT NULL",
        f"UPDATE assessment SET decided_on = '2025-01-01' {of.format('Eze')}",
        f"UPDATE placement SET ends_on = starts_on - 1 {of.format('Lloyd')} AND starts_on IS NOT NULL",
        "INSERT INTO assessment (owner_id, id, child_id, requested_on, decision, source) SELECT owner_id, "
        f"'{UUID(int=9)}', id, '2025-06-01', 'WILL_ASSESS', 'GRAPHQL' FROM child WHERE family_name = 'Appleby'",
        "INSERT INTO plan (owner_id, id, child_id, assessment_id, version, status, finalised_on, source) SELECT "
        f"owner_id, '{UUID(int=10)}', id, '{UUID(int=9)}', 1, 'FINAL', '2025-09-01', 'GRAPHQL' FROM child "
        "WHERE family_name = 'Appleby'",
    )
    ids = {each["family_name"]: each["id"] for each in await rows(transactions, "SELECT id, family_name FROM child")}
    _, report, problems = await export(transactions)
    found = {(each.child_id, each.has_upn, each.problem.rule, each.problem.severity) for each in problems}
    for family, has_upn, rule, severity in (
        ("Appleby", False, "upn-missing", "warning"),
        ("Appleby", False, "upn-missing-of-schoolchild", "warning"),
        ("Appleby", False, "plans-several", "warning"),
        ("Bancroft", True, "age-over-25", "refused"),
        ("Lloyd", True, "unit-not-told", "warning"),
        ("Lloyd", True, "placement-ends-before-start", "refused"),
        ("Eze", True, "decision-before-request", "refused"),
    ):
        assert (ids[family], has_upn, rule, severity) in found, (family, rule)
    assert report.refused == 3

    out = tmp_path / "return.xml"
    settings = read_settings({"HUB_DATABASE_URL": as_role(owner_url, WORKER_ROLE), "HUB_DATA_DIR": str(tmp_path)})
    said: list[str] = []
    for problem_file in (tmp_path / "problems.csv", tmp_path / "problems.jsonl"):
        assert await asyncio.to_thread(export_sen2, settings, "990", 2026, out, problem_file, said.append)
    assert out.stat().st_mode & 0o777 == 0o600
    assert "decision-before-request" in said[0]
    with (tmp_path / "problems.csv").open(newline="") as file:
        table = list(csv.DictReader(file))
    lines = [json.loads(line) for line in (tmp_path / "problems.jsonl").read_text().splitlines()]
    assert [row["rule"] for row in table] == [line["rule"] for line in lines] == [p.problem.rule for p in problems]
    assert {UUID(row["child"]) for row in table} <= set(ids.values())
    told = "".join(said) + (tmp_path / "problems.csv").read_text()
    assert not [name for name in ids if name in told]
    (event,) = await rows(transactions, "SELECT facts FROM event WHERE kind = 'return_exported' LIMIT 1")
    assert event["facts"]["year"] == 2026


async def test_what_cannot_be_made_is_refused_and_leaves_no_file(
    transactions: Transactions, owner_url: str, tmp_path: Path
) -> None:
    settings = read_settings({"HUB_DATABASE_URL": as_role(owner_url, WORKER_ROLE), "HUB_DATA_DIR": str(tmp_path)})
    for authority, year, kind in (("990", 2022, Kind.INVALID), ("992", 2026, Kind.NOT_FOUND)):
        with pytest.raises(Problem) as refused:
            await asyncio.to_thread(export_sen2, settings, authority, year, tmp_path / "r.xml", None, print)
        assert refused.value.kind is kind
    assert not [name for name in os.listdir(tmp_path) if name.endswith((".xml", ".part", ".csv"))]

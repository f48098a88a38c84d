"""The benchmarks measure a hub in good order. Nothing here looks at the clock."""

import io
import json
import os
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import scalar_row
from psycopg.sql import SQL, Identifier

from adapters.la_sen2.importing import import_sen2
from adapters.nhs_fhir.strict_json import parse
from adapters.nhs_fhir.submission import read_bundle
from hub.actions.transaction import Transactions
from hub.bench import client, payloads, pgbench, printed, processor, returns
from hub.bench.contenders import ByHttp, ByPgbench, Sample
from hub.bench.explaining import Statement, caller_for, execution_on, plan_of, statement_of
from hub.bench.ids import authority_id, body_id, child_id
from hub.bench.loading import load, make_authorities
from hub.bench.memory import document
from hub.bench.operations import QUERIES
from hub.bench.rounds import Plan, Results, interleaved
from hub.bench.servers import bare_environment, free_port, python, server
from hub.bench.templates import MOST, make_templates
from hub.db import tables
from hub.errors import Problem
from hub.law.caller import Caller
from hub.law.interpretation import check_nhs_number, check_upn
from hub.law.vocabulary import OrganisationKind
from hub.settings import Settings
from schema.answer import Request
from schema.execution import Execution
from tests.conftest import NOW

CHILDREN, TODAY = 200, date(2026, 11, 22)


@pytest.fixture
def loaded(owner_url: str) -> Iterator[psycopg.Connection[Any]]:
    """A database with 200 children of five authorities, and a connection that answers one value a row."""
    load(owner_url, children=CHILDREN, authorities=5, today=TODAY)
    with psycopg.connect(owner_url, autocommit=True, row_factory=scalar_row) as connection:
        yield connection


def test_every_child_has_a_record_and_every_reference_leads_somewhere(loaded: psycopg.Connection[Any]) -> None:
    ids = loaded.execute("SELECT id FROM child").fetchall()
    assert sorted(ids) == [child_id(number) for number in range(1, CHILDREN + 1)]
    for name in MOST:
        table = tables.metadata.tables[name]
        assert loaded.execute(SQL("SELECT count(*) FROM {}").format(Identifier(name))).fetchone() > 0, name  # pyright: ignore[reportOperatorIssue]  (a count is never missing)
        for key in table.foreign_key_constraints:
            held = SQL(" AND ").join(
                SQL("a.{} = b.{}").format(Identifier(each.parent.name), Identifier(each.column.name))
                for each in key.elements
            )
            given = SQL(" AND ").join(
                SQL("a.{} IS NOT NULL").format(Identifier(each.parent.name)) for each in key.elements
            )
            lost = SQL("SELECT count(*) FROM {} AS a WHERE {} AND NOT EXISTS (SELECT FROM {} AS b WHERE {})").format(
                Identifier(name), given, Identifier(key.referred_table.name), held
            )
            assert loaded.execute(lost).fetchone() == 0, (name, key.column_keys)
    assert loaded.execute("SELECT to_regnamespace('bench')").fetchone() is None


def test_what_a_record_holds(loaded: psycopg.Connection[Any]) -> None:
    def a_child(table: str) -> float:
        counted = loaded.execute(SQL("SELECT count(*) FROM {}").format(Identifier(table))).fetchone()
        return counted / CHILDREN

    assert a_child("plan") == 1
    assert 5 < a_child("provision") <= 6
    assert 3 < a_child("outcome") <= 4
    assert 0.05 < a_child("personal_budget") < 0.15
    open_requests = (
        "SELECT count(*) FROM cooperation_request AS r JOIN organisation AS o ON o.id = r.addressed_to_id "
        "WHERE o.kind = 'NHS_TRUST' AND r.status IN ('SENT', 'RECEIVED', 'ACCEPTED')"
    )
    assert loaded.execute(open_requests).fetchone() > 0  # pyright: ignore[reportOperatorIssue]  (a count is never missing)
    commissioned = (
        "SELECT count(DISTINCT child_id) FROM responsibility AS r JOIN organisation AS o ON o.id = r.body_id "
        "WHERE r.kind = 'COMMISSIONER' AND o.kind = 'INTEGRATED_CARE_BOARD' AND r.ends_on IS NULL"
    )
    assert loaded.execute(commissioned).fetchone() == CHILDREN


def test_the_numbers_pass_their_checks_and_are_nobody_s(loaded: psycopg.Connection[Any]) -> None:
    nhs_numbers = loaded.execute("SELECT nhs_number FROM child WHERE nhs_number IS NOT NULL").fetchall()
    upns = loaded.execute("SELECT upn FROM child").fetchall()
    assert CHILDREN * 0.8 < len(set(nhs_numbers)) == len(nhs_numbers)
    assert len(set(upns)) == CHILDREN
    for number in nhs_numbers:
        assert check_nhs_number(number).startswith("999")
    for upn in upns:
        check_upn(upn)


def test_a_second_load_is_refused(owner_url: str) -> None:
    load(owner_url, children=5, today=TODAY)
    with pytest.raises(Problem) as refused:
        load(owner_url, children=5, today=TODAY)
    assert refused.value.rule == "bench-loaded"


def test_authorities_have_every_child_once_and_differ_in_size() -> None:
    made = make_authorities(1_000_000)
    assert len(made) == 153
    assert [each.first for each in made[1:]] == [each.last + 1 for each in made[:-1]]
    assert (made[0].first, made[-1].last) == (1, 1_000_000)
    sizes = [each.last - each.first + 1 for each in made]
    assert max(sizes) > 5 * min(sizes) > 0
    assert [each.last for each in make_authorities(3, 3)] == [1, 2, 3]


def test_templates_are_the_same_for_the_same_day() -> None:
    assert make_templates(TODAY) == make_templates(TODAY)


@pytest.mark.usefixtures("loaded")
async def test_each_query_is_answered_for_an_authority_and_for_its_commissioning_body(
    transactions: Transactions, new_id: Callable[[], uuid.UUID]
) -> None:
    execution = Execution(transactions, clock=lambda: NOW, new_id=new_id)
    authority = caller_for(authority_id(1), OrganisationKind.LOCAL_AUTHORITY, "001")
    codes = [each["kind"] for each in make_templates(TODAY).bodies]
    board = body_id(codes.index(OrganisationKind.INTEGRATED_CARE_BOARD), 1)
    for caller in (authority, caller_for(board, OrganisationKind.INTEGRATED_CARE_BOARD, "ZZQ90R01")):
        for query in QUERIES:
            answer = await execution.execute(Request(query.document, None, query.variables(1)), caller)
            assert "errors" not in answer, (query.name, answer["errors"])
            assert all(answer["data"].values()), query.name


@pytest.mark.usefixtures("loaded")
async def test_what_the_benchmarks_write_is_taken(
    transactions: Transactions, new_id: Callable[[], uuid.UUID], loaded: psycopg.Connection[Any]
) -> None:
    execution = Execution(transactions, clock=lambda: NOW, new_id=new_id)
    request_id, trust = open_request_to_a_trust(loaded)
    sent = json.loads(payloads.advice(request_id, TODAY))
    answer = await execution.execute(
        Request(sent["query"], None, sent["variables"]),
        caller_for(trust, OrganisationKind.NHS_TRUST, "ZZR01"),
    )
    assert "errors" not in answer, answer
    assert answer["data"]["submitAdvice"]["refusals"] == []

    submission = read_bundle(parse(payloads.bundle(request_id, 1, TODAY)), settings=Settings(), today=TODAY)
    assert len(submission.came) == 30
    assert payloads.bundle(request_id, 1, TODAY) != payloads.bundle(request_id, 2, TODAY)

    file = io.BytesIO("".join(returns.sen2_return("001", 30, date(2026, 1, 15))).encode())
    report = await import_sen2(transactions, None, path_or_stream=file, name="return.xml", authority_la_code="001")
    assert report.refused == 0, report.as_text()
    exported = io.BytesIO()
    returns.sen2_export("001", 30, date(2026, 1, 15), exported)
    exported.seek(0)
    report = await import_sen2(transactions, None, path_or_stream=exported, name="zip", authority_la_code="001")
    assert (report.unchanged, report.refused) == (30, 0), report.as_text()
    assert loaded.execute("SELECT count(*) FROM child").fetchone() == CHILDREN + 30


def open_request_to_a_trust(loaded: psycopg.Connection[Any]) -> tuple[uuid.UUID, uuid.UUID]:
    found = loaded.execute(
        "SELECT ARRAY[r.id, o.id] FROM cooperation_request AS r JOIN organisation AS o ON o.id = r.addressed_to_id "
        "WHERE o.kind = 'NHS_TRUST' AND r.status = 'SENT' ORDER BY r.id LIMIT 1"
    ).fetchone()
    assert found is not None
    return found[0], found[1]


# --- the statement behind a query, pgbench, the load generator, the table


class Compiles:
    """What the benchmarks ask of a compiled read path."""

    def explain(
        self, document: str, variables: Mapping[str, Any], caller: Caller
    ) -> tuple[str, Mapping[str, Any]] | None:
        return (document, {"who": caller.organisation, **variables}) if document else None


def test_the_statement_is_asked_of_whatever_compiles() -> None:
    caller = caller_for(uuid.UUID(int=1), OrganisationKind.LOCAL_AUTHORITY, "001")
    asked = statement_of(Compiles(), "SELECT %(who)s", {"a": 1}, caller)
    assert asked == Statement("SELECT %(who)s", {"who": uuid.UUID(int=1), "a": 1})
    assert statement_of(Compiles(), "", {}, caller) is None
    assert statement_of(object(), "SELECT", {}, caller) is None


def test_many_documents_are_many_and_each_is_one_statement() -> None:
    """Or a server that remembers few of them would look as if it forgot."""
    caller = caller_for(uuid.UUID(int=1), OrganisationKind.LOCAL_AUTHORITY, "001")
    documents = [document(number) for number in range(1_000)]
    assert len(set(documents)) == 1_000
    shapes = {each.partition("(")[2] for each in documents}
    assert len(shapes) > 500
    asked = QUERIES[0].variables(1)
    execution = execution_on("postgresql://not-asked/hub")
    statements = [statement_of(execution, each, asked, caller) for each in documents[:500:50]]
    assert len({each.sql for each in statements if each is not None}) == len(statements)


@pytest.mark.usefixtures("loaded")
async def test_pgbench_runs_a_statement_for_one_child_after_another(owner_url: str) -> None:
    """The statement fails unless each child that is drawn exists, and its texts arrive as they are."""

    def stated(number: int) -> Statement:
        sql = (
            "SELECT json_build_object('a:b', family_name), 7 %% 4 FROM child WHERE id = %(id)s::uuid "
            "AND 1 / (SELECT count(*) FROM child WHERE id = %(id)s::uuid) = 1 "
            "AND 1 / (%(texts)s::text[] = '{a,\"b c\"}')::int = 1 AND 1 / ('x:y' = %(text)s::text)::int = 1 "
            "AND %(none)s::text IS NULL"
        )
        values = {"id": child_id(number), "texts": ["a", "b c"], "text": "x:y", "none": None}
        return Statement(sql, values)

    script = pgbench.script_for_children(stated(1), stated(2), children=(1, CHILDREN))
    contender = ByPgbench("pgbench", owner_url, {"one": script}, database=processor.of_database(owner_url))
    sample = await contender.measure("one", connections=2, seconds=1)
    assert sample is not None
    assert sample.rate > 0
    assert sample.database_ms is None or 0 < sample.database_ms < 2 * 1_000 / sample.rate * (os.cpu_count() or 1)
    assert "Execution Time" in plan_of(owner_url, stated(1))


def test_a_script_is_refused_where_more_than_the_child_varies() -> None:
    first, second = Statement("SELECT %(a)s", {"a": "x"}), Statement("SELECT %(a)s", {"a": "y"})
    with pytest.raises(ValueError, match="more than the child"):
        pgbench.script_for_children(first, second, children=(1, 2))


async def test_the_load_generator_counts_good_answers_alone(tmp_path: Path) -> None:
    folder = tmp_path / "answers"
    folder.mkdir()
    (folder / "good").write_bytes(b'{"data": {"a": 1}}')
    (folder / "bad").write_bytes(b'{"errors": [], "data": null}')
    port = free_port()
    command = python("hub.bench.static", str(port), str(folder))
    with server(command, bare_environment(), port, tmp_path / "log") as running:
        asked = {name: [client.request(f"/{name}", b"{}", {})] for name in ("good", "bad", "none")}
        plan = Plan(["good", "bad", "none"], [1, 3], rounds=1, seconds=0.1)
        results = await interleaved([ByHttp("static", running, asked)], plan)
    assert results.cells["static", "good", 3].rate > 0
    assert {query for _, query, _ in results.failures} == {"bad", "none"}
    assert not {query for _, query, _ in results.cells} & {"bad", "none"}


def test_the_tables_say_what_was_measured_and_which_bars_are_met() -> None:
    results = Results(
        {
            ("hub", "small", 16): Sample(2_500, 6.4, 0.4, 0.1),
            ("peer", "small", 16): Sample(1_000, 16, None),
            ("other", "small", 16): Sample(1_000, 16, 0.75, 0.5),
        },
        {},
    )
    assert printed.rates(results, ["hub", "peer", "gone"], ["small"], 16).splitlines() == [
        "| requests/s at 16 connections | small |",
        "|------------------------------|------:|",
        "| hub                          | 2,500 |",
        "| peer                         | 1,000 |",
        "| gone                         |     – |",
    ]
    costs = printed.costs(results, ["hub", "peer", "other"], ["small"], 16)
    assert "0.40 + 0.10" in costs
    assert "0.75 + 0.50" in costs
    assert "peer" not in costs
    burdens = printed.burdens(results, "hub", ["peer", "other"], ["small"], 16)
    assert "2.50x" in burdens
    assert "peer" not in burdens
    for bar, word in ((2, "met"), (3, "missed")):
        told = printed.ratios(results, "hub", bars={"peer": {"small": bar}}, queries=["small"], connections=16)
        assert f"2.50x (bar {bar}x {word})" in told


def test_ids_are_in_order_and_of_version_7() -> None:
    ids = [child_id(number) for number in (1, 2, 99, 1_000_000)]
    assert ids == sorted(ids)
    assert {each.version for each in ids} == {7}
    assert {each.variant for each in ids} == {uuid.RFC_4122}

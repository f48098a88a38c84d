"""`hub bench --writes`: advice, Bundles and imports, each beside the least that the same work could take."""

import json
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import psycopg
import uvloop
from fhir.resources.R4B.bundle import Bundle
from sqlalchemy.engine import make_url

from hub.bench import comparison, imports, payloads, pgbench, printed, progress
from hub.bench.client import request
from hub.bench.contenders import ByHttp, ByPgbench
from hub.bench.explaining import Statement
from hub.bench.ids import child_id_sql
from hub.bench.rounds import Plan, Results, interleaved
from hub.bench.scratch import Scratch, register

Say = Callable[[str], None]

_TRUST = "ZZR01R01"  # a trust of the county as it is in the first region
_CLIENT = "bench-trust"
_BUNDLES = 4_000  # more than are sent: a Bundle that comes again is answered from memory
_CONNECTIONS = 16
_REFERENCE = date(2026, 1, 15)
_ADVICE, _BUNDLE, _INSERT = "advice by GraphQL", "Bundle of 30 by FHIR", "a bare INSERT, pgbench"


def measure(scratch: Scratch, *, today: date, rounds: int, seconds: float, persons: int, say: Say) -> None:
    """Measure and print."""
    key = register(scratch.settings, _CLIENT, _TRUST)
    before = _advice_rows(scratch)
    with ExitStack() as stack:
        hub = comparison.hub_server(scratch, _CLIENT, key, compiled=True)
        running, token = stack.enter_context(hub)
        contenders = (
            ByHttp(_ADVICE, running, {"write": _advice_requests(scratch, token, today)}),
            ByHttp(_BUNDLE, running, {"write": _bundle_requests(scratch, token, today)}),
            ByPgbench(_INSERT, scratch.serving_url, {"write": _bare_insert(scratch)}),
        )
        plan = Plan(["write"], [_CONNECTIONS], rounds, seconds)
        with progress.shown("measurements", len(contenders) * (rounds + 1)) as done:
            results = uvloop.run(interleaved(contenders, plan, progress=done))
    say(_table(results, _advice_rows(scratch) - before))
    say(imports.table(scratch, persons))


# --- what is sent


def _requests_to_answer(scratch: Scratch) -> list[UUID]:
    """The open requests to the trust of the first region."""
    sql = (
        "SELECT r.id FROM cooperation_request AS r JOIN organisation AS o ON o.id = r.addressed_to_id "
        "WHERE o.ods_code = %s AND r.status IN ('SENT', 'RECEIVED', 'ACCEPTED') ORDER BY r.id"
    )
    with psycopg.connect(_address(scratch.owner_url)) as connection:
        return [row[0] for row in connection.execute(sql, (_TRUST,))]


def _advice_requests(scratch: Scratch, token: str, today: date) -> Sequence[bytes]:
    headers = {"Authorization": f"Bearer {token}"}
    return [request("/graphql", payloads.advice(each, today), headers) for each in _requests_to_answer(scratch)]


def _bundle_requests(scratch: Scratch, token: str, today: date) -> Sequence[bytes]:
    tasks = _requests_to_answer(scratch)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/fhir+json"}
    return [
        request(
            "/fhir/R4",
            payloads.bundle(tasks[number % len(tasks)], number, today),
            headers | {"X-Request-ID": str(uuid4())},
        )
        for number in range(_BUNDLES)
    ]


def _bare_insert(scratch: Scratch) -> pgbench.Script:
    """One row of advice in a transaction of its own, and nothing else."""
    authority = scratch.authority
    insert = pgbench.script(
        Statement(
            "INSERT INTO advice (owner_id, id, child_id, kind, given_on, source) VALUES "  # noqa: S608  (our words)
            f"(%(owner)s, gen_random_uuid(), {child_id_sql(':n::bigint')}, 'MEDICAL', current_date, 'GRAPHQL')",
            {"owner": authority.id},
        )
    )
    return pgbench.Script(f"\\set n random({authority.first}, {authority.last})\n{insert.text}", insert.variables)


def _advice_rows(scratch: Scratch) -> int:
    with psycopg.connect(_address(scratch.owner_url)) as connection:
        found = connection.execute("SELECT count(*) FROM advice").fetchone()
    return found[0] if found else 0


def _table(results: Results, stored: int) -> str:
    bare = results.rate(_INSERT, "write", _CONNECTIONS)

    def row(name: str) -> list[str]:
        rate = results.rate(name, "write", _CONNECTIONS)
        return [name, printed.number(rate), printed.number(rate and bare and rate / bare)]

    rows = [row(name) for name in (_ADVICE, _BUNDLE, _INSERT)]
    rows.append(["a Bundle of 30 parsed by fhir.resources alone", printed.number(_parsed_a_second()), ""])
    head = [f"writes/s at {_CONNECTIONS} connections", "a second", "of a bare INSERT (bar for advice 0.25)"]
    return "\n\n".join([printed.table(head, rows), f"{stored:,} advice records were stored", *results.troubles])


def _parsed_a_second() -> float:
    parsed = json.loads(payloads.bundle(UUID(int=1), 1, _REFERENCE))
    begun, count = time.perf_counter(), 0
    while time.perf_counter() - begun < 1:
        Bundle.model_validate(parsed)
        count += 1
    return count / (time.perf_counter() - begun)


def _address(url: str) -> Any:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)

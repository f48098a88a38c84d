"""`hub bench --fhir`: what the FHIR face takes, beside the parser that it uses and the database that it writes to.

Processor time says the same on a machine that is shared, where answers a second say little.
"""

import asyncio
import statistics
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

from hub.auth.assertions import fetch_token
from hub.bench import client, comparison, payloads, printed, processor
from hub.bench.client import Measured, request
from hub.bench.contenders import InTurn, Sample
from hub.bench.operations import QUERIES
from hub.bench.scratch import Scratch, register
from hub.bench.servers import Server

Say = Callable[[str], None]

_TRUST = "ZZR01R01"  # a trust of the county as it is in the first region
_CLIENT = "bench-trust"
_CONNECTIONS, _READERS = 16, 8
_STEADY = 100.0  # reads a second, where they are not as many as can be: those leave nothing of two cores to other work
_MOST_UPDATES, _MOST_BUNDLES, _MOST_LARGE = 2_000, 500, 4  # a second: more than a machine of two cores takes
_LARGE, _PARTS = 4_900_000, 160  # bytes of a large Bundle; needs, outcomes and provisions in it
_MOST_OF_PARSE = 1.5
_LEAST_UPDATES = 300
_MOST_OF_P95 = 1.5

_MORE_REQUESTS = """
WITH those AS (
    SELECT r.owner_id, r.child_id, r.requested_by_id, r.addressed_to_id
    FROM cooperation_request AS r JOIN organisation AS o ON o.id = r.addressed_to_id
    WHERE o.ods_code = %(trust)s LIMIT 50),
known AS (SELECT *, row_number() OVER () AS place, count(*) OVER () AS of FROM those)
INSERT INTO cooperation_request (owner_id, id, child_id, function, asked, requested_by_id, addressed_to_id, status,
    sent_at, updated_at)
SELECT owner_id, gen_random_uuid(), child_id, 'EHC_NEEDS_ASSESSMENT', 'Advice', requested_by_id, addressed_to_id,
    'SENT', now() - interval '1 day', now() - interval '1 day'
FROM generate_series(1, %(count)s) AS number JOIN known ON place = 1 + number %% of RETURNING id
"""


def measure(scratch: Scratch, *, today: date, rounds: int, seconds: float, say: Say) -> None:
    """Measure and print."""
    key = register(scratch.settings, _CLIENT, _TRUST)
    portal = register(scratch.settings, comparison.CLIENT, scratch.authority.la_code)
    used = processor.of_database(scratch.owner_url)
    with ExitStack() as stack:
        running, _ = stack.enter_context(comparison.hub_server(scratch, _CLIENT, key, compiled=True))

        def updates(count: int) -> list[bytes]:
            return _updates(_requests_to_answer(scratch, count), _token(running, _CLIENT, key))

        def bundles(count: int) -> list[bytes]:
            return _bundles(_requests_to_answer(scratch, count), _token(running, _CLIENT, key), today)

        updated = uvloop.run(_median(InTurn("updates", running, updates, _MOST_UPDATES, used), rounds, seconds))
        taken = uvloop.run(_median(InTurn("bundles", running, bundles, _MOST_BUNDLES, used), rounds, seconds))
        say(_table(updated, taken, _parse_ms(today)))
    with ExitStack() as stack:
        running, _ = stack.enter_context(comparison.hub_server(scratch, comparison.CLIENT, portal, compiled=True))
        read = next(each for each in QUERIES if each.of_one_child)

        def reads() -> Sequence[bytes]:
            return comparison.Asked(scratch, _token(running, comparison.CLIENT, portal)).requests(read)

        def large(count: int) -> list[bytes]:
            return _large(_requests_to_answer(scratch, count), _token(running, _CLIENT, key), today)

        for rate in (None, _STEADY):
            say(_readers(uvloop.run(_beside(running, reads, large, rounds, max(seconds, 5.0), rate)), rate))


async def _median(asked: InTurn, rounds: int, seconds: float) -> Sample:
    """The median of some rounds, after one to warm up."""
    taken: list[Sample] = []
    for number in range(rounds + 1):
        sample = await asked.measure("", connections=_CONNECTIONS, seconds=seconds)
        if number and sample is not None:
            taken.append(sample)
    return sorted(taken, key=lambda each: each.both_ms or each.p50_ms)[len(taken) // 2]


async def _beside(
    running: Server,
    reads: Callable[[], Sequence[bytes]],
    large: Callable[[int], Sequence[bytes]],
    rounds: int,
    seconds: float,
    rate: float | None,
) -> tuple[list[Measured], list[Measured], int]:
    """Reads alone, and reads while large Bundles come one after the other; how many of those were taken. `rate`: reads
    a second; None: as many as can be.
    """
    alone: list[Measured] = []
    beside: list[Measured] = []
    pushed = 0
    for number in range(rounds + 1):
        asked, sent = reads(), large(round(_MOST_LARGE * seconds) + 1)
        first = await client.measure(running.port, asked, connections=_READERS, seconds=seconds, rate=rate)
        pushing = asyncio.create_task(client.measure(running.port, sent, connections=1, seconds=seconds))
        second = await client.measure(running.port, asked, connections=_READERS, seconds=seconds, rate=rate)
        pushed += (await pushing).answers
        if number:
            alone.append(first)
            beside.append(second)
    return alone, beside, pushed


# --- what is sent


def _requests_to_answer(scratch: Scratch, count: int) -> list[UUID]:
    """New requests to the trust of the first region."""
    with psycopg.connect(_address(scratch.owner_url)) as connection:
        return [row[0] for row in connection.execute(_MORE_REQUESTS, {"count": count, "trust": _TRUST})]


def _headers(token: str) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/fhir+json",
        "X-Request-ID": str(uuid4()),
    }


def _updates(tasks: Sequence[UUID], token: str) -> list[bytes]:
    return [
        request(
            f"/fhir/R4/Task/{each}",
            b'{"resourceType":"Task","id":"%s","status":"accepted","intent":"order"}' % str(each).encode(),
            _headers(token) | {"If-Match": 'W/"1"'},
            method="PUT",
        )
        for each in tasks
    ]


def _bundles(tasks: Sequence[UUID], token: str, today: date) -> list[bytes]:
    return [
        request("/fhir/R4", payloads.bundle(each, number, today), _headers(token)) for number, each in enumerate(tasks)
    ]


def _large(tasks: Sequence[UUID], token: str, today: date) -> list[bytes]:
    words = " " + "word " * (_LARGE // _PARTS // 3 // 5 - 80)
    return [
        request("/fhir/R4", payloads.bundle(each, number, today, each_kind=_PARTS, more=words), _headers(token))
        for number, each in enumerate(tasks)
    ]


def _token(running: Server, client_id: str, key: dict[str, Any]) -> str:
    """A new one for each measurement: it lasts five minutes."""
    return str(fetch_token(running.base_url, client_id, key)["access_token"])


def _parse_ms(today: date) -> float:
    """The processor time in which fhir.resources reads one such Bundle from its bytes, and nothing else."""
    body, taken = payloads.bundle(UUID(int=1), 1, today), list[float]()
    for _ in range(60):
        begun = time.process_time()
        Bundle.model_validate_json(body)
        taken.append(1_000 * (time.process_time() - begun))
    return statistics.median(taken)


# --- what is printed


def _table(updated: Sample, taken: Sample, parse_ms: float) -> str:
    base = parse_ms + (taken.database_ms or 0)
    of_base = taken.both_ms / base if taken.both_ms else None
    cores = 2_000 / updated.both_ms if updated.both_ms else None
    rows = [
        _row("Task update", updated, f"{printed.number(cores)}/s if two cores do nothing else (bar {_LEAST_UPDATES})"),
        _row(
            "transaction of 30 resources",
            taken,
            f"{printed.number(of_base)} of parse and SQL, {base:.1f} ms (bar {_MOST_OF_PARSE})",
        ),
        ["30 resources parsed by fhir.resources", "", "", f"{parse_ms:.2f}", "", ""],
    ]
    head = ["", "a second", "p50, ms", "hub, CPU ms", "database, CPU ms", "which is"]
    return printed.table([f"at {_CONNECTIONS} connections", *head[1:]], rows)


def _row(name: str, sample: Sample, says: str) -> list[str]:
    return [
        name,
        printed.number(sample.rate),
        f"{sample.p50_ms:.1f}",
        f"{sample.cpu_ms or 0:.2f}",
        f"{sample.database_ms or 0:.2f}",
        says,
    ]


def _readers(measured: tuple[list[Measured], list[Measured], int], rate: float | None) -> str:
    alone, beside, pushed = measured
    asked = f"{rate:.0f} a second" if rate else f"as many as can be at {_READERS} connections"
    p95 = [statistics.median(each.p95_ms for each in taken) for taken in (alone, beside)]
    rows = [
        [name, printed.number(statistics.median(each.rate for each in taken)), f"{p95[at]:.1f}"]
        for at, (name, taken) in enumerate((("alone", alone), ("while Bundles of 5 MB come", beside)))
    ]
    rows.append([f"of alone (bar {_MOST_OF_P95}); {pushed} Bundles were taken", "", f"{p95[1] / p95[0]:.2f}"])
    return "\n" + printed.table([f"GraphQL reads, {asked}", "a second", "p95, ms"], rows)


def _address(url: str) -> Any:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)

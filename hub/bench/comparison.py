"""`hub bench`: the hub's queries beside its limits and its peers, on one database, in one run."""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import uvloop

from hub.auth.assertions import fetch_token
from hub.bench import pgbench, postgraphile, printed, processor, progress
from hub.bench.client import WrongAnswer, request
from hub.bench.contenders import ByHttp, ByPgbench, Contender
from hub.bench.explaining import Statement, caller_for, execution_on, statement_of
from hub.bench.operations import QUERIES, Query
from hub.bench.processor import Used
from hub.bench.rounds import Plan, Results, interleaved
from hub.bench.scratch import Scratch, register
from hub.bench.servers import Server, bare_environment, free_port, python, server
from hub.errors import NotReadyError
from hub.law.vocabulary import OrganisationKind

Say = Callable[[str], None]

COMPILED, RESOLVERS = "the hub, compiled", "the hub, by resolvers"
STATEMENT, STATIC = "limit 1: pgbench, the hub's statement", "limit 2: Starlette, static bytes"
PEER, PEER_WITH_RLS = f"PostGraphile {postgraphile.VERSION}", f"PostGraphile {postgraphile.VERSION}, row-level security"

CLIENT = "bench-authority"
_PATIENT = {"HUB_POOL_SIZE": "64", "HUB_STATEMENT_TIMEOUT_MS": "60000"}
"""For the resolvers: as slow as they are they would refuse most requests as BUSY, and nothing could be compared."""

_MIDDLE = 16  # the connections at which bars are set, and the most that resolvers are asked over
_VARIED = 2_000  # so many children are asked for in turn


@contextmanager
def hub_server(
    scratch: Scratch, client_id: str, key: Mapping[str, Any], *, compiled: bool
) -> Generator[tuple[Server, str]]:
    """A hub on the database, as `hub serve` runs it, and a token for a client with this key."""
    port = free_port()
    settings = scratch.settings
    environment = {
        **bare_environment(),
        "HUB_DATABASE_URL": settings.database_url,
        "HUB_DATA_DIR": str(settings.data_dir),
        "HUB_PORT": str(port),
        "HUB_TOKEN_LIFETIME_S": str(settings.token_lifetime_s),
        "HUB_CLIENT_REQUESTS_PER_S": str(settings.client_requests_per_s),
        "HUB_GRAPHQL_COMPILED": str(compiled).lower(),
        **({} if compiled else _PATIENT),
    }
    with server(python("hub.cli", "serve"), environment, port, scratch.folder / f"hub-{port}.log") as running:
        yield running, fetch_token(running.base_url, client_id, key)["access_token"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a hub: the children in turn, as the authority whose they are."""

    scratch: Scratch
    token: str

    @property
    def children(self) -> Sequence[int]:
        """Numbers of children of the authority, spread over all that it has."""
        authority = self.scratch.authority
        step = max(1, (authority.last - authority.first + 1) // _VARIED)
        return range(authority.first, authority.last + 1, step)

    def requests(self, query: Query) -> list[bytes]:
        headers = {"Authorization": f"Bearer {self.token}"}
        children = self.children if query.of_one_child else self.children[:1]
        return [request("/graphql", query.hub_body(each), headers) for each in children]


def looked_at(running: Server, sent: bytes) -> bytes:
    """One answer to what will be asked: 200, no errors, and nothing missing. Raises `WrongAnswer`."""
    head, _, body = sent.partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    response = httpx.post(f"{running.base_url}/graphql", content=body, headers=headers, timeout=60)
    answer = response.json()
    if not response.is_success or "errors" in answer or any(not each for each in answer["data"].values()):
        raise WrongAnswer(f"answered {response.status_code} {response.text[:300]}")
    return response.content


def compare(scratch: Scratch, plan: Plan, *, data_dir: Path, peers: bool, say: Say) -> None:
    """Measure everything that can be measured here, and print the tables."""
    key = register(scratch.settings, CLIENT, scratch.authority.la_code)
    queries = [each for each in QUERIES if each.name in plan.queries]
    used = processor.of_database(scratch.owner_url)
    with ExitStack() as stack:
        contenders: list[Contender] = []
        answers: Mapping[str, bytes] = {}
        for name, compiled in ((COMPILED, True), (RESOLVERS, False)):
            running, token = stack.enter_context(hub_server(scratch, CLIENT, key, compiled=compiled))
            asked = Asked(scratch, token)
            requests = {each.name: asked.requests(each) for each in queries}
            contenders.append(ByHttp(name, running, requests, most=1_000 if compiled else _MIDDLE, database=used))
            answers = {name: looked_at(running, sent[0]) for name, sent in requests.items()}
        contenders += _limits(stack, scratch, queries, answers, used)
        if peers:
            contenders += _peers(stack, scratch, queries, data_dir, say, used)
        say(_sizes(scratch, answers))
        measurements = len(contenders) * len(plan.queries) * len(plan.connections) * (plan.rounds + 1)
        with progress.shown("measurements", measurements) as done:
            results = uvloop.run(interleaved(contenders, plan, progress=done))
    say(_tables(results, [each.name for each in contenders], plan))


def _limits(
    stack: ExitStack, scratch: Scratch, queries: Sequence[Query], answers: Mapping[str, bytes], used: Used
) -> Iterator[Contender]:
    scripts = {each.name: script for each in queries if (script := _script(scratch, each)) is not None}
    if scripts:
        yield ByPgbench(STATEMENT, scratch.serving_url, scripts, database=used)
    folder = scratch.folder / "static"
    folder.mkdir()
    for name, answer in answers.items():
        (folder / name).write_bytes(answer)
    port = free_port()
    command = python("hub.bench.static", str(port), str(folder))
    running = stack.enter_context(server(command, bare_environment(), port, scratch.folder / "static.log"))
    yield ByHttp(STATIC, running, {each.name: [request(f"/{each.name}", each.hub_body(1), {})] for each in queries})


def _peers(
    stack: ExitStack, scratch: Scratch, queries: Sequence[Query], data_dir: Path, say: Say, used: Used
) -> Iterator[Contender]:
    authority = scratch.authority
    children = Asked(scratch, "").children
    requests = {
        each.name: [
            request("/graphql", each.postgraphile_body(child, authority.id), {})
            for child in (children if each.of_one_child else children[:1])
        ]
        for each in queries
    }
    try:
        folder = postgraphile.install(data_dir)
        stack.enter_context(postgraphile.row_level_security(scratch.owner_url))
        for name, caller in ((PEER, None), (PEER_WITH_RLS, authority.id)):
            log = scratch.folder / f"postgraphile-{caller}.log"
            running = stack.enter_context(postgraphile.served(folder, scratch.owner_url, caller=caller, log=log))
            for sent in requests.values():
                looked_at(running, sent[0])
            yield ByHttp(name, running, requests, database=used)
    except NotReadyError as missing:
        say(f"PostGraphile is left out: {missing}\n")


# --- the statement that the hub runs


def _script(scratch: Scratch, query: Query) -> pgbench.Script | None:
    execution, authority = execution_on(scratch.serving_url), scratch.authority
    caller = caller_for(authority.id, OrganisationKind.LOCAL_AUTHORITY, authority.la_code)

    def stated(child: int) -> Statement | None:
        return statement_of(execution, query.document, query.variables(child), caller)

    first, second = stated(authority.first), stated(authority.last)
    if first is None or second is None:
        return None
    if query.of_one_child:
        return pgbench.script_for_children(first, second, children=(authority.first, authority.last))
    return pgbench.script(first)


# --- what is printed


def _sizes(scratch: Scratch, answers: Mapping[str, bytes]) -> str:
    sizes = ", ".join(f"{name} {len(answer):,} B" for name, answer in answers.items())
    return (
        f"{scratch.authorities[-1].last:,} children of {len(scratch.authorities)} authorities, "
        f"as of {date.today()}; answers: {sizes}\n"  # noqa: DTZ011  (the day on which it was measured, here)
    )


_BARS: Mapping[str, Mapping[str, float]] = {
    PEER_WITH_RLS: {"small": 2.0, "medium": 2.5, "large": 2.5},
    STATEMENT: {"medium": 0.6, "large": 0.6},
    RESOLVERS: {"small": 10.0, "medium": 10.0, "large": 10.0},
}
"""How many times as fast as each the compiled path is to be."""


def _tables(results: Results, contenders: Sequence[str], plan: Plan) -> str:
    shown = [printed.rates(results, contenders, plan.queries, each) for each in plan.connections]
    at = _MIDDLE if _MIDDLE in plan.connections else plan.connections[-1]
    shown.append(printed.costs(results, contenders, plan.queries, at))
    ours, *others = contenders
    shown.append(printed.burdens(results, ours, others, plan.queries, at))
    bars: dict[str, Mapping[str, float]] = {each: _BARS.get(each, {}) if ours == COMPILED else {} for each in others}
    shown.append(printed.ratios(results, ours, bars=bars, queries=plan.queries, connections=at))
    return "\n\n".join([*shown, *results.troubles])

"""`hub bench --growth`: the same queries on databases of growing size, side by side."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import date

import uvloop

from hub.bench import comparison, printed, progress
from hub.bench.contenders import ByHttp
from hub.bench.operations import QUERIES
from hub.bench.rounds import Plan, Results, interleaved
from hub.bench.scratch import register, scratch

_QUERIES = [each for each in QUERIES if each.name in {"small", "medium", "large"}]
_BAR = 1.2


def grow(
    server_url: str, sizes: Sequence[int], *, today: date, rounds: int, seconds: float, say: Callable[[str], None]
) -> None:
    """Load a database for each size, measure at one connection, print the time that half of the answers take."""
    plan = Plan([each.name for each in _QUERIES], [1], rounds, seconds)
    with ExitStack() as stack:
        contenders: list[ByHttp] = []
        for size in sizes:
            loaded = stack.enter_context(scratch(server_url, children=size, today=today))
            key = register(loaded.settings, comparison.CLIENT, loaded.authority.la_code)
            hub = comparison.hub_server(loaded, comparison.CLIENT, key, compiled=True)
            running, token = stack.enter_context(hub)
            asked = comparison.Asked(loaded, token)
            requests = {each.name: asked.requests(each) for each in _QUERIES}
            contenders.append(ByHttp(f"{size:,} children", running, requests))
        with progress.shown("measurements", len(contenders) * len(_QUERIES) * (rounds + 1)) as done:
            results = uvloop.run(interleaved(contenders, plan, progress=done))
    say(_table(results, [each.name for each in contenders], plan))


def _table(results: Results, names: Sequence[str], plan: Plan) -> str:
    def p50(name: str, query: str) -> float | None:
        sample = results.cells.get((name, query, 1))
        return sample.p50_ms if sample else None

    def growth(query: str) -> str:
        first, last = p50(names[0], query), p50(names[-1], query)
        return "–" if first is None or last is None else f"{last / first:.2f}x"

    rows = [[name, *(printed.number(p50(name, query)) for query in plan.queries)] for name in names]
    rows.append([f"growth (bar {_BAR}x)", *map(growth, plan.queries)])
    return "\n\n".join([printed.table(["p50, ms, at 1 connection", *plan.queries], rows), *results.troubles])

"""What is measured beside each other: a server by HTTP, or a statement by pgbench."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from hub.bench import client, pgbench
from hub.bench.servers import Server


@dataclass(frozen=True, slots=True)
class Sample:
    """One measurement. `p50_ms` is an average where pgbench tells no more; `cpu_ms`: the server's, for one request."""

    rate: float
    p50_ms: float
    cpu_ms: float | None


class Contender(Protocol):
    """Something that can be asked a query as fast as it answers."""

    @property
    def name(self) -> str: ...

    async def measure(self, query: str, *, connections: int, seconds: float) -> Sample | None:
        """None where it is not asked this query, or not over so many connections."""
        ...


@dataclass(frozen=True, slots=True)
class ByHttp:
    """A server, with the requests to go round for each query; it is not asked over more connections than `most`."""

    name: str
    server: Server
    requests: Mapping[str, Sequence[bytes]]
    most: int = 1_000

    async def measure(self, query: str, *, connections: int, seconds: float) -> Sample | None:
        if query not in self.requests or connections > self.most:
            return None
        before = self.server.processor_ms()
        measured = await client.measure(
            self.server.port, self.requests[query], connections=connections, seconds=seconds
        )
        after = self.server.processor_ms()
        used = None if before is None or after is None else (after - before) / measured.answers
        return Sample(measured.rate, measured.p50_ms, used)


@dataclass(frozen=True, slots=True)
class ByPgbench:
    """A database, with the script for each query."""

    name: str
    url: str
    scripts: Mapping[str, pgbench.Script]

    async def measure(self, query: str, *, connections: int, seconds: float) -> Sample | None:
        if query not in self.scripts:
            return None
        ran = await asyncio.to_thread(
            pgbench.run, self.url, self.scripts[query], connections=connections, seconds=seconds
        )
        return Sample(ran.rate, ran.average_ms, None)

"""What is measured beside each other: a server by HTTP, or a statement by pgbench."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from hub.bench import client, pgbench
from hub.bench.processor import Used
from hub.bench.servers import Server


def _nobody_knows() -> None:
    return None


def _for_each(before: float | None, after: float | None, answers: int) -> float | None:
    return None if before is None or after is None else (after - before) / answers


@dataclass(frozen=True, slots=True)
class Sample:
    """One measurement. `p50_ms` is an average where pgbench tells no more.

    `cpu_ms` is the server's processor time for one request, `database_ms` PostgreSQL's.
    """

    rate: float
    p50_ms: float
    cpu_ms: float | None
    database_ms: float | None = None

    @property
    def both_ms(self) -> float | None:
        """The processor time of the server and of PostgreSQL for one request."""
        return None if self.cpu_ms is None or self.database_ms is None else self.cpu_ms + self.database_ms


class Contender(Protocol):
    """Something that can be asked a query as fast as it answers."""

    @property
    def name(self) -> str: ...

    async def measure(self, query: str, *, connections: int, seconds: float) -> Sample | None:
        """None where it is not asked this query, or not over so many connections."""
        ...


@dataclass(frozen=True, slots=True)
class ByHttp:
    """A server, with the requests to go round for each query; it is not asked over more connections than `most`.

    `database` tells what its database uses; without it nobody knows.
    """

    name: str
    server: Server
    requests: Mapping[str, Sequence[bytes]]
    most: int = 1_000
    database: Used = _nobody_knows

    async def measure(self, query: str, *, connections: int, seconds: float) -> Sample | None:
        if query not in self.requests or connections > self.most:
            return None
        before = self.server.processor_ms(), self.database()
        measured = await client.measure(
            self.server.port, self.requests[query], connections=connections, seconds=seconds
        )
        after = self.server.processor_ms(), self.database()
        server, database = (_for_each(*each, measured.answers) for each in zip(before, after, strict=True))
        return Sample(measured.rate, measured.p50_ms, server, database)


@dataclass(slots=True)
class InTurn:
    """A server that is sent each request once, for what comes again is answered from memory.

    `made` makes so many, before each measurement; `most_a_second`: more than it is thought to answer.
    """

    name: str
    server: Server
    made: Callable[[int], Sequence[bytes]]
    most_a_second: int
    database: Used = _nobody_knows

    async def measure(self, query: str, *, connections: int, seconds: float) -> Sample | None:
        """Raises `WrongAnswer` where it answered more than was thought."""
        del query
        requests = self.made(round(self.most_a_second * seconds) + connections)
        asked = ByHttp(self.name, self.server, {"": requests}, database=self.database)
        sample = await asked.measure("", connections=connections, seconds=seconds)
        if sample is not None and sample.rate > self.most_a_second:
            raise client.WrongAnswer(f"more than {self.most_a_second} a second: some were sent twice")
        return sample


@dataclass(frozen=True, slots=True)
class ByPgbench:
    """A database, with the script for each query. `database` tells what it uses; without it nobody knows."""

    name: str
    url: str
    scripts: Mapping[str, pgbench.Script]
    database: Used = _nobody_knows

    async def measure(self, query: str, *, connections: int, seconds: float) -> Sample | None:
        if query not in self.scripts:
            return None
        ran = await asyncio.to_thread(
            pgbench.run, self.url, self.scripts[query], connections=connections, seconds=seconds, used=self.database
        )
        return Sample(ran.rate, ran.average_ms, None, ran.database_ms)

"""Interleaved rounds: whatever else the machine does falls on every contender alike, and medians forget the rest."""

import statistics
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from hub.bench.client import WrongAnswer
from hub.bench.contenders import Contender, Sample
from hub.errors import NotReadyError

Cell: TypeAlias = tuple[str, str, int]
"""Contender, query, connections."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured how often: each cell once a round, after one short round that is not counted."""

    queries: Sequence[str]
    connections: Sequence[int]
    rounds: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Results:
    """The median of each cell; why a contender has none for a query."""

    cells: Mapping[Cell, Sample]
    failures: Mapping[tuple[str, str], str]

    def rate(self, contender: str, query: str, connections: int) -> float | None:
        sample = self.cells.get((contender, query, connections))
        return sample.rate if sample else None


async def interleaved(
    contenders: Sequence[Contender], plan: Plan, *, progress: Callable[[int], None] = lambda _: None
) -> Results:
    """Measure every contender in turn, round by round."""
    samples: dict[Cell, list[Sample]] = defaultdict(list)
    failures: dict[tuple[str, str], str] = {}
    for number in range(plan.rounds + 1):
        for query in plan.queries:
            for connections in plan.connections:
                for each in contenders:
                    if (each.name, query) in failures:
                        continue
                    try:
                        # A statement is planned anew the first five times that a connection runs it.
                        sample = await each.measure(
                            query, connections=connections, seconds=plan.seconds if number else plan.seconds / 3
                        )
                    except (WrongAnswer, NotReadyError, OSError) as error:
                        failures[each.name, query] = str(error)
                        continue
                    if number and sample is not None:
                        samples[each.name, query, connections].append(sample)
                    progress(1)
    return Results({cell: _median(taken) for cell, taken in samples.items()}, failures)


def _median(samples: Sequence[Sample]) -> Sample:
    used = [each.cpu_ms for each in samples if each.cpu_ms is not None]
    return Sample(
        statistics.median(each.rate for each in samples),
        statistics.median(each.p50_ms for each in samples),
        statistics.median(used) if used else None,
    )

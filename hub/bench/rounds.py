"""Interleaved rounds: whatever else the machine does falls on every contender alike, and medians forget the rest."""

import itertools
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
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
    """The median of each cell; why a cell has none."""

    cells: Mapping[Cell, Sample]
    failures: Mapping[Cell, str]

    def rate(self, contender: str, query: str, connections: int) -> float | None:
        sample = self.cells.get((contender, query, connections))
        return sample.rate if sample else None

    @property
    def troubles(self) -> list[str]:
        """Each failure as a line."""
        return [f"{who}, {what} at {connections}: {why}" for (who, what, connections), why in self.failures.items()]


async def interleaved(
    contenders: Sequence[Contender], plan: Plan, *, progress: Callable[[int], None] = lambda _: None
) -> Results:
    """Measure every contender in turn, round by round."""
    samples: dict[Cell, list[Sample]] = defaultdict(list)
    failures: dict[Cell, str] = {}
    for number in range(plan.rounds + 1):
        # A connection plans a statement when it first runs it: the first round is to warm up.
        seconds = plan.seconds if number else plan.seconds / 3
        for query, connections, each in itertools.product(plan.queries, plan.connections, contenders):
            cell = each.name, query, connections
            if cell not in failures:
                try:
                    sample = await each.measure(query, connections=connections, seconds=seconds)
                    if number and sample is not None:
                        samples[cell].append(sample)
                except (WrongAnswer, NotReadyError, OSError) as error:
                    failures[cell] = str(error)
            progress(1)
    whole = {cell: _median(taken) for cell, taken in samples.items() if cell not in failures}
    return Results(whole, failures)


def _median(samples: Sequence[Sample]) -> Sample:
    return Sample(
        statistics.median(each.rate for each in samples),
        statistics.median(each.p50_ms for each in samples),
        _median_known(each.cpu_ms for each in samples),
        _median_known(each.database_ms for each in samples),
    )


def _median_known(values: Iterable[float | None]) -> float | None:
    known = [each for each in values if each is not None]
    return statistics.median(known) if known else None

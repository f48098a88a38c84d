"""What one statement showed of which children, read from its cells, for the record of disclosure."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson

from hub.audit import Disclosure, Operation, Reading
from hub.db import sharing
from hub.law.caller import Caller
from hub.law.decisions import Permit
from hub.law.reg17_disclosure import Part, Relationship, decide
from schema.compile.plans import Plan, Record, Shown


@dataclass(frozen=True, slots=True)
class Disclosed:
    """The rows of the root fields that were shown, each with how its record is read."""

    children: list[tuple[Record, Shown]]

    @classmethod
    def of(cls, plan: Plan, cells: Sequence[bytes | None]) -> "Disclosed":
        found: list[tuple[Record, Shown]] = []
        for record, cell in zip(plan.records, cells, strict=True):
            if record is not None and cell is not None:
                found += [(record, each) for each in record.of(orjson.loads(cell))]
        return cls(found)

    @property
    def pending(self) -> bool:
        """Whether requests may have been shown further down that their body had not received."""
        return any(shown.pending for _, shown in self.children)

    @property
    def unreceived(self) -> set[UUID]:
        """The requests shown whose body, who asks, had not received them."""
        return {shown.unreceived for _, shown in self.children if shown.unreceived is not None}

    def readings(self, caller: Caller, operation: Operation, at: datetime, new_id: Callable[[], UUID]) -> list[Reading]:
        """One row for each child, grouped by the ground on which it was shown."""
        told: dict[tuple[UUID, UUID], tuple[set[Part], set[Part], int]] = {}
        for record, shown in self.children:
            parts, withheld = record.parts(shown, caller.purpose)
            before = told.setdefault((shown.owner_id, shown.child_id), (set(), set(), shown.bits))
            before[0].update(parts)
            before[1].update(withheld)
        by_ground: dict[str, list[tuple[UUID, Disclosure]]] = defaultdict(list)
        for (owner, child), (parts, withheld, bits) in told.items():
            row = Disclosure(owner, child, frozenset(parts), frozenset(withheld))
            by_ground[_ground(parts, sharing.held_in(bits), caller)].append((new_id(), row))
        return [Reading(tuple(rows), caller, operation, ground, at) for ground, rows in by_ground.items()]


def _ground(parts: set[Part], held: frozenset[Relationship], caller: Caller) -> str:
    decisions = (decide(part, held, caller.purpose) for part in parts)
    return "; ".join(sorted({each.rule for each in decisions if isinstance(each, Permit)}))

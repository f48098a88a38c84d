"""What one statement showed of which children, read from its cells, for the record of disclosure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

import orjson

from hub.audit import Operation, Reading
from hub.law.caller import Caller
from schema.compile.plans import Plan, Record, Told

_Row: TypeAlias = tuple[str, str, int, str | None, str | None, bool]


@dataclass(frozen=True, slots=True)
class Disclosed:
    """The rows of the root fields that were shown, each list with how its record is read."""

    lists: list[tuple[Record, list[_Row]]]

    @classmethod
    def of(cls, plan: Plan, cells: Sequence[bytes | None]) -> "Disclosed":
        read = zip(plan.records, cells, strict=True)
        return cls([(record, orjson.loads(cell)) for record, cell in read if cell is not None])

    @property
    def pending(self) -> bool:
        """Whether requests may have been shown further down that their body had not received."""
        return any(pending for _, rows in self.lists for *_, pending in rows)

    @property
    def unreceived(self) -> set[UUID]:
        """The requests shown whose body, who asks, had not received them."""
        return {UUID(request) for _, rows in self.lists for *_, request, _ in rows if request is not None}

    def readings(self, caller: Caller, operation: Operation, at: datetime, new_id: Callable[[], UUID]) -> list[Reading]:
        """Each child once, together with those of whom the same was told."""
        told: dict[tuple[str, str], Told] = {}
        for record, rows in self.lists:
            for owner, child, bits, word, _, _ in rows:
                now = record.told(bits, word)
                before = told.get((owner, child))
                told[owner, child] = now if before is None or before is now else before.and_also(now)
        alike: dict[Told, list[tuple[Any, ...]]] = {}
        for (owner, child), each in told.items():
            alike.setdefault(each, []).append((new_id(), owner, child))
        return [
            Reading(children, each.shown, each.withheld, each.ground, caller, operation, at)
            for each, children in alike.items()
        ]

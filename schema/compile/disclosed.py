"""What one statement showed of which children, read from its cells, for the record of disclosure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, TypeAlias
from uuid import UUID

import orjson

from hub.audit import Operation, Reading
from hub.db import sharing
from hub.law.caller import Caller
from hub.law.decisions import Permit
from hub.law.reg17_disclosure import Part, Purpose, Standing, decide, opened
from schema.compile.objects import PartsAsked

_Row: TypeAlias = tuple[str, str, int, str | None, str | None, bool]


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a child where some relationships are held and a row is of some part: the same for many."""

    shown: frozenset[Part]
    withheld: frozenset[Part]
    ground: str

    def and_also(self, other: "Told") -> "Told":
        """What both tell, of one child."""
        grounds = {*self.ground.split("; "), *other.ground.split("; ")}
        return Told(self.shown | other.shown, self.withheld | other.withheld, "; ".join(sorted(grounds)))


@dataclass(frozen=True, slots=True)
class Record:
    """How the record of one root field is read.

    Its cell is a list with `[owner, child, relationships held as bits, word of the row's part, id of a request that its
    body, who asks, had not received, whether there are such requests about the child that may be shown further down]`.
    """

    asked: PartsAsked
    row_parts: Mapping[str, Part]
    purpose: Purpose
    _told: dict[tuple[int, str | None], Told] = field(default_factory=dict[tuple[int, str | None], Told])

    def told(self, bits: int, word: str | None) -> Told:
        """What the selection tells of a row's child."""
        found = self._told.get((bits, word))
        if found is None:
            standing = sharing.standing_in(bits)
            shown, withheld = self.asked.told(opened(standing, self.purpose))
            if word is not None:
                shown |= {self.row_parts[word]}
            found = self._told[bits, word] = Told(shown, withheld, ground(shown, standing, self.purpose))
        return found


def ground(parts: Iterable[Part], standing: Standing, purpose: Purpose) -> str:
    """The provisions by which these parts are open."""
    decisions = (decide(part, standing, purpose) for part in parts)
    return "; ".join(sorted({each.rule for each in decisions if isinstance(each, Permit)}))


class Disclosed(NamedTuple):
    """The rows of the root fields that were shown, each list with how its record is read."""

    lists: list[tuple[Record, list[_Row]]]

    @classmethod
    def of(cls, records: Sequence[Record], cells: Sequence[bytes | None]) -> "Disclosed":
        read = zip(records, cells, strict=True)
        return cls([(record, orjson.loads(cell)) for record, cell in read if cell is not None])

    @property
    def is_for_resolvers(self) -> bool:
        """Whether requests may have been shown further down that their body had not received."""
        return any(row[5] for _, rows in self.lists for row in rows)

    @property
    def unreceived(self) -> set[UUID]:
        """The requests shown whose body, who asks, had not received them."""
        return {UUID(row[4]) for _, rows in self.lists for row in rows if row[4] is not None}

    def readings(self, caller: Caller, operation: Operation, at: datetime, new_id: Callable[[], UUID]) -> list[Reading]:
        """Each child once, together with those of the same owner of whom the same was told."""
        alike: dict[tuple[str, Told], list[str]] = {}
        for (owner, child), each in self._told_of_each().items():
            together = alike.get((owner, each))
            if together is None:
                alike[owner, each] = [child]
            else:
                together.append(child)
        return [
            Reading(new_id(), owner, children, each.shown, each.withheld, each.ground, caller, operation, at)
            for (owner, each), children in alike.items()
        ]

    def _told_of_each(self) -> dict[tuple[str, str], Told]:
        """What is told of each child (owner, child), by all lists together."""
        told: dict[tuple[str, str], Told] = {}
        for record, rows in self.lists:
            for owner, child, bits, word, _, _ in rows:
                now = record.told(bits, word)
                before = told.setdefault((owner, child), now)
                if before is not now:
                    told[owner, child] = before.and_also(now)
        return told

"""What the steps of an import hand on: what is recorded of a child, and what holds for every person of the file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from hub.actions.child_sources import Teller, Weighing
from hub.actions.sen2_return import ReturnHeader
from hub.db.import_return import Row

Facts = Mapping[str, list[Row]]
"""What is recorded of a child, by table."""


@dataclass(frozen=True, slots=True)
class Record:
    """A child's record as it is: the child's id and row (None: the child is new), and all else by table."""

    child_id: UUID
    child: Row | None = None
    facts: Facts = field(default_factory=dict[str, list[Row]])

    def of(self, table: str) -> Sequence[Row]:
        return self.facts.get(table, ())


@dataclass(frozen=True, slots=True)
class Returned:
    """What holds for every person of one return: whose it is, of when, the day of its import, and known schools."""

    header: ReturnHeader
    now: datetime
    today: date
    settings: Mapping[str, UUID] = field(default_factory=dict[str, UUID])
    weighing: Weighing = field(default_factory=lambda: Weighing({}, {}, date.max))

    @property
    def teller(self) -> Teller:
        return Teller(self.header.source, self.header.system)

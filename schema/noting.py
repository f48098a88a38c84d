"""What resolvers show of which children is noted field by field, until it is put on record."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from hub.audit import Disclosure, Operation, Reading, record_disclosures
from hub.law.caller import Caller
from hub.law.decisions import Permit
from hub.law.reg17_disclosure import Part, Standing, decide
from schema.moment import Connected
from schema.projection import Field, Row

Child: TypeAlias = tuple[UUID, UUID]
"""Owner, child."""


@dataclass(slots=True)
class Notes:
    """Of one operation of one caller."""

    caller: Caller
    operation: Operation
    at: datetime
    new_id: Callable[[], UUID]
    readings: list[Reading] = field(default_factory=list[Reading])
    """What has been put on record, as the compiled reading has it."""
    _shown: dict[Child, set[Part]] = field(default_factory=lambda: defaultdict(set))
    _withheld: dict[Child, set[Part]] = field(default_factory=lambda: defaultdict(set))
    _standing: dict[Child, Standing] = field(default_factory=dict[Child, Standing])

    def made(self, child: Child, standing: Standing, part: Part | None) -> None:
        """A row about the child is shown; `part`: to which it belongs as a whole."""
        self._standing[child] = standing
        if part is not None:
            self._shown[child].add(part)

    def shows(self, row: Row, field: Field) -> bool:
        """Whether the field is open: whether some part that it belongs to is. It is noted either way."""
        if not field.parts:
            return True
        shown = field.parts & row.parts
        if row.child is not None:
            self._shown[row.child] |= shown
            self._withheld[row.child] |= field.parts - row.parts
        return bool(shown)

    async def store(self, connected: Connected) -> None:
        """Put on record what has been noted."""
        by_ground: dict[str, list[tuple[UUID, Disclosure]]] = defaultdict(list)
        for child, shown in self._shown.items():
            disclosure = Disclosure(child[0], child[1], frozenset(shown), frozenset(self._withheld[child]))
            by_ground[self._ground(child, shown)].append((self.new_id(), disclosure))
        for ground, disclosures in by_ground.items():
            await record_disclosures(
                await connected(),
                disclosures,
                caller=self.caller,
                operation=self.operation,
                ground=ground,
                at=self.at,
            )
            self.readings += [self._reading(ground, *each) for each in disclosures]

    def begin_anew(self) -> None:
        """What has been noted is durable."""
        self._shown.clear()
        self._withheld.clear()

    def _reading(self, ground: str, first_id: UUID, told: Disclosure) -> Reading:
        about = (told.owner_id, [told.child_id], told.shown, told.withheld, ground)
        return Reading(first_id, *about, self.caller, self.operation, self.at)

    def _ground(self, child: Child, shown: set[Part]) -> str:
        rules = {
            decision.rule
            for part in shown
            if isinstance(decision := decide(part, self._standing[child], self.caller.purpose), Permit)
        }
        return "; ".join(sorted(rules))

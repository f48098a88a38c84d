"""Who decides for a child or young person, as the mutations take it (SEND Regs 2014 regs 63, 64)."""

from __future__ import annotations

from typing import Any

import strawberry

from hub.law.reg64_decision_makers import PRESUMED, Capacity


@strawberry.input(description="What is known of capacity to decide (SEND Regs 2014 regs 63, 64). Left out: presumed.")
class CapacityInput:
    young_person_lacks: bool = strawberry.field(
        default=False, description="The young person lacks capacity for this decision (reg. 64)."
    )
    has_representative: bool = strawberry.field(
        default=False, description="The young person has a representative, who then decides (reg. 64)."
    )
    parent_lacks: bool = strawberry.field(
        default=False, description="The parent lacks capacity: the parent's representative stands in (regs 63, 64)."
    )


def of_notice() -> Any:
    """The field by which an input says whose the family's notice is."""
    return strawberry.field(
        default=None,
        description="What is known of capacity: it decides whose the family's notice is (SEND Regs 2014 regs 63, 64). "
        "Left out: presumed.",
    )


def capacity_of(given: CapacityInput | None) -> Capacity:
    """What is said of capacity; presumed where nothing is."""
    if given is None:
        return PRESUMED
    return Capacity(given.young_person_lacks, given.has_representative, given.parent_lacks)

"""Saying what is withheld: never silently, always with the rule."""

from collections.abc import Collection, Mapping

import strawberry

from hub.law.decisions import Refuse
from hub.law.reg17_disclosure import Part, Purpose, Relationship, decide, parts_open


@strawberry.type(description="Fields that are kept from you, and why.")
class Withheld:
    fields: list[str] = strawberry.field(description="The names of the fields, as in this schema.")
    rule: str = strawberry.field(description="The rule that keeps them shut.")
    reason: str = strawberry.field(description="The reason, in a sentence.")


def explain(fields: Mapping[str, frozenset[Part]], held: Collection[Relationship], purpose: Purpose) -> list[Withheld]:
    """One entry for each set of parts that is not open, with all the fields that it shuts wholly or in part."""
    opened = parts_open(held, purpose)
    by_part: dict[tuple[Part, ...], list[str]] = {}
    for name, parts in fields.items():
        closed = tuple(sorted(parts - opened))
        if closed:
            by_part.setdefault(closed, []).append(name)
    answer: list[Withheld] = []
    for closed, names in by_part.items():
        decision = decide(closed[0], held, purpose)
        if isinstance(decision, Refuse):
            kept = ", ".join(part.value for part in closed)
            reason = f"Not open to you: {kept}. {decision.reason}"
            answer.append(Withheld(fields=sorted(names), rule=decision.rule, reason=reason))
    return answer

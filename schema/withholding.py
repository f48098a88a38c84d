"""Saying what is withheld: never silently, always with the rule."""

import strawberry

from hub.law.decisions import Refuse
from hub.law.reg17_disclosure import Part, Purpose, Standing, decide, opened
from hub.law.reg17_rows import rows_kept
from schema.projection import Field, Projection, RelationField


@strawberry.type(description="Fields that are kept from you, and why.")
class Withheld:
    fields: list[str] = strawberry.field(description="The names of the fields, as in this schema.")
    rule: str = strawberry.field(description="The rule that keeps them shut.")
    reason: str = strawberry.field(description="The reason, in a sentence.")


def explain(projection: Projection, standing: Standing, purpose: Purpose) -> list[Withheld]:
    """One entry for each set of parts that is not open, with all the fields that it shuts wholly or in part; then one
    for each part of which some rows alone are open, whether or not there are others."""
    shown = opened(standing, purpose)
    by_part: dict[tuple[Part, ...], list[str]] = {}
    by_rows: dict[str, list[str]] = {}
    for name, each in projection.fields.items():
        closed = tuple(sorted(each.parts - shown))
        if closed:
            by_part.setdefault(closed, []).append(name)
        kept = {rows_kept(part, standing, purpose) for part in each.parts} if _leads_to_rows(each) else set[None]()
        for reason in kept - {None}:
            by_rows.setdefault(str(reason), []).append(name)
    answer: list[Withheld] = []
    for closed, names in by_part.items():
        decision = decide(closed[0], standing, purpose)
        if isinstance(decision, Refuse):
            kept_shut = ", ".join(part.value for part in closed)
            reason = f"Not open to you: {kept_shut}. {decision.reason}"
            answer.append(Withheld(fields=sorted(names), rule=decision.rule, reason=reason))
    narrowed = (Withheld(fields=sorted(by_rows[why]), rule="rows-not-open", reason=why) for why in sorted(by_rows))
    return [*answer, *narrowed]


def _leads_to_rows(field: Field) -> bool:
    return isinstance(field, RelationField) and not field.single

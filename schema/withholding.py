"""Saying what is withheld: never silently, always with the rule."""

from collections.abc import Mapping, Sequence

import strawberry

from hub.law.decisions import Refuse
from hub.law.reg17_disclosure import Part, Purpose, Standing, decide, kept_shut, opened, rules_open
from hub.law.reg17_rows import rows_kept
from schema.projection import Field, Projection, RelationField

ROWS_RULE = "rows-not-open"
"""Of a part that is open: not every row of it is."""

PART_RULE = "part-not-open"
SEVERAL = "them"
"""What the reason says of several parts, which stand before it."""


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
        for reason in rows_alone(each, standing, purpose):
            by_rows.setdefault(reason, []).append(name)
    answer: list[Withheld] = []
    for closed, names in by_part.items():
        decision = decide(closed[0], standing, purpose)
        if isinstance(decision, Refuse):
            why = _shut(closed, standing, purpose) if decision.rule == PART_RULE else decision
            reason = reason_of(", ".join(part.value for part in closed), why)
            answer.append(Withheld(fields=sorted(names), rule=decision.rule, reason=reason))
    narrowed = (Withheld(fields=sorted(by_rows[why]), rule=ROWS_RULE, reason=why) for why in sorted(by_rows))
    return [*answer, *narrowed]


def reason_of(closed: str, decision: Refuse) -> str:
    """Why these parts are shut, by a decision that is true of each."""
    return f"Not open to you: {closed}. {decision.reason}"


def _shut(closed: Sequence[Part], standing: Standing, purpose: Purpose) -> Refuse:
    """The law's refusal of one part, said of as many as there are."""
    rules = [*rules_open(standing.held, purpose), *(each.rule for each in sorted(standing.openers))]
    return kept_shut(rules, closed[0].value if len(closed) == 1 else SEVERAL, purpose)


def rows_alone(field: Field, standing: Standing, purpose: Purpose) -> Mapping[str, frozenset[Part]]:
    """Of a field that leads to rows, the parts of which some rows alone are open, by which those are."""
    if not isinstance(field, RelationField) or field.single:
        return {}
    found: dict[str, frozenset[Part]] = {}
    for part in field.parts:
        reason = rows_kept(part, standing, purpose)
        if reason is not None:
            found[reason] = found.get(reason, frozenset()) | {part}
    return found

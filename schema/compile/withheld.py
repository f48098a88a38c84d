"""What is withheld of an object and why, in SQL: the twin of `schema.withholding.explain`.

By statute it depends on the relationships alone: one constant for each set of them. Where something is added for the
child, its bits say what stays shut, and the law's texts are put together in the statement.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, combinations
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Text,
    case,
    collate,
    column,
    func,
    select,
    true,
)
from sqlalchemy import values as rows_of
from sqlalchemy.dialects.postgresql import JSON, aggregate_order_by

from hub.db.conditions import every, is_always, is_never, number
from hub.db.sharing import Sight
from hub.db.sharing_added import ANY_OPENER, BITS, big, mask
from hub.law.reg17_disclosure import Opener, Part, Relationship, Standing, kept_shut, parts_open, rules_open
from schema.compile.selection import Selected
from schema.encoding import constant
from schema.projection import Projection
from schema.withholding import ROWS_RULE, SEVERAL, explain, reason_of, rows_alone

_CLOSED, _SHUT, _RULES = "{closed}", "{shut}", "{rules}"
"""In the law's texts, what the statement fills in."""


@dataclass(frozen=True, slots=True)
class Withholding:
    """Composes the list of `Withheld` of an object of one type, with what is asked of each."""

    projection: Projection
    asked: Sequence[Selected]
    sight: Sight

    def told(self) -> ColumnElement[Any]:
        """To whoever asks, by the relationships that it turns out to hold."""
        certain = [each for each, held in self.sight.held.items() if is_always(held)]
        open_question = [each for each, held in self.sight.held.items() if not (is_always(held) or is_never(held))]
        ways = [
            (every(*(self.sight.held[each] for each in also)), self._told_to([*certain, *also]))
            for also in _subsets(open_question)
            if also
        ]
        return case(*ways, else_=self._told_to(certain)) if ways else self._told_to(certain)

    def _told_to(self, relationships: Iterable[Relationship]) -> ColumnElement[Any]:
        """To a body that holds these, and no others that matter."""
        held = frozenset(relationships)
        added = self.sight.added
        if added is None:
            return self._by_statute(held)
        return case(
            (added.op("&")(big(ANY_OPENER)) != 0, self._beside_statute(held, added)), else_=self._by_statute(held)
        )

    def _by_statute(self, held: frozenset[Relationship]) -> ColumnElement[Any]:
        entries = explain(self.projection, Standing(held), self.sight.asking.purpose)
        shown = [
            {each.key: "Withheld" if each.name == "__typename" else getattr(entry, each.name) for each in self.asked}
            for entry in entries
        ]
        return constant(orjson.dumps(shown).decode()).cast(JSON)

    def _beside_statute(self, held: frozenset[Relationship], bits: ColumnElement[int]) -> ColumnElement[Any]:
        """Each field with what stays shut of its parts, and then together those that have the same reason."""
        fields = self._fields(held)
        if not fields:
            return constant("[]").cast(JSON)
        kinds = (column("place", Integer), column("name", Text), column("parts", BigInteger), column("why", Text))
        field = rows_of(*kinds, name="field", literal_binds=True).data(fields)
        added = select(bits.label("bits")).offset(number(0)).correlate_except().subquery("added")
        closed = field.c.parts - field.c.parts.op("&")(added.c.bits)
        alike = case((field.c.why.is_(None), closed), else_=big(0))
        in_order = aggregate_order_by(field.c.name, collate(field.c.name, "C"))
        entry = (
            select(func.min(field.c.place).label("place"), func.json_agg(in_order).label("fields"))
            .add_columns(field.c.why, alike.label("closed"), added.c.bits)
            .select_from(field.join(added, true()))
            .where(closed != 0)
            .group_by(field.c.why, alike, added.c.bits)
            .subquery("entry")
        )
        shut = kept_shut([_RULES], _SHUT, self.sight.asking.purpose)
        read: dict[str, ColumnElement[Any]] = {
            "__typename": constant("Withheld"),
            "fields": entry.c.fields,
            "rule": case((entry.c.why.is_(None), constant(shut.rule)), else_=constant(ROWS_RULE)),
            "reason": func.coalesce(
                entry.c.why,
                _filled(
                    reason_of(_CLOSED, shut),
                    {
                        _CLOSED: _words(entry.c.closed),
                        _SHUT: case(
                            (func.strpos(_words(entry.c.closed), constant(", ")) > number(0), constant(SEVERAL)),
                            else_=_words(entry.c.closed),
                        ),
                        _RULES: self._rules(held, entry.c.bits),
                    },
                ),
            ),
        }
        made = func.json_build_object(*(each for one in self.asked for each in (constant(one.key), read[one.name])))
        entries = func.json_agg(aggregate_order_by(made, entry.c.place))
        return select(func.coalesce(entries, constant("[]").cast(JSON))).select_from(entry).scalar_subquery()

    def _fields(self, held: frozenset[Relationship]) -> list[tuple[int, str, int, str | None]]:
        """(place in the answer, name, bits of the parts, why) of all that the statute does not open whole: first what
        it keeps shut, then, with the reason, the rows alone that it opens."""
        standing, purpose = Standing(held), self.sight.asking.purpose
        opened = parts_open(held, purpose)
        fields = self.projection.fields.items()
        shut = [(name, mask(each.parts - opened)) for name, each in fields if each.parts - opened]
        narrowed = sorted(
            (why, name, mask(parts))
            for name, each in fields
            for why, parts in rows_alone(each, standing, purpose).items()
        )
        by_part = [(place, name, bits, None) for place, (name, bits) in enumerate(shut)]
        return [*by_part, *((len(shut) + place, name, bits, why) for place, (why, name, bits) in enumerate(narrowed))]

    def _rules(self, held: frozenset[Relationship], bits: ColumnElement[int]) -> ColumnElement[str]:
        """The provisions by which something is open, as the law lists them."""
        openers = (case((bits.op("&")(big(BITS[each])) != 0, constant(each.rule))) for each in sorted(Opener))
        by_statute = map(constant, rules_open(held, self.sight.asking.purpose))
        return func.concat_ws(constant("; "), *by_statute, *openers)


def _words(bits: ColumnElement[int]) -> ColumnElement[str]:
    """The names of these parts, in order."""
    words = (case((bits.op("&")(big(BITS[each])) != 0, constant(each.value))) for each in sorted(Part))
    return func.concat_ws(constant(", "), *words)


def _filled(text: str, values: dict[str, ColumnElement[str]]) -> ColumnElement[str]:
    filled: ColumnElement[str] = constant(text)
    for name, value in values.items():
        filled = func.replace(filled, constant(name), value)
    return filled


def _subsets(relationships: Sequence[Relationship]) -> Iterable[tuple[Relationship, ...]]:
    """All of them, the largest first: the first that holds is then the whole of what holds."""
    sizes = range(len(relationships), -1, -1)
    return chain.from_iterable(combinations(relationships, size) for size in sizes)

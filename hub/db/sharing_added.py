"""What is opened beside the statute, as one number in SQL: the twin of `hub.law.reg17_added`.

The database works it out (the function `disclosed`, migration 0021) once for a row's child: a bit for each opener and
each part. For a body's own functions nothing is added, and such statements know nothing of this.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Date,
    FromClause,
    Select,
    Subquery,
    Text,
    Uuid,
    cast,
    func,
    literal_column,
    null,
    or_,
    select,
    type_coerce,
    union,
)
from sqlalchemy.dialects.postgresql import array

from hub.db import tables
from hub.db.asking import Asking
from hub.db.conditions import Condition, every, is_one_of
from hub.db.guarded import Guarded, issue
from hub.db.sharing_rules import COMMISSIONERS
from hub.db.tables.base import Instant
from hub.law.reg17_disclosure import MAY_HOLD, Opener, Part, Purpose, Relationship
from hub.law.reg17_grounds import STATED, Ground
from hub.law.s37_plan import MAINTAINED

_FIRST_OPENER = len(Relationship)
BITS: Mapping[Relationship | Opener | Part, int] = {
    each: 1 << place for place, each in enumerate([*Relationship, *Opener, *Part])
}
"""The bit of each relationship, opener and part in the number that says how a body stands to a child."""


def mask(words: Iterable[Relationship | Opener | Part]) -> int:
    """Their bits together."""
    return sum(BITS[each] for each in set(words))


ANY_OPENER = mask(Opener)


def big(value: int) -> ColumnElement[int]:
    """A number of ours in the statement itself, wide enough for every bit."""
    return literal_column(f"({value}::bigint)", BigInteger)


def added(owner: ColumnElement[Any], child: ColumnElement[Any], asking: Asking) -> ColumnElement[int] | None:
    """What is added for the child `(owner, child)`: the bits of the openers and parts; None where nothing can be."""
    if asking.purpose not in STATED:
        return None
    now = null() if asking.now is None else type_coerce(asking.now, Instant)
    bits = func.disclosed(
        owner,
        child,
        type_coerce(asking.organisation, Uuid()),
        _word(asking.kind),
        _word(asking.purpose),
        type_coerce(asking.today, Date()),
        now,
        type_=BigInteger,
    )
    return bits.op("<<")(literal_column(str(_FIRST_OPENER)))


def named(asking: Asking) -> Subquery | None:
    """The children (owner_id, child_id) of whom something may be added for the body: where to look for them."""
    if asking.purpose not in STATED:
        return None
    found: list[Select[Any]] = []
    for table in (tables.disclosure_decision, tables.consent):
        row = issue(table)
        found.append(Guarded(row, _contains(row.c.recipients, asking)).select(row.c.owner_id, row.c.child_id))
    if asking.purpose is Purpose.SAFEGUARDING:
        row = issue(tables.broken_glass)
        found.append(Guarded(row, row.c.body_id == asking.organisation).select(row.c.owner_id, row.c.child_id))
    if asking.kind in MAY_HOLD[Relationship.RESPONSIBLE_COMMISSIONER]:
        found.append(_arranged(asking))
    together = union(*found).subquery()
    # The offset keeps PostgreSQL from walking the table that is joined to them in order and asking about each row.
    return select(*together.c).offset(0).subquery()


def is_commissioner(held: FromClause, asking: Asking) -> Condition:
    """Whether a responsibility is the body's own today, as a commissioner."""
    return every(
        held.c.body_id == asking.organisation,
        is_one_of(held.c.kind, COMMISSIONERS),
        held.c.starts_on <= asking.today,
        or_(held.c.ends_on.is_(None), held.c.ends_on >= asking.today),
    )


def provides(owner: ColumnElement[Any], child: ColumnElement[Any], asking: Asking) -> Condition:
    """Whether the body provides provision in a plan about the child that is maintained."""
    provision, plan = issue(tables.provision), issue(tables.plan)
    of_child = every(provision.c.owner_id == owner, provision.c.child_id == child)
    kept = Guarded(plan, is_one_of(plan.c.status, MAINTAINED)).exists(
        plan.c.owner_id == provision.c.owner_id,
        plan.c.id == provision.c.plan_id,
        plan.c.child_id == provision.c.child_id,
    )
    return Guarded(provision, provision.c.provider_id == asking.organisation).exists(of_child, kept)


def _arranged(asking: Asking) -> Select[Any]:
    """The children for whom the body is a commissioner, of authorities whose arrangements name it on the statute."""
    rule, above, held = tables.sharing_rule.alias(), tables.arrangement.alias(), issue(tables.responsibility)
    kinds = rule.c.recipient_kinds.op("@>", is_comparison=True)(literal_column(f"'{{{asking.kind.value}}}'::text[]"))
    authorities = (
        select(above.c.authority_id)
        .join(rule, rule.c.arrangement_id == above.c.id)
        .where(is_one_of(rule.c.basis, [Ground.STATUTE]), or_(_contains(rule.c.recipients, asking), kinds))
    )
    mine = Guarded(held, is_commissioner(held, asking)).select(held.c.owner_id, held.c.child_id)
    return mine.where(held.c.owner_id.in_(authorities))


def _contains(recipients: ColumnElement[Any], asking: Asking) -> Condition:
    body = cast(array([type_coerce(asking.organisation, Uuid())]), ARRAY(Uuid))
    return recipients.op("@>", is_comparison=True)(body)


def _word(word: StrEnum) -> ColumnElement[str]:
    """A word of the law in the statement itself."""
    return literal_column(f"'{word.value}'", Text)

"""What goes over from a body that is abolished to the one in its place: a statement a table for a stretch of children.

What was decided stays as it was decided, what was paid was paid by whom it was paid, and what a final plan says does
not change. What is open, or falls due from the day, is the new body's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    FromClause,
    Text,
    and_,
    any_,
    cast,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import tables
from hub.law.s31_cooperation import CooperationStatus
from hub.law.s37_plan import CHANGEABLE
from hub.law.vocabulary import AgreementStatus, BudgetStatus, DisputeStatus

_HELD = tables.responsibility
_ANSWERABLE = (CooperationStatus.SENT, CooperationStatus.RECEIVED, CooperationStatus.ACCEPTED)
_PENDING = (AgreementStatus.NOT_ASKED, AgreementStatus.ASKED)
_OVER = (DisputeStatus.AGREED, DisputeStatus.CLOSED)
_PAID_NO_MORE = (BudgetStatus.REFUSED, BudgetStatus.ENDED)


@dataclass(frozen=True, slots=True)
class Repointed:
    """How much went over."""

    children: int
    duties: int
    requests: int


@dataclass(frozen=True, slots=True)
class Succession:
    """`old` is abolished, and `new` takes its place from the day `on`. `total`: the children; None: not begun."""

    id: UUID
    old: UUID
    new: UUID
    on: date
    total: int | None
    over: Repointed
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Children from the one after `after` to `upto`, by (owner, id); all where both are None."""

    after: tuple[UUID, UUID] | None
    upto: tuple[UUID, UUID] | None

    def has(self, row: FromClause) -> ColumnElement[bool]:
        child = tuple_(row.c.owner_id, row.c.child_id)
        later = true() if self.after is None else child > tuple_(*(literal(each) for each in self.after))
        return later if self.upto is None else and_(later, child <= tuple_(*(literal(each) for each in self.upto)))


async def bring_over(
    connection: AsyncConnection, succession: Succession, stretch: Stretch, *, reason: str, now: datetime
) -> Repointed:
    children = await _record(connection, succession, stretch, now)
    await _responsibilities(connection, succession, stretch, reason)
    duties = await _duties(connection, succession, stretch)
    requests = await _requests(connection, succession, stretch, now)
    await _drafts(connection, succession, stretch)
    await _disputes(connection, succession, stretch)
    await _budgets(connection, succession, stretch)
    return Repointed(children, duties, requests)


def lasts(succession: Succession) -> ColumnElement[bool]:
    """The old body would answer on the day, or later."""
    return and_(_HELD.c.body_id == succession.old, or_(_HELD.c.ends_on.is_(None), _HELD.c.ends_on >= succession.on))


async def _record(connection: AsyncConnection, succession: Succession, stretch: Stretch, now: datetime) -> int:
    """An event for each child whose body changes; how many they are."""
    event = tables.event
    children = select(_HELD.c.owner_id, _HELD.c.child_id).where(lasts(succession), stretch.has(_HELD)).distinct()
    each = children.subquery()
    columns: Sequence[str] = (
        "id", "recorded_at", "kind", "owner_id", "child_id", "about_type", "about_id", "organisation_id", "facts",
    )  # fmt: skip
    facts = {"from": str(succession.old), "to": str(succession.new), "on": str(succession.on)}
    told = select(
        func.gen_random_uuid(),
        literal(now),
        literal("body_succeeded"),
        each.c.owner_id,
        each.c.child_id,
        literal("Child"),
        each.c.child_id,
        literal(succession.new),
        literal(facts, JSONB),
    )
    return _count(
        await connection.execute(insert(event).from_select(columns, told).execution_options(preserve_rowcount=True))
    )


async def _responsibilities(connection: AsyncConnection, succession: Succession, stretch: Stretch, reason: str) -> None:
    """The old body answers to the day before, the new one from the day."""
    held, on = _HELD, succession.on
    lasting = (lasts(succession), stretch.has(held))
    begun = (*lasting, held.c.starts_on < on)
    columns = ("owner_id", "id", "child_id", "body_id", "kind", "for_provision", "reason", "starts_on", "ends_on")
    goes_on = select(
        held.c.owner_id,
        func.gen_random_uuid(),
        held.c.child_id,
        literal(succession.new),
        held.c.kind,
        held.c.for_provision,
        literal(reason),
        literal(on),
        held.c.ends_on,
    ).where(*begun)
    await connection.execute(insert(held).from_select(columns, goes_on))
    await connection.execute(update(held).where(*begun).values(ends_on=on - timedelta(days=1)))
    await connection.execute(update(held).where(*lasting, held.c.starts_on >= on).values(body_id=succession.new))


async def _duties(connection: AsyncConnection, succession: Succession, stretch: Stretch) -> int:
    """What the old body still owed its successor owes; where it owes the same already, the old one's ends."""
    duty, other = tables.duty, tables.duty.alias()
    open_ = (duty.c.holder_id == succession.old, duty.c.met_on.is_(None), duty.c.ended_on.is_(None), stretch.has(duty))
    # Looked up by what the duty is about: of a body that owed nothing until today, no statistics say how much it owes.
    owed_already = (
        select(literal(1))
        .where(
            other.c.owner_id == duty.c.owner_id,
            other.c.about_id == duty.c.about_id,
            other.c.rule == duty.c.rule,
            cast(other.c.holder_id, Text) == str(succession.new),
        )
        .offset(0)
        .exists()
    )
    moved = await connection.execute(update(duty).where(*open_, ~owed_already).values(holder_id=succession.new))
    await connection.execute(update(duty).where(*open_).values(ended_on=succession.on))
    return _count(moved)


async def _requests(connection: AsyncConnection, succession: Succession, stretch: Stretch, now: datetime) -> int:
    """What the old body was asked and has not answered its successor is asked."""
    request, sought = tables.cooperation_request, tables.advice_request
    open_ = (request.c.addressed_to_id == succession.old, request.c.status.in_(_ANSWERABLE), stretch.has(request))
    over = {"addressed_to_id": succession.new, "version": request.c.version + 1, "updated_at": now}
    moved = await connection.execute(update(request).where(*open_).values(**over))
    waits = (sought.c.organisation_id == succession.old, sought.c.received_on.is_(None), stretch.has(sought))
    await connection.execute(update(sought).where(*waits).values(organisation_id=succession.new))
    return _count(moved)


async def _drafts(connection: AsyncConnection, succession: Succession, stretch: Stretch) -> None:
    """Who is to commission what a draft says, and who is asked to agree. What was decided stays as it was decided; and
    what a version says that is final, or was, does not change."""
    plan, provision, agreement = tables.plan, tables.provision, tables.provision_agreement
    drafts = (
        select(plan.c.owner_id, plan.c.id)
        .where(plan.c.status.in_(CHANGEABLE), stretch.has(plan))
        .cte()
        .prefix_with("MATERIALIZED")
    )
    in_draft = (provision.c.owner_id == drafts.c.owner_id, provision.c.plan_id == drafts.c.id)
    pending = (
        agreement.c.owner_id == provision.c.owner_id,
        agreement.c.provision_id == provision.c.id,
        agreement.c.commissioner_id == succession.old,
        agreement.c.status.in_(_PENDING),
    )
    await connection.execute(update(agreement).where(*pending, *in_draft).values(commissioner_id=succession.new))
    commissioned = (provision.c.commissioner_id == succession.old, *in_draft)
    await connection.execute(update(provision).where(*commissioned).values(commissioner_id=succession.new))


async def _disputes(connection: AsyncConnection, succession: Succession, stretch: Stretch) -> None:
    """The new body is in the disputes that the old one was in."""
    dispute = tables.dispute
    was_in = (any_(dispute.c.parties) == succession.old, dispute.c.status.not_in(_OVER), stretch.has(dispute))
    now_in = func.array_replace(dispute.c.parties, succession.old, succession.new)
    await connection.execute(update(dispute).where(*was_in).values(parties=now_in))


async def _budgets(connection: AsyncConnection, succession: Succession, stretch: Stretch) -> None:
    """What falls due from the day on, and what waits to be agreed to, is the new body's. What it agreed to stands: the
    old body's liabilities are its own now (NHS Act 2006 s. 14Z28). What was due before stays the old body's in the
    year's sums, and who paid is written with each payment."""
    budget, item, due = tables.personal_budget, tables.budget_item, tables.amount_due
    lasting = select(budget.c.id).where(
        budget.c.owner_id == item.c.owner_id,
        budget.c.id == item.c.personal_budget_id,
        budget.c.status.not_in(_PAID_NO_MORE),
    )
    funded = (item.c.funder_id == succession.old, lasting.exists(), stretch.has(item))
    of_item = select(item.c.id).where(*funded, item.c.owner_id == due.c.owner_id, item.c.id == due.c.budget_item_id)
    later = (due.c.funder_id == succession.old, due.c.due_on >= succession.on, stretch.has(due), of_item.exists())
    await connection.execute(update(due).where(*later).values(funder_id=succession.new))
    arranged = (item.c.arranged_by_id == succession.old, lasting.exists(), stretch.has(item))
    await connection.execute(update(item).where(*arranged).values(arranged_by_id=succession.new))
    await connection.execute(update(item).where(*funded).values(funder_id=succession.new))


async def arrangements_go_over(connection: AsyncConnection, succession: Succession) -> list[tuple[UUID, UUID]]:
    """The new body stands in the old one's place in the arrangements that are not over (CFA 2014 s. 26), signed or not
    as the old one left them, and in what they open by name; (id, authority) of each. Consents and decisions name whom
    they are for, and do not go over."""
    above, party, rule = tables.arrangement, tables.arrangement_party, tables.sharing_rule
    lasting = select(above.c.id).where(or_(above.c.in_force_to.is_(None), above.c.in_force_to >= succession.on))
    other = party.alias()
    is_in = (
        select(literal(1))
        .where(other.c.arrangement_id == party.c.arrangement_id, other.c.body_id == succession.new)
        .exists()
    )
    mine = (party.c.body_id == succession.old, party.c.arrangement_id.in_(lasting))
    both = delete(party).where(*mine, is_in).returning(party.c.arrangement_id)
    found = set((await connection.execute(both)).scalars())
    moved = update(party).where(*mine).values(body_id=succession.new).returning(party.c.arrangement_id)
    found |= set((await connection.execute(moved)).scalars())
    named = (any_(rule.c.recipients) == succession.old, rule.c.arrangement_id.in_(lasting))
    now = func.array_append(func.array_remove(rule.c.recipients, succession.new), literal(succession.new))
    opened = update(rule).where(*named).values(recipients=func.array_remove(now, succession.old))
    found |= set((await connection.execute(opened.returning(rule.c.arrangement_id))).scalars())
    rows = await connection.execute(select(above.c.id, above.c.authority_id).where(above.c.id.in_(found)))
    return [(row.id, row.authority_id) for row in rows]


def _count(result: CursorResult[Any]) -> int:
    return result.rowcount

"""What could not be applied waits for a person: who looks at it, mends it, replays it or puts it aside for good.

An item is the body's whose file or message it was. Nobody else finds it. Whatever is done with it is recorded with who
did it, and why. What is replayed goes the way by which it came, in the same transaction that takes it out of
quarantine: it is applied and gone, or it waits on with the new reason.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from hub.actions.checks import must_exist
from hub.actions.transaction import Transaction
from hub.audit import Event
from hub.db import quarantine
from hub.db.import_return import wait_in_line
from hub.db.quarantine import Item, Problems
from hub.errors import Kind, Problem, RefusedByLaw, conflict, forbidden, invalid, not_found
from hub.law.decisions import Refusal
from hub.law.imports import DiscardReason, QuarantineForm, QuarantineResolution, QuarantineStep

SCOPE = "record.import"
MOST_BYTES = 5 * 1024 * 1024
MOST_WORDS = 1_000
"""The longest reason, characters."""

_ABOUT_A_CHILD = frozenset({QuarantineForm.SEN2_PERSON, QuarantineForm.EXTRACT_ROWS})


class StillRefused(Exception):  # noqa: N818  (a No that is an outcome of a replay)
    """It could not be taken in, and why."""

    def __init__(self, problems: Problems) -> None:
        super().__init__(", ".join(str(each["rule"]) for each in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class WayIn:
    """The way by which one form of item came.

    `check` raises `Problem` INVALID where the bytes cannot be read as an item of this form. `take` applies the item in
    the transaction; it raises `StillRefused`, `Problem` or `RefusedByLaw` where it cannot.
    """

    check: Callable[[Item, bytes], None]
    take: Callable[[Transaction, Item], Awaitable[None]]


WaysIn = Mapping[QuarantineForm, WayIn]


@dataclass(frozen=True, slots=True)
class Mending:
    """What a person corrects: what the item says, or which of the body's children it is about."""

    content: bytes | None = None
    child_id: UUID | None = None
    as_new_child: bool = False


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of a replay. `refusals`: the law refused, by these provisions."""

    applied: bool
    refusals: tuple[Refusal, ...] = ()


async def open_item(tx: Transaction, item_id: UUID, *, why: str) -> Item:
    """Read what an item says: it may be about anybody, so that it was read is on record, with who did and why.

    Raises `Problem` FORBIDDEN, NOT_FOUND, INVALID without a reason.
    """
    item = await _item(tx, item_id)
    said = _said(why)
    await quarantine.change(tx.connection, item, _step(tx, QuarantineStep.OPENED, said), version=item.version)
    await tx.record(_event("quarantine_opened", item, sha256=item.sha256))
    return item


async def mend(tx: Transaction, item_id: UUID, mending: Mending, *, version: int, why: str, ways: WaysIn) -> None:
    """Correct an item that waits. It stays in quarantine until it is replayed.

    Raises `Problem` FORBIDDEN, NOT_FOUND, CONFLICT (resolved, or changed since this version), INVALID.
    """
    item = await _waiting(tx, item_id, version)
    said = _said(why)
    values: dict[str, Any] = {}
    if mending.content is not None and mending.content != item.says:
        if len(mending.content) > MOST_BYTES:
            raise invalid(f"an item has at most {MOST_BYTES:,} bytes", rule="item-too-large", path=("content",))
        ways[item.form].check(item, mending.content)
        values["mended"] = mending.content
    values |= await _decided(tx, item, mending)
    if not values:
        raise invalid("correct what the item says, or say which child it is about", rule="nothing-mended")
    await quarantine.change(tx.connection, item, _step(tx, QuarantineStep.MENDED, said), **values)
    await tx.record(_event("quarantine_mended", item, what=sorted(values), version=item.version + 1))


async def replay(tx: Transaction, item_id: UUID, *, ways: WaysIn, version: int | None = None) -> Replayed:
    """Send an item that waits the way it came. One that was taken in already is left alone: it is done once.

    Raises `Problem` FORBIDDEN, NOT_FOUND, CONFLICT (discarded, or changed since this version), BUSY.
    """
    tx.must_have(SCOPE)
    await wait_in_line(tx.connection, tx.caller.organisation)
    item = await _item(tx, item_id)
    if item.resolution in {QuarantineResolution.REPLAYED, QuarantineResolution.CAME_AGAIN}:
        return Replayed(applied=True)
    _check(item, version)
    try:
        async with tx.savepoint():
            await ways[item.form].take(tx, item)
    except StillRefused as still:
        return await _refused(tx, item, still.problems)
    except RefusedByLaw as refused:
        problems = [
            _problem(item, each.rule, f"{each.provision}: {each.message}", each.path) for each in refused.refusals
        ]
        return await _refused(tx, item, problems, refused.refusals)
    except Problem as problem:
        if problem.kind is Kind.BUSY or problem.rule == "scope-missing":
            raise  # it is of the moment, or of whoever replays: the item waits as it did
        return await _refused(tx, item, [_problem(item, problem.rule or "invalid", problem.message, problem.path)])
    step = _step(tx, QuarantineStep.REPLAYED)
    resolved = {"resolved_at": tx.now, "resolution": QuarantineResolution.REPLAYED}
    await quarantine.change(tx.connection, item, step, **resolved)
    await tx.record(_event("quarantine_replayed", item, mended=item.mended is not None))
    return Replayed(applied=True)


async def discard(tx: Transaction, item_id: UUID, *, version: int, reason: DiscardReason, why: str) -> None:
    """Put an item aside for good. Raises `Problem` as `mend` does."""
    item = await _waiting(tx, item_id, version)
    said = _said(why) if why.strip() else None
    resolved = {"resolved_at": tx.now, "resolution": QuarantineResolution.DISCARDED}
    await quarantine.change(
        tx.connection, item, _step(tx, QuarantineStep.DISCARDED, said) | {"reason": reason}, **resolved
    )
    await tx.record(_event("quarantine_discarded", item, reason=reason))


async def _item(tx: Transaction, item_id: UUID) -> Item:
    """The body's own item, locked, for a person of the body."""
    tx.must_have(SCOPE)
    found = await quarantine.of_id(tx.connection, tx.caller.organisation, item_id, lock=True)
    item = must_exist(found, "item in quarantine")
    if tx.caller.person is None:
        raise forbidden("a person decides on what is in quarantine", rule="person-needed")
    return item


async def _waiting(tx: Transaction, item_id: UUID, version: int) -> Item:
    item = await _item(tx, item_id)
    _check(item, version)
    return item


def _check(item: Item, version: int | None) -> None:
    if item.resolved_at is not None:
        raise conflict("this item is not in quarantine any more", rule="resolved-already")
    if version is not None and version != item.version:
        raise conflict("the item was changed since you read it: read it again", rule="version-stale")


async def _decided(tx: Transaction, item: Item, mending: Mending) -> dict[str, Any]:
    """Which child the item is about, where the mending says so."""
    if not mending.as_new_child and mending.child_id is None:
        return {}
    if item.form not in _ABOUT_A_CHILD:
        raise invalid("what this item is about stands in it: correct that", rule="child-not-asked", path=("child",))
    if mending.as_new_child and mending.child_id is not None:
        raise invalid("it is a child of yours, or a new one", rule="one-child", path=("child",))
    if mending.child_id is not None and not await quarantine.has_child(tx.connection, item.owner_id, mending.child_id):
        raise not_found("child")
    return {"chosen_child_id": mending.child_id, "as_new_child": mending.as_new_child}


def _said(why: str) -> str:
    said = why.strip()
    if not said:
        raise invalid("say why", rule="reason-missing", path=("reason",))
    if len(said) > MOST_WORDS:
        raise invalid(f"a reason has at most {MOST_WORDS:,} characters", rule="reason-too-long", path=("reason",))
    return said


async def _refused(tx: Transaction, item: Item, problems: Problems, refusals: tuple[Refusal, ...] = ()) -> Replayed:
    """It waits on, with the new reason."""
    rules = sorted(item.rules | {str(each["rule"]) for each in problems})
    step = _step(tx, QuarantineStep.REFUSED_AGAIN) | {"rules": rules}
    await quarantine.change(tx.connection, item, step, problems=[dict(each) for each in problems])
    await tx.record(_event("quarantine_refused_again", item, rules=rules))
    return Replayed(applied=False, refusals=refusals)


def _problem(item: Item, rule: str, message: str, path: tuple[str, ...]) -> dict[str, str]:
    return {"place": "/".join(path) or item.place, "rule": rule, "message": message}


def _step(tx: Transaction, step: QuarantineStep, why: str | None = None) -> dict[str, Any]:
    by = {"person": tx.caller.person, "client": tx.caller.client_id}
    return {"step": step, "at": tx.now.isoformat(), **by, "why": why}


def _event(kind: str, item: Item, **facts: Any) -> Event:
    return Event(kind, item.owner_id, "QuarantinedItem", item.id, facts={"form": item.form, **facts})

"""`hub quarantine`: what could not be applied, looked at and decided on by the hub's operator for the body whose it is.

What is done is recorded with the name of the account that the command runs under.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from hub.actions import quarantine as actions
from hub.actions.quarantine import Mending
from hub.actions.transaction import Transaction, Transactions
from hub.db import quarantine
from hub.db.quarantine import Item
from hub.errors import invalid, not_found
from hub.law.imports import DiscardReason, QuarantineForm
from hub.operating import body_of_code, operator_for, with_transactions
from hub.settings import Settings

MOST_LISTED = 500

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Correction:
    """What a command mends: new bytes, or which child it is."""

    content: bytes | None
    child: str | None
    new_child: bool


def list_items(settings: Settings, *, body: str | None, form: str | None, resolved: bool) -> str:
    """What waits, or was resolved, the oldest first; of one body, or of all."""
    wanted = None if form is None else _form(form)

    async def look(transactions: Transactions) -> list[Item]:
        async with transactions.begin(None) as tx:
            owner = None if body is None else (await body_of_code(tx, body)).id
            return await quarantine.listed(tx.connection, owner, form=wanted, resolved=resolved, most=MOST_LISTED)

    found = with_transactions(settings, look)
    if not found:
        return "nothing was resolved" if resolved else "nothing waits in quarantine"
    more = [f"the first {MOST_LISTED} alone are listed: say --body or --form"] if len(found) == MOST_LISTED else []
    return "\n".join([*map(_line, found), *more])


def show_item(settings: Settings, item_id: str) -> str:
    """What is wrong with an item, and what was done with it; not what it says."""
    wanted = _id(item_id)

    async def look(transactions: Transactions) -> Item:
        async with transactions.begin(None) as tx:
            return await _found(tx, wanted)

    return _described(with_transactions(settings, look))


def read_item(settings: Settings, item_id: str, *, why: str, as_it_came: bool) -> bytes:
    """What an item says; that it was read, by whom and why, is recorded."""

    async def effect(tx: Transaction, item: UUID) -> Item:
        return await actions.open_item(tx, item, why=why)

    item = _done(settings, item_id, effect)
    return item.content if as_it_came else item.says


def mend_item(settings: Settings, item_id: str, correction: Correction, *, version: int, why: str) -> str:
    """Correct an item."""
    from hub.ways_in import ways_in

    child = None if correction.child is None else _child(correction.child)
    mending = Mending(correction.content, child, correction.new_child)

    async def effect(tx: Transaction, item: UUID) -> str:
        await actions.mend(tx, item, mending, version=version, why=why, ways=ways_in(settings))
        return "mended: replay it to have it taken in"

    return _done(settings, item_id, effect)


def replay_item(settings: Settings, item_id: str) -> tuple[str, bool]:
    """Replay an item; what came of it, and whether it was taken in."""
    from hub.ways_in import ways_in

    async def effect(tx: Transaction, item: UUID) -> tuple[str, bool]:
        replayed = await actions.replay(tx, item, ways=ways_in(settings))
        if replayed.applied:
            return "taken in", True
        still = await _found(tx, item)
        return "\n".join(["it waits on:", *_problems(still)]), False

    return _done(settings, item_id, effect)


def discard_item(settings: Settings, item_id: str, *, version: int, reason: str, note: str) -> str:
    """Put an item aside for good."""
    if reason not in DiscardReason.__members__:
        raise invalid(f"a reason is one of {', '.join(DiscardReason)}", rule="reason-unknown")

    async def effect(tx: Transaction, item: UUID) -> str:
        await actions.discard(tx, item, version=version, reason=DiscardReason(reason), why=note)
        return "put aside for good"

    return _done(settings, item_id, effect)


# --- how


def _done(settings: Settings, item_id: str, effect: Callable[[Transaction, UUID], Awaitable[T]]) -> T:
    """Do it as the body whose item it is: the lock shows it what that body may see, and no more."""
    wanted = _id(item_id)

    async def do(transactions: Transactions) -> T:
        async with transactions.begin(None) as tx:
            item = await _found(tx, wanted)
            caller = await operator_for(tx, item.owner_id, _SCOPES)
        async with transactions.begin(caller) as tx:
            return await effect(tx, wanted)

    return with_transactions(settings, do)


async def _found(tx: Transaction, item_id: UUID) -> Item:
    owner = await quarantine.owner_of(tx.connection, item_id)
    item = None if owner is None else await quarantine.of_id(tx.connection, owner, item_id)
    if item is None:
        raise not_found("item in quarantine")
    return item


_SCOPES = frozenset(
    {actions.SCOPE, "budget.read", "budget.write", "cooperation.respond", "advice.write", "notification.write"}
)
"""What it takes to send what may be in quarantine."""


def _id(text: str) -> UUID:
    try:
        return UUID(text.removeprefix("QuarantinedItem_"))
    except ValueError as error:
        raise invalid("an item is named by its id: see hub quarantine list", rule="id-malformed") from error


def _child(text: str) -> UUID:
    try:
        return UUID(text.removeprefix("Child_"))
    except ValueError as error:
        raise invalid("a child is named by its id", rule="id-malformed") from error


def _form(text: str) -> QuarantineForm:
    if text not in QuarantineForm.__members__:
        raise invalid(f"a form is one of {', '.join(QuarantineForm)}", rule="form-unknown")
    return QuarantineForm(text)


def _line(item: Item) -> str:
    rules = ", ".join(sorted({str(each["rule"]) for each in item.problems}))
    stands = "" if item.resolution is None else f"  {item.resolution}"
    return f"{item.id}  {item.quarantined_at:%Y-%m-%d %H:%M}  {item.form}  {item.place}  {rules}{stands}"


def _described(item: Item) -> str:
    decided = "a new child" if item.as_new_child else item.chosen_child_id
    facts: list[tuple[str, object]] = [
        ("id", item.id),
        ("form", item.form),
        ("place", item.place),
        ("came", f"{item.quarantined_at:%Y-%m-%d %H:%M}, by {item.client_id or 'the operator'}"),
        ("sha256", item.sha256),
        ("size", f"{len(item.content)} bytes"),
        ("version", item.version),
        ("mended", "yes" if item.mended is not None else "no"),
        ("child", decided or "not said"),
        ("stands", item.resolution or "it waits"),
    ]
    lines = [f"{name:<8} {value}" for name, value in facts]
    done = [f"  {each['at'][:16]}  {each['step']}  {each['person']}  {each.get('why') or ''}" for each in item.steps]
    return "\n".join([*lines, "what is wrong:", *_problems(item), *(["what was done:"] if done else []), *done])


def _problems(item: Item) -> list[str]:
    return [f"  {each['place']}: {each['message']} [{each['rule']}]" for each in item.problems]
